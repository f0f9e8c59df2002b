"""Many rows in and out of a database: frames make its text forms and read them, column by column, past SQLAlchemy.

Its types convert value by value: that took half the time of publishing 100,000 flags. A list is JSON there and a date
ISO text, which is what the types of the tables make of them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache, partial
from typing import Any

import polars as pl
import sqlalchemy as sa

from screening.store.bundle import BATCH_ROWS, row_key, stored_schema
from screening.store.engine import driver_connection

#: Longest statement that APSW keeps ready between two calls; to read a longer one anew takes as long as its rows.
_STATEMENT_CHARACTERS = 16_000
_VALUES = " VALUES "
#: Up to so many rows Python puts them into form sooner than frames do.
_FEW = 500


def inserting(
    dialect: sa.Dialect, table: sa.Table, run_id: str, frame: pl.DataFrame
) -> Callable[[sa.Connection], None]:
    """Make rows ready to be inserted: what is returned inserts them, by a connection in a transaction that writes.

    Args:
        dialect: that of the connection.
        table: a table of a run.
        run_id: the run.
        frame: one row a row; the columns of the table in any order, the run id left out.
    """
    columns = [column.name for column in table.columns if column.name in frame.columns]
    rows = _as_text(frame).select(columns)
    if dialect.name == "postgresql":
        return partial(_copy, table, rows.select(pl.lit(run_id).alias("run_id"), pl.all()))
    return partial(_execute, list(_statements(dialect, table, run_id, rows)))


def read_rows(
    connection: sa.Connection,
    table: sa.Table,
    run_id: str,
    *conditions: sa.ColumnElement[bool],
    is_ordered: bool = False,
) -> Iterator[pl.DataFrame]:
    """Yield the rows of a run as the table holds them, the run id left out, some ten thousand at a time.

    Args:
        connection: a connection, in a transaction; it has to stay open until all rows are read.
        table: a table of a run.
        run_id: the run.
        conditions: which of its rows.
        is_ordered: whether they come in the order of the key, by the bytes of its texts.
    """
    is_postgresql = connection.dialect.name == "postgresql"
    query = _query(table, is_postgresql).where(table.c.run_id == run_id, *conditions)
    if is_ordered:
        key = [table.c[name] for name in row_key(table)]
        query = query.order_by(*(_by_bytes(column) if is_postgresql else column for column in key))
    schema = stored_schema(table)
    for rows in connection.execution_options(yield_per=BATCH_ROWS).execute(query).partitions():
        columns = zip(schema.items(), zip(*rows, strict=True), strict=True)
        yield pl.DataFrame([_read(name, values, dtype) for (name, dtype), values in columns])


def read_few(
    connection: sa.Connection, table: sa.Table, run_id: str, *conditions: sa.ColumnElement[bool]
) -> pl.DataFrame | None:
    """The rows of a run as `as_stored` gives them, without the fixed price of each step in frames; None: too many.

    A dossier asks for a few rows of many tables: put into form by frames they took a third of its page.
    """
    query = _query(table, connection.dialect.name == "postgresql").where(table.c.run_id == run_id, *conditions)
    rows = connection.execute(query.limit(_FEW + 1)).all()
    if len(rows) > _FEW:
        return None
    schema = stored_schema(table)
    if not rows:
        return _empty(table).clone()
    given = zip(schema.values(), zip(*rows, strict=True), strict=True)
    columns = [_READ.get(type(dtype), list)(values) for dtype, values in given]
    places = [list(schema).index(name) for name in row_key(table)]
    order = sorted(range(len(rows)), key=lambda row: [columns[place][row] for place in places])
    return pl.DataFrame(
        [
            pl.Series(name, [column[row] for row in order], dtype=dtype)
            for (name, dtype), column in zip(schema.items(), columns, strict=True)
        ]
    )


def _dates(values: Sequence[str | None]) -> list[Any]:
    return [value and date.fromisoformat(value) for value in values]


def _lists(values: Sequence[str | None]) -> list[Any]:
    return [json.loads(value) or [] if value else [] for value in values]


def _flags(values: Sequence[int | None]) -> list[Any]:
    return [None if value is None else bool(value) for value in values]


def _floats(values: Sequence[float | None]) -> list[Any]:
    return [None if value is None or math.isnan(value) else float(value) for value in values]


#: Type of a column -> how Python reads what the driver gives; the others are taken as they are.
_READ: dict[type[pl.DataType], Callable[[Sequence[Any]], list[Any]]] = {
    pl.Date: _dates,
    pl.List: _lists,
    pl.Boolean: _flags,
    pl.Float64: _floats,
}


@cache
def _empty(table: sa.Table) -> pl.DataFrame:
    return pl.DataFrame(schema=stored_schema(table))


@cache
def _query(table: sa.Table, is_postgresql: bool) -> sa.Select[Any]:
    """The columns of a table as they are read."""
    return sa.select(*(_as_read(table.c[name], dtype, is_postgresql) for name, dtype in stored_schema(table).items()))


def _as_read(column: sa.ColumnElement[Any], dtype: pl.DataType, is_postgresql: bool) -> sa.ColumnElement[Any]:
    """A column as its driver gives it, without a type that would convert each value; what is no text there as text."""
    if isinstance(dtype, (pl.Date, pl.List)):
        return sa.cast(column, sa.Text) if is_postgresql else sa.type_coerce(column, sa.Text)
    return sa.type_coerce(column, sa.Integer) if isinstance(dtype, pl.Boolean) else column


def _by_bytes(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.collate(column, "C") if isinstance(column.type, sa.String) else column


def _read(name: str, values: Sequence[Any], dtype: pl.DataType) -> pl.Series:
    if isinstance(dtype, pl.Date):
        return pl.Series(name, values, dtype=pl.String).str.to_date("%Y-%m-%d")
    if isinstance(dtype, pl.List):
        return pl.Series(name, values, dtype=pl.String).str.json_decode(dtype)
    return pl.Series(name, values, dtype=dtype, strict=not isinstance(dtype, pl.Boolean))  # SQLite has 0 and 1


def _copy(table: sa.Table, rows: pl.DataFrame, connection: sa.Connection) -> None:
    """PostgreSQL reads CSV: a text has quotes around it, and what has none and is empty is null."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(map(quote, rows.columns))
    with (
        driver_connection(connection).cursor() as cursor,
        cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(rows.write_csv(include_header=False, quote_style="non_numeric", null_value=""))


def _execute(statements: Iterable[tuple[str, list[object]]], connection: sa.Connection) -> None:
    database = driver_connection(connection)
    for statement, values in statements:
        database.execute(statement, values)


def _statements(
    dialect: sa.Dialect, table: sa.Table, run_id: str, rows: pl.DataFrame
) -> Iterator[tuple[str, list[object]]]:
    """Yield a statement for some hundred rows, and its values, until there are none left.

    A statement a row took a third more processor time: SQLite begins and ends each, and Python makes a tuple for it.
    """
    if rows.is_empty():
        return
    compiled = sa.insert(table).compile(dialect=dialect, column_keys=["run_id", *rows.columns])
    head, _, row = str(compiled).partition(_VALUES)
    row = row.replace("?", "?1", 1)  # the run id is given once; each `?` after it takes the next number
    width = rows.width
    most = max(1, (_STATEMENT_CHARACTERS - len(head)) // (len(row) + 2))
    values: list[object] = [None] * (rows.height * width)
    for place, column in enumerate(rows.iter_columns()):
        values[place::width] = column.to_list()

    def statement(count: int) -> str:
        return f"{head}{_VALUES}{', '.join([row] * count)}"

    for_most = statement(most)
    for start in range(0, len(values), most * width):
        part = values[start : start + most * width]
        count = len(part) // width
        yield for_most if count == most else statement(count), [run_id, *part]


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Convert lists to JSON text and dates to `YYYY-MM-DD`; leave the rest."""
    lists = [name for name, dtype in frame.schema.items() if dtype == pl.List]
    return frame.with_columns(*(_json_of(name) for name in lists), pl.col(pl.Date).dt.to_string("%Y-%m-%d"))


def _json_of(name: str) -> pl.Expr:
    """{"v":[…]} without the five characters in front and the one behind: only a struct has an encoder."""
    return pl.struct(pl.col(name).alias("v")).struct.json_encode().str.slice(5).str.head(-1).alias(name)
