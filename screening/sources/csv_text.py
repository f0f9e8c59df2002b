"""CSV: character set, separator, quotes and the shape of each row, without guessing at any of them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal

from screening.errors import SourceError
from screening.notes import note
from screening.sources.charset import Charset, decide_charset
from screening.sources.large_file import LargeFile, opened
from screening.sources.raw import RECOGNISED, Choose, Layout, RawTable, RefusedRow, text_frame

SEPARATORS = (",", ";", "\t", "|")
#: Records that are held as Python lists at a time; bounds the memory, not the size of a delivery.
CHUNK_ROWS = 50_000
#: By which DOS ends a text; it is the last line of many an old export, and no row.
_DOS_END = "\x1a"
#: Longest cell. A quote that is never closed runs into it long before the file ends.
MAX_CELL_CHARACTERS = 1_000_000
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
    lines = _Lines(data, charset, keep=b'"' in data)
    text = iter(lines)
    deque(islice(text, skip), maxlen=0)
    lines.forget(len(lines.kept))
    records = csv.reader(text, delimiter=separator, strict=True, quoting=quoting)
    header = list(layout.names) or [cell.strip() for cell in _next_record(records, name) or []]
    if not any(header):
        line = f"line {skip + 1}" if skip else "first line"
        raise SourceError(f"{name}: the {line} is no header. Deliver the file with the names of its columns.")
    chosen = choose(header)
    reading = _Reading(name, separator, len(header), chosen, has_plain_quotes=quoting == csv.QUOTE_NONE)
    last = RawTable(text_frame({column: [] for column in chosen}, []), rows_read=0)
    last = replace(last, encoding=charset.name, separator=separator)
    for block in _blocks(records, lines, name):
        if last.rows_read:
            yield last
        last = replace(reading.batch(block), encoding=charset.name, separator=separator)
    reading.refuse_broken_end(data, charset)
    reading.refuse_another_width(has_header=not layout.names)
    notes = [charset.note] if charset.note else []
    if reading.blank_lines:
        notes.append(note("blank_lines", file=name, blank_line=reading.blank_lines))
    yield replace(last, notes=notes)


class _Lines:
    """Physical lines of the text; the lines of the chunk under way are kept where quotes must be looked at again."""

    def __init__(self, data: bytes | LargeFile, charset: Charset, *, keep: bool) -> None:
        # newline="": CR, LF and CRLF all end a line and are handed on as they are, so that a quoted one stays.
        stream = opened(data)
        stream.seek(charset.skip)
        self._text = io.TextIOWrapper(stream, encoding=charset.codec, errors="strict", newline="")
        self.keep = keep
        self.kept: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            if self.keep:
                self.kept.append(line)
            yield line

    def forget(self, count: int) -> None:
        del self.kept[:count]


@dataclass
class _Block:
    """A chunk of records; `raw` gives the text of a record by its place in the chunk, where quotes occur."""

    records: list[list[str]]
    raw: list[str] | None


def _next_record(records: Iterator[list[str]], name: str) -> list[str] | None:
    """The next record, or None at the end. Raises SourceError where the text is no CSV from here on."""
    try:
        return next(records)
    except StopIteration:
        return None
    except csv.Error as error:
        line = getattr(records, "line_num", 0)
        if "field larger" in str(error):
            why = f"a field is longer than {MAX_CELL_CHARACTERS} characters: a quotation mark is probably never closed"
        elif "unexpected end" in str(error):
            why = "the file ends inside a quoted field: it breaks off, or a quotation mark is never closed"
        else:
            why = "a quoted field holds a quotation mark that is not doubled, so that its end cannot be known"
        raise SourceError(f"{name}, line {line}: {why}. Nothing is read: export the file again.") from None


def _blocks(records: Iterator[list[str]], lines: _Lines, name: str) -> Iterator[_Block]:
    """Chunks of records until the text ends."""
    if not lines.keep:
        while True:
            block = []
            try:
                block = list(islice(records, CHUNK_ROWS))
            except csv.Error:  # without a quotation mark only a giant field can go wrong
                raise SourceError(
                    f"{name}, line {getattr(records, 'line_num', 0)}: a field is longer than "
                    f"{MAX_CELL_CHARACTERS} characters."
                ) from None
            if not block:
                return
            yield _Block(block, None)
    lines.forget(len(lines.kept))
    done = False
    while not done:
        block, raw = [], []
        while len(block) < CHUNK_ROWS:
            record = _next_record(records, name)
            if record is None:
                done = True
                break
            block.append(record)
            raw.append(lines.kept[0] if len(lines.kept) == 1 else "".join(lines.kept))
            lines.kept.clear()
        if block:
            yield _Block(block, raw)


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
    last: list[str] | None = None

    def __post_init__(self) -> None:
        # A field as RFC 4180 has it: quoted with doubled marks inside, or free of marks.
        cell = rf'(?:"(?:[^"]|"")*"|[^"{re.escape(self.separator)}\r\n]*)'
        self._well_formed = re.compile(rf"{cell}(?:{re.escape(self.separator)}{cell})*[\r\n]*\Z")

    def batch(self, block: _Block) -> RawTable:
        """The good rows of a chunk as text columns, and the others as refused."""
        before = self.count
        refused: list[RefusedRow] = []
        rows: list[list[str]] = []
        numbers: list[int] = []
        for place, fields in enumerate(block.records):
            if not fields and self.width > 1:  # a line with nothing on it is no record, as every reader of CSV has it
                self.blank_lines += 1
                continue
            if fields == [_DOS_END]:
                continue
            record = fields or [""]
            self.count += 1
            why = self._fault(record, block.raw[place] if block.raw is not None else None)
            if len(record) != self.width:
                self.widths[len(record)] += 1
            if why:
                refused.append(RefusedRow(self.count, None, "row_shape", why))
            else:
                rows.append(record)
                numbers.append(self.count)
            self.last = record
        columns = {column: [row[index] for row in rows] for column, index in self.chosen.items()}
        return RawTable(text_frame(columns, numbers), rows_read=self.count - before, refused=refused)

    def _fault(self, record: list[str], raw: str | None) -> str | None:
        if len(record) != self.width:
            return f"{len(record)} velden, terwijl de kop er {self.width} heeft"
        joined = "".join(record)
        if "\x00" in joined:
            return "bevat een NUL-teken"
        if self.has_plain_quotes:
            is_quoted = any(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in record)
            return "staat tussen aanhalingstekens, die in dit bestand gewone tekens zijn" if is_quoted else None
        if raw is not None and '"' in joined and not self._well_formed.match(raw):
            return "bevat een aanhalingsteken in een veld zonder aanhalingstekens"
        return None

    def refuse_broken_end(self, data: bytes | LargeFile, charset: Charset) -> None:
        """Raise SourceError where the last row is too short and its line does not end: the delivery breaks off."""
        ends = tuple(end.encode(charset.codec) for end in ("\n", "\r"))
        if self.last is not None and len(self.last) < self.width and not data.endswith(ends):
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


def _decide_separator(
    data: bytes | LargeFile, charset: Charset, name: str, expected: Collection[str], layout: Layout
) -> tuple[str, int, _Quoting]:
    """The separator under which the header has most known names, then most fields; and the lines before the header.

    Without a header it is the one under which the first record has as many fields as there are names; where quotation
    marks make no CSV of that record and it has as many without them, they are plain characters in this file.
    """
    names = {column.casefold() for column in expected}
    before = max((layout.header or 1) - 1, 0)
    first = next(iter(_Lines(data, charset, keep=False)), "")
    declared = _SEPARATOR_LINE.match(first)
    if declared:  # Excel writes this line and hides it again
        return declared.group(1), 1 + before, csv.QUOTE_MINIMAL
    scores: list[tuple[int, int, str]] = []
    for separator in SEPARATORS:
        try:
            lines = islice(_Lines(data, charset, keep=False), before, None)
            header = next(csv.reader(lines, delimiter=separator, strict=True), [])
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
