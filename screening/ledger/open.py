"""Opening the ledger: durable or not at all, with the Logboek beside it."""

from __future__ import annotations

from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection

from screening.base.errors import LedgerError, StoreError
from screening.ledger.guard import guarded_ledger
from screening.ledger.keys import LOGBOEK_KEY, logboek_key
from screening.ledger.ledger import WAIT_MS, Ledger
from screening.ledger.logboek import Logboek
from screening.ledger.schema import WRITER_ROLE, migrate
from screening.store.backups import damaged
from screening.store.decisions import DECISIONS
from screening.store.engine import make_engine, make_read_only_engine
from screening.store.sqlite_driver import Connection
from screening.store.workspace import DATABASE as STORE
from screening.store.workspace import is_without_pages

DATABASE = "ledger.sqlite"
KEYS = "keys"
#: Where the workspace keeps heads, unless another place is named.
HEADS_FOLDER = "heads"
_PACKAGE = "barrier-screening"


def open_ledger(place: object, *, keys: Path | None = None) -> Ledger:
    """The ledger of a workspace or folder (`ledger.sqlite` in it), or of a `sqlite:///FILE` or `postgresql://…` URL.

    Made when it is not there: 0600. `keys`: the folder with the key of the Logboek; that of a workspace is its own
    `keys`. Raises LedgerError: not durable (assurance R2), damaged, newer than this code, or a key that cannot be used.
    DamagedStoreError: the file holds nothing, where the store beside it holds decisions or heads were kept of it.
    """
    folder = getattr(place, "path", place)  # a Workspace, or what it is made of
    if isinstance(folder, str) and "://" in folder:
        url = folder
    else:
        _refuse_emptied(Path(str(folder)).absolute())
        url = f"sqlite:///{Path(str(folder)).absolute() / DATABASE}"
        keys = keys or Path(str(folder)).absolute() / KEYS
    try:
        engine = make_engine(url, migrate)
    except LedgerError:
        raise
    except StoreError as error:
        raise LedgerError(f"The ledger cannot be opened, so nothing that must be logged can be done. {error}") from None
    try:
        _settle(engine)
        ledger = Ledger(engine)
        if keys is not None:
            ledger.logboek = Logboek(engine, logboek_key(keys / LOGBOEK_KEY), version=programme_version())
        return ledger
    except BaseException:
        engine.dispose()
        raise


def _refuse_emptied(folder: Path) -> None:
    """SQLite would begin a new ledger in a file of no length, and all that was decided would be taken over unseen."""
    file, store, heads = folder / DATABASE, folder / STORE, folder / HEADS_FOLDER
    if is_without_pages(file) and ((heads.is_dir() and any(heads.iterdir())) or _holds_decisions(store)):
        raise damaged(file)


def _holds_decisions(store: Path) -> bool:
    if not store.exists() or is_without_pages(store):
        return False
    engine = make_read_only_engine(f"sqlite:///{store}", lambda _engine, _shown: None)
    there = set(sa.inspect(engine).get_table_names())
    with guarded_ledger("looking for what was decided"), engine.connect() as connection:
        tables = [table for table in DECISIONS if table.name in there]
        return any(connection.scalar(sa.select(sa.exists(table.select()))) for table in tables)


def programme_version() -> str:
    """The version of this programme; "0" where it was not installed."""
    try:
        return version(_PACKAGE)
    except PackageNotFoundError:  # run from a folder that was not installed
        return "0"


def _settle(engine: sa.Engine) -> None:
    """Every connection from now on: waits for a short while only, and on PostgreSQL acts as the role that only adds."""

    @sa.event.listens_for(engine, "connect")
    def settle(connection: DBAPIConnection, _record: object) -> None:
        if isinstance(connection, Connection):
            connection.patience_ms = WAIT_MS
            return
        with closing(connection.cursor()) as cursor:
            cursor.execute(f"SET lock_timeout = {WAIT_MS}")
            connection.commit()  # what a rolled-back transaction set is gone with it
            try:
                cursor.execute(f"SET ROLE {WRITER_ROLE}")
                connection.commit()
            except Exception:  # no such role, or no member of it: `protections` says so, and the triggers hold
                connection.rollback()

    engine.dispose()  # connections of before these settings
