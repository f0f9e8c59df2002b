"""The points of a map: every object of the BAG that has one, neighbours near each other in the file."""

from __future__ import annotations

import math

import polars as pl

from screening.base.frames import PLACES

#: The map is cut into strips of this height in metres, and these into squares: a window lies in one or two strips.
CELL_M = 256
#: More squares than a strip can have.
_ACROSS = 4096
#: Three corners at least. What is written otherwise is no outline: the map shows a point.
_OUTLINE = r"^[0-9]+(\.[0-9]+)? [0-9]+(\.[0-9]+)?(,[0-9]+(\.[0-9]+)? [0-9]+(\.[0-9]+)?){2,}$"


def cells_around(x_m: float, y_m: float, radius_m: float) -> list[tuple[int, int]]:
    """The first and the last square of each strip that holds a point of this window."""
    west, east = (math.floor(edge / CELL_M) for edge in (x_m - radius_m, x_m + radius_m))
    south, north = (math.floor(edge / CELL_M) for edge in (y_m - radius_m, y_m + radius_m))
    return [(strip * _ACROSS + west, strip * _ACROSS + east) for strip in range(south, north + 1)]


def map_places(addresses: pl.LazyFrame, display: pl.LazyFrame) -> pl.LazyFrame:
    """PLACES by cell.

    Args:
        addresses: the BAG, one row an address designation.
        display: DISPLAY, one row an object.
    """
    number = pl.concat_str(
        [
            pl.concat_str([pl.col("huisnummer").cast(pl.String), "huisletter"], separator="", ignore_nulls=True),
            "huisnummertoevoeging",
        ],
        separator="-",
        ignore_nulls=True,
    )
    outline = pl.lit(None, pl.String)
    if "omtrek" in addresses.collect_schema():
        outline = pl.when(pl.col("omtrek").str.contains(_OUTLINE)).then("omtrek")
    facts = addresses.select(
        "nummeraanduiding_id", house_number=number, uses="gebruiksdoelen", status="status", outline=outline
    )
    # the line ends in postcode and town, which a map of one neighbourhood need not repeat
    place = pl.col("address").str.replace(r", [^,]*$", "")
    shown = display.filter(pl.col("rd_x").is_not_null(), pl.col("rd_y").is_not_null())
    placed = shown.join(facts, on="nummeraanduiding_id", how="left")
    return (
        placed.select(
            "address_id",
            "house_number",
            "uses",
            "status",
            "rd_x",
            "rd_y",
            "outline",
            place=place,
            cell=(pl.col("rd_y") / CELL_M).floor() * _ACROSS + (pl.col("rd_x") / CELL_M).floor(),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in PLACES.items())
        .sort("cell", "address_id")
    )
