"""m, u and the prior are learned: near what the truth says, and from persons rather than households."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from benchmarks.linking.dutch import generate
from screening import linking as e
from screening.errors import ConfigurationError
from screening.linking.compare import MISSING, Comparer
from screening.linking.encode import encode
from screening.linking.metrics import best, threshold_table
from screening.linking.pairs import gammas


def test_u_of_equal_values_is_exact(persons: pl.DataFrame, model: e.LinkModel) -> None:
    sizes = persons["given"].drop_nulls().value_counts()["count"].cast(pl.Float64)
    wanted = float((sizes * (sizes - 1)).sum() / (sizes.sum() * (sizes.sum() - 1)))
    assert model.u["given"][0] == pytest.approx(wanted, rel=0.01)


def test_m_and_the_prior_are_near_the_truth() -> None:
    records = generate(20_000, seed=4)
    from benchmarks.linking.jobs import dutch_own

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
    assert model.prior * len(records) * (len(records) - 1) / 2 == pytest.approx(true, rel=0.25)


def test_training_on_addresses_learns_households_and_links_worse(plain_settings: e.Settings) -> None:
    records = generate(8_000, seed=6)
    truth = records.select("id", "party")

    def f1(training: tuple[tuple[str, ...], ...]) -> float:
        _, linked = e.train_and_link(records, replace(plain_settings, training=training))
        return best(threshold_table(linked.pairs, truth))["f1"]

    assert f1((("birth_date",), ("surname", "given"))) > f1((("postcode",), ("surname", "given:1"))) + 0.01


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
