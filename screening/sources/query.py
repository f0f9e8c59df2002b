"""A SQL query as a source. The URL is a secret: it stands in no message, no note and no file."""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy import exc

from screening.base.errors import (
    ConfigurationError,
    SourceAwayError,
    SourceError,
    SourceMissingError,
    UnsettledSourceError,
)
from screening.base.frames import SourceSpec
from screening.sources.delivery import Content, read_delivery
from screening.sources.parquet import as_text
from screening.sources.raw import Choose, RawTable, text_frame

PATH = "query"
_FETCH_ROWS = 10_000
_CONNECT_SECONDS = 30
#: Types whose text is made by the same rules as that of a Parquet column; of others (UUID, …) their own text is taken.
_PLAIN = {str, int, float, bool, dt.date, dt.datetime, dt.time, decimal.Decimal, list}


@dataclass(frozen=True)
class QueryResult:
    """The rows of a query as text, in the order of their content, and a hash of that content.

    `database`: the file that the database is, where it is one (SQLite).
    """

    table: RawTable
    sha256: str
    database: Content | None = None


def read_query(spec: SourceSpec, choose: Choose) -> QueryResult:
    """One row a row of the result, sorted by content, so that the same content has the same row numbers and hash.

    Nothing is written: the transaction is read-only where the database knows such a thing, and rolled back. Raises
    ConfigurationError (URL, driver or SQL), SourceAwayError (no connection), SourceError (the query failed, or the
    file of the database changed meanwhile).
    """
    name = f"{spec.dataset} ({PATH})"
    with _connection(spec, name) as connection:
        database = _database_file(connection.engine.url)
        try:
            result = connection.execution_options(yield_per=_FETCH_ROWS).execute(sa.text(spec.query or ""))
            header = list(result.keys())
            chosen = choose(header)
            frame = _fetch(result, chosen, header, name)
            now = _database_file(connection.engine.url)
        except exc.ResourceClosedError:
            raise ConfigurationError(f"{name}: the query gives no rows. Write a SELECT.") from None
        except (exc.ProgrammingError, exc.StatementError) as error:
            if isinstance(error, exc.DBAPIError) and not isinstance(error, exc.ProgrammingError):
                raise SourceError(f"{name}: the query failed ({_class_of(error)}).") from None
            raise ConfigurationError(
                f"{name}: the database refuses the query ({_class_of(error)}). Correct it in the configuration; "
                "the right to read a table may be lacking too."
            ) from None
        except exc.SQLAlchemyError as error:
            raise SourceError(f"{name}: the query failed ({_class_of(error)}).") from None
    if database and now and database.sha256 != now.sha256:
        raise UnsettledSourceError(
            f"{name}: the database changed while it was being read. Let the delivery finish, then start again."
        )
    columns = [column for column in frame.frame.columns if column != "row_number"]
    ordered = (
        frame.frame.select(columns).sort(columns, nulls_last=True, maintain_order=True) if columns else frame.frame
    )
    # A column is a number for the whole result, so that sorting leaves its mask as it is.
    table = RawTable(
        frame=ordered.insert_column(0, pl.Series("row_number", range(1, ordered.height + 1), dtype=pl.Int64))
        if columns
        else ordered,
        rows_read=frame.rows_read,
        numeric=frame.numeric,
    )
    return QueryResult(table, _digest(ordered), database)


def _database_file(url: sa.URL) -> Content | None:
    """The file that a database is, where it is one."""
    return read_delivery(Path(url.database)) if url.get_backend_name() == "sqlite" and url.database else None


