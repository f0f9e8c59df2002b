"""Where a duty holds: one row an object, yes or no."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from screening.rules import load_indicators
from screening.rules.areas import Area, duties, is_read
from screening.rules.local_lists import DUTIES, shipped_lists

AS_OF = date(2026, 11, 1)
SQUARE = np.array([(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)], dtype=np.float64)
HOLE = np.array([(1, 1), (2, 1), (2, 2), (1, 2)], dtype=np.float64)  # a ring that does not say its end twice
AREA = Area("verhuur_wgv", date(2025, 1, 1), date(2027, 12, 31), frozenset(), ((SQUARE, HOLE),))


def bag(*rows: tuple[str, str | None, float | None, float | None, bool]) -> pl.DataFrame:
    schema = {
        "adresseerbaar_object_id": pl.String,
        "postcode": pl.String,
        "rd_x": pl.Float64,
        "rd_y": pl.Float64,
        "is_nevenadres": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").with_row_index("key").with_columns(pl.col("key").cast(str))


TOWN = bag(
    ("beside", "1234 AC", 5.0, 3.0, False),
    ("in", "1234AB", 3.0, 3.0, False),
    ("in the hole", "1235AB", 1.5, 1.5, False),
    ("nowhere", None, None, None, False),
    ("second", "1234AB", 3.0, 3.0, True),
    ("second", "9999ZZ", 50.0, 50.0, False),
)


def where(*areas: Area) -> list[tuple[str, str]]:
    found = duties(areas, TOWN, AS_OF)
    assert found.schema == pl.Schema(DUTIES)
    assert found.height == 5 * len({area.duty for area in areas})
    return found.filter("applies").select("duty", "address_id").rows()


def test_an_object_lies_where_its_main_address_does():
    assert where(AREA) == [("verhuur_wgv", "in")]


def test_two_surfaces_that_overlap_are_one_area():
    assert where(replace(AREA, surfaces=((SQUARE, HOLE), (SQUARE,)))) == [
        ("verhuur_wgv", "in"),
        ("verhuur_wgv", "in the hole"),
    ]


def test_postcodes_are_whole_or_begin_so():
    by_postcode = replace(AREA, surfaces=(), postcodes=frozenset({"1234AB", "1235"}))
    assert where(by_postcode) == [("verhuur_wgv", "in"), ("verhuur_wgv", "in the hole")]


def test_an_area_that_is_not_in_force_makes_its_duty_hold_nowhere():
    assert where(replace(AREA, since=date(2026, 11, 2))) == []
    assert where(replace(AREA, until=date(2026, 10, 31))) == []
    assert where(replace(AREA, since=AS_OF, until=AS_OF)) == [("verhuur_wgv", "in")]


def test_of_several_areas_the_one_that_held_longest_says_since_when():
    older = replace(AREA, since=date(2024, 1, 1), surfaces=(), postcodes=frozenset({"1234"}))
    other = replace(AREA, duty="opkoopbescherming")
    found = duties((AREA, other, older), TOWN, AS_OF).filter("applies")
    assert found.rows() == [
        ("in", "opkoopbescherming", True, date(2025, 1, 1)),
        ("beside", "verhuur_wgv", True, date(2024, 1, 1)),
        ("in", "verhuur_wgv", True, date(2024, 1, 1)),
    ]


def test_a_decision_that_is_renewed_begins_no_new_duty():
    before = replace(AREA, since=date(2020, 1, 1), until=date(2024, 12, 31), surfaces=(), postcodes=frozenset({"1234"}))
    long_ago = replace(before, since=date(2010, 1, 1), until=date(2019, 12, 30))  # a day lies between
    for areas in ((AREA, before, long_ago), (long_ago, before, AREA)):
        assert duties(areas, TOWN, AS_OF).filter("applies").rows() == [("in", "verhuur_wgv", True, date(2020, 1, 1))]


def test_without_areas_no_duty_has_a_row():
    assert duties((), TOWN, AS_OF).is_empty()


def test_a_kind_of_permit_of_which_the_duty_is_read_is_one_that_an_indicator_names():
    readers = [rule for rule in load_indicators("indicators") if "plichten" in rule.inputs]
    sources = [inspect.getsource(inspect.getmodule(rule.function)) for rule in readers]
    lists = shipped_lists()
    compared = {
        kind
        for kind in lists.permit_types
        if any(
            f'_TYPE = "{kind}"' in text or f'_DUTY = "{kind}"' in text or f'_TOURISM = "{kind}"' in text
            for text in sources
        )
    }
    assert compared == {kind for kind in lists.permit_types if is_read(kind, lists)} - set(lists.lines)
