"""Records of a case table at the addresses of a made-up town: it has those registers too then."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from screening.base.datasets import datasets
from screening.rules.cases import RuleCase
from screening.rules.examination.night import Frames
from screening.rules.schema import tables_for_rules


def with_rows_of_cases(town: Frames, cases: Iterable[RuleCase]) -> Frames:
    """The town with the records of the cases, of each register that the town does not have or has no row of.

    Each address of the cases becomes an address of the town, the same one in every register.
    """
    objects = town["bag_adressen"]["adresseerbaar_object_id"].unique(maintain_order=True).to_list()
    rows: dict[str, list[pl.DataFrame]] = {}
    place_of: dict[tuple[int, str], str] = {}
    for number, case in enumerate(cases):
        for name, frame in case.tables().items():
            if name not in datasets() or (name in town and not town[name].is_empty()) or frame.is_empty():
                continue
            for address in frame["address_id"].drop_nulls() if "address_id" in frame.columns else ():
                place_of.setdefault((number, address), objects[len(place_of) % len(objects)])
            rows.setdefault(name, []).append(_moved(name, frame, number, place_of))
    absent = {name: pl.DataFrame(schema=tables_for_rules()[name]) for name in datasets() if name not in town}
    return town | absent | {name: pl.concat(frames) for name, frames in rows.items()}


def _moved(name: str, frame: pl.DataFrame, number: int, place_of: dict[tuple[int, str], str]) -> pl.DataFrame:
    key = pl.format("{}-{}", pl.lit(number), pl.col("key"))
    moved = frame.with_columns(key=key, record=pl.format("{}:{}", pl.lit(name), key))
    column = datasets()[name].key
    if column and column in moved.columns:
        moved = moved.with_columns(pl.col("key").alias(column))
    if "address_id" not in moved.columns:
        return moved
    places = [None if address is None else place_of[number, address] for address in moved["address_id"]]
    return moved.with_columns(address_id=pl.Series(places, dtype=pl.String))
