"""Where a legal duty holds: yes or no for each object. An area raises, weighs and sorts nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from screening.rules.local_lists import DUTIES, LocalLists

#: Duties of letting that are no kind of permit: an owner of a protected dwelling may not let it (Huisvestingswet 2014,
#: art. 41).
DUTIES_OF_LETTING = ("opkoopbescherming",)
#: Kinds of permit of which an indicator reads where the duty holds: HOU-06, HOU-07, HOU-10. LIC-05 reads it of lines.
_KINDS_READ = ("toeristische_verhuur", "verhuur_wgv")


@dataclass(frozen=True)
class Area:
    """An area that a decision designates, for one duty and for a time; both days in.

    `postcodes`: whole, or four digits for all that begin so. `surfaces`: each its outer ring and those of its holes,
    corners in metres (EPSG:28992).
    """

    duty: str
    since: date
    until: date
    postcodes: frozenset[str]
    surfaces: tuple[tuple[NDArray[np.float64], ...], ...]


def duties(areas: Iterable[Area], addresses: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """DUTIES rows, one for each duty that an area names and each object, in the order of both.

    An object lies where its main address does; one of which the place is not known lies in no area of surfaces, and
    one without a postcode in none of postcodes. Of several areas in force the one that has held longest counts. One
    that followed another without a day between goes on from it: a decision that is renewed begins no new duty.

    Args:
        areas: All areas; one that is not in force on `as_of` makes its duty hold nowhere, not everywhere.
        addresses: `adresseerbaar_object_id`, `is_nevenadres`, `key`, `postcode`, `rd_x`, `rd_y` of the BAG.
        as_of: The day.
    """
    objects = (
        addresses.sort(pl.col("is_nevenadres").fill_null(False), "key")
        .unique("adresseerbaar_object_id", keep="first", maintain_order=True)
        .drop_nulls("adresseerbaar_object_id")
        .select("postcode", "rd_x", "rd_y", address_id="adresseerbaar_object_id")
        .sort("address_id")
    )
    by_duty: dict[str, list[Area]] = {}
    for area in areas:
        by_duty.setdefault(area.duty, []).append(area)
    frames = [_of_duty(duty, by_duty[duty], objects, as_of) for duty in sorted(by_duty)]
    return pl.concat([pl.DataFrame(schema=DUTIES), *frames])


def is_read(duty: str, lists: LocalLists) -> bool:
    """Whether an indicator of this version reads where the duty holds; one of an extension can read any."""
    line = lists.lines.get(duty)
    return duty in _KINDS_READ or (line is not None and line.needs_licence)


def _of_duty(duty: str, areas: Sequence[Area], objects: pl.DataFrame, as_of: date) -> pl.DataFrame:
    held = objects.select("address_id", duty=pl.lit(duty), since=pl.lit(None, dtype=pl.Date))
    # back from today: whichever ended last comes first, so that each goes on from those after it
    for area in sorted(areas, key=lambda area: area.until, reverse=True):
        if area.since > as_of:
            continue
        needed_until = pl.col("since").dt.offset_by("-1d").fill_null(as_of)
        goes_on = pl.lit(_lies_in(area, objects)) & (needed_until <= area.until)
        held = held.with_columns(
            since=pl.when(goes_on).then(pl.min_horizontal("since", pl.lit(area.since))).otherwise("since")
        )
    return held.select("address_id", "duty", pl.col("since").is_not_null().alias("applies"), "since")


def _lies_in(area: Area, objects: pl.DataFrame) -> pl.Series:
    """Of each object whether its postcode is one of the area or its place lies in one of its surfaces."""
    postcode = objects["postcode"].str.replace_all(" ", "").str.to_uppercase()
    by_postcode = postcode.is_in(list(area.postcodes)) | postcode.str.slice(0, 4).is_in(list(area.postcodes))
    x, y = objects["rd_x"].to_numpy(), objects["rd_y"].to_numpy()
    by_place = np.zeros(objects.height, dtype=np.bool_)
    for surface in area.surfaces:
        by_place |= _within(surface, x, y)
    return by_postcode.fill_null(False) | pl.Series(by_place, dtype=pl.Boolean)


def _within(rings: Sequence[NDArray[np.float64]], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each point lies within a surface, by the number of sides that a ray from it crosses (even-odd rule).

    A point on a side lies within it or not, by a rounding: the houses of an area do not stand on its border.
    """
    low, high = rings[0].min(axis=0), rings[0].max(axis=0)
    near = np.flatnonzero((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))
    px, py = x[near], y[near]
    crossed = np.zeros(near.size, dtype=np.bool_)
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            if ay != by:
                crossed ^= ((ay > py) != (by > py)) & (px < (bx - ax) * (py - ay) / (by - ay) + ax)
    inside = np.zeros(x.size, dtype=np.bool_)
    inside[near] = crossed
    return inside
