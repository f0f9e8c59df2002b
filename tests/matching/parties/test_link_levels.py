"""Thresholds of the domain as bits and as probabilities."""

from __future__ import annotations

import polars as pl
import pytest

from screening.matching.parties.link_levels import PROBABLE_BITS, STRONG_BITS, probability


def test_the_thresholds_are_those_of_the_domain() -> None:
    scores = pl.DataFrame({"x": [STRONG_BITS, PROBABLE_BITS]}).select(probability(pl.col("x"))).to_series()
    assert scores.to_list() == pytest.approx([0.95, 0.85])
