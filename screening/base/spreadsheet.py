"""Read an XLSX or ODS: checked before a parser sees it (parts, ratio, sizes, checksums, dimensions), then as text."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import python_calamine as calamine

from screening.base.errors import SourceError


@dataclass(frozen=True)
class Limits:
    """The largest workbook that is accepted. `rows`: the highest row number, where that is limited.

    A parser lays out the whole rectangle that the cells span, also where it is empty: hence `cells`.
    """

    entries: int = 1_000
    unpacked_bytes: int = 512 << 20
    cells: int = 50_000_000
    rows: int | None = None


#: The limits of a register.
LIMITS = Limits()
MAX_RATIO = 100
_PIECE = 1 << 20
#: More than the longest formula with its cell.
_OVERLAP = 1 << 14
#: Small parts compress well and harm nobody; the ratio is asked of parts above this size.
_RATIO_FROM_BYTES = 1 << 16
_MAX_NAMED_PART = 4 << 20

#: A cell with its reference, a row with its number, or a formula.
_ELEMENT = re.compile(
    rb'<c\s[^<>]{0,300}?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]{0,300}>'
    rb'|<row\s[^<>]{0,300}?\br="([0-9]{1,12})"'
    rb"|<(?:\w{1,60}:)?f[\s/>]"
)
#: A formula without a result, as a program writes it that does not compute; of type `str` the result is empty text.
_UNCOMPUTED = re.compile(
    rb'<c\s(?![^<>]{0,300}\bt="str")[^<>]{0,300}?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]{0,300}>\s*'
    rb"<f(?:\s[^<>]{0,300})?(?:/>|>[^<]{0,9000}</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_SHEET_PART = re.compile(r"(?:xl/worksheets/[^/]+|content)\.xml\Z")
_ODS_CELLS, _ODS_MANIFEST = "content.xml", "META-INF/manifest.xml"
_ODS_ERROR = b'value-type="error"'
_ODS_MERGED_ROWS = re.compile(rb'number-rows-spanned="0*(?:[2-9]|1[0-9])')


@dataclass
class SheetScan:
    """What the XML of one sheet says of its cells: the rectangle that they span (1-based), errors and formulas.

    `uncomputed`: cells with a formula and no result. `formula`: the reference of the last cell before the first
    formula; None without a formula. `last_row_element`: the highest number of a row, empty rows included.
    """

    first_row: int = 0
    last_row: int = 0
    first_column: int = 0
    last_column: int = 0
    errors: set[tuple[int, int]] = field(default_factory=set)
    last_row_element: int = 0
    last_reference: str = ""
    formula: str | None = None
    has_errors: bool = False
    has_merged_rows: bool = False
    uncomputed: set[tuple[int, int]] = field(default_factory=set)

    def read(self, xml: bytes) -> None:
        """Note the elements of a piece of the sheet. Reading a piece again changes nothing."""
        self.has_errors = self.has_errors or _ODS_ERROR in xml
        self.has_merged_rows = self.has_merged_rows or _ODS_MERGED_ROWS.search(xml) is not None
        if b"<f" in xml:
            cells = (cell.groups() for cell in _UNCOMPUTED.finditer(xml))
            self.uncomputed.update((int(digits), _column_number(letters)) for letters, digits in cells)
        for element in _ELEMENT.finditer(xml):
            letters, digits, row_number = element.groups()
            if letters:
                self.last_reference = f"{letters.decode()}{digits.decode()}"
                self._add(int(digits), _column_number(letters), is_error=b't="e"' in element[0])
            elif row_number:
                self.last_row_element = max(self.last_row_element, int(row_number))
            elif self.formula is None:
                self.formula = self.last_reference

    def _add(self, row: int, column: int, *, is_error: bool) -> None:
        self.first_row = min(self.first_row or row, row)
        self.last_row = max(self.last_row, row)
        self.first_column = min(self.first_column or column, column)
        self.last_column = max(self.last_column, column)
        if is_error:
            self.errors.add((row, column))


class FilledSheet(NamedTuple):
    """The cells of a sheet from its first filled row and column on, which count from 0.

    `merged`: the first and last row and column of each block of cells that is shown as one; only the first holds a
    value.
    """

    name: str
    row: int
    column: int
    cells: Sequence[Sequence[object]]
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()


@dataclass
class Workbook:
    """A checked spreadsheet file: what was seen in its sheets, by name, and whether its day numbers count from 1904.

    `has_errors`: a cell of an ODS, whose cells carry no reference, shows an error; `has_merged_rows`: one of it spans
    several rows.
    """

    name: str
    data: bytes = field(repr=False)
    sheets: dict[str, SheetScan]
    is_1904: bool
    has_errors: bool = False
    has_merged_rows: bool = False

    def filled_sheets(self) -> Iterator[FilledSheet]:
        """Yield each visible sheet with something in it.

        Raises:
            SourceError: the parser cannot read it.
        """
        try:
            book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.data))
            for sheet in book.sheets_metadata:
                is_shown = sheet.visible == calamine.SheetVisibleEnum.Visible
                if sheet.typ == calamine.SheetTypeEnum.WorkSheet and is_shown:
                    table = book.get_sheet_by_name(sheet.name)
                    cells = table.to_python()
                    if table.start is not None and cells and cells[0]:
                        yield FilledSheet(sheet.name, *table.start, cells, table.merged_cell_ranges or ())
        except calamine.CalamineError:
            raise SourceError(f"{self.name}: cannot be read as a spreadsheet. Save and deliver it again.") from None


def check_workbook(data: bytes, name: str, limits: Limits | None = None) -> Workbook:
    """Unpack every part once, piece by piece, and look at it.

    Args:
        data: The file.
        name: What errors call it.
        limits: The largest workbook that is accepted; default that of a register.

    Raises:
        SourceError: it is damaged, hostile, too large or no XLSX.
    """
    with _opened(data, name, "XLSX") as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise SourceError(
                f"{name}: is no spreadsheet of the XLSX kind, and no other zip file that is known. Save it as XLSX "
                "or CSV."
            )
        scans = _check(archive, name, limits or LIMITS)
        book = _part(archive, "xl/workbook.xml")
        is_1904 = re.search(r'<workbookPr\b[^>]*\bdate1904="(?:1|true|on)"', book) is not None
        return Workbook(name, data, _by_sheet_name(book, _part(archive, "xl/_rels/workbook.xml.rels"), scans), is_1904)


def check_ods(data: bytes, name: str) -> Workbook:
    """The same for the spreadsheet of OpenDocument, whose cells stand in one part and carry no reference.

    Raises:
        SourceError: it is damaged, hostile, too large, has a password or no cells.
    """
    with _opened(data, name, "ODS") as archive:
        if _ODS_CELLS not in archive.namelist() or b"manifest:encryption-data" in _bytes_of(archive, _ODS_MANIFEST):
            raise SourceError(f"{name}: is no ODS spreadsheet, or has a password. Save it as ODS without one.")
        scans = _check(archive, name, LIMITS)
        scan = scans[_ODS_CELLS]
        return Workbook(name, data, {}, False, scan.has_errors, scan.has_merged_rows)


@contextmanager
def _opened(data: bytes, name: str, kind: str) -> Iterator[zipfile.ZipFile]:
    """The parts of the file; whatever shows in them to be damaged is a SourceError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise SourceError(
            f"{name}: is damaged, or no spreadsheet of the {kind} kind. Save and deliver it again."
        ) from None


