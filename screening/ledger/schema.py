"""The tables of the ledger's own database, and what keeps them from being changed: triggers, and a role that only adds.

Its own metadata: the ledger is a database of its own, so that publishing a run never waits for a reader and a backup
of one is no backup of the other.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from screening.base.errors import LedgerError
from screening.ledger.entry import genesis
from screening.store.engine import writing

SCHEMA_VERSION = 3

#: On PostgreSQL: may add and read, and nothing else. The login of the application is a member of it and owns nothing.
WRITER_ROLE = "barrier_ledger_writer"

#: A number that is ours alone: one process at a time makes the tables.
_SCHEMA_LOCK = 7_411_204_811

ledger_metadata = sa.MetaData()

#: One row: which ledger this is. `genesis` is what its first entry follows.
ledger_identity = sa.Table(
    "ledger_identity",
    ledger_metadata,
    sa.Column("ledger_id", sa.String(32), primary_key=True),
    sa.Column("genesis", sa.String(64), nullable=False),
    sa.Column("schema_version", sa.Integer, nullable=False),
)

#: One row an entry. All text, so that the hashed bytes are the stored ones on every database.
ledger_entry = sa.Table(
    "ledger_entry",
    ledger_metadata,
    sa.Column("seq", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(27), nullable=False, index=True),
    sa.Column("actor", sa.String(100), nullable=False, index=True),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("object", sa.String(120), nullable=False, index=True),
    sa.Column("result", sa.String(10), nullable=False),
    sa.Column("origin", sa.String(100), nullable=False),
    sa.Column("case", sa.String(40), index=True),
    sa.Column("purpose", sa.String(10)),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    # of version 2: empty in the entries of before
    sa.Column("content", sa.String(64)),
    sa.Column("os_user", sa.String(101)),
    sa.Column("host", sa.String(63)),
    sa.Column("session", sa.String(64)),
    sa.CheckConstraint("seq > 0", name="ck_ledger_entry_seq"),
)

#: One row each time that entries past their term went: the signed head up to which they did. The last one holds.
ledger_start = sa.Table(
    "ledger_start",
    ledger_metadata,
    sa.Column("seq", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), primary_key=True, autoincrement=False),
    sa.Column("head", sa.String(600), nullable=False),
)

#: Logboek Dataverwerkingen: one row a data subject and action, in the shape of an OpenTelemetry span. No account here.
processing_line = sa.Table(
    "processing_line",
    ledger_metadata,
    sa.Column("span_id", sa.String(16), primary_key=True),
    sa.Column("trace_id", sa.String(32), nullable=False, index=True),
    sa.Column("parent_span_id", sa.String(16)),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("start_time", sa.String(24), nullable=False, index=True),
    sa.Column("end_time", sa.String(24), nullable=False),
    sa.Column("status_code", sa.Integer, nullable=False),
    sa.Column("processing_activity_id", sa.String(300), nullable=False),
    sa.Column("data_subject_id", sa.String(400), index=True),
    sa.Column("data_subject_id_type", sa.String(300)),
    sa.Column("resource", sa.String(400), nullable=False),
    sa.CheckConstraint("status_code IN (0, 1, 2)", name="ck_processing_line_status_code"),
    sa.CheckConstraint(
        "(data_subject_id IS NULL) = (data_subject_id_type IS NULL)", name="ck_processing_line_data_subject"
    ),
)

#: One row some of the data subjects of one kind of an action that is about very many: their ids together, encrypted.
#: All else is as in the line of the action, `above` them. Of version 3.
processing_block = sa.Table(
    "processing_block",
    ledger_metadata,
    sa.Column("above", sa.String(16), sa.ForeignKey(processing_line.c.span_id), primary_key=True),
    sa.Column("kind", sa.String(300), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("subjects", sa.LargeBinary, nullable=False),
    sa.Index("ix_processing_block_kind_number", "kind", "number"),
    sa.CheckConstraint("lines > 0", name="ck_processing_block_lines"),
)


#: The columns that each version added to the entries, as nothing in the entries that are there.
_ADDED_COLUMNS = {2: ("content", "os_user", "host", "session")}
#: The version that added the blocks.
_SINCE_BLOCKS = 3


def migrate(engine: sa.Engine, shown: str) -> None:
    """Make the tables in an empty database, or bring older ones up to date, in one transaction.

    Raises:
        LedgerError: made by a newer version, or this login may not change the tables.
    """
    version = _version(engine, shown)
    if version == SCHEMA_VERSION:
        return
    if version is not None:
        _bring_up_to_date(engine, shown)
        return
    with writing(engine) as connection:
        postgres = connection.dialect.name == "postgresql"
        if postgres:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
        if sa.inspect(connection).has_table(ledger_identity.name):
            return  # another process made them while this one waited
        ledger_metadata.create_all(connection)
        ledger_id = secrets.token_hex(16)
        connection.execute(
            ledger_identity.insert().values(
                ledger_id=ledger_id, genesis=genesis(ledger_id), schema_version=SCHEMA_VERSION
            )
        )
        for statement in guard_statements(connection.dialect.name):
            connection.exec_driver_sql(statement)
        if postgres:
            _grant(connection)


def _bring_up_to_date(engine: sa.Engine, shown: str) -> None:
    """Add what newer versions have. Entries stay as they are: their hashes are of their own form."""
    try:
        with owning(engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
            # again: another process may have done it while this one waited
            version = connection.execute(sa.select(ledger_identity.c.schema_version)).scalar_one()
            added = [name for since, names in _ADDED_COLUMNS.items() if since > version for name in names]
            for name in added:
                kind = ledger_entry.c[name].type.compile(connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE ledger_entry ADD COLUMN {name} {kind}")
            if version < _SINCE_BLOCKS:
                processing_block.create(connection)
                for statement in guard_statements(connection.dialect.name):
                    if f" ON {processing_block.name} " in statement:
                        connection.exec_driver_sql(statement)
                if connection.dialect.name == "postgresql":
                    _grant(connection)
            with _changeable(connection, "ledger_identity", "update"):
                connection.execute(ledger_identity.update().values(schema_version=SCHEMA_VERSION))
    except sa.exc.ProgrammingError:
        raise LedgerError(
            f"{shown}: the ledger is of an older version, and this login may not change its tables. Give any command "
            "once with the login that owns them."
        ) from None


def _version(engine: sa.Engine, shown: str) -> int | None:
    """The version of the tables; None where there are none."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(ledger_identity.name):
            return None
        version: int | None = connection.scalar(sa.select(ledger_identity.c.schema_version))
    if version is None or version > SCHEMA_VERSION:
        raise LedgerError(
            f"{shown}: the ledger has schema {version}; this programme knows up to {SCHEMA_VERSION}. Install the "
            "version that made it, or restore the backup that was made before it."
        )
    return version


