"""A night run again gives what it gave; a changed threshold changes its own rule and what looks at it, nothing else."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from screening.base.errors import RuleDefinitionError
from screening.base.frames import FLAGS, conform
from screening.rules import Activation, Param, Sensitive, Tables, evaluate, review
from screening.rules.backtest import flag_changes, replay, reproduce, unreadable
from screening.store.store import FIRST_FLAGGED

AS_OF = date(2026, 11, 1)


def many(t, p, as_of):
    """Addresses with at least `least` permits."""
    grouped = t.vergunningen.group_by("address_id").agg(pl.col("record").sort().alias("record_ids"))
    return grouped.filter(pl.col("record_ids").list.len() >= p.least)


def every(t, p, as_of):
    """Every permit."""
    return t.vergunningen.select("address_id", record_ids=pl.concat_list("record"))


def echo(t, p, as_of):
    """Addresses that TST-01 hits."""
    return t.treffers.filter(pl.col("indicator") == "TST-01").select("address_id", "record_ids")


@pytest.fixture
def rules(declare):
    least = {"least": Param(2, "permits", "because", floor=1)}
    plain = {"evidence_nl": "Het adres.", "evidence_en": "The address.", "params": {}}
    inputs = {"vergunningen": ("record", "address_id")}
    return [
        declare(many, **{**plain, "code": "TST-01", "cls": "A", "params": least, "inputs": inputs}),
        declare(every, **{**plain, "code": "TST-02", "cls": "B", "inputs": inputs}),
        declare(
            echo,
            **{
                **plain,
                "code": "TST-03",
                "cls": "C",
                "after": ("TST-01",),
                "inputs": {"treffers": ("address_id", "indicator", "record_ids")},
            },
        ),
    ]


@pytest.fixture
def tables(permits):
    return Tables({"vergunningen": permits})


@pytest.fixture
def display():
    return pl.DataFrame({"address_id": ["a", "b"], "address": ["Dorpsstraat 1", "Dorpsstraat 2"]})


@pytest.fixture
def night(rules, tables, display):
    """Evidence and flags as they were published, and the parameters in force."""
    active = {rule.code: Activation("APV", "DPIA", AS_OF) for rule in rules}
    result = evaluate(rules, tables, as_of=AS_OF, activations=active)
    flags = review(result.evidence, rules, sensitive=Sensitive.of(tables), display=display, as_of=AS_OF)
    return result.evidence, flags, result.parameters


def again(rules, tables, night, display, code="TST-01", **parameters):
    return replay(rules, tables, night[0], code=code, parameters=parameters, ran=night[2], as_of=AS_OF, display=display)


def test_a_night_is_reproduced_exactly(rules, tables, night, display):
    earlier = pl.DataFrame(schema=FIRST_FLAGGED)
    evidence, flags = reproduce(rules, tables, as_of=AS_OF, parameters=night[2], display=display, earlier=earlier)
    assert evidence.equals(night[0])
    assert flags.equals(night[1])


def test_only_rules_that_ran_run_again(rules, tables, night, display):
    ran = {"TST-02": night[2]["TST-02"]}
    earlier = pl.DataFrame(schema=FIRST_FLAGGED)
    evidence, _ = reproduce(rules, tables, as_of=AS_OF, parameters=ran, display=display, earlier=earlier)
    assert set(evidence["indicator"]) == {"TST-02"}


def test_the_same_parameters_change_nothing(rules, tables, night, display):
    result = again(rules, tables, night, display, least=2)
    assert result.evidence.equals(night[0])
    assert flag_changes(night[1], result.flags).is_empty()


def test_a_lower_threshold_adds_and_a_higher_one_drops(rules, tables, night, display):
    lower = flag_changes(night[1], again(rules, tables, night, display, least=1).flags)
    assert lower.select("address_id", "change").rows() == [("b", "added")]
    higher = flag_changes(night[1], again(rules, tables, night, display, least=3).flags)
    assert higher.select("address_id", "change").rows() == [("a", "dropped")]
    assert higher["indicator_codes"][0].to_list() == ["TST-01", "TST-02", "TST-03"]


def test_a_rule_that_looks_at_its_hits_is_run_again_and_no_other(rules, tables, night, display):
    result = again(rules, tables, night, display, least=1)
    assert result.replayed == ("TST-01", "TST-03")
    echoed = result.evidence.filter(pl.col("indicator") == "TST-03")["address_id"]
    assert set(echoed) == {"a", "b"}
    kept = result.evidence.filter(pl.col("indicator") == "TST-02")
    assert kept.equals(night[0].filter(pl.col("indicator") == "TST-02"))
    assert again(rules, tables, night, display, code="TST-02").replayed == ("TST-02",)


def test_what_others_found_is_taken_as_it_stands(rules, tables, night, display):
    odd = night[0].with_columns(
        explanation_nl=pl.when(pl.col("indicator") == "TST-02").then(pl.lit("Toen.")).otherwise("explanation_nl")
    )
    result = again(rules, tables, (odd, *night[1:]), display, least=1)
    assert set(result.evidence.filter(pl.col("indicator") == "TST-02")["explanation_nl"]) == {"Toen."}


def test_a_rule_whose_register_was_stale_says_so_and_finds_nothing(rules, tables, night, display):
    result = replay(
        rules,
        tables,
        night[0],
        code="TST-01",
        parameters={"least": 1},
        ran=night[2],
        as_of=AS_OF,
        display=display,
        stale=["vergunningen"],
    )
    assert result.not_run.kind == "stale_source"
    assert result.evidence.filter(pl.col("indicator") == "TST-01").is_empty()


def test_a_rule_that_does_not_exist_cannot_be_tried(rules, tables, night, display):
    with pytest.raises(RuleDefinitionError, match="TST-09"):
        again(rules, tables, night, display, code="TST-09")


def test_a_column_that_was_not_kept_is_named(rules):
    kept = {"vergunningen": ["record"]}
    assert unreadable(rules[0], ["vergunningen"], kept) == ["vergunningen.address_id"]
    assert unreadable(rules[0], ["meldingen"], kept) == []
    assert unreadable(rules[0], ["vergunningen"], {"vergunningen": ["record", "address_id"]}) == []


def test_lines_of_business_are_made_anew_of_a_night_that_kept_the_codes(declare):
    rule = declare(inputs={"handelsregister": ("record", "sbi_codes", "sbi_versie", "lines")})
    kept = {"handelsregister": ["record", "sbi_codes", "sbi_versie"]}
    assert unreadable(rule, kept, kept) == []
    assert unreadable(rule, kept, {"handelsregister": ["record", "sbi_codes"]}) == ["handelsregister.sbi_versie"]


def test_no_change_between_equal_flags():
    flags = conform(pl.DataFrame({"address_id": ["a"], "sensitive": [False]}), FLAGS)
    assert flag_changes(flags, flags).is_empty()
