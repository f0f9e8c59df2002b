"""An explanation adds up to the log-odds of the pair, is the same from both sides, and tells no value."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest

from screening import linking as e
from screening.base.errors import ConfigurationError


def test_steps_add_up_to_the_log_odds_that_linking_gives(persons: pl.DataFrame, model: e.LinkModel) -> None:
    pairs = e.link(model, persons).pairs
    for pair in pairs.gather_every(len(pairs) // 25).iter_rows(named=True):
        why = e.explain_pair(model, persons, pair["left"], pair["right"])
        assert why.log_odds == pair["log_odds"]
        assert why.probability == pytest.approx(pair["probability"])
        assert why.is_vetoed == pair["is_vetoed"]
        total = why.prior
        for step in why.steps:
            total += step.weight + step.rarity
            assert step.total == pytest.approx(total)
        assert why.log_odds == pytest.approx(total, abs=3e-4)
        assert e.explain_pair(model, persons, pair["right"], pair["left"]) == why


def test_a_missing_value_weighs_nothing(persons: pl.DataFrame, model: e.LinkModel) -> None:
    pair = persons.head(2).with_columns(birth_date=pl.lit(None, pl.Date))
    step = next(s for s in e.explain_pair(model, pair, *pair["id"]).steps if s.comparison == "birth_date")
    assert (step.level, step.weight, step.m, step.similarity) == ("missing", 0.0, None, None)


def test_an_explanation_goes_to_json_and_holds_no_value(persons: pl.DataFrame, model: e.LinkModel) -> None:
    pair = e.link(model, persons).pairs.row(0, named=True)
    text = json.dumps(e.explain_pair(model, persons, pair["left"], pair["right"]).to_dict())
    row = persons.filter(pl.col("id") == pair["left"]).row(0, named=True)
    assert row["core"] not in text
    assert str(row["birth_date"]) not in text


def test_an_id_that_is_not_there_is_refused(persons: pl.DataFrame, model: e.LinkModel) -> None:
    with pytest.raises(ConfigurationError):
        e.explain_pair(model, persons, 0, -7)
    with pytest.raises(ConfigurationError):
        e.explain_pair(model, persons, 0, 0)


def test_an_explanation_says_which_rule_brings_the_two_together_and_which_block_was_cut(
    persons: pl.DataFrame, model: e.LinkModel
) -> None:
    pair = e.link(model, persons).pairs.row(0, named=True)
    why = e.explain_pair(model, persons, pair["left"], pair["right"])
    assert (why.found_by, why.cut) == (pair["rule"], ())
    names = [name for name in persons.columns if name != "id"]
    strangers = persons.head(2).with_columns(pl.lit(None, persons.schema[name]).alias(name) for name in names)
    assert e.explain_pair(model, strangers, *strangers["id"]).found_by is None
    twins = pl.concat([persons.head(1), persons.head(1).with_columns(pl.col("id") + 100_000)])
    job = replace(model.settings, blocking=(("city",), ("postcode",)))
    cut = replace(model, settings=job, hot={"city": tuple(persons.head(1)["city"])})
    why = e.explain_pair(cut, twins, *twins["id"])
    assert (why.found_by, why.cut) == ("postcode", ("city",))
    apart = replace(cut, settings=replace(job, source="party"))
    assert e.explain_pair(apart, twins, *twins["id"]).found_by is None


def test_what_a_gate_holds_back_is_shown(persons: pl.DataFrame, model: e.LinkModel) -> None:
    best = e.link(model, persons).pairs.row(0, named=True)
    gate = e.Gate("birth_date", (model.settings.comparisons[1].level_names[best["level_birth_date"]],))
    gated = replace(model, settings=replace(model.settings, gates=(gate,)))
    linked = e.link(gated, persons).pairs.filter(pl.col("left") == best["left"], pl.col("right") == best["right"])
    why = e.explain_pair(gated, persons, best["left"], best["right"])
    assert linked["log_odds"].to_list() == [why.log_odds]
    assert why.log_odds < gated.settings.sure
    assert why.steps[-1].total + why.held == pytest.approx(why.log_odds, abs=3e-4)
    assert e.explain_pair(model, persons, best["left"], best["right"]).held == 0
