"""Six ways in which somebody who owns the database tampers with the ledger, each a step that succeeds.

Whoever owns a database can switch its triggers off, so the trials do that first. What they leave is as good as they
can make it without the signing key: a full rewrite carries right hashes from its first changed entry to its end.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import contextmanager

import sqlalchemy as sa

from screening.ledger import Ledger
from screening.ledger.entry import entry_hash
from screening.ledger.ledger import FIELDS
from screening.ledger.schema import ledger_entry, postgres_triggers, sqlite_triggers
from tests.ledger.entries import entry

Rows = list[dict]

#: Column -> values that an entry may have there: the change is one that no pattern shows.
_OTHER = {
    "actor": ["a.bakker", "j.jansen", "d.dijk"],
    "action": ["read_dossier", "judgement", "sign_in"],
    "object": ["case:ffffffffffffffff", "address:9999010000000009"],
    "result": ["done", "refused", "failed"],
    "origin": ["session:ffffffffffff", "host:other"],
    "case": ["ffffffffffffffff", None],
    "purpose": ["P-REG", None],
    "at": ["2026-11-02T08:59:59.000000Z", "2027-01-01T00:00:00.000000Z"],
}


def _fields(row: dict) -> dict:
    return {name: row[name] for name in FIELDS}


def _hashed(row: dict) -> dict:
    return row | {"hash": entry_hash(row["seq"], _fields(row), row["previous"])}


def _chained(rows: Rows, start: int, genesis: str) -> Rows:
    """The rows from position `start` on, numbered and hashed anew: a chain without a fault."""
    made = rows[:start]
    for row in rows[start:]:
        previous = made[-1]["hash"] if made else genesis
        made.append(_hashed(row | {"seq": len(made) + 1, "previous": previous}))
    return made


def _changed(row: dict, draw: random.Random) -> dict:
    name = draw.choice(sorted(_OTHER))
    return row | {name: draw.choice([value for value in _OTHER[name] if value != row[name]])}


def edit(rows: Rows, draw: random.Random, _genesis: str) -> Rows:
    """One field of one entry is changed; half of the time its own hash is made right again."""
    place = draw.randrange(len(rows))
    row = _changed(rows[place], draw)
    return [*rows[:place], _hashed(row) if draw.random() < 0.5 else row, *rows[place + 1 :]]


def delete(rows: Rows, draw: random.Random, _genesis: str) -> Rows:
    """One to five entries are taken out of the middle; half of the time the rest is numbered on without a gap."""
    count = draw.randint(1, 5)
    place = draw.randrange(len(rows) - count)
    left = rows[:place] + rows[place + count :]
    if draw.random() < 0.5:
        left = [row | {"seq": number} for number, row in enumerate(left, start=1)]
    return left


def insert(rows: Rows, draw: random.Random, _genesis: str) -> Rows:
    """An entry that never was is put in, with a right hash and the rest moved on; the link behind it stays wrong."""
    place = draw.randrange(len(rows))
    previous = rows[place]["previous"]
    new = _hashed({**entry(draw.randrange(10**6)).fields(), "seq": place + 1, "previous": previous})
    return rows[:place] + [new] + [row | {"seq": row["seq"] + 1} for row in rows[place:]]


def reorder(rows: Rows, draw: random.Random, _genesis: str) -> Rows:
    """Two entries change places; half of the time each takes over the hash before it and its own is made right."""
    one, other = sorted(draw.sample(range(len(rows)), 2))
    made = list(rows)
    made[one], made[other] = rows[other] | {"seq": one + 1}, rows[one] | {"seq": other + 1}
    if draw.random() < 0.5:
        for place in (one, other):
            made[place] = _hashed(made[place] | {"previous": rows[place]["previous"]})
    return made


def cut(rows: Rows, draw: random.Random, _genesis: str) -> Rows:
    """The last entries are gone, up to all of them: what is left is a chain without a fault."""
    return rows[: len(rows) - draw.randint(1, len(rows))]


def rewrite(rows: Rows, draw: random.Random, genesis: str) -> Rows:
    """An entry is changed, left out or put in, and everything from there on is hashed anew without a fault."""
    place = draw.randrange(len(rows))
    kind = draw.choice(["changed", "left out", "put in"])
    middle = {
        "changed": [_changed(rows[place], draw)],
        "left out": [],
        "put in": [{**entry(draw.randrange(10**6)).fields(), "hash": ""}, rows[place]],
    }[kind]
    return _chained(rows[:place] + middle + rows[place + 1 :], place, genesis)


TAMPERINGS: dict[str, Callable[[Rows, random.Random, str], Rows]] = {
    one.__name__: one for one in (edit, delete, insert, reorder, cut, rewrite)
}

#: Without a head from outside these cannot be seen: what is left is a chain without a fault.
BEYOND_THE_CHAIN = ("cut", "rewrite")


@contextmanager
def switched_off(connection: sa.Connection):
    """The triggers out of the way, and back afterwards: whoever tampers covers the tracks."""
    if connection.dialect.name == "sqlite":
        for name in sqlite_triggers():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield
        for text in sqlite_triggers().values():
            connection.exec_driver_sql(text)
    else:
        connection.exec_driver_sql("RESET ROLE")
        connection.exec_driver_sql("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        yield
        connection.exec_driver_sql("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
        assert postgres_triggers()


def stored(ledger: Ledger) -> Rows:
    """The rows as they are."""
    return [dict(row) for row in ledger.rows()]


def put(ledger: Ledger, rows: Rows) -> None:
    """Let these rows be all that the ledger holds."""
    with ledger.engine.begin() as connection, switched_off(connection):
        connection.execute(ledger_entry.delete())
        if rows:
            connection.execute(ledger_entry.insert(), rows)
