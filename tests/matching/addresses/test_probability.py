"""The score of an address promises no more than the share of such addresses that is right, on held-out variants."""

from __future__ import annotations

import math

import polars as pl
import pytest
import yaml

from benchmarks.addresses.fit import confusing_bag, fit_weights, foreign_bag, labelled_parts
from screening.base.word_lists import read_lists
from screening.matching.addresses import probability
from screening.matching.addresses.evidence import TIER_EXACT, TIER_FUZZY, TIER_NONE

#: Another municipality and other variants than the weights were fitted on (`fit.FIT_SEEDS`).
HELD_OUT_SEED = 1108
BINS = (0.5, 0.8, 0.95, 0.99, 0.998)


@pytest.fixture(scope="module")
def held_out() -> pl.DataFrame:
    bag = confusing_bag(HELD_OUT_SEED, 3000)
    return labelled_parts(bag, foreign_bag(HELD_OUT_SEED + 1, bag), 8000, HELD_OUT_SEED)


def test_every_bin_is_as_right_as_it_promises_and_not_far_above(held_out):
    above = pl.sum_horizontal((pl.col("score") >= least).cast(pl.Int8) for least in BINS)
    bins = held_out.group_by(above.alias("bin")).agg(
        rows=pl.len(), expected=pl.col("score").mean(), real=pl.col("is_true").mean()
    )
    told = bins.filter(pl.col("rows") >= 100).sort("bin")
    assert told.height >= 3, bins
    assert told.filter(~(pl.col("real") - pl.col("expected")).is_between(-0.02, 0.15)).is_empty(), bins
    assert told["real"].is_sorted(), bins
    assert told["real"][-1] >= 0.995


def test_the_brier_score_is_that_of_true_probabilities(held_out):
    """Beside it what a constant would score: the share that is right, said of all."""
    real = held_out["is_true"].cast(pl.Float64)
    brier = ((held_out["score"] - real) ** 2).mean()
    assert brier < 0.015
    assert brier < 0.96 * real.mean() * (1 - real.mean())


def test_every_level_has_its_weight_and_none_raises():
    weights = read_lists("screening.matching.addresses", "probability.yaml")
    assert {kind: tuple(levels) for kind, levels in weights.items() if kind != "base"} == probability.EVIDENCE
    assert max(weight for kind, levels in weights.items() if kind != "base" for weight in levels.values()) <= 0


def test_a_fuzzy_street_goes_by_its_likeness():
    rows = pl.DataFrame(
        {"tier": [TIER_EXACT, TIER_NONE, *[TIER_FUZZY] * 4], "similarity": [1.0, 1.0, 0.95, 0.85, 0.75, 0.5]}
    )
    levels = rows.select(probability.street_level(pl.col("tier"), pl.col("similarity"))).to_series().to_list()
    names = [probability.EVIDENCE["street_is"][level] for level in levels]
    assert names == ["exact", "usual_or_none", "similar_90", "similar_80", "similar_70", "similar_less"]


def test_a_fit_stays_a_little_below_the_shares_that_it_is_shown():
    """Of a thousand rows whose unit is not told 900 are right, of a thousand others 999: no other difference."""
    levels = {kind: [0] * 2000 for kind in probability.EVIDENCE}
    levels["unit_is"] = [0] * 1000 + [6] * 1000
    rows = pl.DataFrame({**levels, "is_true": [True] * 999 + [False] + [True] * 900 + [False] * 100})
    weights = yaml.safe_load(yaml.safe_dump(fit_weights(rows, penalty=0.01)))
    base, beside_units = weights["base"]["log_odds"], weights["unit_is"]["same_beside_units"]
    promised = [1 / (1 + math.exp(-odds)) for odds in (base, base + beside_units)]
    assert (0.997 < promised[0] < 0.999, 0.85 < promised[1] < 0.88) == (True, True), promised
    assert weights["postcode_is"]["slip"] == 0.0
