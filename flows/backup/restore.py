"""Bringing a backup back: into a new workspace and, where it holds dumps of PostgreSQL, into new databases.

All of it comes back and is found whole, or nothing stays.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from psycopg import sql

from flows.backup.archive import open_archive
from flows.backup.backup import BATCHES, LEDGER, STORE
from flows.backup.databases import ABOUT, DUMPS
from flows.backup.postgresql import require_program, restore_dump, server_version
from flows.environment import LEDGER_URL, STORE_URL, ledger_url, store_url
from screening.base.errors import ConfigurationError, StoreError
from screening.ledger import open_ledger, verify_ledger
from screening.ledger.schema import grant_writer
from screening.store import Workspace, open_store
from screening.store.engine import database_url, guarded
from screening.store.files import remove, sync_directory

_ADVICE = (
    "Run `barrier retention apply`, and let two people approve its plan before anyone works with it: what was erased "
    "since is back. `barrier audit verify --heads DIR` tells whether the ledger is the one that heads outside vouch "
    "for."
)


def restore(
    data: Path, *, identity: Path, into: Path, keys: Path | None = None, keys_identity: Path | None = None
) -> dict[str, object]:
    """Unpack a backup into a new workspace and check what is in it: databases whole, ledger chain unbroken.

    What went past its term since the backup was made is back: erase again before anyone works with it.

    Returns:
        `workspace`, `runs`, `entries` of the ledger, `batches` that were not brought over yet, `has_keys`, `advice`.

    Raises:
        ConfigurationError: the environment names databases that this backup does not fill, or not those that it does.
        StoreError: the folder or a database is in use already, the file is damaged or not for this key, or the
            databases are not whole. Nothing of it stays.
    """
    if into.exists() and any(into.iterdir()):
        raise StoreError(f"{into}: not empty. A backup is restored into a new folder, so that nothing is written over.")
    if (keys is None) != (keys_identity is None):
        raise ConfigurationError("Give the file of the keys together with its identity.")
    urls = {STORE: (STORE_URL, store_url()), LEDGER: (LEDGER_URL, ledger_url())}
    targets = [_Target(name, variable, _of_a_server(url)) for name, (variable, url) in urls.items()]
    if targets[0].url is not None and targets[0].url == targets[1].url:
        raise ConfigurationError(f"{STORE_URL} and {LEDGER_URL} name one database. The ledger is one of its own.")
    for target in targets:
        target.require_empty()
    partial = into.with_name(f".{into.name}.part")
    remove(partial)
    try:
        with ExitStack() as half_made:
            half_made.callback(remove, partial)  # it has another name when all went well
            workspace = Workspace(partial)
            open_archive(data, identity, partial)
            if keys is not None and keys_identity is not None:
                open_archive(keys, keys_identity, partial)
            for target in targets:
                half_made.enter_context(target.filled(partial / DUMPS / target.name))
            remove(partial / DUMPS)
            content = _checked(workspace, targets, into)
            os.rename(partial, into)
            sync_directory(into.parent)
    except OSError as error:
        raise StoreError(f"{into}: the workspace cannot be made ({error.strerror}). Nothing is restored.") from None
    return {"workspace": str(into), **content, "has_keys": keys is not None, "advice": _ADVICE}


def _of_a_server(url: str | None) -> str | None:
    """A file of SQLite comes back with the workspace, whatever names it."""
    return url if url and database_url(url).get_backend_name() == "postgresql" else None


def _checked(workspace: Workspace, targets: Sequence[_Target], into: Path) -> dict[str, object]:
    """Look at what came back: the runs, the chain, and the batches that were still here."""
    store_at, ledger_at = (target.url or workspace for target in targets)
    with open_store(store_at) as store, open_ledger(ledger_at, keys=workspace.keys) as ledger:
        verified = verify_ledger(ledger, [], None, now=datetime.now(UTC))
        if not verified.is_whole:
            raise StoreError(f"{into}: the chain of the ledger in this backup is broken. Take another backup.")
        folder = workspace.path / BATCHES
        batches = sum(path.is_file() for path in folder.iterdir()) if folder.is_dir() else 0
        return {"runs": len(store.runs()), "entries": verified.entries, "batches": batches}


@dataclass(frozen=True)
class _Target:
    """A database that the environment names and a dump is brought back into; `url` None where it names none."""

    name: str
    variable: str
    url: str | None

    @cached_property
    def _engine(self) -> sa.Engine:
        return sa.create_engine(database_url(self.url or ""), hide_parameters=True, poolclass=sa.NullPool)

    def require_empty(self) -> None:
        """StoreError unless nothing is in the schema in which tables would be made."""
        if self.url is None:
            return
        with guarded(f"looking at the database of {self.variable}"):
            tables = sa.inspect(self._engine).get_table_names()
        if tables:
            raise StoreError(
                f"The database of {self.variable} holds {len(tables)} tables. A backup is restored into a new one, so "
                "that nothing is written over."
            )

    @contextmanager
    def filled(self, folder: Path) -> Iterator[None]:
        """Bring the dump in this folder back. After an error in the block the schema is as empty as before."""
        if not self._expects(folder):
            yield
            return
        about = json.loads((folder / ABOUT).read_text())
        program = require_program("pg_restore", about["server_version"])
        self._prepare(about["schema"], about["server_version"])
        parts = sorted(path for path in folder.iterdir() if path.name != ABOUT)
        restore_dump(self._engine, program, parts, schema=about["schema"])
        try:
            if self.name == LEDGER:
                grant_writer(self._engine)
            yield
        except BaseException:
            self._empty()
            raise

    def _expects(self, folder: Path) -> bool:
        """Whether there is a dump and a database for it. ConfigurationError: only one of the two."""
        if self.url is None and folder.is_dir():
            raise ConfigurationError(
                f"The {self.name} of this backup is a dump of PostgreSQL. Name a new database for it in "
                f"{self.variable}, and give the command again."
            )
        if self.url is not None and not folder.is_dir():
            raise ConfigurationError(
                f"The {self.name} of this backup is no dump of PostgreSQL but a file, and {self.variable} names a "
                f"database. Restore it without {self.variable}."
            )
        return self.url is not None

    def _prepare(self, schema: str, version: int) -> None:
        """Make sure that what is dumped can be made where it is going to be read."""
        with guarded(f"preparing the database of {self.variable}"), self._engine.begin() as connection:
            if server_version(connection) < version:
                raise StoreError(
                    f"The backup is of PostgreSQL {version}, and the server of {self.variable} is of "
                    f"{server_version(connection)}: restore it into one of version {version} or newer."
                )
            connection.exec_driver_sql(
                sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)).as_string(None)
            )
            if (current := connection.scalar(sa.func.current_schema())) != schema:
                raise ConfigurationError(
                    f"The tables of this backup are in the schema {schema}, and {self.variable} reads {current}. Let "
                    f"its search_path begin with {schema}."
                )

    def _empty(self) -> None:
        """Take away all that the dump made; before it there was nothing."""
        functions = sa.text(
            "SELECT oid::regprocedure FROM pg_proc AS made WHERE pronamespace = current_schema()::regnamespace "
            "AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = made.oid AND deptype = 'e')"
        )
        with guarded(f"emptying the database of {self.variable}"), self._engine.begin() as connection:
            for table in sa.inspect(connection).get_table_names():
                drop = sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(table))
                connection.exec_driver_sql(drop.as_string(None))
            for signature in connection.scalars(functions).all():  # as PostgreSQL writes it, quoted where it must be
                connection.exec_driver_sql(sql.SQL("DROP FUNCTION {}").format(sql.SQL(signature)).as_string(None))
