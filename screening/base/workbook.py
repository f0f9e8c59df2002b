"""Workbooks in which nothing calculates: every cell is text, and no file is written on the way."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

#: The one time a workbook has inside, so that the same tables give the same bytes (no clock).
_EPOCH = dt.datetime(1980, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
#: A cell of Excel holds no more; what is longer is whole in the JSON file, and the cell says so.
_MAX_CELL = 32_767
_CUT = " … (afgekapt: zie het JSON-bestand)"
#: The name of a sheet of Excel is no longer; that of a register can be.
_MAX_NAME = 31
#: Texts are written as texts whatever they look like, and no temporary file holds them.
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


@dataclass(frozen=True)
class SheetTable:
    """A sheet: its name, its header and its rows, all text; an unknown value is an empty text."""

    name: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


def workbook(sheets: Sequence[SheetTable], *, title: str, notes: Sequence[str] = ()) -> bytes:
    """An XLSX of these tables, one a sheet, each with a frozen header and a filter.

    `notes`: lines of a first sheet "Toelichting".
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    book.set_properties({"title": title, "created": _EPOCH})
    # quote_prefix keeps a cell text also when somebody edits it afterwards
    plain = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    if notes:
        sheet = book.add_worksheet("Toelichting")
        sheet.set_column(0, 0, 110)
        for row, note in enumerate(notes):
            sheet.write_string(row, 0, note, plain)
    for table in sheets:
        sheet = book.add_worksheet(table.name[:_MAX_NAME])
        sheet.set_column(0, len(table.header) - 1, 24)
        sheet.freeze_panes(1, 1)
        for column, name in enumerate(table.header):
            sheet.write_string(0, column, name, bold)
        for row, cells in enumerate(table.rows, start=1):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(row, column, _fitting(cell), plain)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.header) - 1)
    book.close()
    return buffer.getvalue()


def _fitting(text: str) -> str:
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - len(_CUT)] + _CUT
