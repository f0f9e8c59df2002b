"""An explanation is faithful: it cites what the hit and the flag rest on, and all of it.

Taking a rule away changes only what cites it or what is declared after it. With nothing left but the records that a
flag cites the flag still stands; with those taken away it falls.
"""

from __future__ import annotations

import polars as pl
import pytest

from flows.catalogue import all_indicators
from screening.rules.cases import RuleCase
from screening.rules.examination.ablation import (
    OF_WHOLE_REGISTERS,
    changed_by_absence,
    declared_before,
    hits_beyond_their_records,
    hits_without_their_records,
    tables_of_records,
)
from tests.assurance.pipeline import AS_OF, Frames, Screened, screened, with_groups
from tests.indicators.conftest import CASES

RULES = {one.code: one for one in all_indicators()}


def check_without(code: str, town: Frames, night: Screened) -> None:
    assert changed_by_absence(code, RULES, town, night, AS_OF) == []
    left = screened(town, [rule for rule in RULES.values() if rule.code != code])
    assert set(left.flags["address_id"]) <= set(night.flags["address_id"])


#: Of three of them; of every other in the long run.
HIT_IN_TOWN = ["LIC-01", "HOU-01", "ORG-03"]


@pytest.mark.parametrize("code", HIT_IN_TOWN)
def test_without_a_rule_only_what_cites_it_or_comes_after_it_changes(code, town, night):
    assert code in set(night.evidence["indicator"])
    check_without(code, town, night)


@pytest.mark.goal("F7", reached="every indicator taken away")
@pytest.mark.long
@pytest.mark.parametrize("code", sorted(set(RULES) - set(HIT_IN_TOWN)))
def test_without_any_rule_only_what_cites_it_or_comes_after_it_changes(code, town, night):
    check_without(code, town, night)


def with_only(tables: Frames, records: set[str]) -> Frames:
    """The tables with the rows of these records alone; groups of companies follow from what is left."""
    kept = dict(tables)
    for name in tables_of_records():
        if name in kept:
            frame = kept[name]
            record = pl.col("record") if "record" in frame.columns else pl.lit(f"{name}:") + pl.col("key")
            kept[name] = frame.filter(record.is_in(records))
    return with_groups(kept)


def test_every_flag_stands_on_the_records_that_it_cites_and_on_no_others(town, night):
    fallen = []
    for flag in night.flags.to_dicts():
        evidence = night.evidence.filter(pl.col("address_id") == flag["address_id"])
        absolute = evidence.filter(~pl.col("indicator").is_in(OF_WHOLE_REGISTERS))
        cited = {record for records in absolute["record_ids"].to_list() for record in records}
        left = screened(with_only(town, cited), declared_before(absolute["indicator"].to_list(), RULES))
        again = left.flags.filter(pl.col("address_id") == flag["address_id"])
        if again.is_empty() or again["reason"].item() != flag["reason"]:
            fallen.append((flag["address_id"], flag["indicator_codes"]))
    assert fallen == []


def test_a_flag_falls_without_the_records_of_its_own_data_sets(town, night):
    own = [
        record
        for dataset, records in night.evidence.select("dataset", "record_ids").iter_rows()
        for record in records
        if record.startswith(f"{dataset}:")
    ]
    everything = {
        record
        for name in tables_of_records()
        if name in town
        for record in (
            town[name]["record"] if "record" in town[name].columns else f"{name}:" + town[name]["key"]
        ).to_list()
    }
    left = screened(with_only(town, everything - set(own)))
    assert left.flags.filter(pl.col("address_id").is_in(night.flags["address_id"].implode())).is_empty()


# ---------------------------------------------------------------- every rule, on its own cases


WITH_HITS = [case for cases in CASES.values() for case in cases if case.spec["expect"]]
#: A quarter of the cases of each rule; all of them in the long run.
SHARES = pytest.mark.parametrize(
    "step", [pytest.param(4, id="quarter"), pytest.param(1, id="all", marks=pytest.mark.long)]
)


def cases_with_hits(code: str, step: int) -> list[RuleCase]:
    """Each `step`-th case of a rule that has hits."""
    return [case for case in WITH_HITS if case.indicator.code == code][::step]


@SHARES
@pytest.mark.parametrize("code", sorted(set(RULES) - OF_WHOLE_REGISTERS))
def test_every_hit_stands_on_the_records_that_it_cites(code, step):
    assert [fault for case in cases_with_hits(code, step) for fault in hits_beyond_their_records(case)] == []


@SHARES
@pytest.mark.parametrize("code", sorted(RULES))
def test_every_hit_falls_without_its_records(code, step):
    assert [fault for case in cases_with_hits(code, step) for fault in hits_without_their_records(case)] == []
