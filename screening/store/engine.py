"""Opening a database with the settings without which an acknowledged run can be lost, and a look at its health."""

from __future__ import annotations

import math
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Protocol

import sqlalchemy as sa

from screening.base.errors import StoreAwayError, StoreError
from screening.base.machine import disk_fault
from screening.store.files import FILE_MODE, make_directory
from screening.store.sqlite_driver import BUSY_TIMEOUT_MS, Connection

SQLITE_FULL = 2

#: PostgreSQL settings and the values under which an acknowledged commit is on the disk and damage to it is noticed.
POSTGRES_DURABLE: dict[str, tuple[str, ...]] = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply"),
    "data_checksums": ("on",),
}

#: Without these a power cut takes acknowledged commits away (`synchronous`), or erased rows can be read back.
_DURABLE_SQLITE = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")

#: Classes of SQLSTATE of a PostgreSQL that is not there: no connection, too many of them, shut down.
_AWAY = frozenset({"08", "53", "57"})

#: Whatever the server's default: who has waited for a lock must see what was committed meanwhile.
_TRANSACTIONS = "READ COMMITTED"
#: A connection that answered so long ago is asked whether it is still there; since when one has, of a connection.
_ASKED_AFTER_S, _ANSWERED_AT = 0.1, "answered at"

#: Any number that is ours alone: one process at a time publishes in a PostgreSQL database.
_PUBLISHER_LOCK = 7_411_204_802
PUBLISHER_TIMEOUT_S = 60


def make_engine(url: str, migrate: Callable[[sa.Engine, str], None]) -> sa.Engine:
    """Make an engine for `sqlite:///FILE` or `postgresql+psycopg://…`, checked to be durable and migrated.

    Args:
        url: the database; no message ever holds its password.
        migrate: brings the schema up to date; takes the engine and its name for a message.

    Raises:
        StoreError: another kind of database, unsafe settings, damage, or a store made by a newer version.
    """
    parsed = database_url(url)
    is_sqlite = parsed.drivername == "sqlite"
    if is_sqlite:
        _make_database_file(Path(parsed.database or ""))
    # Parameters are names and birth dates: an error message may not show them.
    if is_sqlite:
        connect = partial(Connection, Path(parsed.database or ""))
        engine = sa.create_engine(parsed, hide_parameters=True, creator=connect)
        _prepare_sqlite(engine, _DURABLE_SQLITE)
    else:
        engine = _postgres_engine(parsed, _TRANSACTIONS)
    with _opening(engine, parsed) as shown:
        _assert_durable(engine)
        if is_sqlite:
            _check_pages(engine)
        migrate(engine, shown)
    return engine


def make_read_only_engine(url: str, check_schema: Callable[[sa.Engine, str], None]) -> sa.Engine:
    """Make an engine that only reads: it writes nothing on the disk, makes no file and no folder, and migrates nothing.

    Raises:
        StoreError: no database there, damage, or a schema that is not the one of this version.
    """
    parsed = database_url(url)
    if parsed.drivername == "sqlite":
        path = Path(parsed.database or "")
        if not path.exists():
            raise StoreError(f"{path}: no store is there yet, or this account may not see it.")
        engine = sa.create_engine(
            parsed, hide_parameters=True, creator=partial(_connect_read_only, path), poolclass=sa.NullPool
        )
        _prepare_sqlite(engine, ("query_only=ON",))
    else:
        engine = _postgres_engine(parsed, _TRANSACTIONS).execution_options(postgresql_readonly=True)
    with _opening(engine, parsed) as shown:
        if engine.dialect.name == "sqlite":
            _check_pages(engine)
        check_schema(engine, shown)
    return engine


@contextmanager
def _opening(engine: sa.Engine, parsed: sa.URL) -> Iterator[str]:
    """The name of the database for a message. Its errors are those of opening it, and then no connection stays."""
    shown = parsed.render_as_string(hide_password=True)
    try:
        with guarded(f"opening {shown}"):
            yield shown
    except BaseException:
        engine.dispose()
        raise


def _connect_read_only(path: Path) -> Connection:
    """A connection that reads a file in a folder that may not be writable.

    SQLite reads a database with a journal through a shared-memory file, which it cannot make there. Without that file
    and with an empty journal nobody has the database open: then the file is all there is, and it is read as it is.
    """
    journal, shared = (path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))
    is_alone = not shared.exists() and not (journal.exists() and journal.stat().st_size)
    return Connection(path, read_only=True, is_immutable=is_alone)


