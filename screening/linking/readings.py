"""Columns of several values: a record is read in several ways, and of a pair the two readings that weigh most count.

A list column holds the values that a record may mean: trade names, or readings of one name. Settings may say that some
list columns belong together (`readings`): their k-th values are one reading, and no reading borrows a part of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import pyarrow as pa

from screening.base.errors import ConfigurationError


def ranges(starts: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """So many numbers from each start on, one range after the other: of which range each is, and the numbers."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) + (starts - (np.cumsum(counts) - counts)).take(owner)


def distinct_numbers(numbers: np.ndarray) -> np.ndarray:
    """The distinct numbers in order: by a sort, which is several times as fast as hashing them."""
    numbers = pl.Series(numbers).sort().to_numpy()
    return np.asarray(numbers[np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]])


@dataclass(frozen=True)
class Readings:
    """Rows of readings, those of one record side by side.

    `counts`: readings per record (one at least; int64). `codes`: by column, a code per reading (0 = missing).
    """

    counts: np.ndarray
    codes: dict[str, np.ndarray]

    @cached_property
    def starts(self) -> np.ndarray:
        """The first reading of every record."""
        starts: np.ndarray = np.cumsum(self.counts) - self.counts
        return starts

    @cached_property
    def owner(self) -> np.ndarray:
        """The record (row) of every reading."""
        return np.repeat(np.arange(len(self.counts), dtype=np.int64), self.counts)

    def joined(self, other: Readings) -> Readings:
        """These readings and those of more records after them."""
        codes = {name: np.concatenate([codes, other.codes[name]]) for name, codes in self.codes.items()}
        return Readings(np.concatenate([self.counts, other.counts]), codes)

    def taken(self, rows: np.ndarray) -> Readings:
        """The readings of these records alone, in the order of `rows`."""
        counts = self.counts[rows]
        readings = ranges(self.starts[rows], counts)[1]
        return Readings(counts, {name: codes[readings] for name, codes in self.codes.items()})

    def as_lists(self, values: np.ndarray) -> pl.Series:
        """A value for every reading, as a list for every record."""
        ends = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.counts)])
        return pl.Series(pa.LargeListArray.from_arrays(pa.array(ends), pa.array(values)))

    def holders(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """Record and code of every value of a column, each once a record."""
        codes = self.codes[column]
        present = np.flatnonzero(codes)
        pairs = self.owner[present].astype(np.uint64) << np.uint64(32) | codes[present].astype(np.uint64)
        pairs = distinct_numbers(pairs)
        return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32)


def expanded(frame: pl.DataFrame, columns: Iterable[str]) -> tuple[np.ndarray, pl.DataFrame]:
    """How many readings each record has, and one row a reading: the distinct values of list columns, in their order.

    A record without any has one reading in which all is missing. `ConfigurationError`: lists of different lengths.
    """
    names = list(columns)
    lists = frame.select(pl.col(names).fill_null([])).with_row_index("_row")
    lengths = [pl.col(name).list.len() for name in names]
    if len(names) > 1 and not lists.select(pl.all_horizontal(length == lengths[0] for length in lengths).all()).item():
        raise ConfigurationError(
            f"the columns {', '.join(names)} are read together: give them lists of one length in every record"
        )
    rows = lists.filter(lengths[0] > 0).explode(names)
    # texts take four bytes a value in place of sixteen, in categories of their own, which go with the rows
    texts = [name for name in names if rows.schema[name] == pl.String]
    rows = rows.with_columns(pl.col(name).cast(pl.Categorical(pl.Categories.random())) for name in texts)
    named = [name for name in names if isinstance(rows.schema[name], pl.Categorical)]
    rows = rows.with_columns(pl.when(pl.col(name) != "").then(name).alias(name) for name in named)
    rows = rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in names))
    bare = lists.select("_row").join(rows, on="_row", how="anti")
    rows = pl.concat([rows, bare], how="diagonal").sort("_row", *names)
    # sorted, what is there twice stands side by side: told so it costs a tenth of what finds it by hashing
    is_again = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in rows.columns)
    rows = rows.filter(~is_again)
    counts = rows["_row"].rle().struct.field("len").cast(pl.Int64).to_numpy() if len(rows) else np.zeros(0, np.int64)
    return counts, rows.drop("_row")


def crosswise(parts: list[Readings]) -> Readings:
    """Every way to take one reading of each part."""
    whole = parts[0]
    for part in parts[1:]:
        counts = whole.counts * part.counts
        owner = np.repeat(np.arange(len(counts)), counts)
        place = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        first = whole.starts[owner] + place // part.counts[owner]
        second = part.starts[owner] + place % part.counts[owner]
        codes = {name: values[first] for name, values in whole.codes.items()}
        codes |= {name: values[second] for name, values in part.codes.items()}
        whole = Readings(counts, codes)
    return whole


@dataclass(frozen=True)
class Crossed:
    """Pairs of readings of pairs of records: `owner` (position of the pair, rising), `left`, `right` (readings)."""

    owner: np.ndarray
    left: np.ndarray
    right: np.ndarray


def cross(readings: Readings, left: np.ndarray, right: np.ndarray) -> Crossed:
    """Every reading of the left record with every one of the right."""
    starts, counts = readings.starts, readings.counts
    of_left, mine = ranges(starts.take(left), counts.take(left))
    others = right.take(of_left)
    again, theirs = ranges(starts.take(others), counts.take(others))
    return Crossed(of_left.take(again), mine.take(again), theirs)


def best_readings(owner: np.ndarray, bits: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Positions of the pair of readings that counts for each pair: most bits, of equals the lowest levels, the first.

    `owner`: rising. `levels`: a row a comparison.
    """
    if not len(owner):
        return np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    sizes = np.diff(np.append(starts, len(owner)))
    tied = bits == np.repeat(np.maximum.reduceat(bits, starts), sizes)
    for level in levels:
        lowest = np.where(tied, level.astype(np.int16), np.int16(1_000))
        tied &= lowest == np.repeat(np.minimum.reduceat(lowest, starts), sizes)
    place = np.where(tied, np.arange(len(owner)), len(owner))
    best: np.ndarray = np.minimum.reduceat(place, starts)
    return best
