"""Weights from judgements: better than EM where judgements say so, never used where they do not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.linking.judgements import measure
from screening.errors import ConfigurationError
from screening.matching.parties.regression import LEAST_JUDGED, Correction, changes, corrected, learn


def _pairs(seed: int, n: int, wrong_weight: float) -> pl.DataFrame:
    """Pairs whose truth follows two levels; EM weighs the second one wrongly by so many bits."""
    rng = np.random.default_rng(seed)
    name, place = rng.integers(0, 3, n), rng.choice([0, 1, 255], n)
    right = np.array([6.0, 1.0, -6.0])[name] + np.select([place == 0, place == 1], [-1.0, 1.0], 0.0)
    is_match = rng.random(n) < 1 / (1 + 2.0**-right)
    return pl.DataFrame(
        {
            "left": np.arange(n),
            "right": np.arange(n) + n,
            "log_odds": right + np.where(place == 0, wrong_weight, 0.0) + rng.random(n) * 1e-6,
            "probability": 0.5,
            "level_name": name.astype(np.uint8),
            "level_place": place.astype(np.uint8),
            "is_match": is_match,
        }
    )


def test_a_level_that_em_weighs_wrongly_is_put_right():
    pairs = _pairs(1, 400, 8.0)
    correction = learn(pairs)
    assert correction.is_better
    # the other levels of the field may take a share of it: what counts is the difference
    weights = correction.weights["level_place"]
    assert weights["0"] - weights["1"] < -2.0
    assert correction.validation.corrected_loss < correction.validation.calibrated_loss


def test_the_guard_bites_where_em_is_right_already():
    used = sum(learn(_pairs(seed, 300, 0.0)).is_better for seed in range(10))
    assert used <= 1


def test_it_is_off_unless_switched_on_and_then_only_used_when_better():
    pairs = _pairs(1, 400, 8.0)
    good, useless = learn(pairs), learn(_pairs(4, 300, 0.0))
    assert good.is_better
    assert not useless.is_better
    assert corrected(pairs, good).equals(pairs)
    assert corrected(pairs, useless, is_on=True).equals(pairs)
    assert corrected(pairs, None, is_on=True).equals(pairs)
    moved = corrected(pairs, good, is_on=True)
    assert moved["log_odds"].is_sorted(descending=True)
    assert not moved["log_odds"].equals(moved["em_log_odds"])


@pytest.mark.parametrize("judged", [0, 50, LEAST_JUDGED - 1])
def test_too_few_judgements_teach_nothing(judged):
    assert learn(_pairs(1, 400, 8.0).head(judged)) is None


def test_judgements_of_one_kind_alone_teach_nothing():
    assert learn(_pairs(1, 400, 8.0).with_columns(is_match=pl.lit(True))) is None


def test_levels_that_nobody_judged_keep_the_weight_of_em():
    correction = learn(_pairs(1, 400, 8.0))
    new = pl.DataFrame({"log_odds": [2.0], "level_name": [7], "level_place": [9]})
    expected = correction.bias + 2.0 * correction.slope
    assert new.select(correction.log_odds()).item() == pytest.approx(expected)


def test_no_ties_come_of_it():
    pairs = _pairs(1, 400, 8.0)
    assert corrected(pairs, learn(pairs), is_on=True)["log_odds"].n_unique() == pairs.height


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_judgements_changes_nothing(random):
    pairs = _pairs(2, 260, 3.0)
    order = list(range(pairs.height))
    random.shuffle(order)
    assert learn(pairs[order]).to_json() == learn(pairs).to_json()


def test_text_levels_and_nulls_serve_as_well():
    pairs = _pairs(1, 400, 8.0).with_columns(
        place=pl.when(pl.col("level_place") < 255).then("level_place").cast(pl.String)
    )
    correction = learn(pairs, columns=("level_name", "place"))
    assert correction.weights["place"].keys() == {"0", "1", "missing"}
    with_255 = learn(pairs)
    assert correction.weights["place"]["0"] == pytest.approx(with_255.weights["level_place"]["0"], abs=1e-3)


def test_it_goes_to_json_and_back_and_another_text_is_refused():
    correction = learn(_pairs(1, 400, 8.0))
    assert Correction.from_json(correction.to_json()) == correction
    for text in ("{}", "[]", "no json", correction.to_json().replace("slope", "slop")):
        with pytest.raises(ConfigurationError, match="learn them anew"):
            Correction.from_json(text)


def test_what_changes_can_be_read_level_by_level():
    correction = learn(_pairs(1, 400, 8.0))
    table = changes(correction, {"level_place": {"0": 4.0}})
    row = table.filter((pl.col("column") == "level_place") & (pl.col("level") == "0")).row(0, named=True)
    assert row["em"] == 4.0
    assert row["correction"] == correction.weights["level_place"]["0"]


def test_without_levels_it_says_what_to_name():
    with pytest.raises(ConfigurationError, match="name them"):
        learn(pl.DataFrame({"log_odds": [1.0], "is_match": [True]}))


def test_200_judgements_beat_em_where_fields_that_go_together_were_weighed_apart():
    rows = measure(6_000, 3, 3, job="dutch-same")
    assert all(row["judged"] == 200 and row["is_used"] for row in rows)
    # at the best threshold that an oracle would choose for each, so that moving the threshold alone gains nothing
    assert min(row["corrected_best"] - row["em_best"] for row in rows) >= 0.005


def test_200_judgements_do_no_harm_where_the_levels_leave_little_to_gain():
    rows = measure(6_000, 3, 3, job="dutch-own")
    assert min(row["corrected_at_0"] - row["em_at_0"] for row in rows) >= 0