def database_url(url: str) -> sa.URL:
    """The address of a database, with the driver that is used here. StoreError: no database of a kind that is used."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise StoreError("The store's URL cannot be read. Use sqlite:///FILE or postgresql+psycopg://…") from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise StoreError(f"A store is SQLite or PostgreSQL (postgresql+psycopg://), not {parsed.drivername}.")
    if parsed.drivername == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise StoreError("A store in memory is gone after the run. Name a file: sqlite:///FILE")
    return parsed


def _make_database_file(path: Path) -> None:
    """SQLite makes its journal with the mode of the database, so the mode is set before SQLite sees the file.

    A database that is there is not opened here: closing any descriptor of a file lets go of every lock that this
    process has on it. SQLite would go on without its own, and the next process that closes the database takes the
    journal away under it: what is written after that is lost, and the database damaged.
    """
    try:
        if not path.parent.exists():
            make_directory(path.parent)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE))
        path.chmod(FILE_MODE)
    except OSError as error:
        raise StoreError(f"{path}: the store cannot be opened ({error.strerror}).") from None


def _postgres_engine(parsed: sa.URL, isolation_level: str) -> sa.Engine:
    """An engine that asks a connection whether it is still there, unless it answered a moment ago.

    A page reads by some forty connections one after the other, and to ask each first took a tenth of its time. So did
    the level of isolation as an option of the engine, which is set anew for each.
    """
    engine = sa.create_engine(parsed, hide_parameters=True, pool_use_lifo=True, isolation_level=isolation_level)

    @sa.event.listens_for(engine, "checkin")
    def note(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info[_ANSWERED_AT] = monotonic()

    @sa.event.listens_for(engine, "checkout")
    def ask(connection: sa.pool.PoolProxiedConnection, record: sa.pool.ConnectionPoolEntry, _proxy: object) -> None:
        if monotonic() < record.info.get(_ANSWERED_AT, math.inf) + _ASKED_AFTER_S:  # a new one answered just now
            return
        try:
            engine.dialect.do_ping(connection)
        except _database_errors():
            raise sa.exc.InvalidatePoolError from None

    return engine


def engine_by_statement(engine: sa.Engine) -> sa.Engine:
    """An engine for the same PostgreSQL whose reads are no transactions; who writes has one all the same.

    Under READ COMMITTED each statement sees what is committed by then, so what is read is the same. Without BEGIN and
    ROLLBACK around it a read takes half the processor time, and statements stay prepared.
    """
    reader = _postgres_engine(engine.url, "AUTOCOMMIT")
    reader.update_execution_options(is_by_statement=True)
    return reader


def transactional(engine: sa.Engine) -> sa.Connection:
    """A connection whose statements share a transaction, also of an engine by statement."""
    connection = engine.connect()
    if connection.get_execution_options().get("is_by_statement"):
        connection.execution_options(isolation_level=_TRANSACTIONS)
    return connection


def _prepare_sqlite(engine: sa.Engine, settings: tuple[str, ...]) -> None:
    @sa.event.listens_for(engine, "connect")
    def settle(connection: Connection, _record: object) -> None:
        for setting in settings:
            _set(connection, setting)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A read that turns into a write fails at once when another wrote in between: a writer says so from the start.
        is_writing = connection.get_execution_options().get("is_writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _set(connection: Connection, setting: str) -> None:
    """Set it; where another process is making the database, SQLite itself asks nobody to wait for it."""
    until = monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            return connection.execute(f"PRAGMA {setting}").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(0.01)


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection in a transaction that will write: committed at the end, rolled back after an error."""
    with transactional(engine).execution_options(is_writing=True) as connection, transaction(connection):
        yield connection


class Watcher(Protocol):
    """Sees what a transaction changed: `screening.store.watch` gives one to the engine of a store."""

    def begins(self, connection: sa.Connection) -> None:
        """A transaction begins: nothing was changed in it yet."""

    def ends(self, connection: sa.Connection) -> Callable[[], None]:
        """It is about to commit; an error rolls it back. What is returned is called once it has committed."""


@contextmanager
def transaction(connection: sa.Connection) -> Iterator[None]:
    """A transaction of this connection, in which the watcher of its engine sees what is decided before it commits."""
    watcher: Watcher | None = connection.get_execution_options().get("watcher")
    if watcher is None:
        with connection.begin():
            yield
        return
    watcher.begins(connection)
    with connection.begin():
        yield
        has_committed = watcher.ends(connection)
    has_committed()


