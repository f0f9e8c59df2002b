"""What a year yielded: one page and one PDF for lead and FG, in tens, errors beside it, and nobody in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from screening.base.vocabulary import LedgerAction, Role
from screening.base.word_lists import read_lists
from screening.casework.figures.monthly_counts import close_months
from screening.store import Workspace, open_store
from tests.casework.figures.test_yearly_yield import an_office, work
from tests.plain_dutch import hard_to_read, main_of
from tests.review.conftest import Client, Review, review_on
from tests.review.pages.officers import words
from tests.review.pages.test_printing import _tool, pdf_words

#: Who did something in that year, and the addresses and numbers of it: in no byte of a report.
NOBODY = ("a.een", "t.tweede", "f.fleur", "g.gijs", "e.esra", "z.zorg", "Teststraat", "0612345678", "9999AA", "d.daan")


@pytest.fixture
def year(tmp_path: Path) -> Iterator[Review]:
    """The review in the January after a year of work."""
    workspace = Workspace(tmp_path / "w")
    with open_store(workspace) as store:
        work(an_office(store, workspace))
    with review_on(workspace) as made:
        made.clock.now = datetime(2027, 1, 4, 9, tzinfo=UTC)
        yield made


def _sign(client: Client) -> str:
    """Sign what the page shows; what the page says after it."""
    client.sign_in_anew()
    digest = re.search(r'name="inhoud" value="([0-9a-f]{64})"', client.get("/opbrengst").text)
    assert digest
    client.send_form("/opbrengst/tekenen", {"jaar": "2026", "inhoud": digest[1], "formulier": "/opbrengst"})
    return words(client.get("/opbrengst").text)


def test_a_year_is_told_in_tens_with_its_errors_beside_it(year: Review, tmp_path: Path) -> None:
    lead = year.client(Role.LEAD)
    answer = lead.get("/opbrengst?jaar=2026")
    shown = words(answer.text)
    assert "Geteld zijn de maanden maart 2026 tot en met december 2026." in shown
    for line in (
        "afwijking bevestigd: < 10",
        "onjuiste koppeling: < 10",
        "te vroeg afgerond en heropend: < 10",
        "pand gesloten: < 10",
        "niemand bereikt: < 10",
        "route voor een persoon gebruikt, kwartaal 2: < 10",
        "blad op papier gegeven: < 10",
        "doorgegeven aan de politie: < 10",
        "Wat de steekproef zegt",
        "Wat niet is gevonden",
        "LIC-04",
    ):
        assert line in shown, line
    assert hard_to_read(main_of(answer.text)) == []
    assert not re.search(r": \d+(?![\d–])", shown.partition("Juiste aantallen tekenen")[0]), "no count is exact"
    file = lead.get("/opbrengst/jaarverslag?jaar=2026")
    assert file.headers["content-type"] == "application/pdf"
    printed = pdf_words(file.content, tmp_path)
    for line in (
        "afwijking bevestigd: < 10",
        "onjuiste koppeling: < 10",
        "Wat niet is gevonden",
        "Wat de steekproef zegt",
    ):
        assert line in printed, line
    for name in NOBODY:
        assert name not in answer.text.partition("<main")[2], name
        assert name not in printed, name
    about = _tool(file.content, tmp_path, "pdfinfo", "FILE")
    assert re.search(r"Tagged:\s+yes", about)
    assert "<pdfuaid:part>1<" in _tool(file.content, tmp_path, "pdfinfo", "-meta", "FILE")
    assert lead.get("/opbrengst/jaarverslag?jaar=2026").content == file.content
    assert "Yield 2026" in words(lead.get("/opbrengst?jaar=2026&lang=en").text)
    assert year.ledger.entries(action=LedgerAction.READ_STATISTICS)


def test_every_text_of_the_report_is_plain_dutch_and_speaks_of_nobody() -> None:
    """Also those that a page shows of a large town alone; names of counts are measured on the page."""
    texts = [text for text in leaves(read_lists("screening.review.texts", "yields.yaml")) if "." in text]
    assert len(texts) > 30
    assert hard_to_read("".join(f"<p>{text}</p>" for text in texts)) == []
    for word in ("verdacht", "dader", "score", "prestatie", "beste", "slechtste"):
        assert not [text for text in texts if word in text.lower()], word


def leaves(texts: Mapping[str, Any]) -> Iterator[str]:
    """Every Dutch text."""
    for name, text in texts.items():
        if isinstance(text, Mapping):
            yield from leaves(text)
        elif name == "nl":
            yield str(text)


def test_lead_and_fg_sign_together_that_published_acts_are_told_exactly(year: Review) -> None:
    close_months(year.store, now=year.clock.now)
    lead, auditor = year.client(Role.LEAD, account="d.daan"), year.client(Role.AUDITOR, account="h.fg")
    assert "De FG moet nog tekenen" in _sign(lead)
    assert "pand gesloten: < 10" in words(lead.get("/opbrengst").text)
    lead.send_form("/opbrengst/tekenen", {"jaar": "2026", "inhoud": "0" * 64, "formulier": "/opbrengst"})
    assert "Er is niets getekend" in words(lead.get("/opbrengst").text)
    shown = _sign(auditor)
    for line in ("pand gesloten: 1", "vergunning ingetrokken: 1", "Teamleider en FG hebben getekend."):
        assert line in shown, line
    assert "h.fg" not in auditor.get("/opbrengst").text.partition("<main")[2]
    results = [row.entry.result for row in year.ledger.entries(action=LedgerAction.FIGURES)]
    assert sorted(results) == ["done", "done", "refused"]


def test_one_person_with_both_roles_signs_once(year: Review) -> None:
    both = year.client(Role.LEAD, Role.AUDITOR, account="d.daan")
    assert "De FG moet nog tekenen" in _sign(both)
    assert 'name="inhoud"' not in both.get("/opbrengst").text


def test_the_lead_estimates_the_hours(year: Review) -> None:
    lead = year.client(Role.LEAD)
    assert "zijn nog niet geschat" in words(lead.get("/opbrengst").text)
    refused = lead.send_form("/opbrengst/uren", {"jaar": "2026", "uren": "veel"})
    assert refused.status_code == 422
    for hours in ("900", "1240"):
        lead.send_form("/opbrengst/uren", {"jaar": "2026", "uren": hours})
    assert "Geschatte uren van dit jaar: 1.240" in words(lead.get("/opbrengst").text)
    assert year.client(Role.AUDITOR).send_form("/opbrengst/uren", {"jaar": "2026", "uren": "1"}).status_code == 403


def test_without_a_counted_month_the_page_says_so(bare_review: Review) -> None:
    lead = bare_review.client(Role.LEAD)
    shown = words(lead.get("/opbrengst").text)
    assert "nog geen maand geteld" in shown
    assert "afwijking bevestigd" not in shown, "no count of a year of which nothing was counted"
    assert lead.get("/opbrengst/jaarverslag?jaar=1").status_code == 200
    for role in (Role.OFFICER, Role.CONTACT_PERSON, Role.ADMIN):
        assert bare_review.client(role).get("/opbrengst").status_code == 403
