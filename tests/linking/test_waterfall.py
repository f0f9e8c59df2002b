"""An explanation adds up to the log-odds of the pair, is the same from both sides, and tells no value."""

from __future__ import annotations

import json

import polars as pl
import pytest

from screening import linking as e
from screening.errors import ConfigurationError


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
