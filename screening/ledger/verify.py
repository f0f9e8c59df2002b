"""Checking the ledger: every entry against its hash and the one before, and the whole against heads kept outside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from screening.base.errors import LedgerError
from screening.base.frames import Row
from screening.ledger.entry import EntryError, entry_hash, genesis
from screening.ledger.head import HeadError, SignedHead, read_head
from screening.ledger.ledger import FIELDS, Ledger, stored_entry
from screening.ledger.protect import protections
from screening.ledger.reconcile import Noted
from screening.ledger.retire import TERM, is_past, start_of
from screening.store.store import Store

#: An entry may be a little older than the one before it: its time is that of the request, its number of the writing.
BACKDATED = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """Something that a whole ledger does not have. `seq`: the entry, where there is one. No value of an entry."""

    kind: str
    seq: int | None
    what: str


@dataclass
class Verification:
    """The result of a check.

    `entries`: rows read. `anchored`: the highest entry that a valid outside head covers; only the chain
    protects later ones, and its end could be cut off unseen. `heads`: heads that were valid; `last_head_at`: when the
    youngest of them was signed. `time_stamps`: those of an authority that were valid. `notes`: remarks that are no
    sign of tampering.
    """

    ledger_id: str
    entries: int = 0
    anchored: int | None = None
    heads: int = 0
    last_head_at: str | None = None
    time_stamps: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Nothing was found."""
        return not self.findings

    @property
    def is_anchored(self) -> bool:
        """A head from outside vouches for it. Without one a cut tail or a full rewrite cannot be seen."""
        return self.anchored is not None

    def add(self, kind: str, seq: int | None, what: str) -> None:
        """A finding more."""
        self.findings.append(Finding(kind, seq, what))


def verify_ledger(
    ledger: Ledger,
    heads: Iterable[bytes],
    keys: Iterable[Ed25519PublicKey] | None,
    *,
    now: datetime | None = None,
    store: Store | None = None,
) -> Verification:
    """Check the whole ledger, and with it what was decided.

    What is found: an entry that was changed, taken out, put in or moved; a cut tail and a rewritten ledger, as far as a
    head reaches; a head that was forged or belongs to another ledger; a missing trigger; a beginning that went before
    its term.

    Args:
        ledger: the ledger.
        heads: signed heads as they were kept outside.
        keys: public keys that may sign. None where none is known, as of a backup: then a head in the place of entries
            past their term is not proved.
        now: the time; needed where entries went for their term.
        store: the store whose decisions are in this ledger; without it they are not compared.

    Raises:
        LedgerError: the database cannot be read.
    """
    result, keys = Verification(ledger.ledger_id), None if keys is None else list(keys)
    if ledger.genesis != genesis(ledger.ledger_id):
        result.add("identity", None, "the beginning does not belong to this ledger")
    by_seq = _read_heads(result, ledger, heads, keys or [])
    start = _read_start(result, ledger, keys, now, by_seq)
    noted = Noted()
    last = _check_chain(result, ledger, by_seq, start, noted)
    for seq in sorted(by_seq):
        if seq > last:
            result.add(
                "cut", seq, f"a head signed {by_seq[seq][0].signed_at} vouches for entry {seq}; the last one is {last}"
            )
    guards = protections(ledger)
    for what in guards.missing:
        result.add("protection", None, what)
    result.notes += guards.notes
    if store is not None:
        result.notes += noted.compare(store, lambda seq: ledger.rows(after=seq), result.add)
    if result.anchored is not None and last > result.anchored:
        result.notes.append(f"{last - result.anchored} entries are younger than the last head: write one (audit head).")
    return result


def _read_heads(
    result: Verification, ledger: Ledger, heads: Iterable[bytes], keys: list[Ed25519PublicKey]
) -> dict[int, list[SignedHead]]:
    by_seq: dict[int, list[SignedHead]] = defaultdict(list)
    for text in heads:
        try:
            head = read_head(text, keys)
        except HeadError as error:
            result.add("head", None, f"a head is {error}")
            continue
        if head.ledger != ledger.ledger_id:
            result.add(
                "replaced", head.seq, f"a head signed {head.signed_at} is of another ledger: this one took its place"
            )
            continue
        result.heads += 1
        result.last_head_at = max(head.signed_at, result.last_head_at or "")
        by_seq[head.seq].append(head)
    return by_seq


