"""What can be recorded of a visit is what the contract of controles declares, within its limits, and about nobody."""

from __future__ import annotations

import pytest

from screening.base.datasets import datasets
from screening.casework.visits.findings import (
    LET_IN,
    SITUATIONS,
    checked_details,
    checked_findings,
    detail_fields,
    detail_lines,
)
from screening.casework.visits.words import VisitFormError, checked_note

FILLED = {
    "aantal_kamers": " 4 ",
    "aantal_personen": "0",
    "opschrift_gevel": "Café  De Kroon",
    "vervolg": "hercontrole",
    "openingstijden_gezien": "ma-do 10:00-22:00; vr 10:00-01:00",
    "vergunning_getoond": "niet_getoond",
}


def test_details_are_read_as_the_contract_has_them_and_open_ones_are_left_out() -> None:
    details = checked_details(LET_IN, FILLED | {"vervolg": " "})
    assert details == {
        "aantal_kamers": 4,
        "aantal_personen": 0,
        "opschrift_gevel": "Café De Kroon",
        "openingstijden_gezien": "ma-do 10:00-22:00; vr 10:00-01:00",
        "vergunning_getoond": "niet_getoond",
    }
    assert checked_details(LET_IN, {}) == {}
    assert detail_lines(details, "nl")[:2] == [("Aantal kamers in gebruik", "4"), ("Aantal personen aanwezig", "0")]
    assert ("Licence shown", "No") in detail_lines(details, "en")


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("aantal_kamers", "vier", "count"),
        ("aantal_kamers", "-1", "count"),
        ("aantal_kamers", "501", "count"),
        ("aantal_personen", "2,5", "count"),
        ("aantal_personen", "9" * 30, "count"),
        ("opschrift_gevel", "x" * 61, "text.opschrift_gevel"),
        ("opschrift_gevel", "bel 06 12 34 56 78", "number_in_note"),
        ("openingstijden_gezien", "vraag het @jan", "text.openingstijden_gezien"),
        ("vergunning_getoond", "misschien", "unknown_finding"),
        ("vervolg", "boete", "unknown_finding"),
    ],
)
def test_a_detail_that_cannot_be_is_refused_at_its_field(name: str, text: str, code: str) -> None:
    with pytest.raises(VisitFormError) as refused:
        checked_details(LET_IN, FILLED | {name: text})
    assert (refused.value.field, refused.value.code) == (name, code)


@pytest.mark.parametrize("situatie", [code for code in SITUATIONS if code != LET_IN])
def test_who_was_not_let_in_records_the_outside_alone(situatie: str) -> None:
    outside = {name: FILLED[name] for name in ("opschrift_gevel", "openingstijden_gezien", "vervolg")}
    assert checked_details(situatie, outside).keys() == outside.keys()
    for name in FILLED.keys() - outside.keys():
        with pytest.raises(VisitFormError) as refused:
            checked_details(situatie, {name: FILLED[name]})
        assert refused.value.code == "detail_from_outside"


def test_a_detail_is_a_finding_too() -> None:
    assert checked_findings(LET_IN, [], has_details=True) == ()
    with pytest.raises(VisitFormError):
        checked_findings(LET_IN, [])


def test_every_detail_has_its_words_in_both_languages_and_no_rule_reads_it() -> None:
    columns = datasets()["controles"].columns
    for field in detail_fields():
        assert all(field.label), field.name
        assert all(nl and en for nl, en in field.codes.values())
        assert not columns[field.name].rule_visible
        assert field.is_count + bool(field.longest) + bool(field.codes) == 1


def test_a_note_takes_small_numbers() -> None:
    assert checked_note("4 kamers boven, 12 bedden; deur 2 met los slot", ["Jan"]).startswith("4 kamers")
