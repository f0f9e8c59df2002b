"""The sheet in which the receiver tells what became of a signal: made here, and read back with clear errors.

What comes back are codes, dates and ids: outcomes for the statistics. It is never the input of an indicator.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from screening.errors import SourceError
from screening.partners.batch.index import csv_bytes
from screening.partners.batch.tables import SheetTable
from screening.partners.batch.workbook import workbook
from screening.partners.signal.codes import FeedbackOutcome, FeedbackRemark
from screening.partners.signal.errors import FeedbackError
from screening.spreadsheet import Limits, cell_text, check_workbook

COLUMNS = ("levering_id", "signaal_id", "uitkomst", "datum", "opmerking")
MAX_BYTES = 5_000_000
MAX_ROWS = 100_000
_MAX_TOLD = 20
SHEET = "Terugmelding"
#: What the sheet of the largest batch needs many times over.
_LIMITS = Limits(entries=200, unpacked_bytes=80_000_000, cells=2_000_000, rows=MAX_ROWS + 1)
_NOTES = (
    "Terugmelding aan de gemeente",
    "Vul per signaal de uitkomst, de datum en een opmerking in, met de codes uit de lijsten. Laat een regel leeg als "
    "er nog niets te melden is.",
    "Schrijf er geen namen, adressen of andere teksten bij: een regel met iets anders dan een code wordt niet gelezen.",
    "Uitkomsten: {outcomes}.",
    "Opmerkingen: " + ", ".join(FeedbackRemark) + ".",
    "Datum: JJJJ-MM-DD. De terugmelding telt mee in de statistiek en nooit als aanwijzing voor een adres.",
)


@dataclass(frozen=True)
class FeedbackRow:
    """The receiver's answer about one signal."""

    batch_id: str
    signal_id: str
    outcome: FeedbackOutcome
    on: dt.date
    remark: FeedbackRemark


def template_workbook(batch_id: str, signal_ids: Sequence[str], words: Sequence[str] = tuple(FeedbackOutcome)) -> bytes:
    """The sheet as XLSX, with a row for each signal and lists to choose from. `words`: the outcomes of this partner."""
    return workbook(
        [_template(batch_id, signal_ids)],
        title=f"Terugmelding {batch_id}",
        notes=[note.format(outcomes=", ".join(words)) for note in _NOTES],
        lists={2: list(map(str, words)), 4: list(map(str, FeedbackRemark))},
    )


def template_csv(batch_id: str, signal_ids: Sequence[str]) -> bytes:
    """The same as CSV."""
    return csv_bytes(_template(batch_id, signal_ids))


def read_feedback(
    data: bytes, *, received: Mapping[tuple[str, str], Collection[str]] | None = None, today: dt.date | None = None
) -> list[FeedbackRow]:
    """One row per signal that the sheet (XLSX or CSV) tells something of, in its order; empty rows are left out.

    `received`: of each (batch id, signal id) that a receiver has, the outcomes that its kind of partner may tell;
    another pair or outcome is an error. `today`: a later date is one too. Raises FeedbackError with every wrong row and
    column (at most 20), and reads nothing then. No value is quoted.
    """
    if len(data) > MAX_BYTES:
        raise FeedbackError("The sheet is larger than 5 MB. Send the sheet of the batch, filled in, and nothing else.")
    rows, errors, seen = [], [], set()
    for number, cells in _rows(data):
        if not any(cells[2:]):
            continue
        row, wrong = _row(cells)
        if wrong:
            errors += [f"row {number}, column {column}: {why}" for column, why in wrong]
            continue
        assert row is not None  # noqa: S101 - without an error there is a row
        if received is not None and (row.batch_id, row.signal_id) not in received:
            errors.append(f"row {number}, column signaal_id: this signal did not go to this receiver in this batch")
        elif received is not None and row.outcome not in received[row.batch_id, row.signal_id]:
            errors.append(f"row {number}, column uitkomst: a partner of this kind does not tell that; leave it out")
        elif row.signal_id in seen:
            errors.append(f"row {number}, column signaal_id: this signal stands in the sheet twice")
        if today is not None and row.on > today:
            errors.append(f"row {number}, column datum: this date is yet to come")
        seen.add(row.signal_id)
        rows.append(row)
    if errors:
        more = f"; and {len(errors) - _MAX_TOLD} more" if len(errors) > _MAX_TOLD else ""
        raise FeedbackError(
            f"The feedback sheet cannot be read: {'; '.join(errors[:_MAX_TOLD])}{more}. Nothing has been read. Correct "
            "it with the codes of the sheet and send it again."
        )
    return rows


