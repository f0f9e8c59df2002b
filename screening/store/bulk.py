"""Loading many rows: the frame makes the database's text form, column by column, and the driver takes it in bulk."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import sqlalchemy as sa

from screening.store.engine import driver_connection

#: Longest statement that APSW keeps ready between two calls; to read a longer one anew takes as long as its rows.
_STATEMENT_CHARACTERS = 16_000
_VALUES = " VALUES "


def insert_rows(connection: sa.Connection, table: sa.Table, run_id: str, frame: pl.DataFrame) -> None:
    """Insert the rows of a frame under this run id.

    SQLAlchemy's types are passed by: converting value by value took half the time of publishing 100,000 flags. Lists
    become JSON and dates ISO text here, which is what the types of the tables make of them.

    Args:
        connection: a connection in a transaction that writes.
        table: a table of a run.
        run_id: the run.
        frame: one row a row; the columns of the table in any order, the run id left out.
    """
    if frame.is_empty():
        return
    columns = [column.name for column in table.columns if column.name in frame.columns]
    rows = _as_text(frame).select(columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, table, run_id, rows)
        return
    database = driver_connection(connection)
    for statement, values in _statements(connection, table, run_id, rows):
        database.execute(statement, values)


def _copy(connection: sa.Connection, table: sa.Table, run_id: str, rows: pl.DataFrame) -> None:
    """PostgreSQL reads CSV: a text has quotes around it, and what has none and is empty is null."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in ("run_id", *rows.columns))
    content = rows.select(pl.lit(run_id).alias("run_id"), pl.all()).write_csv(
        include_header=False, quote_style="non_numeric", null_value=""
    )
    with (
        driver_connection(connection).cursor() as cursor,
        cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(content)


def _statements(
    connection: sa.Connection, table: sa.Table, run_id: str, rows: pl.DataFrame
) -> Iterator[tuple[str, list[object]]]:
    """Yield a statement for some hundred rows, and its values, until there are none left.

    A statement a row took a third more processor time: SQLite begins and ends each, and Python makes a tuple for it.
    """
    compiled = sa.insert(table).compile(dialect=connection.dialect, column_keys=["run_id", *rows.columns])
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
