"""Every check of a case table bites on the fault that it is there for, and lets a sound table through."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from screening.rules.cases import RuleCase, faults_of_case, faults_of_table, faults_of_texts
from tests.rules.conftest import AS_OF

INPUTS = {"vergunningen": ("record", "address_id", "status", "zaaknummer", "einddatum")}
EXPIRED = {"zaaknummer": "Z-1", "address_id": "a", "status": "verleend", "einddatum": "2026-10-02"}


def long_expired(t, p, as_of: date) -> pl.LazyFrame:
    """One row per granted permit that ended at least so many days ago."""
    days = (pl.lit(as_of) - pl.col("einddatum")).dt.total_days()
    rows = t.vergunningen.filter((pl.col("status") == "verleend") & (days >= p.grace_days))
    return rows.select("address_id", record_ids=pl.concat_list("record"), zaaknummer="zaaknummer")


def first_only(t, p, as_of: date) -> pl.LazyFrame:
    """The hit of the row that happens to come first."""
    return long_expired(t, p, as_of).head(1)


@pytest.fixture
def case(declare):
    """case(function=long_expired, **what the table says) -> RuleCase."""

    def make(function=long_expired, **changes) -> RuleCase:
        rows = {"vergunningen": [EXPIRED]}
        spec = {"name": "Verlopen", "tables": rows, "expect": [{"address_id": "a"}]} | changes
        return RuleCase(declare(function, inputs=INPUTS), AS_OF, {}, {}, spec)

    return make


def test_a_sound_case_shows_all_that_it_says(case):
    ruled_out = {"rules_out": 0, "otherwise": {"vergunningen": {"Z-1": {"status": "verleend"}}}}
    refused = [EXPIRED | {"status": "geweigerd"}]
    assert faults_of_case(case(side={"grace_days": "above"})) == []
    assert faults_of_case(case(tables={"vergunningen": refused}, expect=[], **ruled_out)) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"expect": []}, "expects 0 hits and gives 1"),
        ({"expect": [{"address_id": "b"}]}, "no hit like"),
        ({"expect": [{"address_id": "a", "record_ids": ["vergunningen:Z-2"]}]}, "no hit like"),
        ({"expect": [{"address_id": "a", "values": {"zaaknummer": "Z-2"}}]}, "no hit like"),
        ({"expect": [{"address_id": "a", "says_nl": "grens 31"}]}, "no hit like"),
        ({"side": {"grace_days": "above"}, "parameters": {"grace_days": 20}}, "this is no edge"),
        ({"side": {"grace_days": "near"}}, "no side of a parameter"),
        ({"side": {"other_days": "above"}}, "no side of a parameter"),
        ({"rules_out": 0}, "say with `otherwise`"),
        ({"rules_out": 0, "otherwise": {"vergunningen": {"Z-1": {"einddatum": "2026-01-01"}}}}, "no hit either"),
    ],
)
def test_what_a_case_does_not_show_is_told(case, changes, fault):
    faults = faults_of_case(case(**changes))
    assert len(faults) == 1
    assert fault in faults[0]


def test_a_rule_that_follows_the_order_of_its_rows_is_noticed(case):
    rows = [EXPIRED | {"zaaknummer": f"Z-{number}", "address_id": str(number)} for number in range(5)]
    faults = faults_of_case(case(first_only, tables={"vergunningen": rows}, expect=[{"address_id": "0"}]))
    assert faults == ["another order of the rows gives other hits"]


def test_what_a_table_leaves_out_is_told(case):
    below = case(name="Onder", side={"grace_days": "below"}, expect=[])
    above = case(name="Boven", side={"grace_days": "above"}, rules_out=0)
    assert faults_of_table(above.indicator, [below, above]) == []
    assert faults_of_table(above.indicator, [below]) == [
        "grace_days: no case above its edge",
        "ruled_out_nl[0] has no case",
        "no case expects a hit",
    ]
    assert faults_of_table(above.indicator, [above, above, case(rules_out=[0, 1])]) == [
        "grace_days: no case below its edge",
        "rules_out: 1 is no place in ruled_out_nl",
        "two cases are called 'Boven'",
        "no case expects that there is no hit",
    ]


def test_texts_that_a_reader_stumbles_over_are_told(declare):
    easy = "De vergunning is voorbij. De zaak is nog open."
    assert faults_of_texts(declare(rationale_nl=easy)) == []
    hard = (
        "Administratiefrechtelijke onregelmatigheden rechtvaardigen nadere bestuursrechtelijke informatieverzameling."
    )
    assert any("the Dutch texts read as" in fault for fault in faults_of_texts(declare(rationale_nl=hard)))
    long = " ".join(["en"] * 21)
    assert faults_of_texts(declare(rationale_nl=f"{easy} {long}")) == [f"more than 20 words: {long}"]
