"""An explanation is faithful: it cites what the hit and the flag rest on, and all of it.

Taking a rule away changes only what cites it or what is declared after it. With nothing left but the records that a
flag cites the flag still stands; with those taken away it falls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import polars as pl
import pytest

from flows.catalogue import all_indicators
from screening.datasets import datasets
from screening.rules import Indicator
from screening.rules.cases import RuleCase
from tests.assurance.pipeline import Frames, Screened, screened, with_groups
from tests.indicators.conftest import CASES

RULES = {one.code: one for one in all_indicators()}
#: Rules whose threshold is made of the whole municipality: which place stands out follows from all the others.
RELATIVE = {"LIC-07"}
#: Tables of which a row belongs to a record that evidence must cite. The BAG is not among them: it says what the
#: address is that a flag is about, and every address of a run can be looked up in it.
OF_RECORDS = (*(dataset for dataset in datasets() if dataset != "bag_adressen"), "partijen", "handelsnamen")


def after(code: str) -> set[str]:
    """The code, and all that is declared after it, directly or by way of another."""
    found, wave = {code}, {code}
    while wave:
        wave = {one.code for one in RULES.values() if set(one.after) & wave} - found
        found |= wave
    return found


def before(codes: Iterable[str]) -> list[Indicator]:
    """The rules of these codes, and all that they look back at."""
    found = set(codes)
    while more := {earlier for code in found for earlier in RULES[code].after if earlier in RULES} - found:
        found |= more
    return [RULES[code] for code in sorted(found)]


def of(frame: pl.DataFrame, column: str = "address_id") -> set[tuple]:
    """The rows of evidence or flags as a set."""
    listed = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    return set(frame.with_columns(pl.col(name).list.join("|") for name in listed).iter_rows())


def check_without(code: str, town: Frames, night: Screened) -> None:
    left = screened(town, [one for one in RULES.values() if one.code != code])
    touched = after(code)
    others = ~pl.col("indicator").is_in(touched)
    assert of(left.evidence.filter(others)) == of(night.evidence.filter(others))
    changed = of(left.flags) ^ of(night.flags)
    cites = {row["address_id"] for row in night.flags.to_dicts() if touched & set(row["indicator_codes"])}
    new = {row[0] for row in of(left.flags)} - set(night.flags["address_id"])
    assert {row[0] for row in changed} <= cites
    assert not new


HIT_IN_TOWN = ["LIC-01", "LIC-05", "NUI-01", "HOU-01", "ADR-05", "PER-02", "ORG-03", "LIC-06"]


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
    for name in OF_RECORDS:
        if name in kept:
            frame = kept[name]
            record = pl.col("record") if "record" in frame.columns else pl.lit(f"{name}:") + pl.col("key")
            kept[name] = frame.filter(record.is_in(records))
    return with_groups(kept)


def test_every_flag_stands_on_the_records_that_it_cites_and_on_no_others(town, night):
    fallen = []
    for flag in night.flags.to_dicts():
        evidence = night.evidence.filter(pl.col("address_id") == flag["address_id"])
        absolute = evidence.filter(~pl.col("indicator").is_in(RELATIVE))
        cited = {record for records in absolute["record_ids"].to_list() for record in records}
        left = screened(with_only(town, cited), before(absolute["indicator"].to_list()))
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
        for name in OF_RECORDS
        for record in (
            town[name]["record"] if "record" in town[name].columns else f"{name}:" + town[name]["key"]
        ).to_list()
    }
    left = screened(with_only(town, everything - set(own)))
    assert left.flags.filter(pl.col("address_id").is_in(night.flags["address_id"].implode())).is_empty()


# ---------------------------------------------------------------- every rule, on its own cases


WITH_HITS = [case for cases in CASES.values() for case in cases if case.spec["expect"]]
#: A third of the cases of each rule; all of them in the long run.
SHARES = pytest.mark.parametrize(
    "step", [pytest.param(3, id="third"), pytest.param(1, id="all", marks=pytest.mark.long)]
)


def hits_of(code: str, step: int) -> Iterator[tuple[RuleCase, dict]]:
    """Each hit of each `step`-th case of a rule that has hits."""
    for case in [case for case in WITH_HITS if case.indicator.code == code][::step]:
        for hit in case.as_written:
            yield case, hit


def only(case: RuleCase, hit: dict) -> dict:
    """What to change in a case so that of all records those are left that a hit cites, and those it may not name.

    What is known of a party stays known: that its mentions are one party is told by links, not by records.
    """
    keep = set(hit["record_ids"])
    parties = {row["party_id"] for row in case.rows().get("partijen", {}).values() if row["record"] in keep}

    def stays(name: str, row: dict, record: str) -> bool:
        of_party = name == "partijen" and row["party_id"] in parties
        return record in keep or of_party or withheld(case, name, row, hit["address_id"])

    return changes(case, stays)


def without(case: RuleCase, hit: dict) -> dict:
    """What to change in a case so that the records that a hit cites are gone."""
    return changes(case, lambda _name, _row, record: record not in hit["record_ids"])


def changes(case: RuleCase, stays: Callable[[str, dict, str], bool]) -> dict:
    gone: dict[str, dict] = {}
    for name, by_key in case.rows().items():
        if name not in OF_RECORDS:
            continue
        for key, row in by_key.items():
            record = row.get("record") or f"{name}:{row['key']}"
            if not stays(name, row, record):
                gone.setdefault(name, {})[key] = None
    return gone


def withheld(case: RuleCase, table: str, row: dict, at: str) -> bool:
    """A record that counts and may not be named: a shielded establishment, or what tells of a sex establishment."""
    record = row.get("record") or f"{table}:{row['key']}"
    elsewhere = record.startswith("seksinrichtingen:") and row.get("address_id") != at
    of_sensitive = any(
        hit["indicator"].startswith("SEX") and record in hit["record_ids"]
        for hit in case.rows().get("treffers", {}).values()
    )
    return bool(row.get("afgeschermd")) or elsewhere or of_sensitive


@SHARES
@pytest.mark.parametrize("code", sorted(set(RULES) - RELATIVE))
def test_every_hit_stands_on_the_records_that_it_cites(code, step):
    lost = []
    for case, hit in hits_of(code, step):
        left = case.hits(otherwise=only(case, hit))
        if not any(one["address_id"] == hit["address_id"] for one in left):
            lost.append((case.spec["name"], hit["address_id"], hit["record_ids"]))
    assert lost == []


@SHARES
@pytest.mark.parametrize("code", sorted(RULES))
def test_every_hit_falls_without_its_records(code, step):
    still = []
    for case, hit in hits_of(code, step):
        left = case.hits(otherwise=without(case, hit))
        cited = {record for record in hit["record_ids"] if not record.startswith("bag_adressen:")}
        if any(cited & set(one["record_ids"]) for one in left):
            still.append((case.spec["name"], hit["address_id"]))
    assert still == []
