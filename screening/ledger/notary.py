"""Noting in the ledger what the store is about to decide: one entry a row, with its hash, before the row can be seen.

The order is: the rows are written in a transaction, their entries in the ledger, the transaction commits, and one more
entry says that the rows are kept. An entry whose rows were never kept is what a crash left; one whose rows were kept
and are not there any more is tampering (docs/decisions/0037).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime

from screening.base.errors import DamagedStoreError, LedgerError
from screening.base.vocabulary import LedgerAction, LedgerResult, Purpose
from screening.ledger.entry import Entry
from screening.ledger.ledger import Ledger
from screening.ledger.process import terminal_origin
from screening.ledger.reconcile import STOCK, Noted, cut_off
from screening.store.decisions import DECISIONS
from screening.store.engine import guarded, transactional
from screening.store.store import Store
from screening.store.watch import DecidedRow, decided_rows, watch


@dataclass
class Act:
    """Who acts, when, from where and why: what the entries of the rows say that are decided meanwhile.

    `entry`: the entry of the act itself. A row of the same action is written under its object, so that the entry of the
    act carries the hash; without such a row it is written for itself, before the first transaction that commits.
    `has_written`: called after that. `is_brake`: what stops a rule is done though the ledger fails; `failed` then says
    why it does not know of it, and the check finds a row without an entry.
    """

    actor: str
    acted_at: datetime
    origin: str
    case: str | None = None
    purpose: Purpose | str | None = None
    entry: Entry | None = None
    has_written: Callable[[], None] | None = None
    is_written: bool = False
    is_brake: bool = False
    failed: LedgerError | DamagedStoreError | None = None

    def finished(self) -> None:
        """Its own entry is in the ledger."""
        self.is_written = True
        if self.has_written is not None:
            then, self.has_written = self.has_written, None
            then()


#: So many entries are looked at again rather than that an entry says up to where they were.
_MANY = 1_000

_acting: ContextVar[Act | None] = ContextVar("acting", default=None)


@contextmanager
def acting(act: Act) -> Iterator[Act]:
    """What is decided in this block is decided by this act."""
    token = _acting.set(act)
    try:
        yield act
    finally:
        _acting.reset(token)


def note_decisions(
    store: Store, ledger: Callable[[], Ledger], *, actor: Callable[[], str], now: Callable[[], datetime]
) -> None:
    """Write what this store decides from now on in the ledger.

    Args:
        store: the store.
        ledger: gives the ledger; called when something is decided.
        actor: gives who acts where nobody said so (`acting`) and the row does not name who decided.
        now: gives the time of the entries then.
    """
    has_stock = False

    def on_commit(rows: list[DecidedRow]) -> Callable[[], None]:
        act = _acting.get()
        try:
            return written(rows, act)
        except (LedgerError, DamagedStoreError) as error:
            if act is None or not act.is_brake:
                raise
            act.failed = error
            return _no_callback

    def written(rows: list[DecidedRow], act: Act | None) -> Callable[[], None]:
        nonlocal has_stock
        if rows and not has_stock:
            take_stock(store, ledger(), now=now())
            has_stock = True
        own = act.entry if act else None
        if not rows and (act is None or own is None or act.is_written):
            return _no_callback
        origin = act.origin if act else terminal_origin()
        entries = [
            Entry(
                act.acted_at if act else now(),
                act.actor if act else row.by or actor(),
                row.action,
                own.object if own and own.action == row.action else row.object,
                LedgerResult.ENDED if row.is_ended else LedgerResult.DONE,
                origin=origin,
                case=(act and act.case) or row.row.get("case_id"),
                purpose=act.purpose if act else None,
                content=row.content,
            )
            for row in rows
        ]
        is_apart = own and act and not act.is_written and all(row.action != own.action for row in rows)
        numbers = ledger().write_all([own, *entries] if own and is_apart else entries)
        if act is not None:
            act.finished()
        if not rows:
            return _no_callback
        kept = kept_entry(entries[-1], numbers[-len(rows)], numbers[-1])

        def has_committed() -> None:
            with suppress(LedgerError):  # it is done, whatever the ledger says now: the check tells the two apart
                ledger().write(kept)

        return has_committed

    watch(store.engine, on_commit)


def take_stock(store: Store, ledger: Ledger, *, now: datetime) -> int:
    """Write an entry for all that was decided before entries had a content; once, in a ledger that has none yet.

    In another one it says of every entry whose rows nothing says are kept whether they are: what a crash cut off is
    told from then on from what somebody takes away later.

    Returns:
        How many rows had no entry.
    """
    if ledger.has_contents():
        _settle(store, ledger, now=now)
        return 0
    entries: list[Entry] = []
    for table in DECISIONS:
        with guarded("taking stock of what was decided"), transactional(store.engine) as connection:
            entries += [
                Entry(now, STOCK, row.action, row.object, origin=terminal_origin(), content=row.content)
                for row in decided_rows(connection, table)
            ]
    note_stock(ledger, entries)
    return len(entries)


def _settle(store: Store, ledger: Ledger, *, now: datetime) -> None:
    """Look at the entries since the last time; say up to where in an entry, where one is unkept or they are many."""
    before = ledger.entries(actor=STOCK, action=LedgerAction.KEPT, is_newest_first=True, limit=1)
    first = int(before[0].entry.object.rpartition("-")[2]) + 1 if before else 1
    noted = Noted()
    for row in ledger.rows(after=first - 1):
        noted.take(row)
    if not noted.unkept and noted.seq - first < _MANY:
        return

    def says(result: LedgerResult, seq: int, last: int) -> Entry:
        return Entry(now, STOCK, LedgerAction.KEPT, f"entries:{seq}-{last}", result, origin=terminal_origin())

    failed = [says(LedgerResult.FAILED, seq, seq) for seq in cut_off(store, noted)]
    ledger.write_all([*failed, says(LedgerResult.DONE, min(noted.unkept, default=noted.seq), noted.seq)])


def note_stock(ledger: Ledger, entries: list[Entry]) -> None:
    """Write entries of rows that are in the store already."""
    if entries:
        numbers = ledger.write_all(entries)
        ledger.write(kept_entry(entries[-1], numbers[0], numbers[-1]))


def kept_entry(last: Entry, first_number: int, last_number: int) -> Entry:
    """The entry that says that the rows of these entries are in the store, by who decided the last of them."""
    return replace(
        last,
        action=LedgerAction.KEPT,
        object=f"entries:{first_number}-{last_number}",
        result=LedgerResult.DONE,
        case=None,
        purpose=None,
        content=None,
    )


def _no_callback() -> None:
    """Do nothing after the commit: no row was decided."""