def guard_statements(dialect: str) -> list[str]:
    """The statements of `guards_<dialect>.sql`: triggers; on PostgreSQL also functions and the role that only adds."""
    text = Path(__file__).with_name(f"guards_{dialect}.sql").read_text(encoding="utf-8")
    parts = (re.sub(r"^--.*\n?", "", part, flags=re.MULTILINE).strip() for part in text.split("\n\n"))
    return [part for part in parts if part]


def _grant(connection: sa.Connection) -> None:
    """Let the role add and read, and this login act as it. Where the role is not there, `protections` says how."""
    if not has_writer_role(connection):
        return
    schema = connection.scalar(sa.select(sa.func.quote_ident(sa.func.current_schema())))
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {WRITER_ROLE}")
    connection.exec_driver_sql(f"GRANT SELECT ON ledger_identity, ledger_start TO {WRITER_ROLE}")
    connection.exec_driver_sql(
        f"GRANT SELECT, INSERT ON ledger_entry, processing_line, processing_block TO {WRITER_ROLE}"
    )
    with connection.begin_nested() as attempt:
        try:
            connection.exec_driver_sql(f"GRANT {WRITER_ROLE} TO CURRENT_USER")
        except sa.exc.DBAPIError:
            attempt.rollback()  # a login that may not: the administrator grants it


def grant_writer(engine: sa.Engine) -> None:
    """Make the role that only adds, where this login may, and give it its rights: a dump holds neither."""
    with owning(engine) as connection:
        for statement in guard_statements(connection.dialect.name):
            if statement.startswith("DO "):
                connection.exec_driver_sql(statement)
        _grant(connection)


@contextmanager
def owning(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that acts as the login itself and not as the role that only adds."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL ROLE NONE")
        yield connection


@contextmanager
def deletable(connection: sa.Connection) -> Iterator[None]:
    """Entries can be taken out until the end of this block: for what is past its term, in the transaction of that."""
    with _changeable(connection, "ledger_entry", "delete"):
        yield


@contextmanager
def _changeable(connection: sa.Connection, table: str, moment: str) -> Iterator[None]:
    """The guard of a table out of the way until the end of this block, in the transaction of the caller."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER {table}_refuse_change")
        yield
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER {table}_refuse_change")
    else:
        trigger = f"{table}_refuse_{moment}"
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        yield
        connection.exec_driver_sql(sqlite_triggers()[trigger])


def has_writer_role(connection: sa.Connection) -> bool:
    """Whether the role of the writer is there."""
    return bool(connection.scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": WRITER_ROLE}))


def sqlite_triggers() -> dict[str, str]:
    """Name -> text of the triggers that a whole ledger has on SQLite."""
    return _created("sqlite", "TRIGGER")


def postgres_triggers() -> tuple[str, ...]:
    """The names of the triggers that a whole ledger has on PostgreSQL."""
    return tuple(_created("postgresql", "TRIGGER"))


def postgres_functions() -> dict[str, str]:
    """Name -> body of the functions that the triggers call on PostgreSQL."""
    return {name.removesuffix("()"): text.split("$$")[1] for name, text in _created("postgresql", "FUNCTION").items()}


def _created(dialect: str, kind: str) -> dict[str, str]:
    return {text.split()[2]: text for text in guard_statements(dialect) if text.split()[:2] == ["CREATE", kind]}
