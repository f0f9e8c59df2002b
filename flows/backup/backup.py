"""Backups: the store, the ledger, the runs and what waits to be sent, of a moment, encrypted; the keys in a file apart.

Whoever makes a backup cannot read it: it is encrypted to a public key whose other half is elsewhere (assurance T20).
The keys of the workspace go to another recipient, so that no single file gives names back from hashes.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from flows.backup.archive import Members, backup_key, seal_archive
from flows.backup.databases import DatabaseCopy, PostgresCopy, SqliteCopy, at_one_moment, decided_tables
from flows.desk import Desk, open_desk
from flows.environment import store_url
from screening.base.errors import ConfigurationError, StoreError
from screening.base.vocabulary import LedgerAction
from screening.partners.desk.disclosures import batches
from screening.partners.desk.sending import sealed_batch
from screening.store import Store, Workspace
from screening.store.backups import FOLDER, backup_name
from screening.store.runs.erased import erased_on
from screening.store.runs.verify import verify_files

#: What a backup holds beside the two databases and the batches.
FOLDERS = ("runs", "snapshots", "receipts", "heads", "nights", "pool")
#: Folder of the batches in a backup, and of a workspace whose configuration names no other.
BATCHES = "export"
#: What each database is called in a backup; a file of SQLite has this name in the workspace too.
STORE, LEDGER = "store", "ledger"


def back_up(
    configuration: Path, *, recipient: str, keys_recipient: str, by: str | None = None, now: datetime | None = None
) -> dict[str, str]:
    """Make both files of a backup: `data` and `keys` -> file. The public keys (`age1…`) are of two different people.

    Raises:
        ConfigurationError: no such key, twice the same, or PostgreSQL's pg_dump is missing or older than the server.
        StoreError: a damaged database, of which no backup is made; a damaged file of a run, which is told afterwards.
    """
    if recipient.strip() == keys_recipient.strip():
        raise ConfigurationError("The keys go to another recipient than the data: name two public keys.")
    recipients = {"data": backup_key(recipient), "keys": backup_key(keys_recipient)}
    with open_desk(configuration, by=by, now=now) as desk, desk.workspace.lock():
        copies = _copies(desk)
        desk.log(LedgerAction.BACKUP, "list:runs")
        desk.workspace.reporter_key()  # a backup made before the first run can be gone on with too
        problem = _damaged_run(desk.store, desk.workspace) if _has_store(desk) else None
        contents = {"data": _data(desk, copies), "keys": _keys(desk.workspace)}
        files = {
            part: str(seal_archive(desk.workspace.path / FOLDER, backup_name(part, desk.now), key, content))
            for (part, key), content in zip(recipients.items(), contents.values(), strict=True)
        }
    if problem:  # all else is worth keeping, and whoever looks at the backup has to know
        raise StoreError(f"{problem} The backup is made, {files['data']}, and holds this run as it is.")
    return files


def _has_store(desk: Desk) -> bool:
    return bool(store_url()) or desk.workspace.database.exists()


def _copies(desk: Desk) -> list[DatabaseCopy]:
    """The databases that are there, the store first. The ledger is: what is done here is written in it first."""
    staging = desk.workspace.staging_root

    def copy_of(name: str, engine: sa.Engine, decided: set[sa.Table]) -> DatabaseCopy:
        if engine.dialect.name == "postgresql":
            return PostgresCopy(name, engine, decided)
        return SqliteCopy(name, Path(str(engine.url.database)), staging)

    copies = [copy_of(STORE, desk.store.engine, decided_tables())] if _has_store(desk) else []
    return [*copies, copy_of(LEDGER, desk.ledger.engine, set())]


def _damaged_run(store: Store, workspace: Workspace) -> str | None:
    """What is not as it was published in the files of the runs that are kept."""
    for published in store.runs():
        try:
            if erased_on(store, published.run_id) is None:
                verify_files(store, workspace, published.run_id)
        except StoreError as error:
            return str(error)
    return None


def _data(desk: Desk, copies: list[DatabaseCopy]) -> Members:
    folder = desk.workspace.path
    # listed before the databases are copied: a head that comes later is of entries that the copy does not have
    files = [path for name in FOLDERS for path in sorted((folder / name).rglob("*")) if path.is_file()]
    with at_one_moment(copies):
        # after that moment: the file of a batch is on the disk before the store knows of it
        sent = batches(desk.store) if _has_store(desk) else []
        for copy in copies:
            with closing(copy.members()) as members:
                yield from members
    for batch in sent:
        if (sealed := sealed_batch(batch)) is not None:  # else it was brought over
            yield f"{BATCHES}/{sealed[0]}", sealed[1]
    for path in files:
        yield path.relative_to(folder).as_posix(), path


def _keys(workspace: Workspace) -> Members:
    for path in sorted(workspace.keys.rglob("*")):
        if path.is_file():
            yield path.relative_to(workspace.path).as_posix(), path
