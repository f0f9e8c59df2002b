"""SQLite as the store uses it: one version of it on every machine, and a checksum on every page that it writes.

The standard library's `sqlite3` stands on whatever SQLite the machine has, which serves a page of which a bit flipped
as if nothing had happened. APSW brings SQLite itself and, with it, SQLite's layer of checksums (its cksumvfs): each
page ends in a sum of eight bytes, of data, keys, indexes and lists of free pages alike. It is made when the page is
written to the database and compared each time the page is read from there (docs/decisions/0033). What is here gives an
APSW connection the form that SQLAlchemy asks of a driver; errors are those of `sqlite3`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import Self
from urllib.parse import quote

import apsw
import apsw.sqlite_extra

from screening.base.errors import DamagedStoreError
from screening.store.backups import damaged

#: Bytes that the checksum takes at the end of each page.
CHECKSUM_BYTES = 8
#: Another thread's or process's change is waited for so long; whether it is done is looked at so often.
BUSY_TIMEOUT_MS = 30_000
_LOOK_AGAIN_S = 0.0005
#: Pages in the journal that others wrote, from which on it is left to them to empty it, and for how long.
_PAGES_OF_OTHERS, _LEFT_TO_OTHERS_S = 256, 60.0
#: What PEP 249 wants to be told of a column beside its name.
_UNKNOWN = (None,) * 6
#: What SQLite says of a page that is not what was written, or that is not there.
_DAMAGE = frozenset({apsw.SQLITE_IOERR_DATA, apsw.SQLITE_IOERR_SHORT_READ, apsw.SQLITE_IOERR_CORRUPTFS})
_DAMAGES = (apsw.CorruptError, apsw.NotADBError)

#: What a statement can end with: text that is no UTF-8 is found when it is read.
_ERRORS = (apsw.Error, UnicodeDecodeError)
_KINDS: tuple[tuple[type[Exception], type[sqlite3.Error]], ...] = (
    (apsw.ConstraintError, sqlite3.IntegrityError),
    (apsw.MismatchError, sqlite3.IntegrityError),
    (apsw.BindingsError, sqlite3.ProgrammingError),
    (apsw.MisuseError, sqlite3.InterfaceError),
    (apsw.RangeError, sqlite3.InterfaceError),
    (apsw.TooBigError, sqlite3.DataError),
)

Value = str | int | float | bytes | None
Row = tuple[Value, ...]
Values = Sequence[Value]


def _load_checksums() -> None:
    """Make SQLite know the layer, for this process; other databases of it stay with the plain one."""
    plain = apsw.vfs_names()[0]
    apsw.sqlite_extra.load(apsw.Connection(""), "cksumvfs")
    apsw.set_default_vfs(plain)


class Cursor:
    """One statement and its rows, as PEP 249 wants it."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cursor = connection.database.cursor()
        self.description: tuple[tuple[str | None, ...], ...] | None = None
        self.rowcount = -1

    def execute(self, statement: str, values: Values = ()) -> Cursor:
        """Run one statement up to its first row."""
        return self._run(lambda: self._cursor.execute(statement, values))

    def executemany(self, statement: str, rows: Iterable[Values]) -> Cursor:
        """Run one statement, which gives no rows, for each row of values."""
        noting, self._connection.database.exec_trace = self._connection.database.exec_trace, None  # of each row
        try:
            return self._run(lambda: self._cursor.executemany(statement, rows))
        finally:
            self._connection.database.exec_trace = noting

    def _run(self, statement: Callable[[], object]) -> Cursor:
        before = self._connection.database.total_changes()
        self._connection.columns.clear()
        try:
            statement()
        except _ERRORS as error:
            raise self._connection.raised(error) from None
        self.rowcount = self._connection.database.total_changes() - before
        self.description = (
            tuple((name, None, None, None, None, None, None) for name in self._connection.columns) or None
        )
        return self

    @property
    def lastrowid(self) -> int:
        """The key of the row that was added last."""
        return self._connection.database.last_insert_rowid()

    def fetchone(self) -> Row | None:
        """The next row; None after the last."""
        return next(iter(self.fetchmany(1)), None)

    def fetchmany(self, size: int = 1) -> list[Row]:
        """The next rows, at most so many."""
        try:
            return list(islice(self._cursor, size))
        except _ERRORS as error:
            raise self._connection.raised(error) from None

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        try:
            return list(self._cursor)
        except _ERRORS as error:
            raise self._connection.raised(error) from None

    def close(self) -> None:
        """End the statement, also when rows are left."""
        self._cursor.close(True)