def _check(archive: zipfile.ZipFile, name: str, limits: Limits) -> dict[str, SheetScan]:
    """What the parts that hold cells say of them."""
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise SourceError(
            f"{name}: input too large ({len(entries)} parts in one spreadsheet, at most {limits.entries})."
        )
    if len({entry.filename for entry in entries}) != len(entries):
        raise SourceError(f"{name}: a part occurs twice in the spreadsheet. Save and deliver it again.")
    total = sum(entry.file_size for entry in entries)
    if total > limits.unpacked_bytes:
        raise SourceError(f"{name}: input too large ({total} bytes unpacked, at most {limits.unpacked_bytes}).")
    scans: dict[str, SheetScan] = {}
    for entry in entries:
        if entry.file_size > _RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise SourceError(
                f"{name}: a part unpacks to more than {MAX_RATIO} times its size, as no register does. It is refused."
            )
        scan = _unpack(archive, entry, name, limits)
        if scan:
            scans[entry.filename] = scan
    return scans


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, limits: Limits) -> SheetScan | None:
    """Read a part to its end, which checks its checksum and its declared size; scan it if it is a sheet."""
    scan = SheetScan() if _SHEET_PART.match(entry.filename) else None
    is_xml = entry.filename.endswith((".xml", ".rels", ".vml"))
    tail = b""
    with archive.open(entry) as part:
        while piece := part.read(_PIECE):
            piece = tail + piece
            if is_xml and (b"<!DOCTYPE" in piece or b"<!ENTITY" in piece):
                raise SourceError(f"{name}: a part declares XML entities, which no spreadsheet does. It is refused.")
            if scan is not None:
                scan.read(piece)  # what is in the overlap is read again with the next piece
            tail = piece[-_OVERLAP:]
    if scan is not None:
        cells = (scan.last_row - scan.first_row + 1) * (scan.last_column - scan.first_column + 1)
        if limits.rows is not None and scan.last_row_element > limits.rows:
            raise SourceError(f"{name}: input too large (a row number above {limits.rows}).")
        if cells > limits.cells:
            raise SourceError(
                f"{name}: input too large (a sheet spans {cells} cells, at most {limits.cells}). Clear stray cells far "
                "below or to the right of the table."
            )
    return scan


