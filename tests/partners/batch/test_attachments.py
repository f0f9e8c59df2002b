"""Attachments in a batch: those that were approved, listed with their hash, and checked by the receiver."""

from __future__ import annotations

import hashlib
import json

import pyrage
import pytest

from screening.partners.batch.batch import make_batch
from screening.partners.receiver.verify_batch import BatchError
from screening.partners.signal.attachments import attachment_name
from screening.partners.signal.errors import ExportError
from screening.partners.signal.minimise import minimise
from screening.partners.signal.pdf import cleaned_pdf
from screening.partners.signal.signal import Signal
from tests.partners import example
from tests.partners.conftest import Post, meta_for
from tests.partners.pdfs import document

DOCUMENT = cleaned_pdf(document())
NAME = attachment_name(example.signal().signal_id, 1)


def with_attachment() -> Signal:
    content = example.content()
    content["bijlagen"] = [
        {
            "soort": "controlerapport",
            "datum": "2026-10-07",
            "noodzaak": "Alleen dit rapport laat de kamers zien.",
            "bestand": NAME,
            "sha256": hashlib.sha256(DOCUMENT).hexdigest(),
            "bytes": len(DOCUMENT),
            "paginas": 1,
        }
    ]
    return minimise(content, example.choices())


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    meta = meta_for(pyrage.x25519.Identity.generate())
    return make_batch([with_attachment()], meta, attachments={NAME: DOCUMENT})


def test_the_attachment_is_in_the_batch_its_tables_and_its_readme(files: dict[str, bytes]):
    assert files[NAME] == DOCUMENT
    assert NAME in files["index.csv"].decode("utf-8-sig")
    assert "bijlagen/" in files["README.txt"].decode()
    signal = json.loads(files[f"signalen/{with_attachment().signal_id}.json"])
    assert signal["bijlagen"][0]["sha256"] == hashlib.sha256(DOCUMENT).hexdigest()


@pytest.mark.parametrize("attachments", [{}, {NAME: DOCUMENT + b" "}, {NAME: DOCUMENT, "bijlagen/x.pdf": b""}], ids=str)
def test_what_was_not_approved_makes_no_batch(attachments: dict[str, bytes]):
    with pytest.raises(ExportError):
        make_batch([with_attachment()], meta_for(pyrage.x25519.Identity.generate()), attachments=attachments)


@pytest.mark.parametrize("change", ["another", "none", "one more"])
def test_the_receiver_refuses_attachments_that_are_not_those_of_the_signals(
    post: Post, files: dict[str, bytes], change: str
):
    """The list of a batch can be right and the document the one of another signal: the signal says which it is."""
    meta = {"kind": "signals"}
    assert post.accepts(post.sealed_with(files=files, **meta))
    changed = {name: content for name, content in files.items() if name != NAME}
    if change == "another":
        changed[NAME] = DOCUMENT + b" "
    elif change == "one more":
        changed |= {NAME: DOCUMENT, "bijlagen/los.pdf": DOCUMENT}
    assert not post.accepts(post.sealed_with(files=changed, **meta))
    assert issubclass(BatchError, Exception)
