"""Six ways in which somebody who owns the store tampers with what was decided, each a step that succeeds.

The guards are out of the way while it is done and back afterwards, so nothing but the ledger can tell.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from screening.base.frames import Row
from screening.store import Store
from screening.store.decisions import DECISIONS, decided_columns
from screening.store.engine import driver_connection
from screening.store.guards import create_guards, drop_guards
from screening.store.schema.cases import case_judgement, review_case


@contextmanager
def behind_its_back(store: Store) -> Iterator[sa.Connection]:
    """A connection of somebody who owns the database: guards and foreign keys out of the way, and back afterwards."""
    with store.engine.connect() as connection:
        is_sqlite, driver = connection.dialect.name == "sqlite", driver_connection(connection)
        if is_sqlite:  # before a transaction begins
            for setting in ("foreign_keys=OFF", "ignore_check_constraints=ON", "synchronous=OFF"):
                driver.execute(f"PRAGMA {setting}").close()
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        try:
            drop_guards(connection)
            yield connection
            create_guards(connection)
            connection.commit()
        finally:
            connection.invalidate()  # no other use of it has these settings


def _rows(connection: sa.Connection) -> list[tuple[sa.Table, Row]]:
    """Every decided row of the store, in an order that is the same each time."""
    rows = []
    for table, decision in DECISIONS.items():
        query = table.select().order_by(*table.primary_key)
        query = query if decision.when is None else query.where(decision.when)
        rows += [(table, dict(row)) for row in connection.execute(query).mappings()]
    return rows


def _is(table: sa.Table, row: Row) -> sa.ColumnElement[bool]:
    return sa.and_(*(column == row[column.name] for column in table.primary_key))


def _other(column: sa.Column, value: object) -> object:
    """Another value of the same kind."""
    if value is None:
        kind = column.type.python_type
        return {date: date(2027, 1, 1), datetime: datetime(2027, 1, 1, tzinfo=UTC), int: 7}.get(kind, "x")
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 7
    if isinstance(value, datetime):
        return value + timedelta(seconds=1)
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, list):
        return [*value, "x"]
    if isinstance(value, dict):
        return {**value, "x": 1}
    return f"{value}x"


def change(connection: sa.Connection, draw: random.Random) -> None:
    """One decided column of one row says something else."""
    table, row = draw.choice(_rows(connection))
    column = draw.choice([column.name for column in decided_columns(table) if column.name != "state"])
    connection.execute(table.update().where(_is(table, row)).values({column: _other(table.c[column], row[column])}))


def insert(connection: sa.Connection, draw: random.Random) -> None:
    """A row that nobody decided is put in: a copy of one under another key."""
    table, row = draw.choice([pair for pair in _rows(connection) if pair[0].name not in {"run"}])
    key = list(table.primary_key)[-1].name
    # a second decision looks like another of its kind: what is unique in the table is another value too
    unique = {column.name for index in table.constraints if isinstance(index, sa.UniqueConstraint) for column in index}
    new = row | {name: _other(table.c[name], row[name]) for name in (key, *sorted(unique)) if name != "role"}
    connection.execute(table.insert().values(new))


def delete(connection: sa.Connection, draw: random.Random) -> None:
    """One to three rows are gone, without a receipt."""
    rows = _rows(connection)
    for table, row in draw.sample(rows, draw.randint(1, 3)):
        connection.execute(table.delete().where(_is(table, row)))


def swap(connection: sa.Connection, draw: random.Random) -> None:
    """What two rows of a table say changes places, their keys stay."""
    by_table: dict[sa.Table, list[Row]] = {}
    for table, row in _rows(connection):
        by_table.setdefault(table, []).append(row)
    table = draw.choice([table for table, rows in by_table.items() if len(rows) > 1 and table.name in SWAPPED])
    name = SWAPPED[table.name]
    first = draw.choice(by_table[table])
    second = draw.choice([row for row in by_table[table] if row[name] != first[name]])
    for row, other in ((first, second), (second, first)):
        connection.execute(table.update().where(_is(table, row)).values({name: other[name]}))


#: What rows of these tables say, other than their keys.
SWAPPED = {
    "case_judgement": "motivation",
    "case_reading": "account",
    "case_fact": "address_id",
    "review_case": "address_id",
}


def decide_again(connection: sa.Connection, draw: random.Random) -> None:
    """The attack that was shown: an outcome and a motivation rewritten, and the outcome of the case with it."""
    row = draw.choice([row for table, row in _rows(connection) if table is case_judgement])
    judgement, case = case_judgement, review_case
    changed = {"outcome": "niet_te_beoordelen", "motivation": "Bij nader inzien was er niets aan de hand."}
    connection.execute(judgement.update().where(_is(judgement, row)).values(changed))
    connection.execute(
        case.update()
        .where(case.c.case_id == row["case_id"])
        .values(state="closed", outcome=changed["outcome"], concluded_on=date(2026, 11, 2))
    )


TAMPERINGS: dict[str, Callable[[sa.Connection, random.Random], None]] = {
    tampering.__name__: tampering for tampering in (change, insert, delete, swap, decide_again)
}


def tamper(store: Store, name: str, draw: random.Random) -> None:
    """Tamper in one way, with what the tables themselves still take."""
    for _ in range(50):
        with behind_its_back(store) as connection, suppress(sa.exc.IntegrityError, sa.exc.DataError):
            with connection.begin_nested():
                TAMPERINGS[name](connection, draw)
            return
    raise AssertionError(f"{name}: nothing was tampered with")


def copy_of(store: Store, file: Path) -> None:
    """Copy the database of the store to a file."""
    with store.engine.connect() as connection:
        driver_connection(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    shutil.copy(str(store.engine.url.database), file)


def roll_back(store: Store, older: Path) -> None:
    """Put an older copy of the database in the place of the present one."""
    store.engine.dispose()
    path = Path(str(store.engine.url.database))
    for journal in ("-wal", "-shm"):
        path.with_name(path.name + journal).unlink(missing_ok=True)
    shutil.copy(older, path)
