"""The rules that the two example towns do not know, planted where they are asked for: all hit, nothing else does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.catalogue import all_indicators
from screening.base.datasets import datasets
from screening.rules import Activation, Tables, evaluate
from screening.rules.examination import Screened
from screening.synthetic import Municipality, generate, write_municipality
from screening.synthetic.truth import LATER_INDICATORS, NEW_INDICATORS
from tests.assurance.pipeline import linked, typed
from tests.conftest import barrier

AS_OF = date(2026, 11, 1)
#: A day on which the register of admissions counts.
LATER = date(2028, 6, 2)
#: So many of each a planted rule has at least.
LEAST = 6


@pytest.fixture(scope="module")
def town() -> Municipality:
    return generate(7, 2500, as_of=AS_OF, with_new_rules=True)


@pytest.fixture(scope="module")
def night(town: Municipality, tmp_path_factory: pytest.TempPathFactory) -> Screened:
    return _night(town, tmp_path_factory.mktemp("town"))


def _night(town: Municipality, folder: Path) -> Screened:
    """A run of what is written, with nothing but the configuration that is written with it."""
    ran = barrier("run", "--config", write_municipality(town, folder), "--json")
    assert ran.code == 0, ran.out + ran.err
    held = {rule["code"] for rule in ran.json["indicators"]["not_run"] if rule["kind"] != "not_configured"}
    assert held <= LATER_INDICATORS.keys()  # it serves no power, so that no run has it
    evidence, flags = (pl.read_parquet(Path(ran.json["folder"]) / f"{name}.parquet") for name in ("evidence", "flags"))
    return Screened(evidence, flags)


@pytest.fixture(scope="module")
def hits(night: Screened) -> pl.DataFrame:
    """`address_id`, `indicator` of every hit."""
    return night.evidence.select("address_id", "indicator").unique()


def test_a_town_that_does_not_ask_for_them_has_none_of_their_registers_and_no_area() -> None:
    plain = generate(7, 2500, as_of=AS_OF)
    assert set(plain.tables) == set(list(datasets())[:9])
    assert not set(plain.truth["hits"]["indicator"]) & NEW_INDICATORS.keys()
    assert plain.areas == ()


def planted_at(town: Municipality, truth: str, code: str) -> set[str]:
    """The addresses of one rule in a table of the truth."""
    column = "looks_like" if truth == "hard_negatives" else "indicator"
    return set(town.truth[truth].filter(pl.col(column) == code)["address_id"])


@pytest.mark.parametrize("code", NEW_INDICATORS)
def test_every_planted_case_is_hit_and_no_other_address(code: str, town: Municipality, hits: pl.DataFrame) -> None:
    _hits_what_is_planted(code, town, hits)


@pytest.fixture(scope="module")
def messy() -> Municipality:
    return generate(7, 2500, regime="messy", as_of=LATER, with_new_rules=True)


def test_so_it_is_where_registers_are_delivered_the_way_real_exports_look(messy: Municipality, tmp_path: Path) -> None:
    night = _night(messy, tmp_path)
    for code in NEW_INDICATORS:
        _hits_what_is_planted(code, messy, night.evidence)
    _flags_what_is_used_after_its_holder(messy, night)


def test_an_agency_that_is_not_admitted_counts_from_the_day_that_was_set(messy: Municipality) -> None:
    tables = Tables(linked(typed(messy), LATER))
    rules = [rule for rule in all_indicators() if rule.code == "ORG-10"]
    from_a_day, from_none = (
        evaluate(
            rules, tables, as_of=LATER, activations={"ORG-10": Activation("APV", "DPIA-1", LATER, values)}
        ).evidence
        for values in ({"admission_from": 20280101}, {})
    )
    _hits_what_is_planted("ORG-10", messy, from_a_day)
    assert from_none.is_empty()


def _hits_what_is_planted(code: str, town: Municipality, hits: pl.DataFrame) -> None:
    planted, innocent = planted_at(town, "hits", code), planted_at(town, "hard_negatives", code)
    found = set(hits.filter(pl.col("indicator") == code)["address_id"]) - planted_at(town, "tolerated", code)
    right = len(found & planted)
    print(f"{code}: recall {right}/{len(planted)}, precision {right}/{len(found)}, look-alikes {len(innocent)}")
    assert min(len(planted), len(innocent)) >= LEAST
    assert not found & innocent
    assert found == planted


def test_a_licence_that_is_used_after_its_holder_flags(town: Municipality, night: Screened) -> None:
    _flags_what_is_used_after_its_holder(town, night)


def _flags_what_is_used_after_its_holder(town: Municipality, night: Screened) -> None:
    """ORG-01, more than a year after the end: by each two of five kinds of record, and by an inspection."""
    _hits_what_is_planted("ORG-01", town, night.evidence)
    by_two_kinds = town.truth["hits"].filter(pl.col("indicator") == "ORG-01", pl.col("variant").str.contains("_en_"))
    assert by_two_kinds.height == 10
    assert set(town.truth["flags"]["address_id"]) <= set(night.flags["address_id"])


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
