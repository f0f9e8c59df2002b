"""Fewer pairs: the best few of every record, or one partner at the most."""

from __future__ import annotations

import polars as pl

from screening.base.errors import ConfigurationError


def best_of_each(pairs: pl.DataFrame, most: int = 1, ids: pl.Series | None = None) -> pl.DataFrame:
    """The pairs that are among the `most` best of both their records; with `ids`, of whichever of their records is one.

    `pairs`: `left`, `right`, `log_odds` and what else `link` gives, which is kept; vetoed pairs are left out and do not
    count. `ids`: the records that look for partners, so that many may choose one. Equal log-odds go by id.
    """
    if most < 1:
        raise ConfigurationError(f"the best {most} of each record are none: ask for one at least")
    rows = pairs.filter(~pl.col("is_vetoed")) if "is_vetoed" in pairs.columns else pairs
    rows = rows.with_row_index("_pair")
    sides = pl.concat([rows.select("_pair", "log_odds", id=own, other=partner) for own, partner in _SIDES])
    if ids is not None:
        sides = sides.filter(pl.col("id").is_in(ids.implode()))
    sides = sides.sort(["log_odds", "other"], descending=[True, False])
    chosen = sides.filter(pl.int_range(pl.len()).over("id") < most).group_by("_pair").len()
    choosers = 2 if ids is None else 1
    return rows.join(chosen.filter(pl.col("len") >= choosers), on="_pair", how="semi").drop("_pair")


_SIDES = (("left", "right"), ("right", "left"))


def one_to_one(pairs: pl.DataFrame, sources: pl.DataFrame | None = None) -> pl.DataFrame:
    """Pairs in which no record has two partners, the best pair first: a stable matching (Gale and Shapley, 1962).

    No two records that are left apart would both have been better off together. `sources`: `id`, `source`; a record may
    then have one partner in every other file. Vetoed pairs are left out. Ties go by `left`, then `right`.
    """
    rows = pairs.filter(~pl.col("is_vetoed")) if "is_vetoed" in pairs.columns else pairs
    rows = rows.sort(["log_odds", "left", "right"], descending=[True, False, False]).with_row_index("_pair")
    if sources is None:
        seats = rows.select("_pair", left_seat=pl.struct(id="left"), right_seat=pl.struct(id="right"))
    else:
        named = rows
        for side in ("left", "right"):
            named = named.join(sources.select(pl.col("id").alias(side), pl.col("source").alias(f"_{side}")), on=side)
        # a record has one seat for every other file
        seats = named.select(
            "_pair",
            left_seat=pl.struct(pl.col("left").alias("id"), pl.col("_right").alias("at")),
            right_seat=pl.struct(pl.col("right").alias("id"), pl.col("_left").alias("at")),
        )
    settled = [rows.select("_pair").clear()]
    while len(seats):
        # whoever is first for both its seats can be given away by nobody
        chairs = pl.concat([seats.select("_pair", seat=f"{side}_seat") for side in ("left", "right")])
        first = chairs.group_by("seat").agg(pl.col("_pair").min())
        mutual = first.group_by("_pair").len().filter(pl.col("len") == 2).select("_pair")
        taken = seats.join(mutual, on="_pair", how="semi")
        settled.append(mutual)
        occupied = pl.concat([taken["left_seat"], taken["right_seat"]])
        free = ~pl.col("left_seat").is_in(occupied.implode()) & ~pl.col("right_seat").is_in(occupied.implode())
        seats = seats.filter(free)
    return rows.join(pl.concat(settled), on="_pair", how="semi").drop("_pair")
