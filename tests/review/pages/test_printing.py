"""A printed dossier: only after the own reading, the same words as the page, accessible, marked, and in the ledger."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from screening.base.vocabulary import LedgerAction, Role
from screening.store.schema.runs import SAMPLED
from tests.review.conftest import Review
from tests.review.pages import officers


def _tool(content: bytes, folder: Path, *command: str) -> str:
    file = folder / "print.pdf"
    file.write_bytes(content)
    found = [str(file) if part == "FILE" else part for part in command]
    return subprocess.run(found, capture_output=True, check=True, text=True, errors="replace").stdout


def pdf_words(content: bytes, folder: Path) -> str:
    """The text of a PDF, as one line."""
    return " ".join(_tool(content, folder, "pdftotext", "-layout", "FILE", "-").split())


@pytest.fixture
def officer(review: Review):
    return review.client(Role.OFFICER)


def test_nothing_is_printed_before_the_own_reading(review: Review, officer) -> None:
    for arm in ("flag", SAMPLED):
        case_id = officers.cases(review, arm=arm)[0]
        officers.open_dossier(officer, case_id)
        assert officer.get(f"/zaken/{case_id}/afdruk").status_code == 409


def test_without_a_purpose_nothing_is_printed(review: Review) -> None:
    client = review.client(Role.OFFICER, purpose=None)
    assert client.get(f"/zaken/{officers.cases(review)[0]}/afdruk").status_code == 403


def test_what_is_not_there_and_not_yours_cannot_be_told_apart(review: Review, officer) -> None:
    sensitive = officers.cases(review, sensitive=True)[0]
    answers = []
    for case_id in ("f" * 16, sensitive):
        officer.state_purpose(case_id)
        answers.append(officer.get(f"/zaken/{case_id}/afdruk"))
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].text.replace("f" * 16, "") == answers[1].text.replace(sensitive, "")


@pytest.mark.parametrize("role", [Role.LEAD, Role.ANALYST, Role.CONTACT_PERSON, Role.AUDITOR, Role.ADMIN])
def test_only_officers_print(review: Review, role: Role) -> None:
    assert review.client(role).get(f"/zaken/{officers.cases(review)[0]}/afdruk").status_code == 403


@pytest.mark.parametrize("large", ["", "?groot=ja"])
def test_a_print_is_accessible_marked_and_says_what_the_page_says(
    review: Review, officer, tmp_path: Path, large: str
) -> None:
    case_id = officers.cases(review)[0]
    officers.read(officer, case_id)
    officers.open_all(officer, case_id)
    answer = officer.get(f"/zaken/{case_id}/afdruk{large}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    about = _tool(answer.content, tmp_path, "pdfinfo", "FILE")
    assert re.search(r"Tagged:\s+yes", about)
    assert "<pdfuaid:part>1<" in _tool(answer.content, tmp_path, "pdfinfo", "-meta", "FILE")
    structure = _tool(answer.content, tmp_path, "pdfinfo", "-struct", "FILE")
    assert {"H1", "H2", "H3", "L", "P"} <= set(re.findall(r"^\s*(\w+)", structure, re.M))
    read = pdf_words(answer.content, tmp_path)
    assert read.count("VERTROUWELIJK") == int(re.search(r"Pages:\s+(\d+)", about).group(1))
    assert f"Afgedrukt door {officer.account} op 2 november 2026" in read
    assert "uiterlijk op 16 november 2026" in read
    assert "Bladzijde 1 van" in read
    page = officers.words(officer.get(f"/zaken/{case_id}").text)
    for heading in ("Waarom dit adres in de lijst staat", "Wat we niet weten", "Uw eigen lezing"):
        assert heading in page
        assert heading in read
    assert officers.READING in read
    # each sentence of the evidence stands in both, letter for letter; the structure has no headers and footers between
    printed = _letters(
        re.sub(r'^\s*"|"\s*$', "", _tool(answer.content, tmp_path, "pdfinfo", "-struct-text", "FILE"), flags=re.M)
    )
    page = officer.get(f"/zaken/{case_id}").text
    why = page[page.index('id="waarom-deel"') : page.index('id="oordeel-deel"')]
    told = [officers.words(one) for one in re.findall(r"<(?:dd|li|td|p)\b[^>]*>(.*?)</(?:dd|li|td|p)>", why, re.S)]
    sentences = [one for one in told if len(one) > 25]
    assert len(sentences) > 5
    missing = [one for one in sentences if _letters(one) not in printed and "<ul" not in one]
    assert missing == []


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text)


def test_a_print_of_the_sample_says_that_no_rule_pointed_here(review: Review, officer, tmp_path: Path) -> None:
    case_id = officers.cases(review, arm=SAMPLED)[0]
    officers.read(officer, case_id)
    read = pdf_words(officer.get(f"/zaken/{case_id}/afdruk").content, tmp_path)
    assert "Waarom dit adres in de lijst staat" in read
    assert officers.words(officer.get(f"/zaken/{case_id}").text).count("loting") == 0 or "loting" in read


def test_each_print_is_in_the_ledger(review: Review, officer) -> None:
    case_id = officers.cases(review)[0]
    officers.read(officer, case_id)
    for _ in range(2):
        officer.get(f"/zaken/{case_id}/afdruk")
    entries = review.ledger.entries(action=LedgerAction.PRINT, actor=officer.account)
    assert [(one.entry.object, one.entry.case, one.entry.result) for one in entries] == [
        (f"case:{case_id}", case_id, "done")
    ] * 2


def test_a_print_in_english_is_english(review: Review, officer, tmp_path: Path) -> None:
    case_id = officers.cases(review)[0]
    officers.read(officer, case_id)
    content = officer.get(f"/zaken/{case_id}/afdruk?lang=en").content
    assert "Printed by" in pdf_words(content, tmp_path)
