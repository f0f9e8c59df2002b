"""Nothing of a sensitive record is in a hit that is not sensitive (S4): every rule, people on both kinds of licence.

Not its number, and no count of it either: the hit stands word for word where every sensitive record is taken away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import polars as pl
import pytest

from flows.catalogue import all_indicators
from screening.base.datasets import datasets, sensitive_datasets
from screening.rules import Sensitive, Tables, evaluate
from screening.rules.cases import RuleCase
from screening.synthetic import generate
from tests.assurance.pipeline import AS_OF, Frames, activations, linked, typed, with_groups
from tests.both_licences import of_both_licences
from tests.indicators.conftest import CASES

#: Tables of which a row belongs to a record, or to two of them.
_OF_RECORDS = (*datasets(), "partijen", "handelsnamen")
Run = Callable[[Frames], pl.DataFrame]
_RECORD = r"^(.*):[^:]*:[^:]*$"
#: The cases of rules that read both kinds of licence, and that make a hit.
BOTH = [
    case
    for cases in CASES.values()
    for case in cases
    if {"vergunningen", *sensitive_datasets()} <= case.indicator.inputs.keys() and case.spec.get("expect")
]
#: So many of a rule without the long tests.
_FEW = 2


def names(records: pl.DataFrame) -> pl.Series:
    return records.select(pl.concat_str("dataset", "key", separator=":")).to_series()


def without(tables: Frames, records: pl.DataFrame) -> Frames:
    """The tables without a row of these records."""
    out, left = names(records).implode(), dict(tables)
    for name in _OF_RECORDS:
        if name in left:
            own = "record" if "record" in left[name].columns else pl.lit(f"{name}:") + pl.col("key")
            left[name] = left[name].filter(~(pl.col(own) if isinstance(own, str) else own).is_in(out))
    if "koppelingen" in left:
        ends = pl.any_horizontal(pl.col("left", "right").str.extract(_RECORD).is_in(out))
        left["koppelingen"] = left["koppelingen"].filter(~ends)
    return left


def by_all(tables: Frames) -> pl.DataFrame:
    """The hits of every rule in a town."""
    rules = all_indicators()
    handed = Tables(with_groups(tables))
    return evaluate(rules, handed, as_of=AS_OF, activations=activations(rules)).evidence


def text(evidence: pl.DataFrame) -> pl.Series:
    """A hit in one line: all that a reader can be shown of it."""
    parts = ("address_id", "indicator", "record_ids", "values", "explanation_nl", "explanation_en", "links")
    return evidence.select(pl.struct(parts).struct.json_encode()).to_series()


def given_away(tables: Frames, evidence: pl.DataFrame, sensitive: Sensitive, run: Run) -> list[str]:
    """The hits that are called ordinary, and are not there as such without what is sensitive by the contracts."""
    plain = text(evidence.filter(~sensitive.hits(evidence, all_indicators())))
    again = text(run(without(tables, Sensitive.of(Tables(tables)).records))) if plain.len() else plain
    return sorted(set(plain) - set(again))


@pytest.fixture(scope="module")
def town() -> Frames:
    return linked(typed(of_both_licences(generate(7, 3000, regime="clean", as_of=AS_OF))))


@pytest.fixture(scope="module")
def evidence(town: Frames) -> pl.DataFrame:
    return by_all(town)


@pytest.mark.goal("S4", reached="every rule on a town with both kinds of licence")
def test_no_hit_that_is_not_sensitive_rests_on_a_sensitive_record(town: Frames, evidence: pl.DataFrame) -> None:
    rules, sensitive = all_indicators(), Sensitive.of(Tables(town))
    assert given_away(town, evidence, sensitive, by_all) == []
    is_hidden = sensitive.hits(evidence, rules)
    of_rules = set(evidence.filter(is_hidden)["indicator"]) - {rule.code for rule in rules if rule.sensitive}
    assert len(of_rules) >= 4, of_rules
    assert evidence.filter(~is_hidden).height > 50


def test_a_sensitive_record_that_is_taken_for_an_ordinary_one_is_seen(town: Frames, evidence: pl.DataFrame) -> None:
    """The harness bites: were the records forgotten, hits would be given away."""
    sensitive = Sensitive.of(Tables(town))
    assert given_away(town, evidence, replace(sensitive, records=sensitive.records.clear()), by_all)


def on_sex_licences(case: RuleCase) -> Iterator[Frames]:
    """The tables of a case with each of its permits in turn made the licence of a sex establishment."""
    tables = case.tables()
    permits, licences = tables["vergunningen"], tables["seksinrichtingen"]
    for key in permits["key"]:
        moved = permits.filter(pl.col("key") == key).with_columns(record=pl.lit(f"seksinrichtingen:{key}"))
        moved = moved.select(name for name in licences.columns if name in moved.columns)
        one_moved = {
            **tables,
            "vergunningen": permits.filter(pl.col("key") != key),
            "seksinrichtingen": pl.concat([licences, moved.with_columns(type=pl.lit("club"))], how="diagonal_relaxed"),
        }
        for name, columns in (("partijen", ("record", "mention")), ("handelsnamen", ("record",))):
            if name in tables and "record" in tables[name].columns:
                is_its = pl.col("record") == f"vergunningen:{key}"
                other = {column: pl.col(column).str.replace("vergunningen", "seksinrichtingen") for column in columns}
                renamed = [pl.when(is_its).then(new).otherwise(column).alias(column) for column, new in other.items()]
                dataset = pl.when(is_its).then(pl.lit("seksinrichtingen")).otherwise("dataset").alias("dataset")
                one_moved[name] = tables[name].with_columns(*renamed, dataset)
        yield one_moved


def check(case: RuleCase, seen: Counter[str]) -> None:
    for tables in on_sex_licences(case):
        evidence = case.evaluated(tables).evidence
        sensitive = Sensitive.of(Tables(tables))
        assert given_away(tables, evidence, sensitive, lambda left: case.evaluated(left).evidence) == [], case.id
        seen[case.indicator.code] += int(sensitive.hits(evidence, all_indicators()).sum())


def test_each_rule_on_a_permit_that_is_a_sex_licence() -> None:
    tried: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for case in BOTH:
        tried[case.indicator.code] += not case.tables()["vergunningen"].is_empty()
        if tried[case.indicator.code] <= _FEW:
            check(case, seen)
    assert {code for code in tried if not seen[code]} == set(), "of each rule a hit became sensitive"


@pytest.mark.long
@pytest.mark.goal("S4", reached="every case of the rules that read both kinds of licence, each permit in turn")
@pytest.mark.parametrize("case", BOTH, ids=lambda case: case.id)
def test_each_case_with_each_permit_a_sex_licence(case: RuleCase) -> None:
    check(case, Counter())
