"""Bringing a store to the newest schema, with its guards; or asking whether it has that."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from screening.base.errors import StoreError
from screening.store.engine import writing
from screening.store.guards import create_guards, drop_guards

MIGRATIONS = Path(__file__).parent / "migrations"

#: Any number that is ours alone: one process at a time migrates a PostgreSQL database.
_MIGRATION_LOCK = 7_411_204_801


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Alembic without an ini file: the migrations travel inside the package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _scripts(folder: Path) -> ScriptDirectory:
    """The migrations in a folder: a night opens its store ten times, and they are read once."""
    return ScriptDirectory(folder)


def migrate_store(engine: sa.Engine, shown: str) -> None:
    """Bring the database to the newest schema, in one transaction; one that is newer than this code stays as it is."""
    script = _scripts(MIGRATIONS)
    head = script.get_current_head()
    with engine.connect() as connection:
        if _revision(connection) == head:
            return
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        current = _revision(connection)  # again: another process may have migrated while this one waited
        if current == head:
            return
        _refuse_newer(script, current, shown)
        config = alembic_config(connection)
        drop_guards(connection)
        if current is None:  # made whole as it is now: later migrations have nothing to change
            command.upgrade(config, script.get_base() or "head")
            command.stamp(config, "head")
        else:
            command.upgrade(config, "head")
        create_guards(connection)


def assert_newest_schema(engine: sa.Engine, shown: str) -> None:
    """StoreError unless the schema is the one that this code knows: reading alone brings nothing up to date."""
    script = _scripts(MIGRATIONS)
    with engine.connect() as connection:
        current, newest = _revision(connection), script.get_current_head()
    if current != newest:
        _refuse_newer(script, current, shown)
        raise StoreError(
            f"{shown}: the store has schema {current or 'none'}, and this version of the programme reads {newest}. It "
            "cannot be brought up to date without writing: give any command once from an account that may write there."
        )


def _refuse_newer(script: ScriptDirectory, current: str | None, shown: str) -> None:
    if current is not None and not _is_known(script, current):
        raise StoreError(
            f"{shown}: the store was made by a newer version of this programme (schema {current}; this one knows "
            f"up to {script.get_current_head()}). Install that version, or restore the backup that was made before it."
        )


def _revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _is_known(script: ScriptDirectory, revision: str) -> bool:
    try:
        return script.get_revision(revision) is not None
    except CommandError:
        return False
