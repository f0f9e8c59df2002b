"""SQLite by APSW under SQLAlchemy, so that the real store writes through a file layer of the tests.

Only what the store needs of the DB-API: the errors, the rows and the transactions are those of the `sqlite3` module.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from sqlite3 import (  # the names that SQLAlchemy asks of a driver
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    paramstyle,
    sqlite_version_info,
)

import apsw
import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

__all__ = [
    "DataError", "DatabaseError", "Error", "IntegrityError", "InterfaceError", "InternalError", "NotSupportedError",
    "OperationalError", "ProgrammingError", "paramstyle", "sqlite_version_info",
]  # fmt: skip

#: A checkpoint after so many pages, so that a short recording has some.
CHECKPOINT_PAGES = 60


class Cursor:
    """A cursor that has fetched all rows when a statement was executed."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[tuple] = []
        self._place = 0
        self.description: tuple | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> Cursor:
        return self.executemany(statement, [parameters])

    def executemany(self, statement: str, rows: Iterable[Sequence[object]]) -> Cursor:
        self._rows, self._place, self.description, self.rowcount = [], 0, None, -1
        raw = self._connection.raw
        is_change = statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE", "REPLAC"}
        cursor = raw.cursor()
        cursor.exec_trace = self._describe
        with _errors_of_sqlite3():
            for parameters in rows:
                self._rows += cursor.execute(statement, tuple(parameters)).fetchall()
                if is_change:
                    self.rowcount = max(self.rowcount, 0) + raw.changes()
        self.lastrowid = raw.last_insert_rowid()
        return self

    def _describe(self, cursor: apsw.Cursor, _statement: str, _bindings: object) -> bool:
        described = cursor.get_description()
        self.description = tuple((name, *[None] * 6) for name, _ in described) or None
        return True

    def fetchone(self) -> tuple | None:
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple]:
        rows = self._rows[self._place : self._place + (size or self.arraysize)]
        self._place += len(rows)
        return rows

    def fetchall(self) -> list[tuple]:
        return self.fetchmany(len(self._rows) + 1)

    def __iter__(self) -> Iterator[tuple]:
        return iter(self.fetchall())

    def close(self) -> None:
        self._rows = []


class Connection:
    """A connection; `after_commit` is called with it after each COMMIT that has returned."""

    isolation_level: str | None = None
    after_commit: Callable[[Connection], None] | None = None

    def __init__(self, path: str) -> None:
        with _errors_of_sqlite3():
            self.raw = apsw.Connection(path, vfs="recording")
            # A layer in Python has no shared memory; alone on the file, SQLite needs none for its journal.
            self.raw.execute("PRAGMA locking_mode=EXCLUSIVE")
            self.raw.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")

    def cursor(self) -> Cursor:
        return Cursor(self)

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> Cursor:
        return self.cursor().execute(statement, parameters)

    def create_function(self, name: str, arguments: int, function: Callable, *, deterministic: bool = False) -> None:
        self.raw.create_scalar_function(name, function, arguments, deterministic=deterministic)

    @property
    def in_transaction(self) -> bool:
        return self.raw.in_transaction

    def commit(self) -> None:
        if self.raw.in_transaction:
            self.execute("COMMIT")
            if Connection.after_commit is not None:
                Connection.after_commit(self)

    def rollback(self) -> None:
        if self.raw.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        self.raw.close()


def connect(path: str, **_settings: object) -> Connection:
    """As `sqlite3.connect`."""
    return Connection(path)


@contextmanager
def _errors_of_sqlite3() -> Iterator[None]:
    try:
        yield
    except apsw.ConstraintError as error:
        raise IntegrityError(str(error)) from None
    except apsw.Error as error:
        told = OperationalError(str(error))
        told.sqlite_errorcode = getattr(error, "extendedresult", sqlite3.SQLITE_ERROR)
        raise told from None


class Recorded(SQLiteDialect_pysqlite):
    """The dialect of `sqlite:///FILE` while `in_place_of_sqlite` holds; one connection for all."""

    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> object:
        return sys.modules[__name__]

    @classmethod
    def get_pool_class(cls, _url: sa.URL) -> type[sa.Pool]:
        return sa.StaticPool


@contextmanager
def in_place_of_sqlite() -> Iterator[None]:
    """Engines of SQLite that are made meanwhile are of this dialect."""
    before = dict(registry.impls)
    registry.impls["sqlite"] = lambda: Recorded
    try:
        yield
    finally:
        registry.impls.clear()
        registry.impls.update(before)
