"""How good pairs are: against a truth, or expected from their own probabilities."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

#: One row a threshold (bits), from strict to loose.
THRESHOLDS: dict[str, pl.DataType] = {
    "log_odds": pl.Float64(),
    "pairs": pl.Int64(),
    "right": pl.Int64(),
    "precision": pl.Float64(),
    "recall": pl.Float64(),
    "f1": pl.Float64(),
}

#: One row a threshold (bits), from strict to loose: the precision that the pairs' own probabilities promise, the real
#: one, and how far apart they are.
CALIBRATION: dict[str, pl.DataType] = {
    "log_odds": pl.Float64(),
    "pairs": pl.Int64(),
    "expected_precision": pl.Float64(),
    "precision": pl.Float64(),
    "error": pl.Float64(),
}


def true_pairs(truth: pl.DataFrame) -> int:
    """How many pairs of records are one party (`truth`: `id`, `party`)."""
    sizes = truth.group_by("party").len()["len"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


def mark_right(pairs: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """The pairs with `is_right`: whether both records are one party."""
    party = truth.select("id", "party")
    joined = pairs.join(party.rename({"id": "left", "party": "_l"}), on="left", how="left", maintain_order="left").join(
        party.rename({"id": "right", "party": "_r"}), on="right", how="left", maintain_order="left"
    )
    return joined.with_columns(is_right=(pl.col("_l") == pl.col("_r")).fill_null(False)).drop("_l", "_r")


def threshold_table(pairs: pl.DataFrame, truth: pl.DataFrame, of: int | None = None) -> pl.DataFrame:
    """THRESHOLDS: precision, recall and F1 at every log-odds that occurs. `of`: true pairs (default: all of the truth).

    `pairs`: `left`, `right`, `log_odds`; each pair once.
    """
    total = true_pairs(truth) if of is None else of
    marked = mark_right(pairs.select("left", "right", "log_odds"), truth)
    steps = (
        marked.group_by("log_odds")
        .agg(pairs=pl.len(), right=pl.col("is_right").sum())
        .sort("log_odds", descending=True)
    )
    steps = steps.with_columns(pl.col("pairs").cast(pl.Int64).cum_sum(), pl.col("right").cast(pl.Int64).cum_sum())
    return steps.with_columns(
        precision=pl.col("right") / pl.col("pairs"),
        recall=pl.col("right") / max(total, 1),
        f1=2 * pl.col("right") / (pl.col("pairs") + total),
    ).select(list(THRESHOLDS))


def best(table: pl.DataFrame) -> dict[str, float]:
    """The row of a threshold table with the highest F1 (of equals the strictest)."""
    if table.is_empty():
        return {"log_odds": 0.0, "pairs": 0, "right": 0, "precision": 0.0, "recall": 0.0, "f1": 0.0}
    return table.row(int(table["f1"].arg_max() or 0), named=True)


def at(table: pl.DataFrame, log_odds: float) -> dict[str, float]:
    """The row of a threshold table that holds at this threshold."""
    rows = table.filter(pl.col("log_odds") >= log_odds)
    return (
        rows.row(-1, named=True)
        if len(rows)
        else {"log_odds": log_odds, "pairs": 0, "right": 0, "precision": 0.0, "recall": 0.0, "f1": 0.0}
    )


def expected_table(pairs: pl.DataFrame, thresholds: list[float]) -> pl.DataFrame:
    """Without a truth: pairs, expected precision and recall (of the kept pairs), one row a threshold (bits)."""
    total = float(pairs["probability"].sum())
    rows = []
    for threshold in sorted(thresholds, reverse=True):
        kept = pairs.filter(pl.col("log_odds") >= threshold)
        right = float(kept["probability"].sum())
        rows.append((threshold, len(kept), right / max(len(kept), 1), right / total if total else 0.0))
    return pl.DataFrame(rows, schema=["log_odds", "pairs", "expected_precision", "expected_recall"], orient="row")


def calibration_table(marked: pl.DataFrame, thresholds: Iterable[float]) -> pl.DataFrame:
    """CALIBRATION at these thresholds; those that no pair reaches are left out.

    `marked`: `log_odds`, `probability`, `is_right`: pairs of a labelled set (`mark_right`) or pairs that were judged.
    """
    rows = []
    for threshold in sorted(thresholds, reverse=True):
        kept = marked.filter(pl.col("log_odds") >= threshold)
        if len(kept):
            expected, real = float(kept["probability"].sum()) / len(kept), int(kept["is_right"].sum()) / len(kept)
            rows.append((threshold, len(kept), expected, real, abs(expected - real)))
    return pl.DataFrame(rows, schema=CALIBRATION, orient="row")


def brier_score(marked: pl.DataFrame) -> float:
    """The mean squared distance of probability and truth (Brier 1950): 0 is best; 0.25 is what a coin is worth."""
    distance = pl.col("probability") - pl.col("is_right").cast(pl.Float64)
    return float(marked.select((distance**2).sum()).item()) / max(len(marked), 1)


def cluster_f1(clusters: pl.DataFrame, truth: pl.DataFrame) -> float:
    """F1 of the pairs of records in one cluster (`clusters`: `id`, `cluster`; `truth`: `id`, `party`)."""
    both = clusters.join(truth.select("id", "party"), on="id")
    right = true_pairs(both.select(party=pl.struct("cluster", "party")))
    return 2 * right / max(true_pairs(both.select(party="cluster")) + true_pairs(both), 1)
