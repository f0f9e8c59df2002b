"""Objects in the BAG: one row an object, its functions, floor area and building."""

from __future__ import annotations

import polars as pl
from polars.lazyframe.group_by import LazyGroupBy

from screening.base.components import connected
from screening.rules.declare import Param

#: The parameter of rules that leave out `large_offices`.
MAX_OFFICE_M2 = Param(
    500,
    "m²",
    "a larger office houses many businesses that have nothing to do with each other",
    ceiling=1000,
    label_nl="Oppervlakte van een kantoor, hoogstens",
    label_en="Area of an office, at most",
    reason_nl="in een groter kantoor zitten veel bedrijven die niets met elkaar te maken hebben",
)
#: Floor areas that stand for "unknown" in the BAG (m²).
UNKNOWN_AREAS_M2 = (1.0, 999999.0)


def by_object(bag_adressen: pl.LazyFrame) -> LazyGroupBy:
    """Addresses grouped by `address_id`, the main one first: a second address repeats its object.

    Needs `record`, `adresseerbaar_object_id`, `is_nevenadres`. Narrow the frame down to the objects in question first.
    """
    return bag_adressen.sort(pl.col("is_nevenadres").fill_null(False), "record").group_by(
        address_id="adresseerbaar_object_id", maintain_order=True
    )


def at_objects(bag_adressen: pl.LazyFrame, places: pl.LazyFrame) -> pl.LazyFrame:
    """The addresses of the objects in `places` (`address_id`): few of a whole town, and the rest is dear to sort."""
    return bag_adressen.join(places, left_on="adresseerbaar_object_id", right_on="address_id", how="semi")


def dwellings(bag_adressen: pl.LazyFrame) -> pl.LazyFrame:
    """`address_id` of each object that has woonfunctie among its functions.

    Needs `adresseerbaar_object_id`, `gebruiksdoelen`.
    """
    is_dwelling = pl.col("gebruiksdoelen").list.contains("woonfunctie").fill_null(False)
    return bag_adressen.filter(is_dwelling).select(address_id="adresseerbaar_object_id").unique()


def functions_of_objects(bag_adressen: pl.LazyFrame) -> pl.LazyFrame:
    """One row per object of which functions are known.

    Columns: `address_id`, `gebruiksdoelen` (sorted), `bag_record` (its main address). A berth or pitch has none. Needs
    `gebruiksdoelen` and what `by_object` needs.
    """
    return (
        by_object(bag_adressen)
        .agg(
            bag_record=pl.col("record").first(),
            gebruiksdoelen=pl.col("gebruiksdoelen")
            .list.explode(keep_nulls=False, empty_as_null=False)
            .drop_nulls()
            .unique()
            .sort(),
        )
        .filter(pl.col("gebruiksdoelen").list.len() > 0)
    )


def surely_no_dwellings(bag_adressen: pl.LazyFrame) -> pl.LazyFrame:
    """`functions_of_objects` of those without woonfunctie.

    The gate of the indicators on sex establishments that are off for homes: an object without a known function may be
    a home.
    """
    return functions_of_objects(bag_adressen).filter(~pl.col("gebruiksdoelen").list.contains("woonfunctie"))


def floor_areas(bag_adressen: pl.LazyFrame) -> pl.LazyFrame:
    """One row per object whose area is known: `address_id`, `oppervlakte_m2`, `bag_record` (its main address).

    Should the addresses of an object differ, the largest area flags least. Needs `oppervlakte` and what `by_object`
    needs.
    """
    area = pl.col("oppervlakte")
    return by_object(bag_adressen.filter(area > 0, ~area.is_in(UNKNOWN_AREAS_M2))).agg(
        bag_record=pl.col("record").first(), oppervlakte_m2=area.max()
    )


def large_offices(bag_adressen: pl.LazyFrame, places: pl.LazyFrame, max_office_m2: float) -> pl.LazyFrame:
    """`address_id` of those of `places` that are an office and larger than this, or of unknown area.

    Needs `adresseerbaar_object_id`, `gebruiksdoelen`, `oppervlakte`.
    """
    area = pl.col("oppervlakte")
    is_measured = area.is_not_null() & ~area.is_in(UNKNOWN_AREAS_M2)
    is_office = pl.col("gebruiksdoelen").list.contains("kantoorfunctie").fill_null(False)
    return (
        at_objects(bag_adressen, places)
        .group_by(address_id="adresseerbaar_object_id")
        .agg(is_office.any().alias("is_office"), area.filter(is_measured).max().alias("area_m2"))
        .filter("is_office", pl.col("area_m2").is_null() | (pl.col("area_m2") > max_office_m2))
        .select("address_id")
    )


def buildings(bag_adressen: pl.LazyFrame, *, objects: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """One row per object: `address_id`, `building` (its smallest pand).

    Objects that share a pand are in one building, and so are objects that others of the frame connect: the doors of one
    complex. `objects` (`address_id`) keeps the objects that matter, while all others still connect. A berth or pitch
    stands in no building: it is a place of its own. Needs `adresseerbaar_object_id`, `pand_id`.
    """
    rows = bag_adressen if objects is None else at_objects(bag_adressen, objects)
    return (
        rows.explode("pand_id")
        .join(_connected_panden(bag_adressen), on="pand_id", how="left")
        .group_by(address_id="adresseerbaar_object_id")
        .agg(pl.coalesce("first_pand", "pand_id").drop_nulls().min().alias("building"))
        .with_columns(building=pl.coalesce("building", "address_id"))
    )


def _connected_panden(bag_adressen: pl.LazyFrame) -> pl.LazyFrame:
    """`pand_id` and `first_pand`, the smallest that objects in several panden connect it with. Of these panden only."""
    # few objects stand in more than one pand, and no other can connect two
    several = (
        bag_adressen.filter(pl.col("pand_id").list.len() > 1)
        .select("adresseerbaar_object_id", "pand_id")
        .explode("pand_id")
        .drop_nulls()
    )
    part = pl.struct(pl.col("adresseerbaar_object_id", "pand_id").rank("dense").cast(pl.Int64)).map_batches(
        part_of_each, return_dtype=pl.Int64
    )
    return (
        several.with_columns(part=part)
        .select("pand_id", first_pand=pl.col("pand_id").min().over("part"))
        .unique("pand_id", maintain_order=True)
    )


def part_of_each(rows: pl.Series) -> pl.Series:
    """Number of the connected part that each pair, such as an object and a pand (both ranks from 1), lies in."""
    if rows.is_empty():
        return pl.Series(dtype=pl.Int64)
    left, right = (rows.struct.field(name).to_numpy() - 1 for name in rows.struct.fields)
    of_right = right + left.max() + 1
    return pl.Series(connected(int(of_right.max()) + 1, left, of_right)[left], dtype=pl.Int64)