def _template(batch_id: str, signal_ids: Sequence[str]) -> SheetTable:
    return SheetTable(SHEET, COLUMNS, [(batch_id, signal_id, "", "", "") for signal_id in signal_ids])


def _row(cells: Sequence[str]) -> tuple[FeedbackRow | None, list[tuple[str, str]]]:
    batch_id, signal_id, outcome, day, remark = cells
    wrong = []
    if not re.fullmatch(r"L-[0-9a-f]{16}", batch_id):
        wrong.append(("levering_id", "not the id of a batch; leave it as it was"))
    if not re.fullmatch(r"S-[0-9a-f]{32}", signal_id):
        wrong.append(("signaal_id", "not the id of a signal; leave it as it was"))
    if outcome not in set(FeedbackOutcome):
        wrong.append(("uitkomst", "not a code of the list"))
    if (remark or FeedbackRemark.GEEN) not in set(FeedbackRemark):
        wrong.append(("opmerking", "not a code of the list; free text is not read"))
    on = _day(day)
    if on is None:
        wrong.append(("datum", "not a date; write it as YYYY-MM-DD"))
    if wrong or on is None:
        return None, wrong
    return FeedbackRow(batch_id, signal_id, FeedbackOutcome(outcome), on, FeedbackRemark(remark or "geen")), []


def _day(text: str) -> dt.date | None:
    """YYYY-MM-DD, DD-MM-YYYY, or the serial number that a spreadsheet makes of a date."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return dt.date.fromisoformat(text)
        if re.fullmatch(r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", text):
            day, month, year = (int(part) for part in text.split("-"))
            return dt.date(year, month, day)
        if re.fullmatch(r"[0-9]{5}(\.0+)?", text):
            return dt.date(1899, 12, 30) + dt.timedelta(days=int(text[:5]))
    except ValueError:
        pass
    return None


def _rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """(row as a person counts, the five cells) below the header. Raises FeedbackError for another header."""
    lines = _xlsx_lines(data) if data[:2] == b"PK" else _csv_lines(data)
    number, header = next(lines, (0, []))
    if [cell.strip() for cell in header[: len(COLUMNS)]] != list(COLUMNS) or any(header[len(COLUMNS) :]):
        raise FeedbackError(f"The columns are not those of the sheet. They are, in this order: {', '.join(COLUMNS)}.")
    for number, cells in lines:
        if number > MAX_ROWS:
            raise FeedbackError("The sheet has more rows than any batch. Send the sheet of the batch, filled in.")
        if any(cells[len(COLUMNS) :]):
            raise FeedbackError(
                f"row {number}: something stands beside the columns. Free text is not read; take it out."
            )
        tidied = [cell.strip().removeprefix("'") for cell in cells[: len(COLUMNS)]]
        yield number, tidied + [""] * (len(COLUMNS) - len(tidied))


def _csv_lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FeedbackError("The sheet is neither XLSX nor CSV in UTF-8. Save it again from the template.") from None
    first = text.split("\n", 1)[0]
    separator = ";" if first.count(";") >= first.count(",") else ","
    try:
        yield from enumerate(csv.reader(io.StringIO(text), delimiter=separator, strict=True), start=1)
    except csv.Error:
        raise FeedbackError("The CSV is damaged. Save it again from the template.") from None


def _xlsx_lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        workbook = check_workbook(data, SHEET, _LIMITS)
        sheet = next((sheet for sheet in workbook.filled_sheets() if sheet.name == SHEET), None)
    except SourceError:
        raise FeedbackError(
            "The XLSX is damaged or is no feedback sheet. Save it again from the template, as XLSX or CSV."
        ) from None
    if SHEET not in workbook.sheets:
        raise FeedbackError(f"The XLSX has no sheet {SHEET}. Use the sheet of the batch.")
    scan = workbook.sheets[SHEET]
    if scan.formula is not None:
        raise FeedbackError(f"cell {scan.formula}: a formula. Fill in codes and dates as text.")
    if workbook.is_1904:
        raise FeedbackError("The sheet counts its days from 1904. Save it as CSV, with dates as YYYY-MM-DD.")
    if sheet is not None:
        for number, row in enumerate(sheet.cells, start=sheet.row + 1):
            yield number, [""] * sheet.column + [cell_text(cell) for cell in row]
