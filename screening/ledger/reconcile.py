"""Compare the ledger with the store: each decided row must have exactly one live entry.

An entry with a content records that the row of this hash was added (`done`) or removed (`ended`); the last entry on a
hash counts. Three things may remove a row:

- an approved erasure, whose receipt the `ended` entry names;
- replacement of an open case: the next entry adds the row that takes its place, where rows of its table may change;
- a crash between the two databases, after the entry and before the row was committed.

An `ended` entry alone proves nothing, as deleting rows at a prompt writes one as well. After each commit an entry
(`kept`) confirms the entries of its rows. For an unconfirmed entry the next process that starts looks the row up and
records that a crash took it (`cut_off`) or that it is there; from then on it may not go.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.frames import Row
from screening.base.vocabulary import LedgerAction, LedgerResult
from screening.ledger.guard import guarded_ledger
from screening.ledger.ledger import Ledger
from screening.store.decisions import DECISIONS
from screening.store.engine import transactional
from screening.store.runs.verify import RESTORE
from screening.store.schema.cases import review_case
from screening.store.schema.retention import (
    APPROVED,
    CARE_CONTACT,
    CASE,
    COLLEAGUE_SIGNAL,
    LINK_JUDGEMENT,
    LINK_READING,
    OBJECTION,
    RIEC_CONTENT,
    RIEC_SIGNAL,
    TIP_HAND_OVER,
    erasure,
    erasure_done,
    erasure_item,
    erasure_plan_decided,
    erasure_plan_item,
)
from screening.store.schema.runs import run
from screening.store.store import Store
from screening.store.watch import DecidedRow, decided_rows

_RANGE = re.compile(r"entries:([0-9]{1,10})-([0-9]{1,10})")
_RECEIPT = "receipt:"

#: Who takes over what was decided before entries had a content, or before they went for their term; and who says after
#: a crash which rows are there.
STOCK = "system:stock"

#: What goes with its case and not otherwise.
_OF_CASE = frozenset(
    {
        LedgerAction.OPEN_EVIDENCE,
        LedgerAction.OWN_READING,
        LedgerAction.JUDGEMENT,
        LedgerAction.RELEASE,
        LedgerAction.CASE_CONCLUDED,
        LedgerAction.CASE_ACT,
        LedgerAction.HAND_OVER,
    }
)
#: What goes with an erasure, and as items of which kind: one of them is on its receipt. Everything else stays.
_GOES_AS: dict[str, tuple[str, ...]] = {
    **{action: (CASE,) for action in (*_OF_CASE, LedgerAction.VISIT)},
    **{
        action: (RIEC_SIGNAL, RIEC_CONTENT)
        for action in (
            LedgerAction.EXPORT_PREPARATION,
            LedgerAction.EXPORT_APPROVAL,
            LedgerAction.EXPORT,
            LedgerAction.WITHDRAWAL,
            LedgerAction.FEEDBACK,
        )
    },
    LedgerAction.HAND_OVER: (CASE, TIP_HAND_OVER),
    LedgerAction.LINK_JUDGEMENT: (LINK_JUDGEMENT, LINK_READING),
    LedgerAction.SIGNAL: (COLLEAGUE_SIGNAL, CARE_CONTACT),
    LedgerAction.SUBJECT_OBJECTION: (OBJECTION,),
}
#: What another row may take the place of; what is concluded stays.
_CHANGES = frozenset(decision.while_open or decision.action for decision in DECISIONS.values() if decision.changes)

#: Called with what was found: its kind, the number of the entry where there is one, and what is wrong.
Add = Callable[[str, int | None, str], None]


@dataclass
class Word:
    """The last word of the ledger on a hash. `before`: the word that it followed.

    `follows`: the word on what this row took the place of, `is_followed` the other way round. `receipt`: of the
    erasure with which it went. `is_stock`: a later entry for one of before.
    """

    seq: int
    action: str
    object: str
    content: str
    is_ended: bool
    is_stock: bool = False
    before: Word | None = None
    receipt: str | None = None
    follows: Word | None = None
    is_followed: bool = False
    is_kept: bool = False


class Noted:
    """What the ledger says is decided, as far as its entries were taken.

    `unkept`: those of which nothing says yet whether they were kept, by number. `lost`: those of which an entry says
    that a crash took their row.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.unkept: dict[int, Word] = {}
        self.lost: dict[int, Word] = {}
        self._words: dict[str, Word] = {}
        self._last: Word | None = None
        self._last_named = ""

    def take(self, row: Row) -> None:
        """Take the next entry, as it is stored."""
        self.seq = row["seq"]
        if row["action"] == LedgerAction.KEPT:
            self._take_kept(row)
        elif row["content"] is not None:
            self._take_word(row)

    def _take_kept(self, row: Row) -> None:
        numbers = _RANGE.fullmatch(str(row["object"]))
        if numbers is None or int(numbers[2]) >= self.seq:
            return
        first, last = int(numbers[1]), int(numbers[2])
        for word in _popped(self.unkept, first, last):
            if row["result"] == LedgerResult.DONE:
                word.is_kept = True
            else:
                self.lost[word.seq] = word
                self._say(word.before, word.content)
        # it was on its way while another process looked for it
        for word in _popped(self.lost, first, last) if row["actor"] != STOCK else ():
            word.is_kept = True
            self._say(word, word.content)

    def _say(self, word: Word | None, content: str) -> None:
        if word is None:
            self._words.pop(content, None)
        else:
            self._words[content] = word

    def _take_word(self, row: Row) -> None:
        content, named, last = str(row["content"]), str(row["object"]), self._last
        word = Word(
            row["seq"],
            str(row["action"]),
            named,
            content,
            row["result"] == LedgerResult.ENDED,
            row["actor"] == STOCK,
            self._words.get(content),
        )
        if word.is_ended:
            word.receipt = named.removeprefix(_RECEIPT) if named.startswith(_RECEIPT) else None
            if word.before:  # of what went, whatever this one says
                word.action, word.object = word.before.action, word.before.object
        elif last and last.is_ended and (last.seq, self._last_named) == (word.seq - 1, named):
            word.follows, last.is_followed = last, True
        self._last_named = named
        self._last = self._words[content] = self.unkept[word.seq] = word

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
        erasures = _Erasures(store)
        rows, unnoted = self._read_rows(store, erasures, add)
        for gone in self._words.values():
            if gone.is_ended and gone.is_kept and not erasures.explain(gone):
                add("erased", gone.seq, f"entry {gone.seq}: {gone.action}, {gone.object} went, and no receipt names it")
        missing = {content: word for content, word in self.holds().items() if content not in rows}
        for entry in later(self.seq):  # decided meanwhile
            if entry["content"] is not None:
                missing.pop(entry["content"], None)
                unnoted = [row for row in unnoted if row.content != entry["content"]]
        absent: dict[tuple[str, str], list[Word]] = defaultdict(list)
        for word in sorted(missing.values(), key=lambda word: word.seq, reverse=True):
            if word.is_kept:
                absent[_kind(word.action), word.object].append(word)
        for row in unnoted:
            says, same = self._words.get(row.content), absent[_kind(row.action), row.object]
            add(*_of_row(row, says, same.pop() if same and says is None else None))
        for word in (word for words in absent.values() for word in reversed(words)):
            add("missing", word.seq, f"entry {word.seq} ({word.action}, {word.object}) has no row in the store")
        cut_off = sorted([*self.lost, *(word.seq for word in missing.values() if not word.is_kept)])
        return [f"Entry {seq} was written and its row never kept: a crash came in between." for seq in cut_off]

    def _read_rows(self, store: Store, erasures: _Erasures, add: Add) -> tuple[set[str], list[DecidedRow]]:
        """The hashes of all decided rows, and those rows that the ledger does not know."""
        rows: set[str] = set()
        unnoted: list[DecidedRow] = []
        cut_off = {word.content for word in self.lost.values()}
        for table in DECISIONS:
            try:
                for row in _rows_of(store, table):
                    rows.add(row.content)
                    word = self._words.get(row.content)
                    erasures.take(row, word)
                    if row.content not in cut_off and (word is None or (word.is_ended and word.is_kept)):
                        unnoted.append(row)
                    elif word is not None and word.follows and not DECISIONS[table].changes:
                        add("altered", word.seq, f"{_name(row)} took the place of another: no row of its table may")
            except (ValueError, TypeError, LookupError, sa.exc.StatementError):
                add("unreadable", None, f"{table.name}: a row holds what its columns do not take")
        return rows, unnoted


