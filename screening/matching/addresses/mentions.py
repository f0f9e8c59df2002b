"""The addresses of records, register beside register, as `resolve` takes them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from screening.base.vocabulary import ADDRESS_COLUMNS

_POINT = ("lat", "lon")


def address_mentions(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row a record: dataset, key, the address block, lat and lon; a column that a register lacks is null.

    `frames`: register -> its typed rows.
    """
    columns = ["dataset", "key", *ADDRESS_COLUMNS, *_POINT]
    return pl.concat(
        frame.with_columns(dataset=pl.lit(dataset)).select(
            (pl.col(name) if name in frame.columns or name == "dataset" else pl.lit(None))
            .cast(pl.Float64 if name in _POINT else pl.String)
            .alias(name)
            for name in columns
        )
        for dataset, frame in frames.items()
    )
