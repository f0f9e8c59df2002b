"""A point on the map to the object it was put on: near enough, and near to that one only."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from screening.base.frames import schema_of
from screening.base.vocabulary import AddressNote
from screening.matching.addresses.index import AddressIndex, first_of_objects

#: A pin counts within this distance of an object ...
REACH_M = 10.0
#: ... if the next object is at least this many times as far.
CLEARANCE = 2.0

#: How far a pin lies from its object: standard deviation in each direction. Every neighbour within reach of that error
#: is a rival; more than so many seldom are.
PIN_ERROR_M = 5.0
RIVALS = 8
#: A pin may have been put on what is no object; that weighs as much as an object three errors away.
NOWHERE_M = 3 * PIN_ERROR_M

#: What lies further from a pin than this weighs nothing against what is near it, and is not looked for.
SIGHT_M = 64.0
#: Pins that are looked at together: each may have hundreds of objects around it.
_PINS_AT_ONCE = 2_000
#: Squares of the map in one number: those of one column, south to north, follow each other.
_COLUMN_OF_SQUARES = np.array([1 << 32, 1])

_FOUND = schema_of("pin_id object score note candidates", pin_id=pl.UInt32())

#: An address without town and postcode lies elsewhere when its pin is further away than this.
FAR_M = 1000.0

# The Netherlands in WGS84; a point outside is no pin.
_LAT, _LON = (50.0, 54.5), (3.0, 8.0)


def resolve_pins(pins: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """`pins`: pin_id, lat, lon (degrees, WGS84). Returns pin_id, object, score (its probability), note, candidates.

    Swapped axes are put right: no latitude of the country is a longitude of it. Objects that no longer exist count
    only where no living object stands at the same place.
    """
    points, objects = _in_rd(pins), _objects(index)
    if points.is_empty() or objects.height < 2:
        return pl.DataFrame(schema=_FOUND)
    distance, nearest = _nearest(points.select("pin_x", "pin_y").to_numpy(), objects.select("rd_x", "rd_y").to_numpy())
    pinned = points.select(pl.col("pin_id").cast(pl.UInt32)).with_columns(
        pl.Series("near_m", distance[:, 0]),
        pl.Series("next_m", distance[:, 1]),
        pl.Series("chance", _chance_of_nearest(distance)),
        objects["object"].gather(nearest[:, 0], null_on_oob=True).alias("near"),
        objects["object"].gather(nearest[:, 1], null_on_oob=True).alias("next"),
    )
    is_near = pl.col("near_m") <= REACH_M
    is_clear = (pl.col("next_m") >= CLEARANCE * pl.col("near_m")) & (pl.col("next_m") > 0)
    both = pl.concat_list("near", "next").list.sort()
    return pinned.select(
        "pin_id",
        object=pl.when(is_near & is_clear).then("near"),
        score="chance",
        note=pl.when(is_near & is_clear)
        .then(pl.lit(AddressNote.PIN_NEAR))
        .when(is_near)
        .then(pl.lit(AddressNote.PIN_BETWEEN))
        .otherwise(pl.lit(AddressNote.PIN_ALONE)),
        candidates=pl.when(is_near & is_clear).then(pl.concat_list("near")).when(is_near).then(both),
    ).sort("pin_id")


def _nearest(pins: NDArray[np.float64], objects: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distances to the RIVALS nearest objects of each pin, and their rows; beyond SIGHT_M infinite and a row too far.

    `pins`, `objects`: x and y in metres. Squares of SIGHT_M are held against each other: that of the pin and the eight
    around it. A tree does the same, and importing one costs what all else of a small town's pins does not.
    """
    squares = np.floor(objects / SIGHT_M).astype(np.int64)
    order = np.lexsort((squares[:, 1], squares[:, 0]))
    keys = squares[order] @ _COLUMN_OF_SQUARES
    distance, nearest = np.full((len(pins), RIVALS), np.inf), np.full((len(pins), RIVALS), len(objects))
    for start in range(0, len(pins), _PINS_AT_ONCE):
        pin, row, metres = _around(pins[start : start + _PINS_AT_ONCE], objects, order, keys)
        rank = np.arange(len(pin)) - np.searchsorted(pin, pin)
        counted = rank < RIVALS
        places = start + pin[counted], rank[counted]
        distance[places], nearest[places] = metres[counted], row[counted]
    return distance, nearest


