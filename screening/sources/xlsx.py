"""XLSX: typed cells as text. A date is a date, a whole number has no `.0`, a number that lost digits is refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from screening.errors import SourceError
from screening.frames import Note
from screening.notes import note
from screening.sources.dates import SERIAL_FIRST, SERIAL_LAST
from screening.sources.raw import Choose, RawTable, RefusedRow, text_frame
from screening.spreadsheet import SheetScan, Workbook, cell_text, check_workbook

#: Days between day 0 of Excel's 1900 and 1904 systems.
_1904_DAYS = 1_462
#: Excel keeps fifteen digits. A longer number in a numeric cell has lost its end, and it still looks like a number.
_EXACT_BELOW = 1e15


def read_xlsx(data: bytes, name: str, expected: Collection[str], dates: Collection[str], choose: Choose) -> RawTable:
    """One row a row under the header, the first row that is not empty; wholly empty rows are passed over but numbered.

    `expected`: header names that tell the sheet where there are several. `dates`: canonical date and timestamp columns.
    Raises SourceError for a file that is damaged, hostile, without a header, or has two sheets that can be meant.
    """
    return read_workbook(check_workbook(data, name), name, expected, dates, choose)


def read_workbook(
    workbook: Workbook, name: str, expected: Collection[str], dates: Collection[str], choose: Choose
) -> RawTable:
    """`read_xlsx` of a workbook that is checked."""
    sheet_name, cells, notes = _pick_sheet(workbook, expected)
    header = [_text(cell).strip() for cell in cells[0]]
    chosen = choose(header)
    numbers = [place for place, row in enumerate(cells[1:], start=1) if any(cell != "" for cell in row)]
    table = RawTable(frame=text_frame({}, numbers), rows_read=len(numbers), notes=notes)
    blank = len(cells) - 1 - len(numbers)
    if blank:
        table.notes.append(note("empty_rows", file=name, empty_row=blank))
    columns: dict[str, list[str | None]] = {}
    for column, place in chosen.items():
        values = [cells[number][place] for number in numbers]
        shift = _1904_DAYS if workbook.is_1904 and column in dates else 0
        columns[column] = [_text(value, shift) for value in values]
        table.numeric[column] = pl.Series(
            column, [isinstance(value, float | int) for value in values], dtype=pl.Boolean
        )
        table.refused.extend(
            RefusedRow(
                number,
                column,
                "number_precision",
                "een getal van meer dan vijftien cijfers is in Excel zijn laatste cijfers kwijt; lever het als tekst",
            )
            for number, value in zip(numbers, values, strict=True)
            if isinstance(value, float) and abs(value) >= _EXACT_BELOW
        )
    table.refused.extend(_error_cells(workbook, sheet_name, chosen))
    table.frame = text_frame(columns, numbers)
    if workbook.is_1904:
        table.notes.append(note("counted_from_1904", file=name))
    return _without_refused(table)


def _pick_sheet(workbook: Workbook, expected: Collection[str]) -> tuple[str, Sequence[Sequence[object]], list[Note]]:
    """Name and cells of the one visible sheet with a known column name in its header, else of the only filled one."""
    expected_names = {column.casefold() for column in expected}
    filled: list[tuple[str, Sequence[Sequence[object]], int]] = []
    for sheet in workbook.filled_sheets():
        named = sum(isinstance(cell, str) and cell.strip().casefold() in expected_names for cell in sheet.cells[0])
        filled.append((sheet.name, sheet.cells, named))
    name = workbook.name
    fitting = [sheet for sheet in filled if sheet[2]] or filled
    if not fitting:
        raise SourceError(f"{name}: has no visible sheet with anything in it. Deliver it again.")
    if len(fitting) > 1:
        raise SourceError(f"{name}: {len(fitting)} sheets can be the register. Deliver a file with one sheet.")
    notes = []
    if len(filled) > 1:
        notes.append(note("one_sheet_of_several", file=name, sheets=len(filled)))
    return fitting[0][0], fitting[0][1], notes


def _error_cells(workbook: Workbook, sheet_name: str, chosen: dict[str, int]) -> list[RefusedRow]:
    """Rows with `#N/A` and the like in a column that is read: the parser shows such a cell as empty."""
    scan = workbook.sheets.get(sheet_name, SheetScan())
    return [
        RefusedRow(row - scan.first_row, column, "cell_error", "het werkblad toont hier een fout en geen waarde")
        for row, place in sorted((row, column - scan.first_column) for row, column in scan.errors)
        for column, position in chosen.items()
        if position == place and row > scan.first_row
    ]


def _without_refused(table: RawTable) -> RawTable:
    refused = {row.row_number for row in table.refused}
    if refused:
        keep = ~table.frame["row_number"].is_in(list(refused))
        table.frame = table.frame.filter(keep)
        table.numeric = {column: mask.filter(keep) for column, mask in table.numeric.items()}
    return table


def _text(value: object, shift_days: int = 0) -> str:
    """The text of one cell. `shift_days` is added to a bare day number."""
    # In a date column a number up to four digits is a year, and one of eight a date without dashes: neither is shifted.
    if shift_days and isinstance(value, float | int) and SERIAL_FIRST - shift_days <= value <= SERIAL_LAST:
        return cell_text(value + shift_days)
    return cell_text(value)
