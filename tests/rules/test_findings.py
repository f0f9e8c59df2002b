"""A finding on the quality of data: reported apart, about a record, and never a hit."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from screening.base.errors import RuleDefinitionError
from screening.base.frames import EVIDENCE
from screening.rules import Activation, Tables, evaluate

AS_OF = date(2026, 11, 1)


def without_address(t: Tables, p, as_of: date) -> pl.LazyFrame:
    return t.vergunningen.filter(pl.col("address_id").is_null()).select(
        record_ids=pl.concat_list("record"), zaaknummer="zaaknummer"
    )


def reads_hits(t: Tables, p, as_of: date) -> pl.LazyFrame:
    return t.treffers.select("address_id", "record_ids", zaaknummer=pl.lit("Z"))


@pytest.fixture
def tables() -> Tables:
    return Tables(
        {
            "vergunningen": pl.DataFrame(
                {
                    "key": ["Z-1", "Z-2"],
                    "zaaknummer": ["Z-1", "Z-2"],
                    "status": ["verleend", "verleend"],
                    "address_id": ["a", None],
                }
            )
        }
    )


def run(tables: Tables, *rules):
    active = {rule.code: Activation("APV", "DPIA", AS_OF) for rule in rules}
    return evaluate(rules, tables, as_of=AS_OF, activations=active)


def test_a_finding_is_reported_and_is_no_evidence(declare, tables):
    result = run(tables, declare(without_address, is_finding=True))
    assert result.evidence.is_empty()
    assert result.findings.schema == pl.Schema(EVIDENCE)
    assert result.findings.select("indicator", "address_id", "record_ids").rows() == [
        ("TST-01", None, ["vergunningen:Z-2"])
    ]


def test_a_rule_that_finds_has_run_and_has_no_hits(declare, tables):
    result = run(tables, declare(without_address, is_finding=True))
    assert result.run == ("TST-01",)
    assert result.hits == {}
    assert set(result.parameters) == set(result.timings) == {"TST-01"}


def test_a_finding_is_handed_to_no_later_rule(declare, tables):
    later = declare(
        reads_hits, code="TST-02", after=("TST-01",), inputs={"treffers": ("address_id", "record_ids")}, needs=()
    )
    result = run(tables, declare(without_address, is_finding=True), later)
    assert result.evidence.is_empty()


def test_hits_stand_beside_findings(declare, tables):
    result = run(
        tables,
        declare(without_address, is_finding=True),
        declare(
            code="TST-03",
            inputs={"vergunningen": ("record", "address_id", "status", "zaaknummer")},
            function=lambda t, p, as_of: t.vergunningen.filter(pl.col("address_id").is_not_null()).select(
                "address_id", record_ids=pl.concat_list("record"), zaaknummer="zaaknummer"
            ),
        ),
    )
    assert result.evidence["indicator"].to_list() == ["TST-03"]
    assert result.hits == {"TST-03": 1}


def test_one_rule_has_hits_and_findings(declare, tables):
    def both(t: Tables, p, as_of: date) -> pl.LazyFrame:
        return t.vergunningen.select(
            address_id=pl.col("address_id").fill_null("b"),
            is_finding=pl.col("address_id").is_null(),
            record_ids=pl.concat_list("record"),
            zaaknummer="zaaknummer",
        )

    later = declare(
        reads_hits, code="TST-02", after=("TST-01",), inputs={"treffers": ("address_id", "record_ids")}, needs=()
    )
    result = run(tables, declare(both), later)
    assert result.findings.select("indicator", "address_id", "record_ids").rows() == [
        ("TST-01", None, ["vergunningen:Z-2"])
    ]
    assert result.hits == {"TST-01": 1, "TST-02": 1}
    assert "is_finding" not in result.evidence["values"][0]


def test_a_finding_may_not_point_at_an_address(declare, tables):
    with pytest.raises(RuleDefinitionError, match="carries no address_id"):
        run(tables, declare(is_finding=True))


def test_a_rule_that_is_no_finding_must_point_at_an_address(declare, tables):
    with pytest.raises(RuleDefinitionError, match="needs address_id"):
        run(tables, declare(without_address))


def test_a_finding_names_its_records(declare, tables):
    def nameless(t: Tables, p, as_of: date) -> pl.LazyFrame:
        return t.vergunningen.select(record_ids=pl.lit([], dtype=pl.List(pl.String)), zaaknummer="zaaknummer")

    with pytest.raises(RuleDefinitionError, match="no record_ids"):
        run(tables, declare(nameless, is_finding=True))


def test_the_declaration_says_that_it_is_a_finding(declare):
    assert declare(is_finding=True).declaration()["is_finding"] is True
    assert declare().declaration()["is_finding"] is False
