"""The rules that the two example towns do not know, planted where they are asked for: all hit, nothing else does."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from flows.catalogue import all_indicators
from screening.datasets import datasets
from screening.rules import Activation, Tables, evaluate
from screening.synthetic import Municipality, generate
from screening.synthetic.truth import INDICATORS, NEW_INDICATORS
from tests.assurance.pipeline import Screened, linked, screened, typed

AS_OF = date(2026, 11, 1)
#: So many of each a planted rule has at least.
LEAST = 6


@pytest.fixture(scope="module")
def town() -> Municipality:
    return generate(7, 2500, as_of=AS_OF, with_new_rules=True)


@pytest.fixture(scope="module")
def night(town: Municipality) -> Screened:
    return _night(town)


def _night(town: Municipality) -> Screened:
    rules = [rule for rule in all_indicators() if rule.code in INDICATORS | NEW_INDICATORS]
    return screened(linked(typed(town)) | {"plichten": town.duties}, rules)


@pytest.fixture(scope="module")
def hits(night: Screened) -> pl.DataFrame:
    """`address_id`, `indicator` of every hit."""
    return night.evidence.select("address_id", "indicator").unique()


def test_a_town_that_does_not_ask_for_them_has_none_of_their_registers() -> None:
    plain = generate(7, 2500, as_of=AS_OF)
    assert set(plain.tables) == set(list(datasets())[:9])
    assert not set(plain.truth["hits"]["indicator"]) & NEW_INDICATORS.keys()


def planted_at(town: Municipality, truth: str, code: str) -> set[str]:
    """The addresses of one rule in a table of the truth."""
    column = "looks_like" if truth == "hard_negatives" else "indicator"
    return set(town.truth[truth].filter(pl.col(column) == code)["address_id"])


@pytest.mark.parametrize("code", NEW_INDICATORS)
def test_every_planted_case_is_hit_and_no_other_address(code: str, town: Municipality, hits: pl.DataFrame) -> None:
    _hits_what_is_planted(code, town, hits)


def test_so_it_is_where_registers_are_delivered_the_way_real_exports_look() -> None:
    messy = generate(7, 2500, regime="messy", as_of=AS_OF, with_new_rules=True)
    hits = _night(messy).evidence.select("address_id", "indicator").unique()
    for code in NEW_INDICATORS:
        _hits_what_is_planted(code, messy, hits)


def _hits_what_is_planted(code: str, town: Municipality, hits: pl.DataFrame) -> None:
    planted, innocent = planted_at(town, "hits", code), planted_at(town, "hard_negatives", code)
    found = set(hits.filter(pl.col("indicator") == code)["address_id"]) - planted_at(town, "tolerated", code)
    right = len(found & planted)
    print(f"{code}: recall {right}/{len(planted)}, precision {right}/{len(found)}, look-alikes {len(innocent)}")
    assert min(len(planted), len(innocent)) >= LEAST
    assert not found & innocent
    assert found == planted


def test_the_rules_of_before_hit_what_they_hit(town: Municipality, hits: pl.DataFrame) -> None:
    keys = ["address_id", "indicator"]
    right = pl.concat([town.truth[name].select(keys) for name in ("hits", "tolerated")])
    assert hits.join(right, on=keys, how="anti").rows() == []
    assert town.truth["hits"].join(hits, on=keys, how="anti").rows() == []


@pytest.mark.parametrize(("name", "unread"), [("eigendom", "natuurlijk_persoon"), ("zorgaanbieders", "woonplek")])
def test_rows_that_nobody_reads_are_delivered(name: str, unread: str, town: Municipality) -> None:
    kind = next(column.name for column in datasets()[name].columns.values() if column.rows_read)
    assert unread in town.tables[name][kind].to_list()


def test_an_owner_alone_flags_nobody(night: Screened) -> None:
    own = night.evidence.filter(~pl.col("indicator").str.starts_with("ADR"))["address_id"]
    assert night.flags.filter(~pl.col("address_id").is_in(own.implode())).is_empty()


def test_an_agency_that_is_not_admitted_counts_from_the_day_that_was_set() -> None:
    day = date(2028, 6, 2)
    town = generate(7, 2500, as_of=day, with_new_rules=True)
    tables = Tables(linked(typed(town), day))
    rules = [rule for rule in all_indicators() if rule.code == "ORG-10"]
    planted, innocent = planted_at(town, "hits", "ORG-10"), planted_at(town, "hard_negatives", "ORG-10")
    assert min(len(planted), len(innocent)) >= LEAST
    for set_day, expected in (({"admission_from": 20280101}, planted), ({}, set())):
        activation = Activation("APV", "DPIA-1", day, set_day)
        found = evaluate(rules, tables, as_of=day, activations={"ORG-10": activation})
        assert set(found.evidence["address_id"]) == expected
