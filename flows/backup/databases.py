"""Copies of the store and the ledger as they both were at one moment, whatever is written meanwhile.

An act writes its rows in the store and then, before they can be seen, their entries in the ledger. So nobody may write
in the store when reading the two begins: that takes a blink, and then all go on.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Protocol

import sqlalchemy as sa
from psycopg import sql

from flows.backup.archive import Members
from flows.backup.postgresql import dump, require_program, server_version
from screening.base.errors import StoreError
from screening.store.decisions import DECISIONS
from screening.store.engine import guarded
from screening.store.files import remove, write_file
from screening.store.sqlite_driver import Connection

#: Folder of the tar with the dumps of PostgreSQL: a folder a database, in it ABOUT and the parts in their order.
DUMPS = "dumps"
ABOUT = "about.json"
#: So long is tried to find a moment at which nobody writes. People write for milliseconds.
_PATIENCE_S = 60
_PAUSE_S = 0.02


class DatabaseCopy(Protocol):
    """A database that is copied."""

    def opened(self) -> AbstractContextManager[None]:
        """What it takes to copy it, until the end of this block. DamagedStoreError: a damaged one is no backup."""

    def held(self) -> AbstractContextManager[None]:
        """Nobody writes in it until the end of this block."""

    def begin(self) -> None:
        """From now on it is read as it is now."""

    def members(self) -> Members:
        """The copy."""


@contextmanager
def at_one_moment(copies: Sequence[DatabaseCopy]) -> Iterator[None]:
    """These databases are copied in this block as they all were at its beginning: the store is the first of them."""
    with ExitStack() as opened:
        for copy in copies:
            opened.enter_context(copy.opened())
        with ExitStack() as held:
            for copy in copies:  # in the order of an act: nobody waits for who waits for them
                held.enter_context(copy.held())
            for copy in copies:
                copy.begin()
        yield


class SqliteCopy:
    """A file of SQLite."""

    def __init__(self, name: str, path: Path, staging: Path) -> None:
        self._path = path
        self._copy = staging / f"{name}.sqlite"

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Open it, and look at every page of it once."""
        with Connection(self._path) as self._reading:
            self._reading.check()
            yield

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the right to write in it."""
        with Connection(self._path) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield

    def begin(self) -> None:
        """Begin to read."""
        self._reading.execute("BEGIN")
        self._reading.execute("SELECT 1 FROM sqlite_schema").fetchall()

    def members(self) -> Members:
        """The file, without pages of rows that are gone."""
        try:
            write_file(self._copy, b"")  # 0600; SQLite fills an empty file
            self._reading.copy_into(self._copy)
            yield self._copy.name, self._copy
        finally:
            remove(self._copy)  # what a killed backup left in this folder is swept by whoever takes the lock next


class PostgresCopy:
    """The tables of a schema of a PostgreSQL server.

    `decided`: the tables in which nobody may write when reading begins. Of the ledger there are none: what it says of
    rows is written by who still holds them, so that it stands still, as far as it agrees with the store, while the
    store is held.
    """

    def __init__(self, name: str, engine: sa.Engine, decided: Collection[sa.Table] = ()) -> None:
        self._folder = f"{DUMPS}/{name}"
        self._engine = engine
        self._decided = sorted(table.name for table in decided)
        with guarded("asking which PostgreSQL this is"), engine.connect() as connection:
            self._version = server_version(connection)
            self._schema = str(connection.scalar(sa.func.current_schema()))
        self._program = require_program("pg_dump", self._version)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """A transaction that reads, whose snapshot is taken when it begins."""
        isolation = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with guarded("making a backup"), isolation.connect() as self._reading:
            yield

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the tables in which people decide, as soon as nobody writes in one of them.

        It never waits with some of them in hand: whoever holds another and wants these would wait for it in turn.
        """
        if not self._decided:
            yield
            return
        until = monotonic() + _PATIENCE_S
        with guarded("waiting for a moment at which nobody writes"), self._engine.connect() as holder:
            while not self._lock(holder):
                if monotonic() > until:
                    raise StoreError(
                        f"Somebody was writing in the store each time in {_PATIENCE_S} s, so no backup is made. Is a "
                        "transaction left open (pg_stat_activity)? Try again."
                    )
                sleep(_PAUSE_S)
            yield
            holder.rollback()

    def _lock(self, holder: sa.Connection) -> bool:
        tables = sql.SQL(", ").join(map(sql.Identifier, self._decided))
        statement = sql.SQL("LOCK TABLE {} IN SHARE MODE NOWAIT").format(tables)
        try:
            holder.exec_driver_sql(statement.as_string(None))
        except sa.exc.OperationalError as error:
            holder.rollback()
            if getattr(error.orig, "sqlstate", None) != "55P03":  # lock_not_available
                raise
            return False
        return True

    def begin(self) -> None:
        """Take the snapshot, which pg_dump reads later."""
        # a server may end who is idle for long, and this transaction is until pg_dump has read all
        self._reading.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        self._snapshot = str(self._reading.scalar(sa.func.pg_export_snapshot()))

    def members(self) -> Members:
        """What pg_dump gives, in parts: nothing of it is on the disk."""
        about = {"schema": self._schema, "server_version": self._version}
        yield f"{self._folder}/{ABOUT}", json.dumps(about).encode()
        parts = dump(self._engine, self._program, schema=self._schema, snapshot=self._snapshot)
        with closing(parts):
            for number, part in enumerate(parts, 1):
                yield f"{self._folder}/{number:06}", part


def decided_tables() -> set[sa.Table]:
    """Every table of the store of which the ledger says something."""
    return {table for decided, decision in DECISIONS.items() for table in (decided, *decision.with_rows)}