def _around(
    pins: NDArray[np.float64], objects: NDArray[np.float64], order: NDArray[np.int64], keys: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The objects in sight of each pin, nearest first: the pin's place, the object's row, metres.

    `order`: the rows of the objects by their squares; `keys`: their squares, as numbers, in this order.
    """
    squares = np.floor(pins / SIGHT_M).astype(np.int64)
    columns = np.concatenate([(squares + np.array([aside, 0])) @ _COLUMN_OF_SQUARES for aside in (-1, 0, 1)])
    first, last = np.searchsorted(keys, columns - 1), np.searchsorted(keys, columns + 1, side="right")
    counts = last - first
    pin = np.repeat(np.tile(np.arange(len(pins)), 3), counts)
    row = order[np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - first, counts)]
    metres = np.hypot(*(pins[pin] - objects[row]).T)
    by_distance = np.lexsort((row, metres, pin))
    by_distance = by_distance[metres[by_distance] <= SIGHT_M]
    return pin[by_distance], row[by_distance], metres[by_distance]


def _chance_of_nearest(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability that a pin was put on the nearest object and on none of the next, with errors of PIN_ERROR_M.

    `distance`: one row a pin, metres to the objects around it, nearest first.
    """
    nowhere = np.full((len(distance), 1), NOWHERE_M)
    rivals = np.hstack([distance, nowhere])
    # A pin in no reach of an object would overflow; it gets no object anyway.
    nearest = np.minimum(distance[:, :1], SIGHT_M)
    further = np.exp(np.minimum((nearest**2 - rivals**2) / (2 * PIN_ERROR_M**2), 50))
    chance: NDArray[np.float64] = np.round(1 / further.sum(axis=1), 4)
    return chance


def far_pins(pins: pl.DataFrame, index: AddressIndex) -> pl.DataFrame:
    """Which written addresses lie elsewhere than their pin. `pins`: pin_id, lat, lon, object. Returns pin_id."""
    asked = index.addresses.filter(pl.col("object").is_in(pins["object"].unique().implode()))
    main = first_of_objects(asked, "is_nevenadres", "nummeraanduiding_id")
    placed = _in_rd(pins).join(main.select("object", "rd_x", "rd_y").drop_nulls(), on="object")
    away = ((pl.col("pin_x") - pl.col("rd_x")) ** 2 + (pl.col("pin_y") - pl.col("rd_y")) ** 2).sqrt()
    return placed.filter(away > FAR_M).select(pl.col("pin_id").cast(pl.UInt32)).sort("pin_id")


def _in_rd(pins: pl.DataFrame) -> pl.DataFrame:
    """The pins that lie in the country, with pin_x and pin_y in metres (EPSG:28992)."""
    lat, lon = pl.col("lat"), pl.col("lon")
    is_swapped = lat.is_between(*_LON) & lon.is_between(*_LAT)
    points = (
        pins.with_columns(
            lat=pl.when(is_swapped).then(lon).otherwise(lat), lon=pl.when(is_swapped).then(lat).otherwise(lon)
        )
        .filter(lat.is_between(*_LAT) & lon.is_between(*_LON))
        .sort("pin_id")
    )
    if points.is_empty():
        return points.with_columns(pin_x=pl.lit(None, pl.Float64), pin_y=pl.lit(None, pl.Float64))
    from pyproj import Transformer  # noqa: PLC0415  # costs time that a run without pins can do without

    x, y = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True).transform(
        points["lon"].to_numpy(), points["lat"].to_numpy()
    )
    return points.with_columns(pl.Series("pin_x", x, pl.Float64), pl.Series("pin_y", y, pl.Float64))


def _objects(index: AddressIndex) -> pl.DataFrame:
    """One row an object with a place: the living ones, and those gone whose place no living one has taken."""
    placed = index.addresses.drop_nulls(["rd_x", "rd_y"])
    objects = first_of_objects(placed, "rank", "is_nevenadres", "nummeraanduiding_id").select(
        "object", "rank", "rd_x", "rd_y", "street_id", "huisnummer", "unit"
    )
    same_place = ["rd_x", "rd_y"]
    same_address = ["street_id", "huisnummer", "unit"]
    living, gone = objects.filter(pl.col("rank") == 0), objects.filter(pl.col("rank") > 0)
    # of the many that live, those beside the few that are gone
    at_place = living.join(gone, on=same_place, how="semi")
    at_address = living.join(gone, on=same_address, how="semi", nulls_equal=True)
    stays = gone.join(at_place, on=same_place, how="anti").join(
        at_address, on=same_address, how="anti", nulls_equal=True
    )
    return objects.filter((pl.col("rank") == 0) | pl.col("object").is_in(stays["object"].implode()))
