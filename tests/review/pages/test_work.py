"""The lead's board: no address, nothing of sensitive cases, each case that is divided in the ledger."""

from __future__ import annotations

import re

import pytest

from screening.base.vocabulary import LedgerAction, Role
from screening.casework.cases.sync import sync_cases
from screening.store import publish
from tests.review import objects
from tests.review.conftest import Review
from tests.review.pages.officers import words


@pytest.fixture
def town(bare_review: Review) -> Review:
    """Eight cases, of which four are sensitive, and two officers who signed in."""
    publish(bare_review.store, bare_review.workspace, objects.town())
    sync_cases(bare_review.store, now=bare_review.clock.now)
    for account in ("anna.b", "bram.v"):
        bare_review.client(Role.OFFICER, account=account)
    return bare_review


def test_the_lead_sees_numbers_and_divides_the_oldest(town: Review) -> None:
    lead = town.client(Role.LEAD)
    text = lead.get("/werk").text
    main = text[text.index("<main") :]
    assert len(set(re.findall(r"Z-2026-\d{7}", main))) == 4, "the sensitive ones are not there"
    assert not re.search(r"Teststraat|loting|LIC-04|\b[0-9a-f]{16}\b", main)
    assert lead.send_form("/werk/verdelen", {"collega": "anna.b", "aantal": "3"}).status_code == 303
    entries = [row.entry for row in town.ledger.entries(action=LedgerAction.ASSIGN)]
    assert {entry.object for entry in entries} == {"account:anna.b"}
    assert len({entry.case for entry in entries}) == 3
    officer = town.client(Role.OFFICER, account="anna.b")
    assert "3 zaken" in officer.get("/zaken").text
    assert lead.send_form("/werk/overdragen", {"van": "anna.b", "naar": "bram.v"}).status_code == 303
    assert "0 zaken" in officer.get("/zaken").text
    assert lead.send_form("/werk/overdragen", {"van": "bram.v", "naar": "niemand"}).status_code == 303
    assert len(town.ledger.entries(action=LedgerAction.RELEASE)) == 3
    reads = [row.entry.object for row in town.ledger.entries(action=LedgerAction.READ_STATISTICS)]
    assert set(reads) == {"list:work"}


def test_a_lead_who_reads_cases_too_sees_the_states_of_none_but_their_own(town: Review) -> None:
    plain, both = (words(town.client(*roles).get("/werk").text) for roles in ([Role.LEAD], [Role.LEAD, Role.OFFICER]))
    assert "wacht op een collega" in plain
    assert "niemand" in plain.partition("De oudste zaken")[2]
    assert "4 te toetsen 4 op niemands naam" in both
    assert "niemand" not in both.partition("De oudste zaken")[2]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/werk/verdelen", {"collega": "anna.b", "aantal": "0"}),
        ("/werk/verdelen", {"collega": "anna.b", "aantal": "999"}),
        ("/werk/verdelen", {"collega": "nobody", "aantal": "1"}),
        ("/werk/overdragen", {"van": "anna.b", "naar": "anna.b"}),
        ("/werk/overdragen", {"van": "anna.b", "naar": "nobody"}),
        ("/werk/overdragen", {}),
    ],
)
def test_what_cannot_be_divided_is_said(town: Review, path: str, form: dict[str, str]) -> None:
    assert town.client(Role.LEAD).send_form(path, form).status_code == 422
    assert not town.ledger.entries(action=LedgerAction.ASSIGN)
