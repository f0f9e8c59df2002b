"""What a signal said of rows that only have a number, of uses and of people, and what a later run says of them."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from screening.partners.desk import source_changes
from screening.partners.desk.signal_source import own_day
from screening.partners.desk.source_changes import CurrentRecords
from screening.partners.signal.signal_facts import Fact
from screening.partners.signal.signal_parties import Person
from screening.wording.fact import fact_sentence

DIRECTOR = {"kvk_nummer": "90000001", "functie": "bestuurder", "datum_aanvang": "2019-06-01"}
MANAGER = {"zaaknummer": "Z1", "rol": "beheerder", "datum_van": "2024-02-01"}
PLACE = {"nummeraanduiding_id": "9999200000000001", "gebruiksdoelen": "winkelfunctie|woonfunctie", "oppervlakte": "140"}
PERMIT = {"zaaknummer": "Z1", "zaaktype": "exploitatie", "status": "verleend", "ingangsdatum": "2024-01-01"}


def row(dataset: str, key: str, fields: dict[str, Any], **changed_: Any) -> dict[str, Any]:
    made = fields | {name: value for name, value in changed_.items() if name != "of"}
    return {"dataset": dataset, "key": key, "fields": made, "fingerprint": changed_.get("of"), "source_date": None}


def told(one: dict[str, Any]) -> Fact:
    return Fact.model_construct(
        datum=own_day(one) or "2026-11-01",
        omschrijving=fact_sentence(one["dataset"], one["fields"]),
        bronregister=one["dataset"],
        record_id=f"{one['dataset']}:{one['key']}",
        peildatum="2026-11-01",
    )


def differs(one: dict[str, Any], *rows: dict[str, Any], here: bool = True, records: Any = None) -> bool:
    fact = told(one)
    basis = {"facts": {fact.record_id: one["fingerprint"]}, "here": [fact.record_id] if here else [], "records": {}}
    return source_changes._fact_differs(fact, basis, CurrentRecords(at_address=list(rows)), records)


OFFICE = row("functionarissen", "r1", DIRECTOR, of="A")
ROLE = row("leidinggevenden", "r1", MANAGER, of="A")


@pytest.mark.parametrize(
    ("was", "rows", "expected"),
    [
        pytest.param(OFFICE, [row("functionarissen", "r9", DIRECTOR, of="A")], False, id="another row, the same"),
        pytest.param(
            OFFICE,
            [row("functionarissen", "r9", DIRECTOR, of="A", datum_einde="2025-01-01")],
            True,
            id="the office ended before",
        ),
        pytest.param(
            OFFICE,
            [row("functionarissen", "r9", DIRECTOR, of="B", datum_aanvang="2021-06-01")],
            True,
            id="it began later, so that its print is another too",
        ),
        pytest.param(
            OFFICE,
            [
                row("functionarissen", "r1", DIRECTOR | {"kvk_nummer": "90000002"}, of="C"),
                row("functionarissen", "r2", DIRECTOR, of="A"),
            ],
            False,
            id="its number is another office now, and it stands lower",
        ),
        pytest.param(OFFICE, [], False, id="a dossier leaves out what ended long ago"),
        pytest.param(ROLE, [row("leidinggevenden", "r4", MANAGER, of="A")], False, id="a manager on another row"),
        pytest.param(
            ROLE,
            [row("leidinggevenden", "r1", MANAGER, of="A", datum_tot="2024-03-01")],
            True,
            id="a manager who left before",
        ),
        pytest.param(ROLE, [], True, id="a manager who is on the licence no more"),
    ],
)
def test_a_row_that_only_has_a_number_is_found_by_what_it_says(was: dict, rows: list[dict], expected: bool) -> None:
    assert differs(was, *rows) is expected


def test_a_record_that_stands_at_another_address_now_says_otherwise() -> None:
    permit = row("vergunningen", "Z1", PERMIT)
    assert differs(permit, permit) is False
    assert differs(permit, records={"vergunningen:Z1"}) is True
    assert differs(permit) is False  # what the source holds is not known
    assert differs(permit, records=set()) is False  # gone altogether is told as such
    assert differs(permit, here=False, records={"vergunningen:Z1"}) is False  # no hit cites it now


def test_uses_of_an_address_have_no_order() -> None:
    place = row("bag_adressen", "1", PLACE)
    assert differs(place, row("bag_adressen", "1", PLACE, gebruiksdoelen="woonfunctie|winkelfunctie")) is False
    assert differs(place, row("bag_adressen", "1", PLACE, gebruiksdoelen="woonfunctie")) is True
    assert differs(place, row("bag_adressen", "1", PLACE, oppervlakte="150")) is True


@pytest.mark.parametrize(
    ("person", "now", "expected"),
    [
        ({}, {}, False),
        ({}, {"name": "Yvonne Ander"}, False),  # a token only: no name left
        ({"naam": "Xan Jansen"}, {"name": "Yvonne Ander"}, True),
        ({}, {"ingangsdatum": "2023-01-01"}, True),
        ({"geboortejaar": "1971"}, {}, False),
        ({"geboortejaar": "1970"}, {}, True),
    ],
)
def test_of_a_person_what_left_is_compared_and_nothing_else(person: dict, now: dict, expected: bool) -> None:
    clear = {
        name: {"waarde": value, "motivering": "Zonder dit gegeven kan de partner niets nagaan."}
        for name, value in person.items()
    }
    one = Person.model_validate(
        {
            "kenmerk": f"T-{'0' * 16}",
            "rol": "houder",
            "noodzaak": "Houder van de vergunning waar het om gaat.",
            "periode": {"van": "2024-01-01"},
        }
        | clear
    )
    party = {
        "dataset": "vergunningen",
        "key": "Z1",
        "kind": "person",
        "role": "houder",
        "name": now.get("name", "Xan Jansen"),
        "birth_date": date(1971, 5, 3),
        "kvk_nummer": None,
    }
    begins = {name: value for name, value in now.items() if name == "ingangsdatum"}
    found = CurrentRecords(at_address=[row("vergunningen", "Z1", PERMIT, **begins)], parties=[party])
    assert source_changes._person_differs(one, found) is expected


def organisation(**changed: Any) -> SimpleNamespace:
    given = {
        "kvk_nummer": "90000001",
        "naam": "Kadebar B.V.",
        "rechtsvorm": "bv",
        "vestigingsnummer": "000012345678",
        "rsin": None,
        "periode": None,
    }
    return SimpleNamespace(**(given | changed))


@pytest.mark.parametrize(
    ("was", "fields", "name", "expected"),
    [
        pytest.param({}, {}, "Kadebar B.V.", False, id="the same"),
        pytest.param({"kvk_nummer": None}, {"rechtsvorm": "nv"}, "Ander B.V.", False, id="nothing to find it by"),
        pytest.param({}, {}, "Ander B.V.", True, id="another name"),
        pytest.param({"naam": None}, {}, "Ander B.V.", False, id="a name that did not leave"),
        pytest.param({}, {"rechtsvorm": "eenmanszaak"}, "Kadebar B.V.", True, id="another form"),
        pytest.param({}, {"vestigingsnummer": "000099999999"}, "Kadebar B.V.", True, id="another establishment"),
        pytest.param({"vestigingsnummer": None}, {"rechtsvorm": "nv"}, "Kadebar B.V.", False, id="nothing else left"),
        pytest.param({}, None, "Kadebar B.V.", False, id="no such row at this address"),
    ],
)
def test_of_an_organisation_what_left_is_compared_and_nothing_else(
    was: dict, fields: dict | None, name: str, expected: bool
) -> None:
    at_address = (
        []
        if fields is None
        else [
            row(
                "handelsregister",
                "r1",
                {"kvk_nummer": "90000001", "rechtsvorm": "bv", "vestigingsnummer": "000012345678"},
                **fields,
            )
        ]
    )
    parties = [
        {"dataset": "handelsregister", "key": "r1", "kind": "organisation", "kvk_nummer": "90000001", "name": name}
    ]
    now = CurrentRecords(at_address=at_address, parties=parties)
    assert source_changes._organisation_differs(organisation(**was), now) is expected


def test_an_address_of_which_the_bag_holds_nothing_now_says_nothing_else() -> None:
    """Gone at the source is told as such, not as another use."""
    statement = SimpleNamespace(object=SimpleNamespace(gebruiksdoelen=["winkelfunctie"], status="x", oppervlakte_m2=1))
    assert source_changes._place_differs(statement, CurrentRecords(at_address=[])) is False
    assert (
        source_changes._place_differs(statement, CurrentRecords(at_address=[row("bag_adressen", "1", PLACE)])) is True
    )


def test_a_person_whose_period_did_not_leave_is_not_compared() -> None:
    parties = [
        {
            "dataset": "vergunningen",
            "key": "Z1",
            "kind": "person",
            "name": "Yvonne Ander",
            "role": "houder",
            "birth_date": None,
        }
    ]
    now = CurrentRecords(at_address=[row("vergunningen", "Z1", PERMIT)], parties=parties)
    person = SimpleNamespace(rol="houder", periode=None, naam=SimpleNamespace(waarde="Xan Jansen"), geboortejaar=None)
    assert source_changes._person_differs(person, now) is False
    person.periode = SimpleNamespace(van="2024-01-01", tot=None)
    assert source_changes._person_differs(person, now) is True
