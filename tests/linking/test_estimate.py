"""m, u and the prior are learned: near what the truth says, and from persons rather than households."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from benchmarks.linking import dutch_messy
from benchmarks.linking.dutch import generate
from benchmarks.linking.jobs import dutch_own, messy_own
from screening import linking as e
from screening.base.errors import ConfigurationError
from screening.linking.compare import MISSING, Comparer
from screening.linking.encode import encode
from screening.linking.metrics import best, threshold_table, true_pairs
from screening.linking.pairs import gammas


def test_m_and_the_prior_are_near_the_truth() -> None:
    records = generate(20_000, seed=4)
    settings = dutch_own()
    model = e.train(records, settings)
    encoded = encode(records, settings)
    party = records.sort("id")["party"].to_numpy()
    order = np.argsort(party, kind="stable").astype(np.int32)
    same = party[order][1:] == party[order][:-1]
    left, right = order[:-1][same], order[1:][same]
    for comparison in settings.comparisons:
        comparer = Comparer(comparison, encoded, np.zeros(len(comparison.levels) + 1), {})
        levels = gammas([comparer], encoded, left, right)[0]
        counted = np.bincount(levels[levels != MISSING], minlength=len(comparison.levels) + 1)
        # training blocks select: what they teach is near, not equal
        assert model.m[comparison.name][0] == pytest.approx(counted[0] / counted.sum(), abs=0.05), comparison.name
    sizes = records.group_by("party").len()["len"].cast(pl.Int64)
    true = float((sizes * (sizes - 1) // 2).sum())
    assert model.prior * len(records) * (len(records) - 1) / 2 == pytest.approx(true, rel=0.15)


def test_a_prior_that_is_stated_is_used(persons: pl.DataFrame, settings: e.Settings) -> None:
    assert e.train(persons, replace(settings, prior=1e-5)).prior == 1e-5


def test_the_prior_is_learned_also_where_a_record_has_dozens_of_matches() -> None:
    records = dutch_messy.generate(8_000, seed=2)
    sizes = records.group_by("party").len()
    many = sizes.filter(pl.col("len") >= 8)["party"]
    dense = records.filter(pl.col("party").is_in(many.implode()))
    model = e.train(dense, messy_own())
    pairs = len(dense) * (len(dense) - 1) / 2
    assert model.prior * pairs == pytest.approx(true_pairs(dense), rel=0.15)


def test_training_on_addresses_learns_households_and_links_worse(plain_settings: e.Settings) -> None:
    records = generate(8_000, seed=6)
    truth = records.select("id", "party")

    def f1(training: tuple[tuple[str, ...], ...]) -> float:
        _, linked = e.train_and_link(records, replace(plain_settings, training=training))
        return best(threshold_table(linked.pairs, truth))["f1"]

    assert f1((("birth_date",), ("surname", "given"))) > f1((("postcode",), ("surname", "given:1"))) + 0.005


@pytest.mark.parametrize("training", [(), (("given",),)], ids=["none", "one comparison is never taught"])
def test_training_that_teaches_too_little_is_refused(
    persons: pl.DataFrame, settings: e.Settings, training: tuple[tuple[str, ...], ...]
) -> None:
    with pytest.raises(ConfigurationError, match="training block"):
        e.train(persons, replace(settings, training=training))


def test_a_shared_name_at_one_address_weighs_less_than_both_apart(model: e.LinkModel) -> None:
    weights = dict(zip(model.settings.comparisons[2].level_names, model.weights("family"), strict=True))
    together = weights["equal surname postcode house_number"]
    assert 0 < together < weights["equal surname"] + weights["equal postcode house_number"]
