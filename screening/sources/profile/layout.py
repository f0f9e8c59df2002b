"""How a foreign file is written: its kind, character set, separator, the row of its header, its sheet."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from screening.base.errors import SourceError
from screening.base.spreadsheet import cell_text, check_ods, check_workbook
from screening.sources.charset import decide_charset
from screening.sources.csv_text import SEPARATORS
from screening.sources.delivery import Content
from screening.sources.large_file import LargeFile
from screening.sources.ods import is_ods
from screening.sources.profile.words import is_known_name
from screening.sources.raw import RECOGNISED, Layout
from screening.sources.readers import kind_of

#: How far down a header is looked for, and how many rows say how wide the table is.
_TOP_ROWS = 30
_ROWS_LOOKED_AT = 200
_LOOKED_AT_BYTES = 1 << 20
#: Letters with a sign that Dutch registers hold, and how telling they are; the set that gives most of them is the one.
_LETTERS = dict.fromkeys("éëïöüè", 1.0) | dict.fromkeys("êíóôúûáàâäçñÉËÈÏÖÓÜÁÄÇÑß°€’‘“”–", 0.4)
_ENCODINGS = ("cp1252", "cp850", "mac-roman")
_CLEARLY = 0.5
#: What no name of a column is: a number, a date, an identifier, an address of mail.
_DATA = re.compile(r"\s*-?[0-9][0-9.,:/\- T]*\s*|.*[0-9]{5}.*|.*@.*|.*[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}.*", re.S)
_MOST_CHARACTERS = 60
#: The share of the cells of a header that are names: some supplier calls a column 2026.
_NAMES = 0.8


@dataclass(frozen=True)
class FileLayout:
    """How a file is written, as far as it can be seen.

    `layout`: what a configuration has to say to have it read so. `header`: the row of the header, 0 for none, None
    where the kind of file needs none. `are_names_known`: whether a cell of the header is the name of a column, so that
    no value of anybody is shown as one.
    """

    kind: str
    layout: Layout = RECOGNISED
    header: int | None = None
    are_names_known: bool = True
    sheets: int = 0


@dataclass(frozen=True)
class HeaderRow:
    """Where the header of a table is (0 = first row, -1 = none), and whether one of its cells is known to be a name."""

    place: int
    are_names_known: bool
    width: int


def see_layout(content: Content) -> FileLayout:
    """Look at the beginning of a file.

    Raises:
        SourceError: it is damaged, or of a kind that no reader takes.
    """
    kind = kind_of(content)
    if kind in ("XLSX", "ODS") and isinstance(content.data, bytes):
        return _spreadsheet(content.data, content.name, kind)
    if kind == "CSV":
        return _text_table(content.data, content.name)
    return FileLayout(kind)


def find_header(rows: Sequence[Sequence[str]]) -> HeaderRow:
    """The header of a table among its first rows: the first row of its width without data in it, and with a known name.

    Without a known name it is the first row where what stands under it is data and it is none; then nobody knows
    whether its cells are names.
    """
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    width = max(widths, key=lambda size: (widths[size], size), default=0)
    for place, row in enumerate(rows[:_TOP_ROWS]):
        if _is_header(row, rows, width):
            return HeaderRow(place, True, width)
    first = next((place for place, row in enumerate(rows) if len(row) == width), 0)
    is_unlike_data = bool(rows) and all(_is_name(cell) for cell in rows[first])
    if is_unlike_data and any(_holds_data(rows[first + 1 :], column) for column in range(width)):
        return HeaderRow(first, False, width)
    return HeaderRow(-1, False, width)


def _is_header(row: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether a row is the header: a word that its column holds again is a value, such as the role of somebody."""
    cells = [cell.strip() for cell in row]
    filled = [cell for cell in cells if cell]
    if len(cells) != width or 2 * len(filled) < width or sum(map(_is_name, filled)) < _NAMES * len(filled):
        return False
    others = [
        other for other in rows if [cell.strip() for cell in other] != cells
    ]  # a printed export repeats its header
    names = sum(
        is_known_name(cell) and all(cell != other[place].strip() for other in others if place < len(other))
        for place, cell in enumerate(cells)
        if cell
    )
    return names >= (2 if width > 3 else 1)


def _is_name(cell: str) -> bool:
    text = cell.strip()
    return bool(text) and len(text) <= _MOST_CHARACTERS and not _DATA.fullmatch(text)


