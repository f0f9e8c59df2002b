"""How sure a link is: exact by number, strong, probable, as bits and as a probability."""

from __future__ import annotations

import math

import polars as pl

#: Score 0.95 and 0.85 (domain reference 2.1) as log-odds.
STRONG_BITS = math.log2(0.95 / 0.05)
PROBABLE_BITS = math.log2(0.85 / 0.15)
#: A mention or group without the independent key gets its best probable links, no more.
MOST_PROBABLE = 5


def probability(log_odds: pl.Expr) -> pl.Expr:
    """The log-odds (base 2) as a probability, 0-1."""
    return 1 / (1 + (-log_odds * math.log(2)).exp())
