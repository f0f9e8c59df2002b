"""What of a dossier can be told in a signal: the day of a fact, the roles of a party, and when they held."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import polars as pl
import pytest

from screening.partners.desk import signal_source
from screening.partners.signal.codes import Certainty
from screening.wording.fact import fact_sentence

DELIVERED = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        pytest.param(
            {"status": "ingetrokken", "datum_besluit": "2024-07-01", "einddatum": "2026-01-05"},
            "2026-01-05",
            id="withdrawn: the day on which it ended",
        ),
        pytest.param(
            {"status": "ingetrokken", "datum_besluit": "2024-07"},
            "2024-07",
            id="withdrawn without an end: the decision, no further than it is known",
        ),
        pytest.param({"status": "geweigerd", "datum_besluit": "2024-07-01"}, "2024-07-01", id="refused: the decision"),
        pytest.param({"status": "verlopen", "einddatum": "2025-12-31"}, "2025-12-31", id="expired: its end"),
        pytest.param(
            {"status": "verleend", "ingangsdatum": "2024-08-01", "einddatum": "2029-08-01"},
            "2024-08-01",
            id="granted: its beginning",
        ),
        pytest.param({"status": "in_behandeling"}, "2024-05-15", id="not decided on: the application"),
        pytest.param({"status": "geweigerd"}, "2024-05-15", id="decided on no known day: the application"),
    ],
)
def test_a_licence_is_dated_by_what_its_status_says(fields: dict, day: str) -> None:
    row = {"dataset": "vergunningen", "fields": {"datum_aanvraag": "2024-05-15", **fields}, "source_date": None}
    assert signal_source._day(row, DELIVERED) == day
    told = fact_sentence("vergunningen", {"zaaknummer": "Z-1", "zaaktype": "exploitatie", **row["fields"]})
    assert told.endswith("aangevraagd op 15 mei 2024.")


def test_a_measure_keeps_its_own_day() -> None:
    row = {"dataset": "maatregelen", "fields": {"datum": "2026-03-02", "status": "verleend"}, "source_date": None}
    assert signal_source._day(row, DELIVERED) == "2026-03-02"


def party(record: str, role: str, kind: str, party_id: str, kvk: str | None = None) -> dict:
    dataset, _, key = record.partition(":")
    return {
        "dataset": dataset,
        "key": key,
        "role": role,
        "kind": kind,
        "party_id": party_id,
        "name": "Naam",
        "kvk_nummer": kvk,
        "birth_date": None,
    }


def test_a_director_of_two_companies_in_turn_stands_in_it_twice_and_once_where_it_is_one_term() -> None:
    terms = {"r1": ("2022-09-23", "2026-02-24"), "r2": ("2026-06-04", None), "r3": ("2026-06-04", None)}
    records = [
        {"dataset": "functionarissen", "key": key, "fields": {"datum_aanvang": begin, "datum_einde": end}}
        for key, (begin, end) in terms.items()
    ]
    _, persons, options = signal_source._parties(
        [party(f"functionarissen:{key}", "bestuurder", "person", "p1") for key in terms], records
    )
    assert [one["periode"] for one in persons] == [{"van": "2022-09-23", "tot": "2026-02-24"}, {"van": "2026-06-04"}]
    assert len(options) == 1


def test_an_organisation_is_named_for_its_role_and_then_for_being_one() -> None:
    records = [{"dataset": "handelsregister", "key": "r1", "fields": {"kvk_nummer": "12345678", "rechtsvorm": "bv"}}]
    mentions = [
        party("handelsregister:r1", "onderneming", "organisation", "o1", "12345678"),
        party("vergunningen:Z-1", "houder", "organisation", "o1", "12345678"),
    ]
    [organisation] = signal_source._parties(mentions, records)[0]
    assert organisation["rol"] == "houder, onderneming"


@pytest.mark.parametrize(
    ("param", "meaning"),
    [
        ({"label_nl": "Eerdere besluiten uit de laatste", "unit": "years"}, "Eerdere besluiten uit de laatste (jaar)"),
        ({"label_nl": "Dagen ertussen, hoogstens", "unit": "days"}, "Dagen ertussen, hoogstens"),
        (
            {"label_nl": "Gelijkenis van namen, minstens", "unit": "share"},
            "Gelijkenis van namen, minstens (deel van 1)",
        ),
        ({"unit": "days"}, None),
    ],
)
def test_a_threshold_is_told_with_its_unit(param: dict, meaning: str | None) -> None:
    assert signal_source._meaning(param) == meaning


def test_a_day_that_is_no_day_is_not_taken_for_one() -> None:
    """The next column that holds one is; without any, the fact is dated by its register."""
    row = {"dataset": "controles", "fields": {"datum": "eind mei", "datum_einde": "2026-05-30"}, "source_date": None}
    assert signal_source.own_day(row) == "2026-05-30"
    undated = row | {"fields": {"datum": "eind mei", "datum_einde": None}}
    assert signal_source.own_day(undated) is None
    assert signal_source._day(undated, DELIVERED) == "2026-11-01"
    assert signal_source._day(undated | {"source_date": date(2026, 10, 3)}, DELIVERED) == "2026-10-03"


def test_a_person_in_a_role_that_no_signal_tells_and_one_without_a_name_are_left_out() -> None:
    mentions = [
        party("meldingen:M-1", "melder", "person", "p1"),
        party("vergunningen:Z-1", "houder", "person", "p2") | {"name": None},
        party("vergunningen:Z-2", "houder", "person", "p3"),
    ]
    organisations, persons, options = signal_source._parties(mentions, [])
    assert organisations == ()
    assert [person["partij"] for person in persons] == ["p3"]
    assert [option.party_id for option in options] == ["p3"]


def test_only_what_was_chosen_and_has_an_exact_day_and_was_not_annulled_is_told_of_inspections_and_measures() -> None:
    def row(dataset: str, key: str, **fields: str | None) -> dict:
        return {"dataset": dataset, "key": key, "fields": fields}

    dossier = SimpleNamespace(
        records=[
            row("controles", "C-1", datum="2026-10-07", situatie="toegang_verleend", bevinding="in_bedrijf"),
            row("controles", "C-2", datum="2026-10", situatie="toegang_verleend"),
            row("controles", "C-3", datum="2026-10-08"),
            row("vergunningen", "Z-1", datum="2026-10-09"),
        ],
        cited_records=[
            row("maatregelen", "M-1", datum="2026-10-12", type="sluiting", status="onherroepelijk"),
            row("maatregelen", "M-2", datum="2026-10-13", type="sluiting", status="vernietigd"),
            row("maatregelen", "M-3", datum="2026-10-14", type="sluiting", status=None),
        ],
    )
    chosen = [
        "controles:C-1",
        "controles:C-2",
        "vergunningen:Z-1",
        "maatregelen:M-1",
        "maatregelen:M-2",
        "maatregelen:M-3",
    ]
    inspections, measures = signal_source.controls_and_measures(dossier, chosen)
    assert inspections == [{"datum": date(2026, 10, 7), "situatie": "toegang_verleend", "bevinding": "in_bedrijf"}]
    assert measures == [
        {"type": "sluiting", "datum": date(2026, 10, 12), "einddatum": None, "status": "onherroepelijk"}
    ]


def test_a_probable_link_is_told_once_people_confirmed_it_and_by_the_roles_at_its_ends() -> None:
    left, right = "vergunningen:Z-1:houder:person", "handelsregister:r1:onderneming:organisation"
    links = pl.DataFrame(
        [("L-1", left, right, "probable"), ("L-2", left, right, "strong"), ("L-3", left, right, "strong")],
        schema=["link_id", "left", "right", "level"],
        orient="row",
    )
    hits = [{"indicator": "LIC-04", "links": ["L-1", "L-2"]}]
    mentions = [{"mention": left, "role": "bestuurder"}]
    told = [
        list(signal_source._links(SimpleNamespace(links=links), hits, mentions, frozenset(confirmed)))
        for confirmed in ((), ("L-1",))
    ]
    assert [[link["link_id"] for link in of_night] for of_night in told] == [["L-2"], ["L-1", "L-2"]]
    assert [link["niveau"] for link in told[1]] == [str(Certainty.CONFIRMED), "strong"]
    assert told[0][0]["omschrijving"].startswith("bestuurder in ")
    assert told[0][0]["record_ids"] == ["vergunningen:Z-1", "handelsregister:r1"]
