"""A search finds one case that its officer may see, and says nothing of any other; who found it so is not compared."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from screening.base.vocabulary import ReviewOutcome
from screening.casework.cases.numbers import case_number
from screening.casework.cases.search import (
    SearchError,
    SearchTarget,
    find_cases,
    note_found,
    search_hash,
    search_target,
    target_of_address,
)
from screening.casework.cases.sync import sync_cases
from screening.casework.figures.monthly_counts import counts_by_month
from screening.casework.tips.sightings import House
from screening.casework.viewer import Viewer
from screening.store import Store, Workspace, publish
from tests.casework.caseload import ANNA, BRAM, DIRK, LEAD, NOW, case_of, judged, read
from tests.partners.desk.disclosed import whole_night

PLAIN, SENSITIVE, DRAWN = 1, 12, 5


@pytest.fixture
def found_store(store: Store, workspace: Workspace) -> Store:
    """Cases of a flagged, a sensitive and a drawn address."""
    publish(store, workspace, whole_night([PLAIN, SENSITIVE], drawn=[DRAWN], sensitive=[SENSITIVE]))
    sync_cases(store, now=NOW)
    return store


def at(store: Store, viewer: Viewer, n: int, *, now: datetime = NOW, **more: str) -> list[str]:
    """Ids of the cases that a viewer finds by the address of a number."""
    target = search_target(postcode=f"12{n % 100:02d} ab", number=str(n), **more)
    return [case.case_id for case in find_cases(store, viewer, target, now=now)]


def test_one_exact_address_a_kvk_number_and_a_case_number_find_the_case(found_store: Store) -> None:
    for n in (PLAIN, DRAWN):
        case = case_of(found_store, n, now=NOW)
        assert at(found_store, DIRK, n) == [case.case_id]
        targets = [{"kvk": f"9000 {n:04d}"}] * (n != DRAWN)
        for asked in ({"case": case.case_id}, {"case": case_number(case.opened_on, case.case_id)}, *targets):
            cases = find_cases(found_store, DIRK, search_target(**asked), now=NOW)
            assert [one.case_id for one in cases] == [case.case_id]
    assert at(found_store, DIRK, PLAIN, addition="A") == []


def test_what_is_not_there_and_what_is_not_theirs_are_alike(found_store: Store) -> None:
    hidden = case_of(found_store, SENSITIVE, now=NOW)
    asked = [
        {"kvk": f"9000{SENSITIVE:04d}"},
        {"case": hidden.case_id},
        {"case": case_number(hidden.opened_on, hidden.case_id)},
    ]
    for who, count in ((DIRK, 0), (LEAD, 0), (ANNA, 1)):
        assert len(at(found_store, who, SENSITIVE)) == count
        for target in asked:
            assert len(find_cases(found_store, who, search_target(**target), now=NOW)) == count
    over = NOW + timedelta(days=61)
    assert at(found_store, ANNA, PLAIN, now=over) == [], "past its term"


def test_a_closed_case_is_found_without_its_outcome(found_store: Store) -> None:
    case_id = case_of(found_store, PLAIN, now=NOW).case_id
    judged(found_store, ANNA, case_id, ReviewOutcome.DATA_FOUT, now=NOW)
    (case,) = find_cases(found_store, DIRK, search_target(case=case_id), now=NOW)
    assert case.is_over
    assert set(vars(case)) == {"case_id", "address_id", "address", "opened_on", "is_over"}


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({}, "none"),
        ({"kvk": "12345678", "case": "0123456789abcdef"}, "none"),
        ({"kvk": "1234567"}, "kvk"),
        ({"case": "Z-2026-1"}, "case"),
        ({"case": "%"}, "case"),
        ({"postcode": "1234", "number": "1"}, "postcode"),
        ({"postcode": "1234 AB"}, "number"),
        ({"postcode": "1234 AB", "number": "1_"}, "number"),
    ],
)
def test_less_than_one_whole_thing_is_not_searched_for(written: dict[str, str], field: str) -> None:
    with pytest.raises(SearchError) as error:
        search_target(**written)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("line", "number", "addition", "is_it"),
    [
        ("Hoofdstraat 12, 1234 AB Plaats", 12, "", True),
        ("Hoofdstraat 12, 1234 AB Plaats", 12, "A", False),
        ("Hoofdstraat 12 A-2, 1234 AB Plaats", 12, "A2", True),
        ("Hoofdstraat 12-2, 1234 AB Plaats", 12, "2", True),
        ("Hoofdstraat 12 A-2, 1234 AB Plaats", 12, "", False),
        ("Plein 1945 3, 1234 AB Plaats", 1945, "", False),
        ("Plein 1945 3, 1234 AB Plaats", 3, "", True),
        ("Laan, de 7, 1234 AB Plaats", 7, "", True),
    ],
)
def test_an_address_is_found_by_its_whole_number(line: str, number: int, addition: str, is_it: bool) -> None:
    assert (target_of_address(line) == SearchTarget(House("1234AB", number), addition)) is is_it


def test_the_ledger_says_a_keyed_hash_of_one_spelling() -> None:
    one, other = (
        search_target(postcode=text, number="3", addition=more)
        for text, more in (("1234 ab", "a-2"), ("1234AB", "A 2"))
    )
    assert search_hash(b"key", one) == search_hash(b"key", other)
    assert search_hash(b"key", one) != search_hash(b"another", one)
    assert len(search_hash(b"key", one)) == 32


def test_a_first_reading_of_a_case_that_was_searched_for_is_left_out_of_the_comparison(found_store: Store) -> None:
    found, drawn = (case_of(found_store, n, now=NOW).case_id for n in (PLAIN, DRAWN))
    note_found(found_store, ANNA, found, now=NOW)
    note_found(found_store, ANNA, found, now=NOW)
    for case_id in (found, drawn):
        read(found_store, ANNA, case_id, now=NOW)
    note_found(found_store, ANNA, drawn, now=NOW)  # read before: it stays what it was
    month = counts_by_month(found_store, ANNA, now=NOW + timedelta(days=40))[f"{date(NOW.year, NOW.month, 1):%Y-%m}"]
    readings = {cell: count for cell, count in month.items() if "|reading|" in cell}
    assert [cell.split("|")[0] for cell in readings] == ["sample"]


def test_a_second_reader_who_searched_leaves_the_first_reading_in(found_store: Store) -> None:
    case_id = case_of(found_store, PLAIN, now=NOW).case_id
    read(found_store, ANNA, case_id, now=NOW)
    note_found(found_store, BRAM, case_id, now=NOW)
    month = counts_by_month(found_store, ANNA, now=NOW + timedelta(days=40))[f"{NOW:%Y-%m}"]
    assert sum(count for cell, count in month.items() if cell.startswith("LIC-04|reading|")) == 1
