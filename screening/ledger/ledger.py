"""Opening the ledger, adding to it one entry at a time without gaps, and reading it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from screening.base.errors import LedgerError
from screening.base.frames import Row
from screening.ledger.entry import Entry, StoredEntry, entry_hash, moment, read_moment
from screening.ledger.guard import guarded_ledger
from screening.ledger.logboek import Logboek
from screening.ledger.process import of_process
from screening.ledger.schema import ledger_entry, ledger_identity
from screening.store.engine import writing

#: How long an entry waits for others. A page that cannot be logged is not shown, and a person is waiting for it.
WAIT_MS = 5_000

#: The columns of an entry that are hashed beside its number and what it follows.
FIELDS = (
    "at",
    "actor",
    "action",
    "object",
    "result",
    "origin",
    "case",
    "purpose",
    "content",
    "os_user",
    "host",
    "session",
)


@dataclass(frozen=True)
class Head:
    """The last entry: its number, hash and time. `seq` 0, the hash of the beginning and no time when there is none."""

    seq: int
    hash: str
    done_at: datetime | None


class Ledger:
    """An append-only chain of entries. Made by `open_ledger`; safe to use from many threads. Close it after use.

    Everything raises LedgerError when the database fails: what had to be logged may then not be shown or done.
    `logboek`: the Logboek Dataverwerkingen in the same database; None where no folder of keys was named at opening.
    """

    logboek: Logboek | None = None

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._turn = threading.Lock()  # SQLite lets writers poll; threads of one process take turns instead
        with guarded_ledger("reading which ledger this is"), engine.connect() as connection:
            self.ledger_id, self.genesis = connection.execute(
                sa.select(ledger_identity.c.ledger_id, ledger_identity.c.genesis)
            ).one()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def write(self, entry: Entry) -> int:
        """Add an entry and give its number. On the disk when this returns; LedgerError when it is not."""
        return self.write_all([entry])[0]

    def write_all(self, entries: list[Entry]) -> list[int]:
        """Add entries in this order, all or none, and give their numbers."""
        with guarded_ledger("adding an entry"), self._one_at_a_time(), writing(self.engine) as connection:
            self._take_turn(connection)
            seq, last = self._last(connection)
            rows: list[dict[str, object]] = []
            for number, entry in enumerate(entries, start=seq + 1):
                fields = {**entry.fields(), **of_process(entry.origin)}
                digest = entry_hash(number, fields, last)
                rows.append({"seq": number, **fields, "previous": last, "hash": digest})
                last = digest
            if rows:
                connection.execute(ledger_entry.insert(), rows)
        return list(range(seq + 1, seq + len(rows) + 1))

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=WAIT_MS / 1000):
            raise LedgerError(f"The ledger was busy for {WAIT_MS / 1000:.0f} s. Nothing was logged; try again.")
        try:
            yield
        finally:
            self._turn.release()

    def _take_turn(self, connection: sa.Connection) -> None:
        """SQLite: BEGIN IMMEDIATE did it. PostgreSQL: a lock of this ledger, let go when the entry is committed."""
        if connection.dialect.name == "postgresql":
            key = sa.func.hashtext(self.ledger_id)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITER_LOCK, key)))

    def _last(self, connection: sa.Connection) -> tuple[int, str]:
        last = connection.execute(
            sa.select(ledger_entry.c.seq, ledger_entry.c.hash).order_by(ledger_entry.c.seq.desc()).limit(1)
        ).first()
        return (0, self.genesis) if last is None else (last.seq, last.hash)

    def head(self) -> Head:
        """The last entry."""
        query = sa.select(ledger_entry.c.seq, ledger_entry.c.hash, ledger_entry.c.at)
        with guarded_ledger("reading its head"), self.engine.connect() as connection:
            last = connection.execute(query.order_by(ledger_entry.c.seq.desc()).limit(1)).first()
            return Head(0, self.genesis, None) if last is None else Head(last.seq, last.hash, read_moment(last.at))

    def has_contents(self) -> bool:
        """Whether an entry says what was decided."""
        query = sa.select(ledger_entry.c.seq).where(ledger_entry.c.content.is_not(None))
        with guarded_ledger("reading entries"), self.engine.connect() as connection:
            return connection.scalar(query.order_by(ledger_entry.c.seq.desc()).limit(1)) is not None

    def entries(
        self,
        *,
        after: int = 0,
        limit: int | None = None,
        actor: str | None = None,
        action: str | None = None,
        object: str | None = None,
        case: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        is_newest_first: bool = False,
    ) -> list[StoredEntry]:
        """Read entries in their order, those that fit everything given.

        Args:
            after: only entries of a higher number.
            limit: at most so many.
            actor: the account.
            action: a word of LedgerAction.
            object: `kind:id`.
            case: the case.
            since: from this moment on.
            until: before this moment.
            is_newest_first: in the opposite order.

        Raises:
            LedgerError: the database fails, or (EntryError) a stored row is no entry.
        """
        query = ledger_entry.select().where(ledger_entry.c.seq > after)
        for name, value in (("actor", actor), ("action", action), ("object", object), ("case", case)):
            if value is not None:
                query = query.where(ledger_entry.c[name] == str(value))
        if since is not None:
            query = query.where(ledger_entry.c.at >= moment(since))
        if until is not None:
            query = query.where(ledger_entry.c.at < moment(until))
        order = ledger_entry.c.seq.desc() if is_newest_first else ledger_entry.c.seq
        with guarded_ledger("reading entries"), self.engine.connect() as connection:
            return [stored_entry(row) for row in connection.execute(query.order_by(order).limit(limit)).mappings()]

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Every row as it is stored, by number, a few at a time: for checking the chain."""
        query = (
            ledger_entry.select()
            .where(ledger_entry.c.seq > after)
            .order_by(ledger_entry.c.seq)
            .execution_options(yield_per=5_000)
        )
        with guarded_ledger("reading the chain"), self.engine.connect() as connection:
            for row in connection.execute(query).mappings():
                yield dict(row)


#: A number that is ours alone; the second half of the key is the ledger.
_WRITER_LOCK = 741_120_481


def stored_entry(row: sa.RowMapping | Row) -> StoredEntry:
    """The entry of a stored row. EntryError when it is none."""
    fields = {name: row[name] for name in FIELDS}
    return StoredEntry(row["seq"], Entry(read_moment(fields.pop("at")), **fields), row["previous"], row["hash"])
