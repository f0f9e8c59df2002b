"""The random sample: unflagged addresses that a person reviews blind: what the rules are held against."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from datetime import date
from heapq import nsmallest

import polars as pl

from screening.base.datasets import datasets
from screening.base.frames import SAMPLE


def population(tables: Mapping[str, pl.DataFrame | pl.LazyFrame]) -> pl.DataFrame:
    """`address_id`: every address with a licence, an establishment or a report among the accepted rows, sorted.

    `tables`: data set -> accepted rows with `address_id` (null where unresolved). A shielded establishment brings its
    address nowhere, so not here either.
    """
    parts = [pl.LazyFrame(schema={"address_id": pl.String()})]
    for name, dataset in datasets().items():
        frame = tables.get(name)
        if frame is None or not dataset.in_sample:
            continue
        if dataset.shielded_by:
            frame = frame.filter(~pl.col(dataset.shielded_by).fill_null(False))
        parts.append(frame.lazy().select(pl.col("address_id").cast(pl.String)))
    return pl.concat(parts).drop_nulls().unique().sort("address_id").collect()


def sample_size(new_flags: int, share: float, floor: int = 0) -> int:
    """So many addresses that they are `share` of the new cases, rounded up; `floor` at least."""
    # a hair less than the quotient: 9 new flags at 10 % are 1 address and not, by a binary rounding, 2
    return max(floor, math.ceil(share * new_flags / (1 - share) - 1e-9))


def draw_sample(
    population: pl.DataFrame,
    excluded: pl.DataFrame,
    *,
    new_flags: int,
    share: float,
    seed: str,
    drawn_on: date,
    floor: int = 0,
) -> pl.DataFrame:
    """SAMPLE, sorted by address: new draws from the population, each of its addresses as likely as the next.

    `population`, `excluded`: `address_id`; excluded are the flagged ones and those of the draw before. `new_flags`:
    addresses that are flagged for the first time. `share`: of all new cases, 0 up to but not including 1. `seed`: the
    id of the run, so that a rerun draws the same whatever the order of its rows. `floor`: drawn at least, for when no
    rule runs. All of the rest, where there are not as many.
    """
    rest = population.select("address_id").join(excluded, on="address_id", how="anti")["address_id"].unique().to_list()
    # The smallest digests win: a uniform draw that no version of a library changes, and that one more address in the
    # population changes by one place at most.
    size = sample_size(new_flags, share, floor)
    drawn = nsmallest(size, rest, key=lambda address: hashlib.sha256(f"{seed}:{address}".encode()).digest())
    chosen = pl.DataFrame({"address_id": drawn}, schema={"address_id": pl.String()})
    return chosen.with_columns(pl.lit(drawn_on).alias("drawn_on")).select(list(SAMPLE)).sort("address_id")
