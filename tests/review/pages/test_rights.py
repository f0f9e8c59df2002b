"""Requests of people in the review: one registers, another decides, each signed in just now; the answer is made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from screening.base.vocabulary import LedgerAction, Role
from screening.casework.data_subject_requests import Request, load_excluded_subjects, subject_requests
from screening.casework.data_subjects import of_addresses
from screening.rights.personal_data import person_digest, processing_of
from screening.store import Workspace
from tests.partners.desk.disclosed import BORN, HOLDER, confirmed_town
from tests.review.conftest import Review, review_on

ADDRESS = "0599010000000001"
FORM = {"zaaknummer": "Z-2026-00123", "ontvangen": "1-11-2026"}
OF_ADDRESS = FORM | {"verzoek": "objection", "over": "address", "adres": ADDRESS}
OF_PERSON = FORM | {"verzoek": "access", "over": "person", "naam": HOLDER, "geboren": BORN.isoformat()}


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """A review of a town with a confirmed case."""
    workspace = Workspace(tmp_path / "w")
    with review_on(workspace) as made:
        confirmed_town(made.store, workspace, (1, 2))
        yield made


def registered(review: Review, client, form: dict[str, str]) -> str:
    answer = client.send_form("/verzoeken/nieuw", form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def only_request(review: Review) -> Request:
    [request] = subject_requests(review.store)
    return request


@pytest.mark.goal("G6", reached="a request is registered by one person and decided by another, both in the review")
def test_one_registers_another_decides_and_it_holds_from_the_next_run_on(review: Review) -> None:
    anna, bram = review.client(Role.LEAD, account="anna"), review.client(Role.SENSITIVE_REVIEWER, account="bram")
    path = registered(review, anna, OF_ADDRESS)
    assert "U legde dit verzoek zelf vast" in anna.get(path).text
    assert "Toewijzen" in bram.get(path).text
    assert bram.send_form(f"{path}/besluit", {"besluit": "upheld"}).status_code == 303
    assert load_excluded_subjects(review.store).addresses == {ADDRESS}
    request = only_request(review)
    assert (request.registered_by, request.decision, request.decided_by) == ("anna", "upheld", "bram")
    written = [line.entry for line in review.ledger.entries(action=LedgerAction.SUBJECT_OBJECTION)]
    assert {(entry.actor, entry.object, entry.case) for entry in written if entry.origin.startswith("session:")} == {
        (who, f"address:{ADDRESS}", "Z-2026-00123") for who in ("anna", "bram")
    }
    assert bram.send_form(f"{path}/besluit", {"besluit": "ended"}).status_code == 303
    assert load_excluded_subjects(review.store).addresses == frozenset()
    lines = processing_of(review.ledger, of_addresses([ADDRESS]))
    [line] = [line for line in lines if line["action"] == LedgerAction.SUBJECT_OBJECTION]
    assert line["times"] == 3  # when it came, when it was decided, when it ended
    assert line["activity"].endswith("rechten-van-betrokkenen")


def test_who_registered_it_decides_nothing_in_another_session_either(review: Review) -> None:
    path = registered(review, review.client(Role.LEAD, account="anna"), OF_ADDRESS)
    again = review.client(Role.SENSITIVE_REVIEWER, account="anna")
    assert again.send_form(f"{path}/besluit", {"besluit": "upheld"}).status_code == 303
    assert only_request(review).decision is None
    bram = review.client(Role.LEAD, account="bram")
    for decision in ("ended", "", "weg"):
        bram.send_form(f"{path}/besluit", {"besluit": decision})
    assert only_request(review).decision is None


def test_who_did_not_sign_in_just_now_registers_decides_and_answers_nothing(review: Review) -> None:
    anna, bram = review.client(Role.LEAD, account="anna"), review.client(Role.SENSITIVE_REVIEWER, account="bram")
    path = registered(review, anna, OF_ADDRESS)
    review.clock.forward(minutes=6)
    for where, form in (
        ("/verzoeken/nieuw", OF_PERSON),
        (f"{path}/besluit", {"besluit": "upheld"}),
        (f"{path}/antwoord", {}),
    ):
        answer = bram.send_form(where, form)
        assert answer.status_code == 403
        assert "Meld u nog een keer aan" in answer.text
    assert only_request(review).decision is None


def test_access_that_is_granted_is_answered_to_who_names_the_person_of_the_request(review: Review) -> None:
    anna, bram = review.client(Role.LEAD, account="anna"), review.client(Role.SENSITIVE_REVIEWER, account="bram")
    path = registered(review, anna, OF_PERSON)
    assert only_request(review).person_hash == person_digest(review.workspace, HOLDER, BORN)
    assert HOLDER not in bram.get(path).text
    form = {"naam": HOLDER, "geboren": BORN.isoformat()}
    bram.send_form(f"{path}/antwoord", form)
    assert not review.ledger.entries(
        action=LedgerAction.SUBJECT_ACCESS, object=f"document:{only_request(review).person_hash}"
    )
    bram.send_form(f"{path}/besluit", {"besluit": "upheld"})
    assert anna.send_form(f"{path}/antwoord", form).status_code == 404
    other = bram.send_form(f"{path}/antwoord", form | {"geboren": "2-2-1962"})
    assert (other.status_code, HOLDER in other.text) == (422, False)
    answer = bram.send_form(f"{path}/antwoord", form)
    assert (answer.status_code, HOLDER in answer.text) == (200, True)
    assert answer.headers["content-disposition"].startswith('attachment; filename="antwoord-')
    [entry] = [
        line.entry
        for line in review.ledger.entries(
            action=LedgerAction.SUBJECT_ACCESS, object=f"document:{only_request(review).person_hash}"
        )
    ]
    assert (entry.actor, entry.case) == ("bram", "Z-2026-00123")


def test_a_request_about_a_sensitive_register_is_seen_by_who_may_see_that(review: Review) -> None:
    carla = review.client(Role.SENSITIVE_REVIEWER, account="carla")
    form = FORM | {"verzoek": "rectification", "over": "record", "gegeven": "seksinrichtingen:SV-0000416"}
    path = registered(review, carla, form)
    lead = review.client(Role.LEAD)
    assert "SV-0000416" in carla.get(path).text
    assert lead.get(path).status_code == 404
    assert "Z-2026-00123" not in lead.get("/verzoeken").text
    assert lead.send_form(f"{path}/besluit", {"besluit": "upheld"}).status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verzoek": ""}, "Kies wat deze persoon vraagt"),
        ({"over": ""}, "Kies waarover het gaat"),
        ({"adres": " "}, "Schrijf het nummer van het adres op"),
        ({"adres": "12"}, "past niet bij elkaar"),
        ({"zaaknummer": "Jan Jansen"}, "past niet bij elkaar"),
        ({"ontvangen": "morgen"}, "Schrijf op wanneer het binnenkwam"),
        ({"ontvangen": "1-11-2030"}, "past niet bij elkaar"),
        ({"over": "person"}, "Schrijf de naam op"),
        ({"verzoek": "rectification"}, "past niet bij elkaar"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(review: Review, changes: dict[str, str], said: str) -> None:
    answer = review.client(Role.LEAD).send_form("/verzoeken/nieuw", OF_ADDRESS | changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert subject_requests(review.store) == []


def test_the_list_reads_in_both_languages_and_is_in_the_ledger(review: Review) -> None:
    anna = review.client(Role.LEAD, account="anna")
    registered(review, anna, OF_ADDRESS)
    assert "nog niet besloten" in anna.get("/verzoeken").text
    assert "Objection" in anna.get("/verzoeken?lang=en", follow_redirects=True).text
    read = [line.entry for line in review.ledger.entries(action=LedgerAction.SUBJECT_ACCESS, object="list:requests")]
    assert {entry.actor for entry in read} == {"anna"}
    reader = review.client(Role.AUDITOR)
    assert "verzoek zonder besluit" in reader.get("/").text
    listed = reader.get("/verzoeken").text
    assert "nog niet besloten" in listed
    assert 'href="/verzoeken/' not in listed
    assert date(2026, 11, 1) == only_request(review).received_on
