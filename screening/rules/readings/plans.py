"""Parts of a plan that a rule uses more than once."""

from __future__ import annotations

import polars as pl


def computed(frame: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of `frame`, worked out here and once: for what a rule uses more than once.

    A plan holds a part again at every use, and Polars looks for common parts only where no cache stands in the plan;
    caches within caches make it work out the plan for longer than its rows.
    """
    return frame.collect().lazy()
