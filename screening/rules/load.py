"""The load of a rule: the addresses that it would newly bring, counted on nights that were replayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from screening.rules.readings.objects import dwellings


@dataclass(frozen=True)
class ReplayedNight:
    """A night as it was, and what a version of a rule adds to it.

    `before`, `added`: `address_id` of what was flagged, and of what would be flagged beside it. `dwellings`:
    `address_id` of every object with woonfunctie; None where the night did not keep what the BAG says of it.
    """

    as_of: date
    before: pl.DataFrame
    added: pl.DataFrame
    dwellings: pl.DataFrame | None


@dataclass(frozen=True)
class LoadCounts:
    """Exact counts of addresses, from the first to the last of the nights; they are told in tens.

    `at_once`: added on the first night, as on the night on which the rule is switched on. `later`: added on a night
    after it, and on none before. `now`: flagged for the first time on a night after the first, as it was.
    `dwellings`: of `at_once` and `later` together, those with woonfunctie; `of`: those of which the BAG is known.
    An address that was flagged before without the rule is none of its own. `left_out`: nights without data, or on which
    the rule could not run.
    """

    nights: int
    first: date | None
    last: date | None
    at_once: int
    later: int
    now: int
    dwellings: int
    of: int
    left_out: int


def dwellings_of_night(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame | None:
    """`address_id` of the objects with woonfunctie in the tables of a night; None where these do not say it."""
    bag = frames.get("bag_adressen")
    if bag is None or not {"adresseerbaar_object_id", "gebruiksdoelen"} <= set(bag.columns):
        return None
    return dwellings(bag.lazy()).collect()


def count_load(nights: Sequence[ReplayedNight], *, left_out: int = 0) -> LoadCounts:
    """Count the new addresses of these nights, which are in the order of their dates."""
    first = nights[0].as_of if nights else None
    before, added = (
        _first_seen([(night.as_of, getattr(night, name)) for night in nights]) for name in ("before", "added")
    )
    flagged_earlier = pl.col("as_of_right") < pl.col("as_of")
    own = added.join(before, on="address_id", how="left").filter(~flagged_earlier.fill_null(False))
    is_first = pl.col("as_of") == pl.lit(first, pl.Date())
    homes = [night.dwellings for night in nights if night.dwellings is not None]
    with_bag = [night.as_of for night in nights if night.dwellings is not None]
    of = own.filter(pl.col("as_of").is_in(with_bag))
    return LoadCounts(
        nights=len(nights),
        first=first,
        last=nights[-1].as_of if nights else None,
        at_once=own.filter(is_first).height,
        later=own.filter(~is_first).height,
        now=before.filter(~is_first).height,
        dwellings=of.join(pl.concat(homes), on="address_id", how="semi").height if homes else 0,
        of=of.height,
        left_out=left_out,
    )


def _first_seen(parts: Sequence[tuple[date, pl.DataFrame]]) -> pl.DataFrame:
    """`address_id`, `as_of`: one row an address, with the first night that has it."""
    schema: dict[str, pl.DataType] = {"address_id": pl.String(), "as_of": pl.Date()}
    rows = [frame.select("address_id", as_of=pl.lit(as_of, pl.Date())) for as_of, frame in parts]
    return pl.concat([pl.DataFrame(schema=schema), *rows]).group_by("address_id").agg(pl.col("as_of").min())
