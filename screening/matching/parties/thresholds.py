"""Precision and recall by threshold, as far as people's judgements tell: counts with Wilson intervals, no guesses."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

#: 97.5 % of the normal distribution: intervals of 95 %.
_Z = 1.959964

#: One row a threshold (log-odds, bits), from strict to loose. `links`: of the run at or above it. `judged`, `right`:
#: judged pairs at or above it and the positive ones among them. Precision is right / judged, recall right / all
#: positive ones. An interval is null where nothing was judged.
JUDGED_THRESHOLDS: dict[str, pl.DataType] = {
    "log_odds": pl.Float64(),
    "links": pl.Int64(),
    "judged": pl.Int64(),
    "right": pl.Int64(),
    "precision": pl.Float64(),
    "precision_low": pl.Float64(),
    "precision_high": pl.Float64(),
    "recall": pl.Float64(),
    "recall_low": pl.Float64(),
    "recall_high": pl.Float64(),
}


def wilson(right: int, of: int) -> tuple[float, float] | tuple[None, None]:
    """The 95 % interval of a share (Wilson 1927): it holds for few cases and for shares near 0 and 1."""
    if of == 0:
        return None, None
    share, square = right / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def judged_thresholds(
    judged: pl.DataFrame, log_odds: pl.Series, thresholds: Sequence[float] | None = None
) -> pl.DataFrame:
    """JUDGED_THRESHOLDS. `judged`: `log_odds` and `is_match` of the judged pairs; `log_odds`: of all links of the run.

    The intervals hold for what was judged: pairs that people chose, such as the highest first, may be easier than the
    rest at the same height. Recall is of what was found and judged; what blocking never found is in no table.
    """
    if thresholds is None:
        values = [*log_odds.drop_nulls().to_list(), *judged["log_odds"].to_list()]
        low, high = (math.floor(min(values)), math.ceil(max(values))) if values else (0, 0)
        step = max(1, math.ceil((high - low) / 20))
        thresholds = [float(value) for value in range(low, high + 1, step)]
    positive = int(judged["is_match"].sum())
    rows = []
    for threshold in sorted(set(thresholds), reverse=True):
        above = judged.filter(pl.col("log_odds") >= threshold)
        right = int(above["is_match"].sum())
        rows.append(
            (
                threshold,
                int((log_odds >= threshold).sum()),
                above.height,
                right,
                right / above.height if above.height else None,
                *wilson(right, above.height),
                right / positive if positive else None,
                *wilson(right, positive),
            )
        )
    return pl.DataFrame(rows, schema=JUDGED_THRESHOLDS, orient="row")
