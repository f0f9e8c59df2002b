"""Read the text cells of one sheet of an XLSX from outside, within fixed limits: it is never trusted to be small."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET  # nosec - a document type is refused before anything is parsed

from screening.partners.signal.errors import FeedbackError

#: What the sheet of the largest batch needs many times over.
MAX_PART = 40_000_000
MAX_PARTS = 200
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DAMAGED = "The XLSX is damaged or is no feedback sheet. Save it again from the template, as XLSX or CSV."


def read_sheet(data: bytes, *, name: str, columns: int, max_rows: int) -> Iterator[tuple[int, list[str]]]:
    """(row number, texts of the first `columns` columns) of the sheet `name`, row by row, empty rows left out.

    What stands further right than `columns` is looked at no more than the last of these. A formula is refused.
    Raises FeedbackError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if len(parts.infolist()) > MAX_PARTS:
                raise FeedbackError(_DAMAGED)
            texts = _shared(parts)
            sheet = _xml(parts, _path(parts, name))
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        if isinstance(error, FeedbackError):
            raise
        raise FeedbackError(_DAMAGED) from None
    last = 0
    for row in sheet.iter(f"{_MAIN}row"):
        number = _number(row.get("r"), last + 1)
        if number <= last or number > max_rows + 1:
            raise FeedbackError(_DAMAGED)
        last = number
        cells = [""] * columns
        place = 0
        for cell in row.iter(f"{_MAIN}c"):
            place = _column(cell.get("r"), place)
            cells[min(place, columns - 1)] = _text(cell, texts) or cells[min(place, columns - 1)]
            place += 1
        if any(cells):
            yield number, cells


def _text(cell: ET.Element, texts: list[str]) -> str:
    if cell.find(f"{_MAIN}f") is not None:
        raise FeedbackError(f"cell {(cell.get('r') or '')[:10]}: a formula. Fill in codes and dates as text.")
    value = cell.findtext(f"{_MAIN}v") or ""
    kind = cell.get("t")
    if kind == "s":
        index = _number(value, -1)
        if not 0 <= index < len(texts):
            raise FeedbackError(_DAMAGED)
        return texts[index]
    if kind == "inlineStr":
        return "".join(one.text or "" for one in cell.iter(f"{_MAIN}t"))
    return value


def _shared(parts: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in parts.namelist():
        return []
    root = _xml(parts, "xl/sharedStrings.xml")
    return ["".join(one.text or "" for one in text.iter(f"{_MAIN}t")) for text in root.iter(f"{_MAIN}si")]


def _path(parts: zipfile.ZipFile, name: str) -> str:
    """Where the sheet of this name stands, by the workbook's own relations."""
    book = _xml(parts, "xl/workbook.xml")
    properties = book.find(f"{_MAIN}workbookPr")
    if properties is not None and properties.get("date1904") in {"1", "true"}:
        raise FeedbackError("The sheet counts its days from 1904. Save it as CSV, with dates as YYYY-MM-DD.")
    ids = [one.get(f"{_REL}id") for one in book.iter(f"{_MAIN}sheet") if one.get("name") == name]
    for one in _xml(parts, "xl/_rels/workbook.xml.rels"):
        if ids and one.get("Id") == ids[0]:
            return f"xl/{(one.get('Target') or '').removeprefix('/xl/')}"
    raise FeedbackError(f"The XLSX has no sheet {name}. Use the sheet of the batch.")


def _xml(parts: zipfile.ZipFile, path: str) -> ET.Element:
    with parts.open(path) as file:
        text = file.read(MAX_PART + 1)  # what the archive says of its size is not believed
    # a document type can name files and grow without end; a workbook has none. In UTF-16 it would not be seen here.
    if len(text) > MAX_PART or b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
        raise FeedbackError(_DAMAGED)
    try:
        return ET.fromstring(text)  # noqa: S314 - see above
    except ET.ParseError:
        raise FeedbackError(_DAMAGED) from None


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else otherwise


def _column(reference: str | None, otherwise: int) -> int:
    """The place of a cell by its reference ("C7" -> 2)."""
    letters = re.match(r"[A-Z]{1,3}", reference or "")
    if not letters:
        return otherwise
    place = 0
    for letter in letters.group():
        place = place * 26 + ord(letter) - 64
    return place - 1