class _Erasures:
    """The receipts of erasure, each with the entries between which it was carried out, and what they name.

    A receipt counts when its plan was approved, and an item of it when that plan lists it: who drops the guards can
    begin one of none, and add to it.
    """

    def __init__(self, store: Store) -> None:
        self._begun: dict[str, int] = {}
        self._done: dict[str, int] = {}
        decided = erasure_plan_decided.c
        with guarded_ledger("reading receipts"), store.engine.connect() as connection:
            # first the cases that are there: what goes meanwhile is named already
            there = set(connection.scalars(sa.select(review_case.c.case_id)))
            self._cases: set[str] = set()
            self._kinds: dict[str, set[str]] = defaultdict(set)
            for row in connection.execute(_items_as_planned()):
                self._kinds[row.receipt_id].add(row.kind)
                if row.kind == CASE:
                    self._cases.add(row.item)
            self._approved = set(connection.scalars(sa.select(decided.plan_id).where(decided.decision == APPROVED)))
        self._known_cases = there | self._cases

    def take(self, row: DecidedRow, word: Word | None) -> None:
        """Take a row of the store, and what the ledger says of it."""
        numbers = {erasure: self._begun, erasure_done: self._done}.get(row.table)
        if numbers is None or word is None:
            return
        if row.table is erasure and not word.is_stock and row.row["plan_id"] not in self._approved:
            return
        # taken over later: what went then has no entry any more, but with a receipt that was under way
        numbers[row.row["receipt_id"]] = 0 if word.is_stock else word.seq

    def explain(self, gone: Word) -> bool:
        """Whether the ledger says lawfully that a row went."""
        if gone.is_followed:
            return gone.action in _CHANGES
        kind, _, case_id = gone.object.partition(":")
        # a case that somebody had is nobody's again, and still there: also while a receipt is under way
        if gone.action == LedgerAction.CASE_CHANGE:
            return case_id in self._known_cases
        if gone.receipt is None:
            return False
        if gone.action in _OF_CASE and kind == "case" and case_id not in self._cases:
            return False
        # accounts that are past their term are counted on a receipt and not listed; keys of people stay
        is_account = gone.action == LedgerAction.ACCOUNT_CHANGE and kind != "key"
        is_listed = not self._kinds[gone.receipt].isdisjoint(_GOES_AS.get(gone.action, ()))
        if not is_account and not is_listed:
            return False
        begun = self._begun.get(gone.receipt)
        return begun is not None and begun < gone.seq < self._done.get(gone.receipt, gone.seq + 1)


