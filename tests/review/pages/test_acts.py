"""After the judgement, through the pages: two officers confirm a case and follow it to its end."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator

from screening.casework.acts.case_system import CaseSystem
from screening.rights.objections import decide_request, register_request
from screening.vocabulary import LedgerAction, Role
from tests.casework.acts.test_hand_over import SCHEMA
from tests.review.conftest import Client, Review, copy_workspace, review_on
from tests.review.pages import officers

SYSTEM = CaseSystem("002564440", "002564440", "https://zaken.example/catalogi/api/v1/zaaktypen/1")
OTHER = "Het register loopt achter: de brief van vorige week noemt een andere datum dan hier staat."


@pytest.fixture
def review(town_workspace, tmp_path):
    """The application of a municipality with a case system."""
    with review_on(copy_workspace(town_workspace, tmp_path / "review"), case_system=SYSTEM) as made:
        yield made


def confirmed(review: Review) -> tuple[Client, Client, str]:
    """Anna and Bram, and a case that they confirmed."""
    anna, bram = (review.client(Role.OFFICER, account=name) for name in ("anna", "bram"))
    case_id = officers.cases(review)[0]
    for client, why in ((anna, officers.WHY), (bram, OTHER)):
        officers.ready(client, case_id)
        assert officers.judge(client, case_id, why=why, bedoeld="ja").status_code == 303
    return anna, bram, case_id


def do(client: Client, case_id: str, kind: str, **fields: object):
    """Record an act."""
    return client.send_form(f"/zaken/{case_id}/vervolg", {"soort": kind, **fields})


def page(client: Client, case_id: str) -> str:
    """The words of the page after the judgement."""
    return officers.words(client.get(f"/zaken/{case_id}/vervolg").text)


def test_a_confirmed_case_is_followed_to_its_end(review: Review) -> None:
    anna, bram, case_id = confirmed(review)
    tomorrow = (review.clock.now + timedelta(days=1)).date().isoformat()
    assert "Bevestigd" in officers.words(officers.shown(anna, case_id).text)
    begun = page(anna, case_id)
    assert "Een bevoegdheid gebruiken" in begun
    assert "(te controleren)" in begun
    assert "De betrokkene hoort dat er naar het adres is gekeken" in begun
    assert begun.index("Gesprek met de exploitant") < begun.index("Last onder dwangsom")

    empty = do(anna, case_id, "documents_asked")
    assert empty.status_code == 422
    assert "Kies uit de lijst." in officers.words(empty.text)
    assert do(anna, case_id, "documents_asked", stuk=["plattegrond"], tot=tomorrow).status_code == 303
    assert "wacht op stukken tot" in page(bram, case_id)
    assert "wacht op stukken tot" in officers.words(anna.get("/na-het-oordeel").text)
    assert "wacht op stukken tot" in officers.words(anna.get("/zaken?staat=closed").text)
    assert do(bram, case_id, "documents_came").status_code == 303
    assert do(bram, case_id, "measure", bevoegdheid="waarschuwing", nummer="z-2026-00123").status_code == 303
    assert do(bram, case_id, "informed").status_code == 303
    assert do(bram, case_id, "result", resultaat="vergunning_ingetrokken").status_code == 303
    over = page(anna, case_id)
    assert "Afgerond: vergunning ingetrokken" in over
    assert "Z-2026-00123" in over
    assert "Pak deze zaak opnieuw op" in over
    refused = do(anna, case_id, "informed")
    assert refused.headers["location"] == f"/zaken/{case_id}/vervolg"
    acts = [line.entry for line in review.ledger.entries(action=LedgerAction.CASE_ACT, object=f"case:{case_id}")]
    assert [entry.result for entry in acts].count("done") == 5
    assert all(entry.content for entry in acts if entry.result == "done")


def test_a_case_goes_to_the_case_system_as_one_file_and_is_taken_back(review: Review) -> None:
    anna, bram, case_id = confirmed(review)
    place = f"/zaken/{case_id}/zaaksysteem"
    assert anna.send_form(place, {"gevraagd": "controleren"}).status_code == 422
    assert anna.send_form(place, {"gezien": "ja"}).status_code == 422
    assert anna.send_form(place, {"gevraagd": "controleren", "gezien": "ja"}).status_code == 303
    shown = anna.get(f"/zaken/{case_id}/vervolg").text
    number = shown.partition(f"{place}/")[2].partition('"')[0]
    answer = anna.get(f"{place}/{number}")
    assert answer.headers["content-disposition"] == 'attachment; filename="zaak.json"'
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(json.loads(answer.text))
    lines = review.ledger.entries(action=LedgerAction.HAND_OVER, object=f"case:{case_id}")
    assert [(line.entry.actor, line.entry.result) for line in lines] == [("anna", "refused"), ("anna", "done")]
    assert bram.get(f"{place}/{int(number) + 1}").status_code == 404

    with review.store.engine.connect() as connection:
        address = connection.exec_driver_sql(
            "SELECT address_id FROM review_case WHERE case_id = ?", (case_id,)
        ).scalar_one()
    now = review.clock.now
    asked = register_request(
        review.store, "objection", address_id=address, case_file="Z-2026-1", received_on=now.date(), by="rita", now=now
    )
    decide_request(review.store, asked.objection_id, "upheld", by="sam", now=now)
    stopped = page(bram, case_id)
    assert "Gestopt: een bezwaar is gegrond" in stopped
    assert "Trek de overdracht in" in stopped
    assert "overdracht intrekken" in officers.words(bram.get("/na-het-oordeel").text)
    assert do(bram, case_id, "informed").status_code == 303
    assert "Wat is er gedaan?" not in page(bram, case_id)
    assert bram.send_form(f"{place}/terug").status_code == 303
    assert "Download de intrekking" in page(bram, case_id)


def test_whom_it_belongs_to_is_told_by_a_person_and_that_is_recorded(review: Review) -> None:
    anna = review.client(Role.OFFICER, account="anna")
    case_id = officers.cases(review)[0]
    officers.ready(anna, case_id)
    assert officers.judge(anna, case_id, "doorgezet", bij_wie="ander_team", bedoeld="ja").status_code == 303
    begun = page(anna, case_id)
    assert "Hoort bij: Ander team van de gemeente. Nog niet doorgegeven" in begun
    assert "Dit programma verstuurt niets" in begun
    assert do(anna, case_id, "passed_on", langs="telefoon").status_code == 303
    assert "Doorgegeven aan: Ander team" in page(anna, case_id)
