"""A PDF that goes along: its pages and nothing of who made it, where and with what."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from screening.partners.signal.attachments import MOST_ATTACHMENT_BYTES, MOST_ATTACHMENT_PAGES
from screening.partners.signal.errors import AttachmentError
from screening.partners.signal.pdf import cleaned_pdf, page_count
from tests.partners.pdfs import HIDDEN, document, jpeg


def test_the_pages_stay_and_what_was_hidden_goes():
    given = document(pages=2)
    clean = cleaned_pdf(given)
    for word in HIDDEN:
        assert word.encode() in given, word
        assert word.encode() not in clean, word
    read = PdfReader(io.BytesIO(clean))
    assert [page.extract_text().strip() for page in read.pages] == ["Rapport van de controle"] * 2
    assert (read.metadata, read.xmp_metadata, set(read.trailer["/Root"])) == (None, None, {"/Type", "/Pages"})
    assert page_count(clean) == 2
    # the picture is there, without its EXIF and its comment
    assert b"beeld" in clean
    assert jpeg() not in clean


def test_the_same_pages_give_the_same_bytes():
    assert cleaned_pdf(document()) == cleaned_pdf(document())


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (b"", "pdf"),
        (b"PK\x03\x04 een zip", "pdf"),
        (b"%PDF-1.7\nniets", "pdf"),
        (b"%PDF-" + b"0" * MOST_ATTACHMENT_BYTES, "size"),
        (document(pages=MOST_ATTACHMENT_PAGES + 1), "pages"),
        (document(text="BSN 111222333 van de melder"), "number"),
        (document(password="x"), "locked"),
    ],
    ids=["empty", "zip", "broken", "too large", "too many pages", "BSN", "password"],
)
def test_what_cannot_go_along_is_refused_with_the_reason(given: bytes, reason: str):
    with pytest.raises(AttachmentError) as refused:
        cleaned_pdf(given)
    assert refused.value.reason == reason
    assert "111222333" not in str(refused.value)
