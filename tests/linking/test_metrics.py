"""Precision, recall and F1 against sums done by hand."""

from __future__ import annotations

import polars as pl
import pytest

from screening.linking.metrics import (
    at,
    best,
    brier_score,
    calibration_table,
    cluster_f1,
    expected_table,
    mark_right,
    threshold_table,
    true_pairs,
)

TRUTH = pl.DataFrame({"id": [1, 2, 3, 4, 5], "party": ["a", "a", "a", "b", "b"]})
PAIRS = pl.DataFrame(
    {"left": [1, 1, 1, 4], "right": [2, 4, 3, 5], "log_odds": [9.0, 5.0, 3.0, 3.0], "probability": [0.9, 0.8, 0.5, 0.5]}
)


def test_the_table_counts_right_pairs_at_every_threshold() -> None:
    assert true_pairs(TRUTH) == 4
    table = threshold_table(PAIRS, TRUTH)
    assert table["pairs"].to_list() == [1, 2, 4]
    assert table["right"].to_list() == [1, 1, 3]
    assert table["precision"].to_list() == pytest.approx([1, 0.5, 0.75])
    assert table["recall"].to_list() == pytest.approx([0.25, 0.25, 0.75])
    assert best(table)["log_odds"] == 3.0
    assert at(table, 4.0)["pairs"] == 2
    assert at(table, 99.0)["pairs"] == 0


def test_without_pairs_nothing_is_right() -> None:
    assert best(threshold_table(PAIRS.head(0), TRUTH))["f1"] == 0.0


def test_expected_precision_is_the_mean_probability() -> None:
    table = expected_table(PAIRS, [4.0, 0.0])
    assert table["expected_precision"].to_list() == pytest.approx([0.85, 0.675])
    assert table["expected_recall"].to_list() == pytest.approx([1.7 / 2.7, 1.0])


def test_calibration_is_what_probabilities_promise_against_what_is_right() -> None:
    marked = mark_right(PAIRS, TRUTH)
    table = calibration_table(marked, [4.0, 0.0, 20.0])
    assert table["log_odds"].to_list() == [4.0, 0.0]
    assert table["expected_precision"].to_list() == pytest.approx([0.85, 0.675])
    assert table["precision"].to_list() == pytest.approx([0.5, 0.75])
    assert table["error"].to_list() == pytest.approx([0.35, 0.075])
    assert brier_score(marked) == pytest.approx((0.1**2 + 0.8**2 + 0.5**2 + 0.5**2) / 4)


def test_clusters_are_scored_by_their_pairs() -> None:
    clusters = pl.DataFrame({"id": [1, 2, 3, 4, 5], "cluster": [1, 1, 3, 3, 5]})
    # of the two pairs that were made one is right, of the four real ones one was made
    assert cluster_f1(clusters, TRUTH) == pytest.approx(2 / 6)


def test_without_pairs_nothing_is_calibrated() -> None:
    nothing = mark_right(PAIRS, TRUTH).head(0)
    assert calibration_table(nothing, [0.0]).is_empty()
    assert brier_score(nothing) == 0.0