@contextmanager
def publishing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection in a transaction as the only publisher (`publisher_transaction`)."""
    with transactional(engine).execution_options(is_writing=True) as connection, publisher_transaction(connection):
        yield connection


@contextmanager
def publisher_transaction(connection: sa.Connection) -> Iterator[None]:
    """Begin a transaction as the only publisher; it waits for the server-side COMMIT of a crashed publisher.

    A PostgreSQL server goes on with what a killed client sent last, and that may be the COMMIT that makes its run
    visible. Without waiting, clearing up would delete the rows of a run that becomes visible a moment later.
    """
    with transaction(connection):  # on SQLite this is one at a time by itself
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PUBLISHER_TIMEOUT_S}s'")
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PUBLISHER_LOCK)))
        yield


def driver_connection(connection: sa.Connection) -> Any:  # noqa: ANN401 - the type of either driver
    """The connection of the driver, for what SQLAlchemy cannot say: COPY, and how long this one statement waits."""
    return connection.connection.driver_connection


@contextmanager
def guarded(doing: str) -> Iterator[None]:
    """Database errors as StoreError with the database's own code and without its text, which can hold a value."""
    try:
        yield
    except _database_errors() as error:
        if fault := disk_fault(error, f"The store, while {doing}"):
            raise fault from None
        kind = StoreAwayError if _is_away(error) else StoreError
        raise kind(f"The store failed while {doing}: {_code(error)}. Nothing half-done is visible.") from None


def _database_errors() -> tuple[type[Exception], ...]:
    """The errors of SQLAlchemy, and those of the drivers, which loading in bulk meets."""
    return sa.exc.SQLAlchemyError, sqlite3.Error, *_errors_of_psycopg("Error")


def _errors_of_psycopg(name: str) -> tuple[type[Exception], ...]:
    """The class of this name of the driver of PostgreSQL; none where nobody has imported it, so that it raised nothing.

    SQLAlchemy imports it with the first address of a PostgreSQL, which most towns have none of.
    """
    kind = getattr(sys.modules.get("psycopg"), name, None)  # none, too, while another thread is importing it
    return (kind,) if kind else ()


def _is_away(error: Exception) -> bool:
    """Whether a database error says that the database does not answer now: no connection, shut down, locked."""
    original = getattr(error, "orig", error)
    if isinstance(original, _errors_of_psycopg("OperationalError")):  # a connection that failed or was lost has no code
        sqlstate = getattr(original, "sqlstate", None)
        return sqlstate is None or sqlstate[:2] in _AWAY
    return getattr(original, "sqlite_errorname", "") in {"SQLITE_BUSY", "SQLITE_LOCKED"}


def _code(error: Exception) -> str:
    """Class and code of a database error: `OperationalError SQLITE_FULL`, `IntegrityError 23505`."""
    original = getattr(error, "orig", None)
    code = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None)
    return f"{type(original or error).__name__} {code}" if code else type(original or error).__name__


def _assert_durable(engine: sa.Engine) -> None:
    """StoreError unless an acknowledged commit survives a power cut."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            level = connection.exec_driver_sql("PRAGMA synchronous").scalar()
            if level != SQLITE_FULL:
                raise StoreError(f"SQLite runs with synchronous={level}; it must be FULL ({SQLITE_FULL}).")
            if connection.exec_driver_sql("PRAGMA foreign_keys").scalar() != 1:
                raise StoreError("SQLite runs without foreign keys; they must be on.")
            return
        for setting, accepted in POSTGRES_DURABLE.items():
            value = connection.exec_driver_sql(f"SHOW {setting}").scalar()
            if value not in accepted:
                raise StoreError(
                    f"PostgreSQL runs with {setting}={value}, under which what was reported as kept can be lost, or "
                    f"damaged without a word. Set it to {' or '.join(accepted)}"
                    f"{' with pg_checksums --enable' if setting == 'data_checksums' else ''}."
                )


def _check_pages(engine: sa.Engine) -> None:
    """Read all pages once, each against its checksum. A database of before there were any gets them first.

    Raises:
        DamagedStoreError: a page is not what was written.
        StoreError: a database without checksums that may not be written here, or that another process has open.
    """
    with engine.connect() as connection:
        opened = driver_connection(connection)
        opened.check()
        if not opened.has_checksums:
            # the journal goes first, which it does only where nobody else has the database open
            with suppress(sqlite3.OperationalError):
                for statement in ("PRAGMA journal_mode=DELETE", "VACUUM", "PRAGMA journal_mode=WAL"):
                    opened.execute(statement).fetchall()
        if not opened.has_checksums:
            raise StoreError(
                f"{opened.path}: its pages carry no checksums: an earlier version made this database, or another "
                "programme did. Stop what else has it open, and give any command from an account that may write there."
            )


def added_key(result: sa.CursorResult[Any]) -> int:
    """The number that the database gave to the one row that was added. StoreError when it added none."""
    key = result.inserted_primary_key
    if key is None:
        raise StoreError("The database gave no number to a row that was added.")
    return int(key[0])
