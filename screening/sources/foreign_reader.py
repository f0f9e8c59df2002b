"""A delivery read by a reader of an extension: its source checked, and run where nothing but the bytes is in reach.

It runs in the process that reads deliveries, under its limits of memory and time, and nowhere else.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from typing import NoReturn, cast

import polars as pl

from screening.base.errors import ReaderError, SourceError
from screening.base.foreign.checked_module import run_checked
from screening.base.foreign.confinement import confined
from screening.base.frames import ReaderCode
from screening.sources.delivery import MAX_WHOLE_BYTES, Content
from screening.sources.json_rows import MAX_COLUMNS, TextRow, table_of
from screening.sources.raw import RawTable, RefusedRow, Target, text_frame
from screening.sources.reader_source import READER, WORDS, CheckedReader, check_reader

_BLOCK_ROWS = 50_000
#: Why a row is refused that its reader cannot read.
EXPECTATION = "row_unread"


class UnreadableError(Exception):
    """What a reader cannot read: raised, it refuses the file; given in place of a row, it refuses that row.

    `column`: as the reader calls it, None where it is of the whole row; `reason`: for people, in Dutch, without any
    value.
    """

    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass
class _Rows:
    """What a reader gave so far. `header`, `names`: the columns of its first row, which every row has."""

    owner: str
    shown: frozenset[str]
    most: int
    count: int = 0
    header: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    block: list[tuple[int, TextRow]] = field(default_factory=list)
    refused: list[tuple[int, UnreadableError]] = field(default_factory=list)

    def take(self, row: object) -> None:
        """One row more. Raises ReaderError for what is none."""
        self.count += 1
        if self.count > self.most:
            self.refuse("the file has fewer bytes than it gives rows")
        if isinstance(row, UnreadableError):
            self.refused.append((self.count, row))
            return
        if not isinstance(row, dict) or not all(isinstance(name, str) and name for name in row):
            self.refuse("it gives something else than a row: a dict of column names and texts")
        if not self.header:
            self.header = tuple(row)
            if not 0 < len(self.header) <= MAX_COLUMNS:
                self.refuse(f"a row has 1 to {MAX_COLUMNS} columns")
            self.names = frozenset(row)
        elif row.keys() != self.names:
            self.refuse("the row has other columns than the first one")
        for name, value in row.items():
            if value is not None and not isinstance(value, str):
                self.refuse(f"{f'column {name}' if name in self.shown else 'a column'} holds no text and is not empty")
        self.block.append((self.count, dict(row)))  # the reader may write its next row into the same one

    def refuse(self, why: str) -> NoReturn:
        """Raise ReaderError at the row that was read last."""
        raise ReaderError(f"{self.owner}, row {self.count}: {why}. Nothing of it is used.")


def read_by(code: ReaderCode, content: Content, target: Target) -> Iterator[RawTable]:
    """The rows of a delivery, block by block.

    Raises:
        SourceError: The file has another ending, is too large, or the reader refuses it.
        ReaderError: The reader ended, reached for something, or gave what are no rows.
    """
    checked = check_reader(code)
    if PurePath(content.name).suffix.lower() not in checked.endings:
        raise SourceError(
            f"{content.name}: the reader {code.name} reads files that end in {' or '.join(checked.endings)}. Correct "
            "`reader` or `path` of this source in the configuration."
        )
    if len(content.data) > MAX_WHOLE_BYTES:
        raise SourceError(f"{content.name}: input too large ({len(content.data)} bytes). Split the delivery.")
    data = content.data[: len(content.data)]
    rows = _Rows(f"{content.name}, read by {code.name}", frozenset(target.expected), len(data))
    with _told(rows):
        given = _begun(code, checked, data, rows.owner)
    chosen: dict[str, str] = {}
    while _takes_more(given, rows):
        if rows.header and not chosen:
            chosen = {name: rows.header[place] for name, place in target.choose(rows.header).items()}
        elif len(rows.refused) == _BLOCK_ROWS and not chosen:
            rows.refuse(f"none of the first {_BLOCK_ROWS} rows can be read")
        yield _table(rows, chosen or dict.fromkeys(target.columns, ""))
    if not rows.count:
        yield table_of([], target)


def _begun(code: ReaderCode, checked: CheckedReader, data: bytes, owner: str) -> Iterator[object]:
    """What `read(content)` of the reader gives."""
    for encoding in WORDS.words("encodings"):  # nor is one of these looked for on the disk while it runs
        codecs.lookup(encoding)
    names = run_checked(checked.tree, code.place, code.name, READER, owner=owner, refusal=ReaderError)
    read = cast(Callable[[bytes], Iterable[object]], names["read"])
    with confined(owner, ReaderError):
        return iter(read(data))


def _takes_more(given: Iterator[object], rows: _Rows) -> bool:
    """Whether the reader gave anything more; the next rows are in `rows` then."""
    rows.block, rows.refused = [], []
    with _told(rows), confined(rows.owner, ReaderError):
        for row in islice(given, _BLOCK_ROWS):
            rows.take(row)
    return bool(rows.block or rows.refused)


@contextmanager
def _told(rows: _Rows) -> Iterator[None]:
    """Whatever the reader raises in the block as an error that names file and row, and no value."""
    try:
        yield
    except UnreadableError as refusal:
        column = f", column {refusal.column}" if refusal.column else ""
        raise SourceError(f"{rows.owner}, row {rows.count + 1}{column}: {refusal.reason}") from None
    except (SourceError, MemoryError):  # of memory the process itself tells: another may have taken it
        raise
    except Exception as error:
        kind = type(error).__name__
        raise ReaderError(f"{rows.owner}, row {rows.count + 1}: it ended ({kind}). Nothing of it is used.") from None


def _table(rows: _Rows, chosen: Mapping[str, str]) -> RawTable:
    called = {theirs: name for name, theirs in chosen.items()}
    return RawTable(
        frame=_frame(rows, chosen),
        rows_read=len(rows.block) + len(rows.refused),
        refused=[
            RefusedRow(number, called.get(why.column or "", why.column), EXPECTATION, why.reason)
            for number, why in rows.refused
        ],
    )


def _frame(rows: _Rows, chosen: Mapping[str, str]) -> pl.DataFrame:
    columns = {name: [row.get(theirs) for _, row in rows.block] for name, theirs in chosen.items()}
    with _told(rows):  # text that cannot be written as UTF-8
        return text_frame(columns, [number for number, _ in rows.block])
