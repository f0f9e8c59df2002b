"""XLSX: typed cells as text. A date is a date, a whole number has no `.0`, a number that lost digits is refused."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from screening.base.errors import ConfigurationError, SourceError
from screening.base.frames import Note
from screening.base.notes import note
from screening.base.spreadsheet import FilledSheet, SheetScan, Workbook, cell_text, check_workbook
from screening.sources.dates import SERIAL_FIRST, SERIAL_LAST
from screening.sources.raw import Layout, RawTable, RefusedRow, Target, text_frame

#: Days between day 0 of Excel's 1900 and 1904 systems.
_1904_DAYS = 1_462
#: Excel keeps fifteen digits. A longer number in a numeric cell has lost its end, and it still looks like a number.
_EXACT_BELOW = 1e15


def read_xlsx(data: bytes, target: Target) -> RawTable:
    """One row a row under the header, the first row that is not empty; wholly empty rows are passed over but numbered.

    Where there are several sheets, the names that its header should have tell which is meant.
    Raises SourceError for a file that is damaged, hostile, without a header, or has two sheets that can be meant.
    """
    return read_workbook(check_workbook(data, target.name), target)


def read_workbook(workbook: Workbook, target: Target) -> RawTable:
    """`read_xlsx` of a workbook that is checked."""
    name, layout = target.name, target.layout
    sheet, top, notes = _pick_sheet(workbook, target.expected, layout)
    cells = sheet.cells
    if layout.names and len(layout.names) != len(cells[0]):
        raise SourceError(
            f"{name}: the sheet has {len(cells[0])} columns, and `names` gives {len(layout.names)}. Correct it."
        )
    chosen = target.choose(list(layout.names) or [_text(cell).strip() for cell in cells[top]])
    numbers = [place for place, row in enumerate(cells[top + 1 :], start=1) if any(cell != "" for cell in row)]
    table = RawTable(frame=text_frame({}, numbers), rows_read=len(numbers), notes=notes)
    blank = len(cells) - 1 - top - len(numbers)
    if blank:
        table.notes.append(note("empty_rows", file=name, empty_row=blank))
    columns: dict[str, list[str | None]] = {}
    for column, place in chosen.items():
        values = [cells[top + number][place] for number in numbers]
        shift = _1904_DAYS if workbook.is_1904 and column in target.dates else 0
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
    table.refused.extend(_cells_without_value(workbook, sheet.name, chosen, top))
    table.refused.extend(_merged_cells(sheet, chosen, top))
    table.frame = text_frame(columns, numbers)
    if workbook.is_1904:
        table.notes.append(note("counted_from_1904", file=name))
    return _without_refused(table)


def _pick_sheet(workbook: Workbook, expected: Collection[str], layout: Layout) -> tuple[FilledSheet, int, list[Note]]:
    """The sheet that the configuration names, else the one with a known column name in its header, else the only one.

    With the place of its header among its cells; -1 where it has none.
    """
    name = workbook.name
    expected_names = {column.casefold() for column in expected}
    filled = list(workbook.filled_sheets())
    if layout.sheet is not None:
        fitting = [sheet for sheet in filled if sheet.name == layout.sheet]
        if not fitting:
            raise ConfigurationError(
                f"{name}: none of its {len(filled)} visible sheets with anything in it is called as `sheet` says."
            )
    else:
        fitting = [sheet for sheet in filled if _has_a_known_name(sheet, layout, expected_names)] or filled
    if not fitting:
        raise SourceError(f"{name}: has no visible sheet with anything in it. Deliver it again.")
    if len(fitting) > 1:
        raise SourceError(
            f"{name}: {len(fitting)} sheets can be the register. Deliver a file with one sheet, or name it under "
            "`sheet`."
        )
    notes = []
    if len(filled) > 1:
        notes.append(note("one_sheet_of_several", file=name, sheets=len(filled)))
    top = _top(fitting[0], layout)
    if layout.header and not 0 <= top < len(fitting[0].cells):
        raise ConfigurationError(
            f"{name}: there is nothing in row {layout.header}, where `header` says that names are."
        )
    return fitting[0], top, notes


def _top(sheet: FilledSheet, layout: Layout) -> int:
    """The place of the header among the cells of a sheet, which begin at its first filled row."""
    match layout.header:
        case None:
            return 0
        case 0:
            return -1
        case row:
            return row - 1 - sheet.row


def _has_a_known_name(sheet: FilledSheet, layout: Layout, expected_names: Collection[str]) -> bool:
    top = _top(sheet, layout)
    header = sheet.cells[top] if 0 <= top < len(sheet.cells) else []
    return any(isinstance(cell, str) and cell.strip().casefold() in expected_names for cell in header)


def _cells_without_value(workbook: Workbook, sheet_name: str, chosen: dict[str, int], top: int) -> list[RefusedRow]:
    """Rows with `#N/A` and the like, or a formula that was never computed, in a column that is read: shown as empty."""
    scan = workbook.sheets.get(sheet_name, SheetScan())
    reasons = (
        (scan.errors, "cell_error", "het werkblad toont hier een fout en geen waarde"),
        (scan.uncomputed, "cell_uncomputed", "de formule in deze cel is nooit uitgerekend"),
    )
    return [
        RefusedRow(row - scan.first_row - top, column, expectation, reason)
        for cells, expectation, reason in reasons
        for row, place in sorted((row, column - scan.first_column) for row, column in cells)
        for column, position in chosen.items()
        if position == place and row > scan.first_row + top
    ]


def _merged_cells(sheet: FilledSheet, chosen: dict[str, int], top: int) -> list[RefusedRow]:
    """Rows whose cell in a column that is read is shown as one with another: the file holds no value for it."""
    refused = []
    for (first_row, first_column), (last_row, last_column) in sheet.merged:
        first = (first_row - sheet.row, first_column - sheet.column)
        rows = range(max(first[0], top + 1), min(last_row - sheet.row + 1, len(sheet.cells)))
        columns = range(first[1], last_column - sheet.column + 1)
        refused += [
            RefusedRow(row - top, column, "cell_merged", "de cel is samengevoegd met een andere en heeft geen waarde")
            for row in rows
            if any(cell != "" for cell in sheet.cells[row])
            for column, place in chosen.items()
            if place in columns and (row, place) != first
        ]
    return refused


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
