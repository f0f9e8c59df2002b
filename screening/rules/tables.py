"""What a rule is handed: the tables and columns it declares, and the parameters in force."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import polars as pl

from screening.base.errors import RuleDefinitionError
from screening.rules.lines_of_business import with_lines
from screening.rules.local_lists import DUTIES, LISTS, shipped_lists
from screening.rules.schema import date_columns, tables_for_rules


class Tables:
    """LazyFrames by name. `t.vergunningen` and `t["vergunningen"]` are the same frame.

    `frames`: name (see `rules.schema.tables_for_rules`) -> DataFrame or LazyFrame. Frames of data sets hold typed rows
    as docs/architecture.md fixes them; `record` is added here ("<dataset>:<key>"). Lists of the municipality that are
    not handed in are those that ship, and then no duty holds in areas only.
    """

    def __init__(self, frames: Mapping[str, pl.DataFrame | pl.LazyFrame], *, owner: str | None = None) -> None:
        unknown = sorted(set(frames) - set(tables_for_rules()))
        if unknown:
            tables = ", ".join(tables_for_rules())
            raise RuleDefinitionError(f"No such table: {', '.join(unknown)}. Tables are: {tables}.")
        self._owner = owner
        self._parted: dict[str, dict[str, pl.DataFrame]] = {}
        self._frames = {name: frame.lazy() for name, frame in frames.items()}
        if owner is None:
            lists = dict(zip(LISTS, (shipped_lists().branches().lazy(), pl.LazyFrame(schema=DUTIES)), strict=True))
            frames = lists | self._frames
            self._frames = {name: _prepare(name, frame, frames["branches"]) for name, frame in frames.items()}

    def __getitem__(self, name: str) -> pl.LazyFrame:
        try:
            return self._frames[name]
        except KeyError:
            who = f"{self._owner}: " if self._owner else ""
            raise RuleDefinitionError(
                f"{who}table {name!r} is not declared. A rule sees the tables in its `inputs` and no others."
            ) from None

    def __getattr__(self, name: str) -> pl.LazyFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __contains__(self, name: str) -> bool:
        return name in self._frames

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def restrict(self, inputs: Mapping[str, tuple[str, ...]], *, owner: str) -> Tables:
        """Only these tables with only these columns; a data set that is not there is an empty table.

        `owner` is the indicator code for messages. Any other column is unknown to Polars (ColumnNotFoundError), any
        other table raises RuleDefinitionError.
        """
        chosen: dict[str, pl.LazyFrame] = {}
        for name, columns in inputs.items():
            types = {column: tables_for_rules()[name][column] for column in columns}
            frame = self._frames.get(name)
            chosen[name] = pl.LazyFrame(schema=types) if frame is None else frame.select(columns)
        return Tables(chosen, owner=owner)

    def gathered(self, columns: Mapping[str, Collection[str]]) -> Tables:
        """A copy in memory: of each table these columns alone, read once for all rules; none of a table not named."""
        chosen = {
            name: frame.select(column for column in tables_for_rules()[name] if column in columns.get(name, ()))
            for name, frame in self._frames.items()
        }
        return Tables(dict(zip(chosen, pl.collect_all(list(chosen.values())), strict=True)), owner="")

    def of_datasets(self, datasets: Iterable[str]) -> Tables:
        """A copy in which tables of parties and their names hold rows of these data sets only."""
        kept = [str(name) for name in datasets]
        frames = dict(self._frames)
        for name in frames.keys() & {"partijen", "handelsnamen"}:
            parts = self._by_dataset(name)
            rows = [parts[dataset] for dataset in sorted(parts) if dataset in kept]
            # chunks beside one another: nothing is copied, and no rule filters what another filtered before it
            frames[name] = pl.concat(rows).lazy() if rows else frames[name].clear()
        return Tables(frames, owner="")

    def _by_dataset(self, name: str) -> dict[str, pl.DataFrame]:
        """The rows of a table of parties by their data set, parted once for all rules."""
        if name not in self._parted:
            rows = self._frames[name].collect()
            self._parted[name] = {
                dataset: rows.filter(pl.col("dataset") == dataset) for dataset in rows["dataset"].drop_nulls().unique()
            }
            if self._parted[name]:  # the same rows, held once
                self._frames[name] = pl.concat(self._parted[name].values()).lazy()
        return self._parted[name]

    def with_table(self, name: str, frame: pl.DataFrame) -> Tables:
        """A copy with one more table (the hits handed to later rules)."""
        return Tables({**self._frames, name: frame}, owner="")


def _prepare(name: str, frame: pl.LazyFrame, branches: pl.LazyFrame) -> pl.LazyFrame:
    """The columns of a table in their types; absent ones are null; a date without bounds is its own bounds."""
    schema = frame.collect_schema()
    present = set(schema)
    columns: list[pl.Expr] = []
    for column, dtype in tables_for_rules()[name].items():
        if column in present:
            # a typed frame that already fits is left alone; a timestamp where a day is meant keeps its day
            expression = pl.col(column) if schema[column] == dtype else pl.col(column).cast(dtype)
        elif column == "record" and "key" in present:
            expression = pl.lit(f"{name}:") + pl.col("key")
        elif column.removesuffix("_min").removesuffix("_max") in present and _is_bound(name, column):
            expression = pl.col(column.removesuffix("_min").removesuffix("_max")).cast(dtype)
        else:
            expression = pl.lit(None, dtype=dtype)
        columns.append(expression.alias(column))
    prepared = frame.select(columns)
    if name == "vergunningen":
        return shipped_lists().with_permit_types(prepared)
    if name == "handelsregister":
        return with_lines(prepared, branches)
    if name == "seksinrichtingen":
        return prepared.with_columns(is_location_bound=pl.coalesce("is_location_bound", pl.col("type") != "escort"))
    return prepared


def _is_bound(name: str, column: str) -> bool:
    return any(column in (f"{date}_min", f"{date}_max") for date in date_columns().get(name, ()))


class Params:
    """The parameters in force of one indicator: `p.grace_days`, or `p.codes("kinds")` for a list of codes."""

    def __init__(self, code: str, values: Mapping[str, float | tuple[str, ...]]) -> None:
        self._code = code
        self._values = dict(values)

    def __getattr__(self, name: str) -> float:
        if name.startswith("_"):
            raise AttributeError(name)
        value = self._value(name)
        if isinstance(value, tuple):
            raise RuleDefinitionError(
                f"{self._code}: parameter {name!r} is a list of codes; read it as p.codes({name!r})."
            )
        return value

    def codes(self, name: str) -> tuple[str, ...]:
        """The codes of a parameter that is a list of them."""
        value = self._value(name)
        if not isinstance(value, tuple):
            raise RuleDefinitionError(f"{self._code}: parameter {name!r} is a number; read it as p.{name}.")
        return value

    def as_dict(self) -> dict[str, float | tuple[str, ...]]:
        """Name -> value in force, in the order of declaration."""
        return dict(self._values)

    def _value(self, name: str) -> float | tuple[str, ...]:
        try:
            return self._values[name]
        except KeyError:
            raise RuleDefinitionError(
                f"{self._code}: parameter {name!r} is not declared; add it to `params`."
            ) from None