def cell_text(value: object) -> str:
    """The text of one cell: a date as YYYY-MM-DD, a whole number without `.0`."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() | int():
            return repr(value) if not math.isfinite(value) or value != int(value) else str(int(value))
        case dt.datetime():
            is_day = value.time() == dt.time()
            return value.date().isoformat() if is_day else value.isoformat(timespec="seconds")
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return "" if value is None else str(value)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _part(archive: zipfile.ZipFile, part: str) -> str:
    return _bytes_of(archive, part).decode("utf-8", "replace")


def _bytes_of(archive: zipfile.ZipFile, part: str) -> bytes:
    try:
        entry = archive.getinfo(part)
    except KeyError:
        return b""
    return archive.read(entry) if entry.file_size <= _MAX_NAMED_PART else b""


def _by_sheet_name(book: str, relations: str, scans: dict[str, SheetScan]) -> dict[str, SheetScan]:
    """Scans by the name of the sheet. A sheet whose part cannot be told has none."""
    targets = {}
    for relation in re.findall(r"<Relationship\b[^>]*>", relations):
        target = _attribute(relation, "Target").lstrip("/")
        targets[_attribute(relation, "Id")] = target if target.startswith("xl/") else f"xl/{target}"
    named = {}
    for sheet in re.findall(r"<sheet\b[^>]*>", book):
        part = targets.get(_attribute(sheet, "r:id") or _attribute(sheet, "id"), "")
        if part in scans:
            named[_unescaped(_attribute(sheet, "name"))] = scans[part]
    return named


def _attribute(element: str, attribute: str) -> str:
    match = re.search(rf"""\s{re.escape(attribute)}=(?:"([^"]*)"|'([^']*)')""", element)
    return (match[1] or match[2] or "") if match else ""


def _unescaped(text: str) -> str:
    for escape, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(escape, character)
    return text
