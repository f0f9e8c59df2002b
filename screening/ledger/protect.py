"""Check the protection of the ledger in the database: its triggers, and the role of the writer."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

from screening.ledger.guard import guarded_ledger
from screening.ledger.ledger import Ledger
from screening.ledger.schema import (
    WRITER_ROLE,
    has_writer_role,
    ledger_entry,
    postgres_functions,
    postgres_triggers,
    sqlite_triggers,
)


@dataclass
class Protections:
    """`missing`: what was made with the ledger and is gone or switched off. `notes`: what an administrator can do."""

    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def protections(ledger: Ledger) -> Protections:
    """Look at the triggers and, on PostgreSQL, at the rights of the login that writes."""
    result = Protections()
    with guarded_ledger("looking at its triggers"), ledger.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _sqlite(connection, result)
        else:
            _postgresql(connection, result)
    return result


def _sqlite(connection: sa.Connection, result: Protections) -> None:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    there = {name: " ".join(text.split()) for name, text in rows}
    for name, text in sqlite_triggers().items():
        if there.get(name) != " ".join(text.split()):
            result.missing.append(f"the trigger {name} is gone or is another one: SQLite lets rows be changed")


def _postgresql(connection: sa.Connection, result: Protections) -> None:
    enabled = set(
        connection.scalars(
            sa.text(
                "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace"
            )
        )
    )
    for name in postgres_triggers():
        if name not in enabled:
            result.missing.append(f"the trigger {name} is gone or switched off: PostgreSQL lets rows be changed")
    sources = sa.text("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace")
    there = {name: " ".join(text.split()) for name, text in connection.execute(sources)}
    for name, text in postgres_functions().items():
        if there.get(name) != " ".join(text.split()):
            result.missing.append(f"the function {name} of the triggers is gone or is another one")
    if not has_writer_role(connection):
        result.notes.append(
            f"The role {WRITER_ROLE} is not there. An administrator makes it (CREATE ROLE {WRITER_ROLE} NOLOGIN; GRANT "
            f"SELECT ON ledger_identity, ledger_start TO {WRITER_ROLE}; GRANT SELECT, INSERT ON ledger_entry, "
            f"processing_line, processing_block TO {WRITER_ROLE}) and makes the login of this programme a member of it "
            "that owns nothing."
        )
        return
    if connection.scalar(sa.text("SELECT current_user")) != WRITER_ROLE:
        result.notes.append(f"This login is no member of {WRITER_ROLE}: GRANT {WRITER_ROLE} TO it.")
    owner = sa.text(
        "SELECT pg_has_role(session_user, relowner, 'USAGE') OR (SELECT rolsuper FROM pg_roles WHERE rolname = "
        "session_user) FROM pg_class WHERE oid = to_regclass(:name)"
    )
    if connection.scalar(owner, {"name": ledger_entry.name}):
        result.notes.append(
            "This login owns the ledger or is a superuser, so it could switch the triggers off. Connect as a login "
            f"that is a member of {WRITER_ROLE} and owns nothing."
        )