class Connection:
    """A connection to one database file: a transaction begins and ends by what is executed, and by nothing else."""

    isolation_level = None
    layer = "cksmvfs"

    def __init__(self, path: Path, *, read_only: bool = False, is_immutable: bool = False) -> None:
        self.path = path
        #: Names of the columns of the statement that ran last.
        self.columns: list[str] = []
        flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        name = f"file:{quote(str(path))}{'?immutable=1' if is_immutable else ''}"
        try:
            self.database = apsw.Connection(name, flags | apsw.SQLITE_OPEN_URI, self.layer)
        except apsw.Error as error:
            raise self.raised(error) from None
        # of a database without a page yet: then its pages have room for the sums from the first on
        self.database.reserve_bytes(reserve=CHECKSUM_BYTES)
        #: Milliseconds that a statement waits for another connection.
        self.patience_ms = BUSY_TIMEOUT_MS
        self._since = 0.0
        # of the journal at the last commit: its pages, those that this connection wrote, since when it is long
        self._journal_pages = self._own_pages = 0
        self._long_since: float | None = None
        self._pages_written = 0
        self.database.set_busy_handler(self._wait)
        self.database.exec_trace = _noting(self.columns)
        self.database.set_wal_hook(self._empty_journal)

    @contextmanager
    def patience(self, milliseconds: int) -> Iterator[None]:
        """Let the statements of this block wait so long for another connection, and no longer."""
        before, self.patience_ms = self.patience_ms, milliseconds
        try:
            yield
        finally:
            self.patience_ms = before

    def _wait(self, calls: int) -> bool:
        """Look again soon. SQLite itself would look every 100 ms in the end, and miss each free moment in between."""
        if not calls:
            self._since = monotonic()
        if monotonic() - self._since >= self.patience_ms / 1000:
            return False
        sleep(_LOOK_AGAIN_S)
        return True

    def _empty_journal(self, _database: apsw.Connection, _schema: str, pages: int) -> int:
        """Move what was committed out of the journal at once, unless somebody is reading from it: it has no sums.

        The layer makes them when a page goes into the database itself. With the journal empty, every reader that begins
        reads there; and after a crash there is hardly a journal of which a damaged page could be believed. A journal
        that another connection makes long is left to that one: an officer would wait for the pages of a run.
        """
        if self._is_left_to_others(pages):
            return apsw.SQLITE_OK
        with self.patience(0), suppress(apsw.BusyError):  # then with the next commit
            self.database.wal_checkpoint("main", apsw.SQLITE_CHECKPOINT_TRUNCATE)
        return apsw.SQLITE_OK

    def _is_left_to_others(self, pages: int) -> bool:
        """Whether so many pages of the journal are of others that they are emptying it; not when they never do."""
        if pages < self._journal_pages:  # somebody emptied it
            self._own_pages, self._long_since = 0, None
        written = self.database.status(apsw.SQLITE_DBSTATUS_CACHE_WRITE)[0]
        self._own_pages += written - self._pages_written
        self._journal_pages, self._pages_written = pages, written
        if pages - self._own_pages < _PAGES_OF_OTHERS:
            self._long_since = None
            return False
        self._long_since = self._long_since or monotonic()
        return monotonic() - self._long_since < _LEFT_TO_OTHERS_S

    def leave_journal(self, note: Callable[[int], None]) -> None:
        """Empty the journal no more after a commit, and do not wait for the disk; `note` gets the pages in it."""

        def committed(_database: apsw.Connection, _schema: str, pages: int) -> int:
            note(pages)
            return apsw.SQLITE_OK

        self.execute("PRAGMA synchronous=NORMAL").close()
        self.database.set_wal_hook(committed)

    def shorten_journal(self) -> None:
        """Move out of the journal what can be moved while others read and write; nobody has to wait for it."""
        try:
            self.database.wal_checkpoint("main", apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.BusyError:
            pass  # another connection is at it
        except apsw.Error as error:
            raise self.raised(error) from None

    def raised(self, error: apsw.Error | UnicodeDecodeError) -> sqlite3.Error | DamagedStoreError:
        """The same error as `sqlite3` raises it, with its code and the code's name; damage as what it is."""
        code = getattr(error, "extendedresult", apsw.SQLITE_ERROR)
        if isinstance(error, _DAMAGES) or code in _DAMAGE:
            return damaged(self.path)
        kind = next((ours for theirs, ours in _KINDS if isinstance(error, theirs)), sqlite3.OperationalError)
        raised = kind(str(error))
        names = apsw.mapping_extended_result_codes if code > 0xFF else apsw.mapping_result_codes
        raised.sqlite_errorcode, raised.sqlite_errorname = code, str(names.get(code, "SQLITE_ERROR"))
        return raised

    def cursor(self) -> Cursor:
        """A cursor for one statement at a time."""
        return Cursor(self)

    def execute(self, statement: str, values: Values = ()) -> Cursor:
        """Run one statement on a cursor of its own."""
        return self.cursor().execute(statement, values)

    @property
    def has_checksums(self) -> bool:
        """Whether its pages carry checksums, and whether they are compared. True of a database without a page."""
        is_compared = self.execute("PRAGMA checksum_verification").fetchone() == ("1",)
        return is_compared or self.execute("PRAGMA page_count").fetchone() == (0,)

    def check(self) -> None:
        """Read all that is there. DamagedStoreError, which names the tables, where a page is not what was written."""
        if not self._is_whole("PRAGMA quick_check(1)"):
            raise damaged(self.path, self._damaged_tables())

    def _is_whole(self, question: str) -> bool:
        try:
            return self.execute(question).fetchall() == [("ok",)]
        except DamagedStoreError:
            return False

    def _damaged_tables(self) -> list[str]:
        try:
            rows = self.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
        except DamagedStoreError:
            return []
        names = [name for (name,) in rows if isinstance(name, str)]
        return [name for name in names if not self._is_whole(f"PRAGMA quick_check('{name}')")]

    def copy_into(self, path: Path) -> None:
        """Fill an empty file with what the transaction of this connection sees; without pages of rows that are gone."""
        with Connection(path) as copy:
            try:
                with copy.database.backup("main", self.database, "main") as copying:
                    copying.step()
            except apsw.Error as error:
                raise self.raised(error) from None
            copy.execute("PRAGMA journal_mode=DELETE")  # nothing of it is in a second file
            copy.execute("VACUUM")

    def commit(self) -> None:
        """End the transaction, where there is one."""
        if self.database.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction, where there is one."""
        if self.database.in_transaction:
            self.execute("ROLLBACK")

    def create_function(
        self, name: str, arguments: int, function: Callable[..., Value], *, deterministic: bool = False
    ) -> None:
        """Make a function that statements can call."""
        self.database.create_scalar_function(name, function, arguments, deterministic=deterministic)

    def close(self) -> None:
        """Give the database back."""
        self.database.close(True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _noting(columns: list[str]) -> Callable[[apsw.Cursor, str, object], bool]:
    """Note the columns before the first row is asked for: afterwards a statement without rows has none."""

    def note(cursor: apsw.Cursor, _statement: str, _values: object) -> bool:
        columns[:] = [column[0] for column in cursor.get_description()]
        return True

    return note


_load_checksums()  # once, while the files of APSW can be read: a process may give up its rights later
