"""Lines of business: those of an establishment, and those that a permit can be for by its kind."""

from __future__ import annotations

import polars as pl

from screening.rules.readings.plans import computed


def lines_of_establishments(establishments: pl.LazyFrame) -> pl.LazyFrame:
    """One row per establishment and line of business: `record`, `branche`. Needs `record`, `lines`."""
    return establishments.select("record", branche="lines").explode("branche").drop_nulls("branche").unique()


def lines_of_permit_types(branches: pl.LazyFrame) -> pl.LazyFrame:
    """One row per kind of permit and line that it licenses: `zaaktype`, and all columns of the line."""
    return branches.with_columns(zaaktype="permit_types").explode("zaaktype").drop_nulls("zaaktype")


def lines_of_permits(permits: pl.LazyFrame, establishments: pl.LazyFrame, branches: pl.LazyFrame) -> pl.LazyFrame:
    """One row per permit and line of business that it can be for: `record`, `branche`, `is_sure`.

    Of a kind of permit for several lines those that the holder has by any of its establishments, wherever they are;
    all of them where it has none, or is not known by number: what a permit is for is never guessed. `is_sure`: the
    holder has the line, or there is no other. A permit of a kind without a line has no row. Needs `record`,
    `zaaktype`, `kvk_nummer` of permits; `record`, `kvk_nummer`, `lines` of establishments; `branche` and
    `permit_types` of the list.
    """
    types = lines_of_permit_types(branches).select("zaaktype", "branche", is_only=pl.len().over("zaaktype") == 1)
    possible = permits.select("record", "zaaktype", "kvk_nummer").join(types, on="zaaktype").pipe(computed)
    of_one = possible.filter("is_only").select("record", "branche", is_sure=pl.lit(True))
    # only of a kind for several lines is it worth knowing what the holder does
    possible = possible.filter(~pl.col("is_only"))
    own = establishments.join(possible, on="kvk_nummer", how="semi").pipe(computed)
    held = (
        lines_of_establishments(own)
        .join(own.select("record", "kvk_nummer").unique(), on="record")
        .select("kvk_nummer", "branche", is_held=pl.lit(True))
        .unique()
    )
    is_held = pl.col("is_held").fill_null(False)
    of_several = (
        possible.join(held, on=["kvk_nummer", "branche"], how="left")
        .filter(is_held | ~is_held.any().over("record"))
        .select("record", "branche", is_sure=is_held | (pl.len().over("record") == 1))
    )
    return pl.concat([of_one, of_several])
