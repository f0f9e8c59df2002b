"""Owners: rights of legal persons on objects, as the register of ownership has them. No rule goes from an owner alone.

Rows of natural persons were left unread, so that a right is whole only where the shares of the legal persons add up.
"""

from __future__ import annotations

from datetime import date

import polars as pl

#: Legal forms of an owner that can let and trade for its own account. Housing corporations are foundations or
#: associations, and municipalities public bodies: what stands in their buildings says nothing of them.
COMMERCIAL_OWNERS = ("bv", "nv")
#: Shares are fractions: a third three times is a whole.
_ROUNDING = 1e-6


def holds_on(as_of: date) -> pl.Expr:
    """The right had surely begun and not ended on `as_of`. Needs `datum_van_max`, `datum_tot_min`."""
    return (pl.col("datum_van_max") <= as_of).fill_null(False) & (
        pl.col("datum_tot_min").is_null() | (pl.col("datum_tot_min") > as_of)
    )


def whole_owners(rights: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """One row per object that commercial legal persons own together, whole and without another right on it.

    Columns: `address_id`, `owners` (KVK numbers), `rights` (records), `eigendom_sinds` with its bounds (since when all
    of them own). An object is left out where a right could be there that is no such ownership, whose holder has no
    known number, or whose share is not told. `rights`: rows of `wherever_it_could_stand(t, "eigendom")`.
    """
    could_hold = pl.col("datum_tot_max").is_null() | (pl.col("datum_tot_max") > as_of)
    is_ownership = (
        pl.col("is_placed")
        & (pl.col("aard_recht") == "eigendom")
        & ~pl.col("belast")
        & pl.col("rechtsvorm").is_in(COMMERCIAL_OWNERS)
        & pl.col("kvk_nummer").is_not_null()
        & holds_on(as_of)
    ).fill_null(False)
    return (
        rights.filter(could_hold)
        .with_columns(is_ownership=is_ownership)
        .group_by("address_id")
        .agg(
            pl.col("is_ownership").all(),
            share=(pl.col("aandeel_teller") / pl.col("aandeel_noemer")).sum(),
            owners=pl.col("kvk_nummer").unique().sort(),
            rights=pl.col("record").unique().sort(),
            eigendom_sinds_min=pl.col("datum_van_min").max(),
            eigendom_sinds_max=pl.col("datum_van_max").max(),
        )
        .filter("is_ownership", (pl.col("share") - 1).abs() < _ROUNDING, pl.col("address_id").is_not_null())
        .with_columns(
            eigendom_sinds=pl.when(pl.col("eigendom_sinds_min") == pl.col("eigendom_sinds_max")).then(
                "eigendom_sinds_min"
            )
        )
        .drop("is_ownership", "share")
    )