def count_rows(path: Path) -> int:
    """Rows of all tables of a database that is a file.

    Raises SourceError where it is damaged.
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
            counts = [sa.select(sa.func.count()).select_from(sa.table(table)) for table in tables]
            return sum(connection.execute(count).scalar_one() for count in counts)
    except exc.SQLAlchemyError:
        raise SourceError(f"{path.name}: is damaged, or no SQLite file. Deliver it again.") from None
    finally:
        engine.dispose()


@contextmanager
def _connection(spec: SourceSpec, name: str) -> Iterator[sa.Connection]:
    """A connection that can only read, closed at the end whatever happens."""
    try:
        url = sa.make_url(spec.url or "")
        if url.get_backend_name() == "sqlite" and not (url.database and os.path.isfile(url.database)):
            # SQLite would make an empty database of it.
            raise SourceMissingError(f"{name}: the database file is not there.")
        engine = sa.create_engine(url, hide_parameters=True, poolclass=sa.NullPool, connect_args=_timeout(url))
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError, ValueError):
        raise ConfigurationError(
            f"{name}: the address of the database cannot be used, or there is no driver for its kind. Set the "
            "environment variable that `url_env` names to an address that SQLAlchemy reads."
        ) from None
    try:
        try:
            connection = engine.connect()
            connection.begin()
            _read_only(connection, url)
        except (exc.DBAPIError, OSError) as error:
            raise SourceAwayError(f"{name}: the database cannot be reached ({_class_of(error)}).") from None
        with connection:
            yield connection
            connection.rollback()
    finally:
        engine.dispose()


def _timeout(url: sa.URL) -> dict[str, object]:
    match url.get_backend_name():
        case "postgresql":
            return {"connect_timeout": _CONNECT_SECONDS}
        case "sqlite":
            return {"timeout": _CONNECT_SECONDS}
        case _:
            return {}


def _read_only(connection: sa.Connection, url: sa.URL) -> None:
    match url.get_backend_name():
        case "postgresql":
            connection.execute(sa.text("SET TRANSACTION READ ONLY"))
        case "sqlite":
            connection.execute(sa.text("PRAGMA query_only = ON"))


def _fetch(result: sa.CursorResult[Any], chosen: dict[str, int], header: list[str], name: str) -> RawTable:
    """The chosen columns as text, fetched in pieces. A column that is a number in one piece is one in all."""
    pieces: list[pl.DataFrame] = []
    numeric: set[str] = set()
    for rows in result.partitions(_FETCH_ROWS):
        piece = _typed({header[place]: [row[place] for row in rows] for place in set(chosen.values())}, name)
        text = as_text(piece, {column: header[place] for column, place in chosen.items()}, name)
        pieces.append(text.frame.drop("row_number"))
        numeric |= text.numeric.keys()
    if not pieces:
        return RawTable(text_frame({column: [] for column in chosen}, []), 0)
    frame = pl.concat(pieces).with_row_index("row_number", offset=1).cast({"row_number": pl.Int64})
    masks = {column: pl.repeat(True, frame.height, eager=True, dtype=pl.Boolean) for column in numeric}
    return RawTable(frame, frame.height, numeric=masks)


def _typed(columns: dict[str, list[object]], name: str) -> pl.DataFrame:
    """Columns with the type of their values. SQLite mixes types in one column; then each value is text by itself."""
    series = []
    for column, values in columns.items():
        kinds = {type(value) for value in values if value is not None}
        if kinds & {bytes, bytearray, memoryview, dict, tuple, set}:
            raise SourceError(
                f"{name}, column {column[:40]}: is of a type that cannot be read as text. Cast it in the query."
            )
        is_number = kinds != {decimal.Decimal} or all(map(_is_finite, values))  # PostgreSQL has NaN and Infinity too
        if len(kinds) > 1 or (kinds and not kinds <= _PLAIN) or not is_number:
            series.append(pl.Series(column, [None if value is None else str(value) for value in values]))
        else:
            series.append(pl.Series(column, values, strict=False))
    return pl.DataFrame(series)


def _is_finite(value: object) -> bool:
    return not isinstance(value, decimal.Decimal) or value.is_finite()


def _digest(frame: pl.DataFrame) -> str:
    """SHA-256 over header and rows, every cell quoted, so that no two contents look the same."""
    digest = hashlib.sha256(",".join(column for column in frame.columns if column != "row_number").encode())
    for piece in frame.drop("row_number", strict=False).iter_slices(_FETCH_ROWS):
        # An empty text is written as "", a null as nothing at all.
        digest.update(piece.write_csv(include_header=False, quote_style="non_numeric", null_value="").encode())
    return digest.hexdigest()


def _class_of(error: BaseException) -> str:
    """Name of the kind of error. Its text can quote the address, the query or a value."""
    original = getattr(error, "orig", None)
    return type(original or error).__name__
