"""Loading very many rows that nobody sees yet, while others read and write: in batches, the journal emptied beside."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import polars as pl
import sqlalchemy as sa

from screening.store.bulk import inserting
from screening.store.crashpoints import crashpoint
from screening.store.engine import driver_connection, guarded, publisher_transaction
from screening.store.sqlite_driver import Connection

#: Rows of one transaction: whoever wants to write waits for one of them at most.
BATCH_ROWS = 5_000

#: A pause after each batch, longer than they sleep who wait to write in SQLite: they do not queue, each looks again now
#: and then, and without a pause an officer met a free moment after two seconds (measured, longest of 64).
PAUSE_S = 0.002

#: Pages in the journal from which on it is emptied, and at which loading waits until it is empty: 8 and 32 MiB.
_SOME_PAGES, _MOST_PAGES = 2_048, 8_192

#: Batches that are made ready for the database while it takes the one before them.
_BATCHES_AHEAD = 3

_Value = TypeVar("_Value")


class Loader:
    """Loads rows of a run that is not visible, each batch in a transaction of its own. Made by `loading`."""

    def __init__(self, connection: sa.Connection, run_id: str, journal: Journal | None) -> None:
        self._connection, self._run_id, self._journal = connection, run_id, journal

    def add(self, rows: Iterable[tuple[sa.Table, pl.DataFrame]]) -> None:
        """Load these rows of tables, in their order."""
        for insert in ahead(self._inserts(rows), _BATCHES_AHEAD):
            with publisher_transaction(self._connection):
                insert(self._connection)
            if self._journal:
                self._journal.was_written()
            crashpoint("batch_loaded")
            time.sleep(PAUSE_S)

    def _inserts(self, rows: Iterable[tuple[sa.Table, pl.DataFrame]]) -> Iterator[Callable[[sa.Connection], None]]:
        for table, frame in rows:
            for part in frame.iter_slices(BATCH_ROWS):
                yield inserting(self._connection.dialect, table, self._run_id, part)


def ahead(values: Iterator[_Value], count: int) -> Iterator[_Value]:
    """Yield the same; while one is in use, a thread makes so many that follow it."""
    with ThreadPoolExecutor(1) as pool:
        upcoming = deque(pool.submit(next, values, None) for _ in range(count))
        while (value := upcoming.popleft().result()) is not None:
            upcoming.append(pool.submit(next, values, None))
            yield value


@contextmanager
def loading(engine: sa.Engine, run_id: str) -> Iterator[Loader]:
    """A loader for the rows of a run that is not visible.

    On SQLite they are on the disk for good with the next commit of any other connection, such as the one that makes the
    run visible: before that nobody misses them (docs/decisions/0044).

    Raises:
        StoreError: an error of the database, also while rows are added.
    """
    with guarded(f"loading run {run_id}"), engine.connect().execution_options(is_writing=True) as connection:
        if connection.dialect.name == "postgresql":
            yield Loader(connection, run_id, None)
            return
        try:
            with Journal(driver_connection(connection)) as journal:
                yield Loader(connection, run_id, journal)
        finally:
            connection.invalidate()  # nobody else may get it: its commits do not wait for the disk


class Journal:
    """The journal of an SQLite database into which one connection writes very much: a thread beside it empties it.

    A commit of the connection waits for no disk and empties nothing itself: both took most of the time of loading. What
    the commit of another connection asks of the disk holds for all that stands before it in the journal.
    """

    def __init__(self, writer: Connection) -> None:
        writer.leave_journal(self._note)
        self._writer = writer
        self._pages = 0
        self._pool = ThreadPoolExecutor(1)
        self._emptying: Future[None] | None = None
        self._emptier: Connection | None = None

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        self._pool.shutdown()
        try:
            if kind is None:
                self._wait()
                # here, where an error is told: the last connection that closes empties it too, and tells nobody
                self._writer.shorten_journal()
        finally:
            if self._emptier:
                self._emptier.close()

    def was_written(self) -> None:
        """Let the journal be emptied where it is long, and wait for that where it is too long."""
        is_too_long = self._pages >= _MOST_PAGES
        if self._pages < _SOME_PAGES or (self._is_being_emptied() and not is_too_long):
            return
        self._wait()
        self._emptying = self._pool.submit(self._empty)
        if is_too_long:
            self._wait()

    def _is_being_emptied(self) -> bool:
        return self._emptying is not None and not self._emptying.done()

    def _wait(self) -> None:
        if self._emptying is not None:
            self._emptying.result()  # with what went wrong

    def _empty(self) -> None:
        if self._emptier is None:
            self._emptier = Connection(self._writer.path)
            self._emptier.execute("PRAGMA schema_version").fetchall()  # before it read anything it knows of no journal
        self._emptier.shorten_journal()

    def _note(self, pages: int) -> None:
        self._pages = pages
