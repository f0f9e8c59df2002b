"""Records as integers: every distinct value once, and a u32 code per record (0 = missing)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import polars as pl

from screening.base.errors import ConfigurationError
from screening.linking.readings import Readings, crosswise, expanded
from screening.linking.settings import Settings
from screening.linking.values import Pool


class Records:
    """Encoded records: `ids` (Series, rows in order of id), `codes` by column (u32), `pools` by column.

    List columns have no entry in `codes` but stand in `lists`, each in one of these. `origins`: the name of the file
    that each record is from, where only records of different files are linked.
    """

    def __init__(  # noqa: PLR0917 - all that records are
        self,
        ids: pl.Series,
        codes: dict[str, np.ndarray],
        pools: dict[str, Pool],
        origins: pl.Series | None = None,
        spans: dict[str, np.ndarray] | None = None,
        lists: Sequence[Readings] = (),
    ) -> None:
        self.ids, self.codes, self.pools, self.origins, self.spans = ids, codes, pools, origins, spans or {}
        self.lists = tuple(lists)
        #: Blocks by rule, filled by whoever makes them.
        self.blocks: dict[tuple[str, ...], object] = {}
        self._views: dict[frozenset[str], Readings] = {}
        self._value_counts: dict[str, tuple[np.ndarray, int]] = {}

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def rank(self) -> np.ndarray:
        """The place of every row in the order of ids."""
        return self.ids.rank("ordinal").to_numpy()

    @cached_property
    def source(self) -> np.ndarray | None:
        """The number of the file that each record is from (u32); None: all are linked with all."""
        return None if self.origins is None else self.origins.rank("dense").cast(pl.UInt32).to_numpy()

    def joined(self, more: Records) -> Records:
        """These records and more after them, whose pools hold the values of both."""
        origins = None if self.origins is None or more.origins is None else pl.concat([self.origins, more.origins])
        return Records(
            pl.concat([self.ids, more.ids]),
            {name: np.concatenate([codes, more.codes[name]]) for name, codes in self.codes.items()},
            more.pools,
            origins,
            {name: np.concatenate([days, more.spans[name]]) for name, days in self.spans.items()},
            [readings.joined(others) for readings, others in zip(self.lists, more.lists, strict=True)],
        )

    def taken(self, rows: np.ndarray) -> Records:
        """These records alone, in the order of `rows`; the pools stay whole."""
        return Records(
            self.ids.gather(rows),
            {name: codes[rows] for name, codes in self.codes.items()},
            self.pools,
            None if self.origins is None else self.origins.gather(rows),
            {name: days[rows] for name, days in self.spans.items()},
            [readings.taken(rows) for readings in self.lists],
        )

    def lists_of(self, columns: Iterable[str]) -> list[int]:
        """Which of `lists` hold any of these columns."""
        names = set(columns)
        return [index for index, part in enumerate(self.lists) if names & set(part.codes)]

    def view(self, columns: Iterable[str]) -> Readings | None:
        """The readings of these columns, single values repeated; None where every record has one value of each."""
        names = frozenset(columns)
        if names not in self._views:
            parts = [self.lists[index] for index in self.lists_of(names)]
            if not parts:
                return None
            whole = crosswise(parts)
            single = {name: self.codes[name][whole.owner] for name in names if name in self.codes}
            self._views[names] = Readings(whole.counts, {**whole.codes, **single})
        return self._views[names]

    def value_counts(self, column: str) -> tuple[np.ndarray, int]:
        """By code from 1 how many records have the value, and how many records have any."""
        if column not in self._value_counts:
            size = len(self.pools[column]) + 1
            if column in self.codes:
                counts = np.bincount(self.codes[column], minlength=size)[1:]
                holders = int(counts.sum())
            else:
                rows, codes = self.lists[self.lists_of([column])[0]].holders(column)
                counts, holders = (
                    np.bincount(codes, minlength=size)[1:],
                    int(np.count_nonzero(np.diff(rows, prepend=-1))),
                )
            self._value_counts[column] = (counts, holders)
        return self._value_counts[column]


def pool_groups(settings: Settings) -> list[tuple[str, ...]]:
    """Columns that share one pool of values, since they are compared crosswise; others stand alone."""
    groups: list[set[str]] = [{column} for column in settings.columns]
    crossed = [level.columns for c in settings.comparisons for level in c.levels if level.kind == "crossed"]
    for columns in (*crossed, *(key.columns for key in settings.keys)):
        touched = [group for group in groups if group & set(columns)]
        groups = [group for group in groups if not group & set(columns)] + [set().union(*touched)]
    return [tuple(column for column in settings.columns if column in group) for group in groups]


def encode(records: pl.DataFrame, settings: Settings, earlier: dict[str, Pool] | None = None) -> Records:
    """Encode records (one row a record; `id_column` unique, other columns String, Date, integer or lists of these).

    Null and "" are missing. `earlier`: pools to extend, so that old values keep their codes. Rows are put in the
    order of their ids, so nothing depends on the order they came in. Errors: `ConfigurationError` for absent columns
    and for ids that are not unique.
    """
    _check(records, settings)
    if not records[settings.id_column].is_sorted():
        records = records.sort(settings.id_column)
    columns = {name: records[name] for name in settings.columns}
    counted: list[tuple[np.ndarray, tuple[str, ...]]] = []
    for together in _list_groups(records, settings):
        counts, rows = expanded(records, together)
        columns |= {name: rows[name] for name in together}
        counted.append((counts, together))
    codes: dict[str, np.ndarray] = {}
    pools: dict[str, Pool] = {}
    for group in pool_groups(settings):
        old = [earlier[group[0]].values] if earlier else []
        plain = [*old, *(_plain(columns.pop(name)) for name in group)]
        values, numbers = _numbered(pl.concat([_text(column) for column in plain]) if len(plain) > 1 else plain[0])
        pool = earlier[group[0]] if earlier and len(values) == len(earlier[group[0]]) else Pool(values)
        pools |= dict.fromkeys(group, pool)
        ends = np.cumsum([len(column) for column in plain])[:-1]
        codes |= zip(group, np.split(numbers, ends)[len(old) :], strict=True)
    lists = [Readings(counts, {name: codes.pop(name) for name in together}) for counts, together in counted]
    origins = records[settings.source].cast(pl.String).fill_null("") if settings.source else None
    return Records(records[settings.id_column], codes, pools, origins, _spans(records, settings), lists)


def _list_groups(records: pl.DataFrame, settings: Settings) -> list[tuple[str, ...]]:
    """The list columns, those of one reading together."""
    lists = [name for name in settings.columns if isinstance(records.schema[name], pl.List)]
    groups = []
    for reading in settings.readings:
        single = [name for name in reading if name not in lists]
        if single:
            raise ConfigurationError(
                f"{', '.join(single)} of a reading must be list columns that are compared or blocked on"
            )
        groups.append(tuple(reading))
    alone = [name for name in lists if not any(name in group for group in groups)]
    return [*groups, *((name,) for name in alone)]


def _plain(column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        return column.set(column == "", None) if (column == "").any() else column
    return column if isinstance(column.dtype, pl.Date | pl.Categorical) else column.cast(pl.String)


def _text(column: pl.Series) -> pl.Series:
    return (column.cast(pl.String) if isinstance(column.dtype, pl.Categorical) else column).rename("v")


def _numbered(column: pl.Series) -> tuple[pl.Series, np.ndarray]:
    """The distinct values of a column in order of first use, and of every row the number of its value (0: missing)."""
    short = column.cast(pl.Categorical(pl.Categories.random())) if column.dtype == pl.String else column
    physical = pl.DataFrame({"v": short.to_physical().cast(pl.Int64)})
    code = physical.select((pl.col("v") - pl.col("v").min() + 1).fill_null(0)).to_series().to_numpy()
    first = np.zeros(code.max(initial=0) + 1, dtype=np.int64)
    # of the rows of one value the first is written last
    first[code[::-1]] = np.arange(len(code))[::-1]
    first = first.take(code)
    is_first = (first == np.arange(len(code))) & (code != 0)
    number = np.cumsum(is_first, dtype=np.uint32).take(first)
    return _text(column.filter(is_first)).rename(column.name), np.where(code != 0, number, np.uint32(0))


def _spans(records: pl.DataFrame, settings: Settings) -> dict[str, np.ndarray]:
    """First and last days of vetoes that need an overlap, open ends at the far ends of time (int32 days)."""
    spans: dict[str, np.ndarray] = {}
    for veto in settings.vetoes:
        if veto.overlapping:
            for name, open_end in zip(veto.overlapping, (-(2**30), 2**30), strict=True):
                spans[name] = records[name].cast(pl.Date).to_physical().fill_null(open_end).to_numpy()
    return spans


def _check(records: pl.DataFrame, settings: Settings) -> None:
    spans = [name for veto in settings.vetoes for name in veto.overlapping or ()]
    needed = (settings.id_column, *settings.columns, *spans, *((settings.source,) if settings.source else ()))
    absent = [column for column in needed if column not in records.columns]
    if absent:
        raise ConfigurationError(f"records lack the columns {', '.join(absent)}: add them (null where unknown)")
    ids = records[settings.id_column]
    if ids.null_count() or ids.n_unique() != len(ids):
        raise ConfigurationError(f"column {settings.id_column} must hold an id of its own for every record")
