"""What 200 judgements add to EM on the Dutch set: F1 before and after, over several draws of the judged pairs.

    python -m benchmarks.linking.judgements [RECORDS] [DATA_SEEDS] [DRAWS] [--slips SHARE]

Two jobs: `dutch-same` compares every field by itself, `dutch-own` weighs surname and address as one, as one would
declare with care. F1 is told at the best threshold, which only the truth knows, and at 0 bits, the one in use.

The judged pairs are drawn as a review team would take them: evenly over the heights of the log-odds (a bit wide), ten
from each, so that the top is not judged alone. Judgements are the truth; people make mistakes, so `--slips` flips a
share of them. `all_best`: the same regression taught by every pair, so the most that these levels can give.
"""

from __future__ import annotations

import argparse

import numpy as np
import polars as pl

from benchmarks.linking import dutch
from benchmarks.linking.jobs import JOBS
from screening.linking import train_and_link
from screening.linking.metrics import at, best, mark_right, threshold_table
from screening.matching.parties.supervised_weights import LEAST_JUDGED, learn_correction

_SHOWN = ("em_best", "corrected_best", "all_best", "em_at_0", "corrected_at_0")


def draw(pairs: pl.DataFrame, rng: np.random.Generator, wanted: int = LEAST_JUDGED) -> pl.DataFrame:
    """So many of the pairs, evenly over the heights of their log-odds between -5 and 15 bits."""
    band = (
        pairs.with_row_index("_row")
        .filter(pl.col("log_odds").is_between(-5, 15))
        .select("_row", height=pl.col("log_odds").floor().cast(pl.Int64))
    )
    band = band.with_columns(pl.Series("_draw", rng.random(band.height)))
    place = pl.int_range(pl.len()).over("height", order_by="_draw")
    rows = band.with_columns(place=place).sort("place", "height").head(wanted)["_row"]
    return pairs[rows.to_list()]


def measure(records: int, seed: int, draws: int, *, slips: float = 0.0, job: str = "dutch-own") -> list[dict]:
    """One row a draw: F1 at the best threshold and at 0 bits, of EM and corrected, and what cross-validation said."""
    data = dutch.generate(records, seed)
    truth = data.select("id", "party")
    _, linked = train_and_link(data, JOBS[job]())
    pairs = mark_right(linked.pairs, truth).rename({"is_right": "is_match"})
    before = threshold_table(pairs, truth)
    everything = learn_correction(pairs)
    most = threshold_table(pairs.with_columns(log_odds=everything.log_odds()), truth) if everything else before
    rows = []
    for number in range(draws):
        rng = np.random.default_rng([seed, number])
        judged = draw(pairs, rng)
        wrong = pl.Series(rng.random(judged.height) < slips)
        correction = learn_correction(judged.with_columns(is_match=pl.col("is_match") ^ wrong))
        # a correction is used only where it is better than what EM learned
        moves = correction is not None and correction.is_better
        after = threshold_table(pairs.with_columns(log_odds=correction.log_odds()), truth) if moves else before
        rows.append(
            {
                "job": job,
                "records": records,
                "seed": seed,
                "draw": number,
                "judged": judged.height,
                "is_used": bool(correction and correction.is_better),
                "em_best": best(before)["f1"],
                "corrected_best": best(after)["f1"],
                "all_best": best(most)["f1"],
                "em_at_0": at(before, 0.0)["f1"],
                "corrected_at_0": at(after, 0.0)["f1"],
            }
        )
    return rows


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=int, nargs="?", default=50_000)
    parser.add_argument("seeds", type=int, nargs="?", default=2)
    parser.add_argument("draws", type=int, nargs="?", default=10)
    parser.add_argument("--slips", type=float, default=0.0)
    options = parser.parse_args()
    rows = [
        row
        for job in ("dutch-same", "dutch-own")
        for seed in range(1, options.seeds + 1)
        for row in measure(options.records, seed, options.draws, slips=options.slips, job=job)
    ]
    frame = pl.DataFrame(rows)
    gain_best, gain_at_0 = pl.col("corrected_best") - pl.col("em_best"), pl.col("corrected_at_0") - pl.col("em_at_0")
    summary = (
        frame.group_by("job", "records", "seed")
        .agg(
            pl.len().alias("draws"),
            pl.col("is_used").sum().alias("used"),
            *(pl.col(c).mean().round(4) for c in _SHOWN),
            gain_best.min().round(4).alias("least_gain_best"),
            gain_at_0.min().round(4).alias("least_gain_at_0"),
        )
        .sort("job", "seed")
    )
    with pl.Config(tbl_cols=-1, tbl_width_chars=200):
        print(summary)


if __name__ == "__main__":
    main()
