"""The lists of a municipality: what ships, what it adds, and what a list may not name."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from screening.rules import Tables, readings
from screening.rules.local_lists import Line, LocalLists, PermitType, shipped_lists

SHIPPED = shipped_lists()
MARKET = PermitType(location_bound=True, related=("exploitatie",), name_nl="standplaats", name_en="pitch")
NAILS = Line(sbi_2008=("96022",), sbi_2025=("9622",), permit_types=("exploitatie",), functions=("winkelfunctie",))


def test_the_lists_that_ship_name_nothing_that_is_not_there():
    assert SHIPPED.faults() == []


def test_related_goes_both_ways_and_letting_is_one_group():
    kinds = {row["zaaktype"]: row for row in SHIPPED.kinds().to_dicts()}
    letting = {name for name, row in kinds.items() if row["is_letting"]}
    assert letting == {"kamerverhuur", "omzetting", "verhuur_wgv", "toeristische_verhuur", "logies"}
    assert all(set(kinds[name]["related_types"]) == letting for name in letting)
    assert kinds["evenement"]["related_types"] == ["evenement"]


def test_a_kind_of_permit_of_the_municipality_is_read_as_any_other():
    lists = replace(SHIPPED, permit_types={**SHIPPED.permit_types, "standplaats": MARKET})
    permits = lists.with_permit_types(pl.LazyFrame({"key": ["Z-1", "Z-2"], "zaaktype": ["standplaats", "exploitatie"]}))
    handed = Tables({"vergunningen": permits}).vergunningen
    other = handed.with_columns(other=pl.lit("standplaats"))
    columns = [readings.is_location_bound().alias("bound"), readings.is_related("other").alias("related")]
    assert other.select(columns).collect().rows() == [(True, True), (True, True)]


def test_a_fault_is_named_by_the_line_and_the_key():
    lists = LocalLists(
        {
            "nagelstudio": replace(NAILS, permit_types=("exploitatie", "evenement", "markt"), also_fits=("kapper",)),
            "leeg": Line(permit_types=("exploitatie",)),
        },
        {**SHIPPED.permit_types, "standplaats": replace(MARKET, related=("markt",))},
    )
    assert lists.faults() == [
        "lines.nagelstudio: also_fits names 'kapper', which is no line",
        "lines.nagelstudio: permit type 'evenement' is not bound to a place (location_bound)",
        "lines.nagelstudio: permit_types names 'markt', which is no kind of permit",
        "lines.leeg: needs sbi_2008 or sbi_2025",
        "permit_types.standplaats: related names 'markt', which is no kind of permit",
    ]
