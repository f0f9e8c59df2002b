"""The page that searches for a case: one answer for none and for one of others, a limit, a trace of each search."""

from __future__ import annotations

import re

import pytest

from screening.base.vocabulary import LedgerAction, Purpose, Role
from screening.casework.cases.search import searches_of_day
from screening.casework.cases.sync import sync_cases
from screening.casework.viewer import Viewer
from screening.store import publish
from screening.store.schema.cases import case_found
from tests.casework.caseload import case_of
from tests.partners.desk.disclosed import whole_night
from tests.review.conftest import Client, Review

PLAIN, SENSITIVE = 1, 12
DOEL = "P-VERG"


@pytest.fixture
def town(bare_review: Review) -> Review:
    """A review of a flagged and a sensitive address."""
    publish(bare_review.store, bare_review.workspace, whole_night([PLAIN, SENSITIVE], sensitive=[SENSITIVE]))
    sync_cases(bare_review.store, now=bare_review.clock.now)
    return bare_review


def searched(client: Client, n: int, **more: str):
    """Search for the address of a number."""
    client.review.clock.forward(seconds=1)
    return client.send_form("/zoeken", {"postcode": f"12{n:02d} AB", "huisnummer": str(n), "doel": DOEL, **more})


def test_an_address_leads_to_its_case_and_says_neither_arm_nor_outcome_nor_whose(town: Review) -> None:
    anna = town.client(Role.OFFICER)
    case_id = case_of(town.store, PLAIN, now=town.clock.now).case_id
    answer = searched(anna, PLAIN).text
    main = answer[answer.index("<main") : answer.index("</main")]
    assert "Teststraat 1, 1201 AB" in main
    assert re.search(r"Zaak Z-2026-\d{7}", main)
    assert "De zaak loopt nog." in main
    assert not re.search(r"LIC-04|loting|gevlagd|bevestigd|Op naam van", main)
    opened = anna.send_form(f"/zoeken/{case_id}", {"doel": DOEL})
    assert opened.headers["location"] == f"/zaken/{case_id}"
    assert anna.get(f"/zaken/{case_id}").status_code == 200, "the task of the search is that of the case"
    with town.store.engine.connect() as connection:
        assert [row.account for row in connection.execute(case_found.select())] == [anna.account]


def test_a_task_whose_law_does_not_cover_the_case_is_asked_anew(town: Review) -> None:
    anna = town.client(Role.OFFICER, purpose=Purpose.WON)
    case_id = case_of(town.store, PLAIN, now=town.clock.now).case_id
    assert "Teststraat 1" in searched(anna, PLAIN, doel="P-WON").text
    assert anna.send_form(f"/zoeken/{case_id}", {"doel": "P-WON"}).headers["location"] == f"/zaken/{case_id}"
    asked = anna.get(f"/zaken/{case_id}")
    assert asked.status_code == 403
    assert "Teststraat" not in asked.text
    anna.send_form(f"/zoeken/{case_id}", {"doel": DOEL})
    assert anna.get(f"/zaken/{case_id}").status_code == 200


def test_no_case_and_one_of_others_have_one_answer(town: Review) -> None:
    anna = town.client(Role.OFFICER)
    hidden = case_of(town.store, SENSITIVE, now=town.clock.now).case_id
    none, sensitive = searched(anna, 77), searched(anna, SENSITIVE)
    assert none.status_code == sensitive.status_code == 200
    assert none.text == sensitive.text
    assert "Er is geen zaak die u kunt openen." in none.text
    assert anna.send_form(f"/zoeken/{hidden}", {"doel": DOEL}).status_code == 404
    assert "Teststraat 12" in searched(town.client(Role.SENSITIVE_REVIEWER), SENSITIVE).text


def test_each_search_is_in_the_ledger_without_what_was_searched_for(town: Review) -> None:
    anna = town.client(Role.OFFICER)
    case_id = case_of(town.store, PLAIN, now=town.clock.now).case_id
    for n in (PLAIN, 77, PLAIN):
        searched(anna, n)
    found, none, again = (row.entry for row in town.ledger.entries(action=LedgerAction.SEARCH))
    assert (found.case, none.case, found.purpose) == (case_id, None, DOEL)
    assert found.object == again.object != none.object
    assert re.fullmatch(r"search:[0-9a-f]{32}", none.object)


def test_a_day_has_so_many_searches_and_a_refused_one_shows_nothing(town: Review) -> None:
    anna = town.client(Role.OFFICER)
    most = town.settings.policy.searches_per_day
    assert f"nog {most} keer" in anna.get("/zoeken").text
    for _ in range(most):
        assert searched(anna, 77).status_code == 200
    refused = searched(anna, PLAIN)
    assert refused.status_code == 429
    assert "Teststraat" not in refused.text
    viewer = Viewer(anna.account, frozenset({Role.OFFICER}))
    assert searches_of_day(town.ledger, viewer, now=town.clock.now) == most
    assert searched(town.client(Role.OFFICER), 77).status_code == 200, "a colleague"
    town.clock.forward(days=1)
    assert searched(town.client(Role.OFFICER, account=anna.account), PLAIN).status_code == 200


@pytest.mark.parametrize("form", [{"huisnummer": "1"}, {"postcode": "1201 AB"}, {"kvk": "90000001"}, {"doel": ""}])
def test_what_is_not_one_whole_thing_for_a_task_is_not_searched_for(town: Review, form: dict[str, str]) -> None:
    anna = town.client(Role.OFFICER)
    whole = {"postcode": "1201 AB", "huisnummer": "1", "doel": DOEL}
    sent = whole | form if form.keys() & {"kvk", "doel"} else form | {"doel": DOEL}
    answer = anna.send_form("/zoeken", sent)
    assert answer.status_code == 422
    assert "Teststraat" not in answer.text
    assert not town.ledger.entries(action=LedgerAction.SEARCH)