def _holds_data(rows: Sequence[Sequence[str]], column: int) -> bool:
    cells = [row[column].strip() for row in rows if column < len(row) and row[column].strip()]
    return len(cells) >= 2 and sum(bool(_DATA.fullmatch(cell)) for cell in cells) >= 0.8 * len(cells)


def _text_table(data: bytes | LargeFile, name: str) -> FileLayout:
    encoding = see_encoding(data, name)
    charset = decide_charset(data, name, encoding)
    start = data[charset.skip : charset.skip + _LOOKED_AT_BYTES].decode(charset.codec, "replace")
    lines = start.splitlines(keepends=True)
    lines = lines[:-1] if len(lines) > 1 and len(data) > _LOOKED_AT_BYTES else lines
    tables = [(separator, *_rows(lines, separator)) for separator in SEPARATORS]
    # the separator under which most rows have the same number of fields, and more than one
    _, rows, ends = max(tables, key=lambda table: _regularity(table[1]))
    header = find_header(rows)
    if header.place < 0:
        width = max(header.width, 1)
        names = tuple(f"kolom_{place}" for place in range(1, width + 1))
        return FileLayout("CSV", Layout(encoding, 0, names), 0, are_names_known=False)
    line = ends[header.place - 1] + 1 if header.place else 1
    declared = bool(lines) and lines[0].lower().startswith("sep=")
    row = line - declared
    layout = Layout(encoding, row if row > 1 else None)
    return FileLayout("CSV", layout, row, header.are_names_known)


def _rows(lines: Sequence[str], separator: str) -> tuple[list[list[str]], list[int]]:
    """The first records, and at which line each ends."""
    records = csv.reader(lines, delimiter=separator)
    rows: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in records:
            rows.append(row)
            ends.append(records.line_num)
            if len(rows) == _ROWS_LOOKED_AT:
                break
    except csv.Error:
        pass
    return rows, ends


def _regularity(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda entry: (entry[1], entry[0]))
    return round(count / len(rows), 1), width


def see_encoding(data: bytes | LargeFile, name: str) -> str | None:
    """The character set to name where a file is no UTF and its letters say that it is not Windows-1252 either.

    Raises:
        SourceError: it is none of those that are recognised, and its letters tell no other.
    """
    try:
        if decide_charset(data, name).name != "windows-1252":
            return None
        refusal = None
    except SourceError as error:
        refusal = error
    sample = bytes(byte for byte in data[: 8 * _LOOKED_AT_BYTES] if byte >= 0x80)
    worths = {codec: _telling_letters(sample, codec) for codec in _ENCODINGS}
    best = max(_ENCODINGS, key=lambda codec: worths[codec])
    is_clear = worths[best] >= _CLEARLY and worths[best] >= worths["cp1252"] + 0.3
    if best != "cp1252" and is_clear:
        return best
    if refusal:
        raise refusal
    return None


def _telling_letters(sample: bytes, codec: str) -> float:
    text = sample.decode(codec, "replace")
    return sum(_LETTERS.get(letter, 0.0) for letter in text) / len(text) if text else 0.0


def _spreadsheet(data: bytes, name: str, kind: str) -> FileLayout:
    """The sheet with most known names in its header, else the one with most cells."""
    workbook = check_ods(data, name) if is_ods(data) else check_workbook(data, name)
    candidates = []
    for sheet in workbook.filled_sheets():
        rows = [[cell_text(cell) for cell in row] for row in sheet.cells[:_ROWS_LOOKED_AT]]
        header = find_header(rows)
        size = len(sheet.cells) * header.width
        candidates.append((header.are_names_known, size, sheet, header))
    if not candidates:
        return FileLayout(kind)
    _, _, sheet, header = max(candidates, key=lambda candidate: candidate[:2])
    name_of_sheet = sheet.name if len(candidates) > 1 else None
    if header.place < 0:
        names = tuple(f"kolom_{place}" for place in range(1, len(sheet.cells[0]) + 1))
        layout = Layout(header=0, names=names, sheet=name_of_sheet)
        return FileLayout(kind, layout, 0, are_names_known=False, sheets=len(candidates))
    row = sheet.row + header.place + 1
    layout = Layout(header=row if header.place else None, sheet=name_of_sheet)
    return FileLayout(kind, layout, row, header.are_names_known, len(candidates))
