"""The answer of a receiver: closed words come back, and of what was written only what may be kept."""

from __future__ import annotations

import ast
import contextlib
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.partners.batch.feedback import Feedback, FeedbackRow, answer_form, read_feedback, words_of_codes
from screening.partners.kinds.partner_kind import partner_kinds
from screening.partners.receiver.verify_batch import recipient_of
from screening.partners.signal.codes import FEEDBACK_WORDS, FeedbackOutcome, FeedbackRemark
from screening.partners.signal.errors import FeedbackError
from tests.partners.conftest import meta_for
from tests.partners.desk.disclosed import ANSWER_IDENTITY

BATCH, ONE, TWO = "L-00000000000000aa", f"S-{1:032x}", f"S-{2:032x}"
DIGEST, DAY = "ab" * 32, dt.date(2026, 12, 1)
MAY_TELL = dict.fromkeys([(BATCH, ONE), (BATCH, TWO)], ("casus", "afgesloten"))
SENT = {"manifests": {BATCH: DIGEST}, "received": MAY_TELL, "today": DAY}


def about(signal_id: str = ONE, text: str | None = None, **changed: object) -> dict[str, object]:
    written = {} if text is None else {"toelichting": text}
    return {"signaal_id": signal_id, "uitkomst": "casus", "opmerking": "geen", **written, **changed}


def answer(*parts: dict[str, object], key: str | None = None, armored: bool = True, **changed: object) -> bytes:
    """An answer as the receiver's page makes it (tests/browser/test_receiver_page.py compares)."""
    content = {
        "formaat": "barrier-antwoord/1",
        "levering_id": BATCH,
        "manifest_sha256": DIGEST,
        "op": "2026-12-01",
        "antwoorden": list(parts or (about(),)),
    }
    recipient = pyrage.x25519.Recipient.from_str(key or recipient_of(ANSWER_IDENTITY))
    return pyrage.encrypt(json.dumps(content | changed).encode(), [recipient], armored=armored)


def read(data: bytes) -> Feedback:
    return read_feedback(data, ANSWER_IDENTITY, **SENT)


def test_white_space_around_the_text_form_is_no_part_of_it_and_the_last_byte_of_the_binary_form_is():
    assert read(b"\r\n" + answer() + b"\r\n  ").rows == read(answer()).rows
    ends_in_space = next(data for data in iter(lambda: answer(armored=False), b"") if data[-1:].isspace())
    assert read(ends_in_space).rows == read(answer()).rows


@pytest.mark.parametrize("armored", [True, False])
def test_an_answer_is_read_in_both_forms_of_age(armored: bool):
    (row,), left_out = (feedback := read(answer(armored=armored))).rows, feedback.left_out
    assert row == FeedbackRow(BATCH, ONE, FeedbackOutcome.CASUS, DAY, FeedbackRemark.GEEN)
    assert left_out == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Het past bij een casus die al loopt.", None),
        ("Wij   kijken er volgende\nmaand naar.", None),
        ("Vraag het aan Jan de Vries.", "name"),
        ("Bel 06 1234 5678 daarover.", "number"),
        ("De eigenaar is bij ons verdachte in een zaak.", "justitie"),
        ("Dit komt uit een proces-verbaal.", "justitie"),
        ("Zijn strafblad zegt genoeg.", "justitie"),
        ("Overweeg bibob bij de volgende aanvraag.", None),
        ("Het Bibobadvies was ernstig gevaar.", "justitie"),
        ("De politie kent dit adres.", "justitie"),
        ("De Belastingdienst heeft een vordering.", "justitie"),
    ],
)
def test_of_a_text_is_kept_what_tells_of_nobody_and_of_no_case_of_justice(text: str, kind: str | None):
    feedback = read(answer(about(text=text), about(TWO)))
    assert [row.outcome for row in feedback.rows] == ["casus", "casus"], "the words are kept either way"
    kept = (" ".join(text.split()), ()) if kind is None else ("", (kind,))
    assert (feedback.rows[0].text, feedback.left_out) == kept


OTHER = str(pyrage.x25519.Identity.generate().to_public())


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("size", b"x" * 4_000_001),
        ("sealed", b""),
        ("sealed", b"terugmelding;casus"),
        ("sealed", answer(key=OTHER)),
        ("sealed", answer()[:-60]),
        ("form", answer(formaat="barrier-antwoord/2")),
        ("form", answer(about(uitkomst="veroordeeld"))),
        ("form", answer(about(opmerking="een naam"))),
        ("form", answer(about(naam="Jan"))),
        ("form", answer(about(text="a" * 601))),
        ("form", answer(antwoorden=[])),
        ("form", answer(op="2026-13-01")),
        ("form", pyrage.encrypt(b"[" * 100_000, [pyrage.x25519.Recipient.from_str(recipient_of(ANSWER_IDENTITY))])),
        ("batch", answer(levering_id="L-00000000000000ab")),
        ("batch", answer(manifest_sha256="cd" * 32)),
        ("outcome", answer(about(), about(TWO, uitkomst="interventie"))),
        ("day", answer(op="2026-12-02")),
        ("signal", answer(about(), about())),
        ("signal", answer(about(f"S-{3:032x}"))),
    ],
)
def test_any_other_answer_is_refused_whole_and_quoted_nowhere(reason: str, data: bytes):
    with pytest.raises(FeedbackError) as refused:
        read(data)
    assert refused.value.reason == reason
    assert "Jan" not in str(refused.value)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_refused(data: bytes):
    with contextlib.suppress(FeedbackError):
        raise AssertionError(read(data))


def test_the_form_has_every_word_and_the_public_key_alone():
    meta = meta_for(pyrage.x25519.Identity.generate())
    form = json.loads(answer_form(meta, [ONE]))
    assert {part["code"]: part["tekst"] for part in (*form["uitkomsten"], *form["opmerkingen"])} == FEEDBACK_WORDS
    inspectorate = replace(meta, recipient=replace(meta.recipient, kind="arbeidsinspectie"))
    told = [part["code"] for part in json.loads(answer_form(inspectorate, [ONE]))["uitkomsten"]]
    assert told == list(map(str, partner_kinds()["arbeidsinspectie"].feedback))
    assert form["sleutel"] == recipient_of(ANSWER_IDENTITY)
    assert (form["levering_id"], form["signalen"]) == (meta.batch_id, [ONE])
    assert json.loads(words_of_codes())["mensenhandel"]


def test_feedback_is_no_input_of_any_indicator():
    """REQ-RIEC-4: no rule and no part of the pipeline reads what the receiver told."""
    import indicators
    import screening

    roots = [
        Path(indicators.__file__).parent,
        *(Path(screening.__file__).parent / name for name in ("rules", "matching", "sources", "contracts")),
    ]
    for file in (path for root in roots for path in root.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not any(name.startswith("screening.partners.signal") for name in modules), file
        assert "terugmelding" not in file.read_text(encoding="utf-8").lower(), file
