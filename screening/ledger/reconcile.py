"""Store and ledger held against each other: nothing decided without an entry, no entry without its row.

An entry with a content says that a row of this hash came to be (`done`) or went (`ended`); the last word on a hash
holds. Of what only erasure takes a receipt has to say so: the notary of whoever deletes rows at a prompt writes `ended`
as well. An entry of the notary says which entries were kept: of one that was not, a crash may have taken the row.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from screening.errors import StoreError
from screening.frames import Row
from screening.ledger.guard import guarded_ledger
from screening.ledger.ledger import Ledger
from screening.store.decisions import DECISIONS
from screening.store.runs.verify import RESTORE
from screening.store.schema.retention import CASE, erasure_item
from screening.store.schema.runs import run
from screening.store.store import Store
from screening.store.watch import DecidedRow, decided_rows
from screening.vocabulary import LedgerAction, LedgerResult

_NUMBER = re.compile(r"[0-9]{1,10}")

#: What goes with its case and not otherwise.
_OF_CASE = frozenset(
    {LedgerAction.OPEN_EVIDENCE, LedgerAction.OWN_READING, LedgerAction.JUDGEMENT, LedgerAction.RELEASE}
)
#: What has no term: who may receive, which rules ran, which deliveries were believed, what was erased.
_STAYS = frozenset(
    {LedgerAction.RECIPIENT_CHANGE, LedgerAction.RULE_CHANGE, LedgerAction.DELIVERY, LedgerAction.ERASURE}
)

#: Called with what was found: its kind, the number of the entry where there is one, and what is wrong.
Add = Callable[[str, int | None, str], None]


@dataclass
class Word:
    """The last word of the ledger on a hash."""

    seq: int
    action: str
    object: str
    is_ended: bool
    is_kept: bool = False


class Noted:
    """What the ledger says is decided, as far as its entries were taken."""

    def __init__(self) -> None:
        self.seq = 0
        self._words: dict[str, Word] = {}
        self._by_seq: dict[int, Word] = {}  # those of which nothing says yet that they were kept

    def take(self, row: Row) -> None:
        """Take the next entry, as it is stored."""
        self.seq = row["seq"]
        if row["action"] == LedgerAction.KEPT:
            first, _, last = str(row["object"]).removeprefix("entries:").partition("-")
            if _NUMBER.fullmatch(first) and _NUMBER.fullmatch(last) and int(last) < self.seq:
                for seq in [seq for seq in self._by_seq if int(first) <= seq <= int(last)]:
                    self._by_seq.pop(seq).is_kept = True
        elif row["content"] is not None:
            word = Word(row["seq"], str(row["action"]), str(row["object"]), row["result"] == LedgerResult.ENDED)
            if word.is_ended and (earlier := self._words.get(row["content"])):
                word.action, word.object = earlier.action, earlier.object  # of what went, whatever this one says
            self._words[row["content"]] = self._by_seq[word.seq] = word

    def holds(self) -> dict[str, Word]:
        """The hashes of the rows that should be in the store."""
        return {content: word for content, word in self._words.items() if not word.is_ended}

    def compare(self, store: Store, later: Callable[[int], Iterable[Row]], add: Add) -> list[str]:
        """Hold every decided row against the entries, and every entry against the rows.

        Args:
            store: the store.
            later: gives the entries after a number: what was decided while the rows were read.
            add: takes each finding.

        Returns:
            Remarks that are no sign of tampering: what was cut off between an entry and its row.
        """
        self._find_without_receipt(store, add)
        rows: dict[str, None] = {}
        unnoted: list[DecidedRow] = []
        for table in DECISIONS:
            try:
                with guarded_ledger(f"reading {table.name}"), store.engine.connect() as connection:
                    for row in decided_rows(connection, table):
                        rows[row.content] = None
                        word = self._words.get(row.content)
                        if word is None or (word.is_ended and word.is_kept):
                            unnoted.append(row)
            except (ValueError, TypeError, LookupError, sa.exc.StatementError):
                add("unreadable", None, f"{table.name}: a row holds what its columns do not take")
        missing = {content: word for content, word in self.holds().items() if content not in rows}
        for entry in later(self.seq):  # decided meanwhile
            if entry["content"] is not None:
                missing.pop(entry["content"], None)
                unnoted = [row for row in unnoted if row.content != entry["content"]]
        lost: dict[tuple[str, str], list[Word]] = defaultdict(list)
        for word in sorted(missing.values(), key=lambda word: word.seq, reverse=True):
            if word.is_kept:
                lost[word.action, word.object].append(word)
        for row in unnoted:
            says, same = self._words.get(row.content), lost[row.action.value, row.object]
            add(*_of_row(row, says, same.pop() if same and says is None else None))
        for word in (word for words in lost.values() for word in reversed(words)):
            add("missing", word.seq, f"entry {word.seq} ({word.action}, {word.object}) has no row in the store")
        cut_off = sorted(word.seq for word in missing.values() if not word.is_kept)
        return [f"Entry {seq} was written and its row never kept: a crash came in between." for seq in cut_off]

    def _find_without_receipt(self, store: Store, add: Add) -> None:
        with guarded_ledger("reading receipts"), store.engine.connect() as connection:
            erased = set(connection.scalars(sa.select(erasure_item.c.item).where(erasure_item.c.kind == CASE)))
        for gone in self._words.values():
            has_receipt = gone.action in _OF_CASE and gone.object.removeprefix("case:") in erased
            if gone.is_ended and gone.is_kept and gone.action in _OF_CASE | _STAYS and not has_receipt:
                add("erased", gone.seq, f"entry {gone.seq}: {gone.action}, {gone.object} went, and no receipt names it")


def published_as_noted(store: Store, ledger: Ledger, run_id: str) -> int:
    """Hold a published run against the ledger: its rows and files by their root digest.

    Returns:
        The number of the entry that says that this was published.

    Raises:
        StoreError: no entry says so.
        LedgerError: the ledger cannot be read.
    """
    written = ledger.entries(action=LedgerAction.RUN_PUBLISHED, object=f"run:{run_id}")
    words = {line.entry.content: line for line in written if line.entry.content}
    with guarded_ledger("reading a run"), store.engine.connect() as connection:
        (row,) = decided_rows(connection, run, run.c.run_id == run_id)
    word = words.get(row.content)
    if word is None or word.entry.result == LedgerResult.ENDED:
        numbers = ", ".join(str(line.seq) for line in words.values())
        why = f"it is not what entry {numbers} of the ledger says" if words else "no entry of the ledger says that it"
        raise StoreError(f"Run {run_id}: {why} was published, though store and files agree. {RESTORE}")
    return word.seq


def _of_row(row: DecidedRow, word: Word | None, lost: Word | None) -> tuple[str, int | None, str]:
    what = f"{row.name} ({row.action.value}, {row.object})"
    if word is not None:
        return "returned", word.seq, f"{what} is in the store again, and entry {word.seq} says that it went"
    if lost is not None:
        return "altered", lost.seq, f"{what} is not what entry {lost.seq} says was decided"
    return "unnoted", None, f"{what} is in the store, and no entry says that it was decided"
