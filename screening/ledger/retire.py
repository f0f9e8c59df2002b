"""Taking away entries past their term, in a way that the check can tell from tampering.

A chain cannot lose its beginning unseen, and a term means that it must. So the beginning goes up to a signed head that
is older than the term: the head stays in the place of the entries, the check goes on from it, and the erasure is an
entry. What was decided in entries that go, and still holds, is written again. Whoever owns the database can do no
more with this than the term allows: a younger head is refused here, and found by the check.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from screening.base.errors import LedgerError
from screening.base.vocabulary import LedgerAction
from screening.ledger.entry import Entry, moment, read_moment
from screening.ledger.guard import guarded_ledger
from screening.ledger.head import SignedHead, read_head
from screening.ledger.ledger import Ledger
from screening.ledger.notary import note_stock
from screening.ledger.reconcile import STOCK, Noted
from screening.ledger.schema import deletable, ledger_entry, ledger_start, owning

#: How long entries stay at least unless the configuration says otherwise (domain reference 3.6: access logs 5 years).
TERM = timedelta(days=5 * 365 + 1)

#: The kind of data as the entry of its erasure names it.
OBJECT = "term:access_logs"


def retire(
    ledger: Ledger,
    head: bytes,
    keys: Iterable[Ed25519PublicKey],
    *,
    by: str,
    now: datetime,
    origin: str,
    term: timedelta = TERM,
) -> int:
    """Delete the entries up to a signed head that is older than the term; the erasure is an entry itself.

    Check the ledger first: what is deleted can be checked no more.

    Returns:
        How many entries were deleted.

    Raises:
        LedgerError: the head is younger than the term, of another ledger or key, or not of what is stored; on
            PostgreSQL also a login that does not own the table.
    """
    signed = read_head(head, list(keys))
    if signed.ledger != ledger.ledger_id or signed.seq < 1:
        raise LedgerError("This head is not of an entry of this ledger: nothing was taken away.")
    if not is_past(signed, now, term):
        raise LedgerError(
            f"The head was signed {signed.signed_at[:10]} and entries stay {term.days} days: not past it."
        )
    with guarded_ledger("looking for the entry of the head"), ledger.engine.connect() as connection:
        stored = connection.scalar(sa.select(ledger_entry.c.hash).where(ledger_entry.c.seq == signed.seq))
    if stored != signed.hash:
        raise LedgerError("The entry that this head vouches for is not the one that is stored. Check the ledger first.")
    # before it is done: afterwards it would be too late to notice that it cannot be written
    ledger.write(Entry(now, by, LedgerAction.ERASURE, OBJECT, origin=origin))
    _take_over(ledger, signed.seq, now=now, origin=origin)
    with guarded_ledger("taking away entries past their term"), owning(ledger.engine) as connection:
        connection.execute(ledger_start.insert().values(seq=signed.seq, head=head.decode().strip()))
        with deletable(connection):
            return connection.execute(ledger_entry.delete().where(ledger_entry.c.seq <= signed.seq)).rowcount


def _take_over(ledger: Ledger, last: int, *, now: datetime, origin: str) -> None:
    """Write again what is decided in entries that go and still holds: its rows stay, and so does what they are."""
    noted = Noted()
    for row in ledger.rows():
        noted.take(row)
    again: dict[bool, list[Entry]] = {True: [], False: []}
    for content, word in noted.holds().items():
        if word.seq <= last:
            entry = Entry(now, STOCK, LedgerAction(word.action), word.object, origin=origin, content=content)
            again[word.is_kept].append(entry)
    note_stock(ledger, again[True])
    ledger.write_all(again[False])


def last_head_before(heads: Iterable[bytes], keys: Iterable[Ed25519PublicKey], now: datetime) -> bytes | None:
    """Return the youngest head that was signed before a moment, or None: entries up to it may be erased."""
    trusted, older = list(keys), []
    for text in heads:
        signed = read_head(text, trusted)
        if signed.signed_at < moment(now):
            older.append((signed.signed_at, signed.seq, text))
    return max(older)[2] if older else None


def start_of(ledger: Ledger) -> bytes | None:
    """Return the stored head that replaces entries past their term; None where none were deleted."""
    with guarded_ledger("reading where it begins"), ledger.engine.connect() as connection:
        text = connection.scalar(sa.select(ledger_start.c.head).order_by(ledger_start.c.seq.desc()).limit(1))
    return None if text is None else str(text).encode()


def is_past(head: SignedHead, now: datetime, term: timedelta) -> bool:
    """Whether a head was signed longer ago than the term."""
    return read_moment(head.signed_at) <= now - term
