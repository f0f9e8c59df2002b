"""Precision and recall from judgements: counted, with intervals that hold for few cases."""

from __future__ import annotations

import polars as pl
import pytest

from screening.matching.parties.thresholds import judged_thresholds, wilson


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (81, 263, 0.255, 0.366)],
    ids=["none of ten is not none at all", "ten of ten is not all", "Wilson's own example"],
)
def test_the_interval_is_wilsons(right, of, low, high):
    assert wilson(right, of) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


def test_nothing_judged_gives_no_interval_and_no_division_by_nothing():
    assert wilson(0, 0) == (None, None)
    empty = pl.DataFrame(schema={"log_odds": pl.Float64, "is_match": pl.Boolean})
    table = judged_thresholds(empty, pl.Series([1.0, 5.0]), [0.0, 4.0])
    assert table["links"].to_list() == [1, 2]
    assert table["precision"].to_list() == [None, None]
    assert table["recall"].to_list() == [None, None]


def test_every_threshold_counts_what_stands_at_or_above_it():
    judged = pl.DataFrame({"log_odds": [1.0, 3.0, 3.0, 6.0], "is_match": [False, True, False, True]})
    table = judged_thresholds(judged, pl.Series([0.5, 1.0, 3.0, 6.0, 7.0]), [1.0, 3.0, 6.0])
    assert table["log_odds"].to_list() == [6.0, 3.0, 1.0]
    assert table["links"].to_list() == [2, 3, 4]
    assert table["judged"].to_list() == [1, 3, 4]
    assert table["precision"].to_list() == [1.0, pytest.approx(2 / 3), 0.5]
    assert table["recall"].to_list() == [0.5, 1.0, 1.0]
    row = table.row(1, named=True)
    assert row["precision_low"] < row["precision"] < row["precision_high"]


def test_thresholds_that_are_not_named_cover_everything_in_whole_bits():
    judged = pl.DataFrame({"log_odds": [-40.2, 30.7], "is_match": [False, True]})
    table = judged_thresholds(judged, pl.Series([0.0]))
    assert table.height <= 25
    assert table["judged"].to_list()[-1] == 2
    assert table["log_odds"][0] <= 31