def _items_as_planned() -> sa.Select[tuple[str, str, str]]:
    """Receipt, kind and item of everything on a receipt that its plan lists; receipts of long ago are of no plan."""
    is_listed = sa.exists().where(
        erasure_plan_item.c.plan_id == erasure.c.plan_id,
        erasure_plan_item.c.kind == erasure_item.c.kind,
        erasure_plan_item.c.item == erasure_item.c.item,
    )
    items = sa.select(erasure_item.c.receipt_id, erasure_item.c.kind, erasure_item.c.item)
    of_receipt = items.join(erasure, erasure.c.receipt_id == erasure_item.c.receipt_id)
    return of_receipt.where(sa.or_(erasure.c.plan_id.is_(None), is_listed))


def cut_off(store: Store, noted: Noted) -> list[int]:
    """The numbers of those entries of which nothing says that they were kept, and whose rows are not as they say."""
    actions = {word.action for word in noted.unkept.values()}
    rows = {
        row.content
        for table, decision in DECISIONS.items()
        if {decision.action, decision.while_open} & actions
        for row in _rows_of(store, table)
    }
    return [seq for seq, word in noted.unkept.items() if (word.content in rows) == word.is_ended]


def _rows_of(store: Store, table: sa.Table) -> Iterator[DecidedRow]:
    with guarded_ledger(f"reading {table.name}"), transactional(store.engine) as connection:
        yield from decided_rows(connection, table)


def _popped(words: dict[int, Word], first: int, last: int) -> list[Word]:
    """Take the words of these numbers out, in as many steps as there are numbers or words, whichever are fewer."""
    numbers = range(first, last + 1)
    within = numbers if len(numbers) < len(words) else [seq for seq in words if seq in numbers]
    return [words.pop(seq) for seq in within if seq in words]


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
    with guarded_ledger("reading a run"), transactional(store.engine) as connection:
        (row,) = decided_rows(connection, run, run.c.run_id == run_id)
    word = words.get(row.content)
    if word is None or word.entry.result == LedgerResult.ENDED:
        numbers = ", ".join(str(line.seq) for line in words.values())
        why = f"it is not what entry {numbers} of the ledger says" if words else "no entry of the ledger says that it"
        raise StoreError(f"Run {run_id}: {why} was published, though store and files agree. {RESTORE}")
    return word.seq


def _kind(action: str) -> str:
    """What an open case says and what it says once it is concluded are words on one row."""
    return LedgerAction.CASE_CONCLUDED if action == LedgerAction.CASE_CHANGE else action


def _name(row: DecidedRow) -> str:
    return f"{row.name} ({row.action.value}, {row.object})"


def _of_row(row: DecidedRow, word: Word | None, lost: Word | None) -> tuple[str, int | None, str]:
    what = _name(row)
    if word is not None:
        return "returned", word.seq, f"{what} is in the store again, and entry {word.seq} says that it went"
    if lost is not None:
        return "altered", lost.seq, f"{what} is not what entry {lost.seq} says was decided"
    return "unnoted", None, f"{what} is in the store, and no entry says that it was decided"
