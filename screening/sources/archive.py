"""Is a spreadsheet safe to unpack? Asked before any parser sees it: entries, ratio, sizes, checksums, dimensions."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field

from screening.errors import SourceError

MAX_ENTRIES = 1_000
MAX_RATIO = 100
MAX_UNPACKED_BYTES = 512 << 20
#: A parser lays out the whole rectangle that the cells span, also where it is empty.
MAX_CELLS = 50_000_000
_PIECE = 1 << 20
_OVERLAP = 512
#: Small parts compress well and harm nobody; the ratio is asked of parts above this size.
_RATIO_FROM_BYTES = 1 << 16
_MAX_NAMED_PART = 4 << 20

_CELL = re.compile(rb'<c\s[^<>]{0,300}?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]{0,300}>')
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml\Z")


@dataclass
class SheetScan:
    """What the XML of one sheet says of its cells: the rectangle they span (1-based), and those that hold an error."""

    first_row: int = 0
    last_row: int = 0
    first_column: int = 0
    last_column: int = 0
    errors: set[tuple[int, int]] = field(default_factory=set)

    def add(self, row: int, column: int, *, is_error: bool) -> None:
        self.first_row = min(self.first_row or row, row)
        self.last_row = max(self.last_row, row)
        self.first_column = min(self.first_column or column, column)
        self.last_column = max(self.last_column, column)
        if is_error:
            self.errors.add((row, column))


@dataclass
class Workbook:
    """A checked spreadsheet file: its sheets by name, and whether its day numbers count from 1904."""

    sheets: dict[str, SheetScan]
    is_1904: bool


def check_workbook(data: bytes, name: str) -> Workbook:
    """Unpack every part once, piece by piece, and look. Raises SourceError for what is damaged, hostile or no XLSX."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _check(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise SourceError(
            f"{name}: is damaged, or no spreadsheet of the XLSX kind. Save and deliver it again."
        ) from None


def _check(archive: zipfile.ZipFile, name: str) -> Workbook:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise SourceError(f"{name}: input too large ({len(entries)} parts in one spreadsheet, at most {MAX_ENTRIES}).")
    if len({entry.filename for entry in entries}) != len(entries):
        raise SourceError(f"{name}: a part occurs twice in the spreadsheet. Save and deliver it again.")
    if "xl/workbook.xml" not in archive.namelist():
        raise SourceError(f"{name}: is no spreadsheet of the XLSX kind. Save it as XLSX or CSV.")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED_BYTES:
        raise SourceError(f"{name}: input too large ({total} bytes unpacked, at most {MAX_UNPACKED_BYTES}).")
    scans: dict[str, SheetScan] = {}
    for entry in entries:
        if entry.file_size > _RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise SourceError(
                f"{name}: a part unpacks to more than {MAX_RATIO} times its size, as no register does. It is refused."
            )
        scan = _unpack(archive, entry, name)
        if scan:
            scans[entry.filename] = scan
    book = _part(archive, "xl/workbook.xml")
    is_1904 = re.search(r'<workbookPr\b[^>]*\bdate1904="(?:1|true|on)"', book) is not None
    return Workbook(_by_sheet_name(book, _part(archive, "xl/_rels/workbook.xml.rels"), scans), is_1904)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> SheetScan | None:
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
                # Cells in the overlap are seen again with the next piece: adding them twice changes nothing.
                for cell in _CELL.finditer(piece):
                    scan.add(int(cell[2]), _column_number(cell[1]), is_error=b't="e"' in cell[0])
            tail = piece[-_OVERLAP:]
    if scan is not None:
        cells = (scan.last_row - scan.first_row + 1) * (scan.last_column - scan.first_column + 1)
        if cells > MAX_CELLS:
            raise SourceError(
                f"{name}: input too large (a sheet spans {cells} cells, at most {MAX_CELLS}). Clear stray cells far "
                "below or to the right of the table."
            )
    return scan


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _part(archive: zipfile.ZipFile, part: str) -> str:
    try:
        entry = archive.getinfo(part)
    except KeyError:
        return ""
    return archive.read(entry).decode("utf-8", "replace") if entry.file_size <= _MAX_NAMED_PART else ""


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
    found = re.search(rf"""\s{re.escape(attribute)}=(?:"([^"]*)"|'([^']*)')""", element)
    return (found[1] or found[2] or "") if found else ""


def _unescaped(text: str) -> str:
    for escape, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(escape, character)
    return text
