"""The rules of the database: read from `guards.sql`, made into triggers of SQLite or PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from screening.store.schema.base import metadata, word_lists

GUARDS = Path(__file__).with_name("guards.sql")
_GUARD = re.compile(
    r"CREATE TRIGGER (?P<rule>\w+) BEFORE (?P<moments>[^;]+?) ON (?P<tables>[\w, ]+?)"
    r"(?: WHEN (?P<condition>[^;]+))? REFUSE '(?P<reason>[^';]+)';"
)
#: PostgreSQL: the function of every guard without a condition. Its argument is the reason.
_REFUSE = (
    "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$"
)


@dataclass(frozen=True)
class Guard:
    """A rule of one table. `moments`: INSERT, UPDATE, UPDATE OF columns, DELETE, REPLACE, TRUNCATE."""

    table: str
    rule: str
    moments: tuple[str, ...]
    condition: str | None
    reason: str

    @property
    def name(self) -> str:
        """The name of its triggers; on SQLite the moment follows it."""
        return f"{self.table}_{self.rule}"


def guards() -> list[Guard]:
    """Every rule of `guards.sql`, a table at a time. ValueError for a text that is no rule."""
    text = " ".join(re.sub(r"--.*", "", GUARDS.read_text(encoding="utf-8")).split())
    if rest := _GUARD.sub("", text).strip():
        raise ValueError(f"{GUARDS.name}: not a rule: {rest[:80]}")
    rules = []
    for rule in _GUARD.finditer(text):
        closed = ", ".join(table.name for table in word_lists())
        tables = rule["tables"].replace("CLOSED_LISTS", closed).split(", ")
        moments = tuple(rule["moments"].split(" OR "))
        rules += [Guard(table, rule["rule"], moments, rule["condition"], rule["reason"]) for table in tables]
    return rules


def create_guards(connection: sa.Connection) -> None:
    """Make the triggers of all rules."""
    statements = _on_postgresql() if connection.dialect.name == "postgresql" else _on_sqlite()
    for statement in statements:
        connection.exec_driver_sql(statement)


def drop_guards(connection: sa.Connection) -> None:
    """Take all triggers away, so that a migration can change what they guard; in its transaction, and made again."""
    if connection.dialect.name == "postgresql":
        names = connection.exec_driver_sql(
            "SELECT t.tgname, c.relname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
        )
        statements = [f"DROP TRIGGER {name} ON {table}" for name, table in names if table in metadata.tables]
    else:
        names = connection.exec_driver_sql("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        statements = [f"DROP TRIGGER {name}" for name, _ in names]
    for statement in statements:
        connection.exec_driver_sql(statement)


def _on_postgresql() -> Iterator[str]:
    yield _REFUSE
    for guard in guards():
        call = f"refuse('{guard.reason}')"
        if guard.condition:
            row = "OLD" if "DELETE" in guard.moments else "NEW"
            yield (
                f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {guard.condition} THEN RAISE EXCEPTION '{guard.reason}' "
                f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
            )
            call = f"{guard.name}()"
        if rows := " OR ".join(moment for moment in guard.moments if moment not in {"REPLACE", "TRUNCATE"}):
            yield f"CREATE TRIGGER {guard.name} BEFORE {rows} ON {guard.table} FOR EACH ROW EXECUTE FUNCTION {call}"
        if "TRUNCATE" in guard.moments:
            yield f"CREATE TRIGGER {guard.name}_truncate BEFORE TRUNCATE ON {guard.table} EXECUTE FUNCTION {call}"


@cache
def _on_sqlite() -> tuple[str, ...]:
    """The statements that make every trigger: the same for each store that this process opens."""
    return tuple(_sqlite_triggers())


def _sqlite_triggers() -> Iterator[str]:
    tables = metadata.sorted_tables
    for guard in [*guards(), *_known_words(tables)]:
        for moment in guard.moments:
            if moment == "TRUNCATE":
                continue
            condition, action = guard.condition, moment
            if moment == "REPLACE":
                condition, action = _is_there(metadata.tables[guard.table]), "INSERT"
            yield (
                f"CREATE TRIGGER {guard.name}_{moment.split()[0].lower()} BEFORE {action} ON {guard.table} "
                f"{f'WHEN {condition} ' if condition else ''}BEGIN SELECT RAISE(ABORT, '{guard.reason}'); END"
            )


def _is_there(table: sa.Table) -> str:
    """The condition that a row has the key of the new one: the primary key, or what else is unique."""
    uniques = [
        tuple(table.primary_key.columns),
        *(tuple(unique.columns) for unique in table.constraints if isinstance(unique, sa.UniqueConstraint)),
    ]
    keys = [" AND ".join(f"{column.name} = NEW.{column.name}" for column in columns) for columns in uniques]
    for index in table.indexes:
        if index.unique:  # partial: one undecided case an address, one first outcome a visit
            condition = str(index.dialect_options["sqlite"]["where"])
            same = " AND ".join(f"{column.name} = NEW.{column.name}" for column in index.columns)
            keys.append(f"{same} AND {condition} AND NEW.{condition}")
    return f"EXISTS (SELECT 1 FROM {table.name} WHERE {' OR '.join(f'({key})' for key in sorted(keys))})"  # noqa: S608


def _known_words(tables: Sequence[sa.Table]) -> Iterator[Guard]:
    """Yield the rules of the foreign keys of closed lists, for a client that does not ask SQLite for them."""
    for words in word_lists():
        for table in tables:
            for column in table.columns:
                if column.references(words.c.word):
                    unknown = f"NEW.{column.name} NOT IN (SELECT word FROM {words.name})"  # noqa: S608 - names of ours
                    moments = ("INSERT", f"UPDATE OF {column.name}")
                    reason = f"{column.name} is a word of a closed list"
                    yield Guard(table.name, f"{column.name}_known", moments, unknown, reason)