def _read_start(
    result: Verification,
    ledger: Ledger,
    keys: list[Ed25519PublicKey] | None,
    now: datetime | None,
    by_seq: dict[int, list[SignedHead]],
) -> tuple[int, str]:
    """Number and hash of what the first entry follows: the beginning, or a head older than the term in its place.

    Whoever has the signing key could sign a head of years ago and let it stand in the place of all there is. A head
    outside tells: one of entries that went, signed within the term.
    """
    text = start_of(ledger)
    if text is None:
        return 0, ledger.genesis
    if now is None:  # not the time of the last entry: who tampers could put one of next century there
        raise LedgerError("Entries of this ledger went for their term. To check it, say what time it is.")
    try:
        head = read_head(text, keys)
    except HeadError as error:
        result.add("start", None, f"entries went, and the head in their place is {error}")
        return 0, ledger.genesis
    if head.ledger != ledger.ledger_id or not is_past(head, now, TERM):
        result.add("start", head.seq, f"entries up to {head.seq} went, and are not past their term of {TERM.days} days")
    for outside in (outside for seq, heads in by_seq.items() if seq < head.seq for outside in heads):
        if not is_past(outside, now, TERM):
            result.add(
                "start",
                outside.seq,
                f"entry {outside.seq} went, and a head vouched for it {outside.signed_at[:10]}: "
                f"it is not past its term of {TERM.days} days",
            )
    if keys is None:
        result.notes.append("Who signed the head in their place was not checked: name the public key (audit verify).")
    result.notes.append(
        f"Entries up to {head.seq}, past their term, were taken away; a head signed {head.signed_at} is left."
    )
    return head.seq, head.hash


def _check_chain(
    result: Verification, ledger: Ledger, by_seq: dict[int, list[SignedHead]], start: tuple[int, str], noted: Noted
) -> int:
    """Number of the last entry. Every row is read once and compared with its own hash, the one before and the heads."""
    (seq, previous), latest = start, None
    _compare(result, by_seq.get(seq), seq, previous)
    backdated = 0
    for row in ledger.rows():
        result.entries += 1
        number = row["seq"]
        if number != seq + 1:
            result.add("gap", number, f"entry {number} follows entry {seq}: what was between them is gone")
        if row["previous"] != previous:
            result.add("broken", number, f"entry {number} does not follow what stands before it")
        if _hash(row) != row["hash"]:
            result.add("changed", number, f"entry {number} is not what was written")
        time = _entry_time(result, row)
        if time and latest and time < latest - BACKDATED:
            backdated += 1
        latest = max(latest, time) if time and latest else time or latest
        _compare(result, by_seq.get(number), number, row["hash"])
        noted.take(row)
        seq, previous = number, row["hash"]
    if backdated:
        result.notes.append(f"{backdated} entries carry a time before that of an earlier entry: was a clock set back?")
    return seq


def _hash(row: Row) -> str | None:
    """None where a row holds what no entry can hold: SQLite takes any type in any column."""
    try:
        return entry_hash(row["seq"], {name: row[name] for name in FIELDS}, row["previous"])
    except Exception:  # whatever a canonical form cannot take is not what was written
        return None


def _entry_time(result: Verification, row: Row) -> datetime | None:
    try:
        return stored_entry(row).entry.done_at
    except EntryError:
        result.add("foreign", row["seq"], f"entry {row['seq']} is none: it holds what the ledger does not take")
        return None


def _compare(result: Verification, heads: list[SignedHead] | None, seq: int, digest: object) -> None:
    for head in heads or ():
        if head.hash == digest:
            result.anchored = seq
        else:
            result.add("rewritten", seq, f"entry {seq} is not the one that a head signed {head.signed_at} vouches for")
