"""CSV: character set, separator, quotes and the shape of each row, without guessing at any of them."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal

import polars as pl

from screening.base.errors import SourceError
from screening.base.notes import note
from screening.sources.batches import one_raw_table
from screening.sources.charset import Charset, decide_charset
from screening.sources.csv_blocks import BLOCK_BYTES, MAX_CELL_CHARACTERS, BlockSplitter, Feed
from screening.sources.invisible import is_plain
from screening.sources.large_file import LargeFile
from screening.sources.raw import RECOGNISED, Choose, Layout, RawTable, RefusedRow, text_frame

SEPARATORS = (",", ";", "\t", "|")
#: So much text is read record by record where something in it is not well formed.
_CAREFUL_BYTES = 1 << 18
#: By which DOS ends a text; it is the last line of many an old export, and no row.
_DOS_END = "\x1a"
#: So many rows of one width say that the header is wrong, and not they.
_ROWS_THAT_TELL = 5
_Quoting = Literal[0, 3]
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])[\r\n]*\Z")


def read_csv(
    data: bytes | LargeFile, name: str, expected: Collection[str], choose: Choose, layout: Layout = RECOGNISED
) -> Iterator[RawTable]:
    """One row a record under the header, in batches. `expected`: header names that tell one separator from another.

    A row with another number of fields than the header, a stray quotation mark or a NUL is refused and counted. Raises
    SourceError for an empty file, an undecidable character set or separator, a header without a name, a quoted field
    that is never closed, or a last row that breaks off.
    """
    if not data[:MAX_CELL_CHARACTERS].strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise SourceError(f"{name}: is empty, without even a header. Deliver it again.")
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    charset = decide_charset(data, name, layout.encoding)
    separator, skip, quoting = _decide_separator(data, charset, name, expected, layout)
    feed = Feed(data, charset)
    records = _Records(feed, name, separator, quoting, has_quotes=b'"' in data)
    records.lines = sum(1 for _ in range(skip) if feed.line())
    header = list(layout.names) or [cell.strip() for cell in records.next_record() or []]
    if not any(header):
        line = f"line {skip + 1}" if skip else "first line"
        raise SourceError(f"{name}: the {line} is no header. Deliver the file with the names of its columns.")
    chosen = choose(header)
    reading = _Reading(name, separator, len(header), chosen, has_plain_quotes=quoting == csv.QUOTE_NONE)
    last = RawTable(text_frame({column: [] for column in chosen}, []), rows_read=0)
    last = replace(last, encoding=charset.name, separator=separator)
    for table in reading.tables(records):
        if last.rows_read:
            yield last
        last = replace(table, encoding=charset.name, separator=separator)
    reading.refuse_broken_end(data, charset)
    reading.refuse_another_width(has_header=not layout.names)
    notes = [charset.note] if charset.note else []
    if reading.blank_lines:
        notes.append(note("blank_lines", file=name, blank_line=reading.blank_lines))
    yield replace(last, notes=notes)


class _Records:
    """Records one by one, with the text of each. Raises SourceError where the text is no CSV from there on."""

    def __init__(self, feed: Feed, name: str, separator: str, quoting: _Quoting, *, has_quotes: bool) -> None:
        self.feed, self.lines = feed, 0
        self._name, self._separator, self._quoting, self._has_quotes = name, separator, quoting, has_quotes

    def next_record(self) -> list[str] | None:
        """The next one, or None at the end."""
        return next(self.within(self.feed.line()), (None, ""))[0]

    def within(self, text: bytes) -> Iterator[tuple[list[str], str]]:
        """Those that begin in this text, which begins with one and ends with a line, and the text of each."""
        taken: list[str] = []
        lines = deque(text.splitlines(keepends=True))

        def handed() -> Iterator[str]:
            while line := lines.popleft() if lines else self.feed.line():
                self.lines += 1
                taken.append(line.decode())
                yield taken[-1]

        records = csv.reader(handed(), delimiter=self._separator, strict=True, quoting=self._quoting)
        while lines:
            taken.clear()
            try:
                record = next(records)
            except csv.Error as error:
                raise SourceError(f"{self._name}, line {self.lines}: {self._why(str(error))}") from None
            yield record, "".join(taken)

    def _why(self, error: str) -> str:
        if "field larger" in error and not self._has_quotes:
            return f"a field is longer than {MAX_CELL_CHARACTERS} characters."
        if "field larger" in error:
            why = f"a field is longer than {MAX_CELL_CHARACTERS} characters: a quotation mark is probably never closed"
        elif "unexpected end" in error:
            why = "the file ends inside a quoted field: it breaks off, or a quotation mark is never closed"
        else:
            why = "a quoted field holds a quotation mark that is not doubled, so that its end cannot be known"
        return f"{why}. Nothing is read: export the file again."


@dataclass
class _Reading:
    """What has been read so far."""

    name: str
    separator: str
    width: int
    chosen: dict[str, int]
    has_plain_quotes: bool = False
    count: int = 0
    blank_lines: int = 0
    widths: Counter[int] = field(default_factory=Counter)
    last_width: int | None = None

    def __post_init__(self) -> None:
        places = list(self.chosen.values())
        self._splitter = BlockSplitter(self.separator, self.width, places, has_plain_quotes=self.has_plain_quotes)
        self._well_formed = re.compile(self._splitter.well_formed + r"\Z")

    def tables(self, records: _Records) -> Iterator[RawTable]:
        """The rows, a block at a time: split at once, or with more care where something is not well formed."""
        while block := records.feed.block(BLOCK_BYTES):
            table = self._split(block, records)
            if table is None:
                records.feed.put_back(block)
                table = one_raw_table(self._careful_tables(records, len(block)))
            yield table

    def _careful_tables(self, records: _Records, length: int) -> Iterator[RawTable]:
        """About so many bytes in small blocks, record by record those in which something is not well formed."""
        until = records.feed.place + length
        while records.feed.place < until and (block := records.feed.block(_CAREFUL_BYTES)):
            table = self._split(block, records)
            yield table if table is not None else self._batch(records.within(block))

    def _split(self, block: bytes, records: _Records) -> RawTable | None:
        """The rows of the whole records of a block; what is left of it is put back."""
        whole = self._splitter.split(block)
        if whole is None:
            return None
        fields, length = whole
        records.feed.put_back(block[length:])
        records.lines += block.count(b"\n", 0, length)
        numbers = pl.int_range(self.count + 1, self.count + fields.height + 1, dtype=pl.Int64).alias("row_number")
        self.count += fields.height
        self.last_width = self.width
        columns = [pl.col(str(place)).alias(column) for column, place in self.chosen.items()]
        return RawTable(fields.select(numbers, *columns), rows_read=fields.height, is_plain=is_plain(block))

    def _batch(self, records: Iterable[tuple[list[str], str]]) -> RawTable:
        """The good rows as text columns, and the others as refused."""
        before = self.count
        refused: list[RefusedRow] = []
        rows: list[list[str]] = []
        numbers: list[int] = []
        for fields, raw in records:
            if not fields and self.width > 1:  # a line with nothing on it is no record, as every reader of CSV has it
                self.blank_lines += 1
                continue
            if fields == [_DOS_END]:
                continue
            record = fields or [""]
            self.count += 1
            why = self._fault(record, raw)
            if len(record) != self.width:
                self.widths[len(record)] += 1
            if why:
                refused.append(RefusedRow(self.count, None, "row_shape", why))
            else:
                rows.append(record)
                numbers.append(self.count)
            self.last_width = len(record)
        columns = {column: [row[index] for row in rows] for column, index in self.chosen.items()}
        return RawTable(text_frame(columns, numbers), rows_read=self.count - before, refused=refused)

    def _fault(self, record: list[str], raw: str) -> str | None:
        if len(record) != self.width:
            return f"{len(record)} velden, terwijl de kop er {self.width} heeft"
        joined = "".join(record)
        if "\x00" in joined:
            return "bevat een NUL-teken"
        if self.has_plain_quotes:
            is_quoted = any(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in record)
            return "staat tussen aanhalingstekens, die in dit bestand gewone tekens zijn" if is_quoted else None
        if '"' in joined and not self._well_formed.match(raw):
            return "bevat een aanhalingsteken in een veld zonder aanhalingstekens"
        return None

    def refuse_broken_end(self, data: bytes | LargeFile, charset: Charset) -> None:
        """Raise SourceError where the last row is too short and its line does not end: the delivery breaks off."""
        ends = tuple(end.encode(charset.codec) for end in ("\n", "\r"))
        if self.last_width is not None and self.last_width < self.width and not data.endswith(ends):
            raise SourceError(
                f"{self.name}, row {self.count}: the file breaks off in the middle of its last row. Deliver it again."
            )

    def refuse_another_width(self, *, has_header: bool) -> None:
        """Raise SourceError where every row has one and the same number of fields, and the header has another."""
        if len(self.widths) != 1 or self.widths.total() != self.count or self.count < _ROWS_THAT_TELL:
            return
        width = next(iter(self.widths))
        raise SourceError(
            f"{self.name}: {'the header' if has_header else '`names`'} has {self.width} names, and all {self.count} "
            f"rows have {width} fields. {'A name is missing' if width > self.width else 'There is a name too many'} "
            f"{'in the header: have it delivered again' if has_header else 'in the configuration: correct it'}."
        )


def _lines_behind(before: int, data: bytes | LargeFile, charset: Charset) -> Iterator[str]:
    feed = Feed(data, charset)
    return islice((line.decode() for line in iter(feed.line, b"")), before, None)


def _decide_separator(
    data: bytes | LargeFile, charset: Charset, name: str, expected: Collection[str], layout: Layout
) -> tuple[str, int, _Quoting]:
    """The separator under which the header has most known names, then most fields; and the lines before the header.

    Without a header it is the one under which the first record has as many fields as there are names; where quotation
    marks make no CSV of that record and it has as many without them, they are plain characters in this file.
    """
    names = {column.casefold() for column in expected}
    before = max((layout.header or 1) - 1, 0)
    first = Feed(data, charset).line().decode()
    declared = _SEPARATOR_LINE.match(first)
    if declared:  # Excel writes this line and hides it again
        return declared.group(1), 1 + before, csv.QUOTE_MINIMAL
    scores: list[tuple[int, int, str]] = []
    for separator in SEPARATORS:
        try:
            header = next(csv.reader(_lines_behind(before, data, charset), delimiter=separator, strict=True), [])
        except csv.Error:
            continue
        fitting = sum(cell.strip().casefold() in names for cell in header)
        if layout.names:
            fitting = int(len(header) == len(layout.names))
        scores.append((fitting, len(header), separator))
    plain = [separator for separator in SEPARATORS if len(first.split(separator)) == len(layout.names) > 1]
    if not scores and len(plain) == 1:
        return plain[0], before, csv.QUOTE_NONE
    if not scores:
        raise SourceError(
            f"{name}, line {before + 1}: the header is no CSV (a quotation mark is never closed, or not doubled). If "
            "the file has no header, say so: header = 0, and the names of its columns under `names`."
        )
    scores.sort(key=lambda score: score[:2], reverse=True)
    best = scores[0]
    if best[1] > 1 and len(scores) > 1 and scores[1][:2] == best[:2]:
        raise SourceError(
            f"{name}, line {before + 1}: the header can be split by more than one of , ; tab |. Deliver it with one."
        )
    return (best[2] if best[1] > 1 else ","), before, csv.QUOTE_MINIMAL
