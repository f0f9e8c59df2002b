"""The feedback sheet: codes and dates come back, words do not, and what is wrong is told by row and column."""

from __future__ import annotations

import ast
import contextlib
import datetime as dt
import io
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.partners.batch.feedback import COLUMNS, FeedbackRow, read_feedback, template_csv, template_workbook
from screening.partners.signal.codes import FeedbackOutcome, FeedbackRemark
from screening.partners.signal.errors import FeedbackError

BATCH, ONE, TWO = "L-00000000000000aa", f"S-{1:032x}", f"S-{2:032x}"
SECRET = "Jan de Vries, Kade 12"


def filled(*rows: tuple[object, ...]) -> bytes:
    """The sheet as an office program saves it after somebody filled it in."""
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(BATCH, [ONE, TWO])))
    sheet = book["Terugmelding"]
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def as_csv(*rows: tuple[str, ...], separator: str = ";") -> bytes:
    return "\r\n".join(separator.join(cells) for cells in (COLUMNS, *rows)).encode()


def test_an_empty_sheet_tells_nothing():
    assert read_feedback(template_workbook(BATCH, [ONE, TWO])) == []
    assert read_feedback(template_csv(BATCH, [ONE, TWO])) == []


@pytest.mark.parametrize("day", ["2026-12-01", "01-12-2026", dt.date(2026, 12, 1), dt.datetime(2026, 12, 1)], ids=str)  # noqa: DTZ001
def test_a_filled_in_row_is_read_in_every_form_of_a_date(day: object):
    data = filled((BATCH, ONE, "casus", day, "geen"))
    expected = [FeedbackRow(BATCH, ONE, FeedbackOutcome.CASUS, dt.date(2026, 12, 1), FeedbackRemark.GEEN)]
    assert read_feedback(data) == expected
    assert read_feedback(data, received={(BATCH, ONE): tuple(FeedbackOutcome)}) == expected


@pytest.mark.parametrize("separator", [";", ","])
def test_the_csv_is_read_with_either_separator(separator: str):
    (row,) = read_feedback(as_csv((BATCH, TWO, "buiten_thema", "2026-12-01", ""), separator=separator))
    assert (row.signal_id, row.outcome, row.remark) == (TWO, FeedbackOutcome.BUITEN_THEMA, FeedbackRemark.GEEN)


def test_libreoffice_saves_a_sheet_that_is_read(tmp_path: Path):
    (tmp_path / "x.xlsx").write_bytes(filled((BATCH, ONE, "interventie", dt.date(2026, 12, 1), "verwijderd")))
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", "xlsx", "--outdir",
         tmp_path / "out", tmp_path / "x.xlsx"],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    (row,) = read_feedback((tmp_path / "out" / "x.xlsx").read_bytes())
    assert (row.outcome, row.on, row.remark) == (
        FeedbackOutcome.INTERVENTIE,
        dt.date(2026, 12, 1),
        FeedbackRemark.VERWIJDERD,
    )


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ((BATCH, ONE, SECRET, "2026-12-01", "geen"), "uitkomst"),
        ((BATCH, ONE, "casus", SECRET, "geen"), "datum"),
        ((BATCH, ONE, "casus", "2026-02-30", "geen"), "datum"),
        ((BATCH, ONE, "casus", "", "geen"), "datum"),
        ((BATCH, ONE, "casus", "2026-12-01", SECRET), "opmerking"),
        ((SECRET, ONE, "casus", "2026-12-01", "geen"), "levering_id"),
        ((BATCH, SECRET, "casus", "2026-12-01", "geen"), "signaal_id"),
        ((BATCH, TWO, "casus", "2026-12-01", "geen"), "signaal_id"),
    ],
)
def test_a_wrong_cell_is_told_by_row_and_column_and_not_repeated(row: tuple, column: str):
    for data in (filled(row), as_csv(row)):
        with pytest.raises(FeedbackError, match=f"row 2, column {column}") as refused:
            read_feedback(data, received={(BATCH, ONE)})
        assert SECRET not in str(refused.value)
        assert "Vries" not in str(refused.value)


def test_a_date_that_is_yet_to_come_is_told_by_row_and_column():
    rows = [(BATCH, ONE, "casus", "2026-12-01", "geen"), (BATCH, TWO, "casus", "02-12-2026", "geen")]
    for data in (filled(*rows), as_csv(*rows)):
        assert len(read_feedback(data, today=dt.date(2026, 12, 2))) == 2
        with pytest.raises(FeedbackError, match="row 3, column datum: this date is yet to come") as refused:
            read_feedback(data, today=dt.date(2026, 12, 1))
        assert "row 2" not in str(refused.value)


def test_all_errors_are_told_at_once_and_nothing_is_read():
    rows = [(BATCH, f"S-{number:032x}", "onzin", "ooit", SECRET) for number in range(30)]
    with pytest.raises(FeedbackError) as refused:
        read_feedback(as_csv(*rows))
    assert "row 2, column uitkomst" in str(refused.value)
    assert "and 70 more" in str(refused.value)


def test_a_signal_told_twice_is_an_error():
    row = (BATCH, ONE, "casus", "2026-12-01", "geen")
    with pytest.raises(FeedbackError, match="row 3, column signaal_id: this signal stands in the sheet twice"):
        read_feedback(as_csv(row, row))


def test_words_beside_the_columns_are_refused():
    row = (BATCH, ONE, "casus", "2026-12-01", "geen", SECRET)
    for data in (filled(row), as_csv(row)):
        with pytest.raises(FeedbackError, match="beside the columns") as refused:
            read_feedback(data)
        assert "Vries" not in str(refused.value)


def test_a_formula_is_refused():
    with pytest.raises(FeedbackError, match="a formula"):
        read_feedback(filled((BATCH, ONE, "=1+1", "2026-12-01", "geen")))


def rezipped(change) -> bytes:
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(template_workbook(BATCH, [ONE]))) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return made.getvalue()


SHEET, BOOK = "xl/worksheets/sheet2.xml", "xl/workbook.xml"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"PK", b"PK\x03\x04" + bytes(100), b"\xff\xfe", b"a;b\n1;2\n", b'"levering_id;x', bytes(5_000_001),
        template_workbook(BATCH, [ONE])[:-30],
        rezipped(lambda name, text: text if name != SHEET else b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + text),
        rezipped(lambda name, text: text if name != SHEET else text.decode().encode("utf-16")),
        rezipped(lambda name, text: text if name != SHEET else b"<a>"),
        rezipped(lambda name, text: text if name != SHEET else text.replace(b'<row r="2"', b'<row r="99999999"')),
        rezipped(lambda name, text: text if name != SHEET else text.replace(b"<v>", b"<v>9")),
        rezipped(lambda name, text: text if name != BOOK else text.replace(b"Terugmelding", b"Blad1")),
        rezipped(
            lambda name, text: text if name != BOOK else text.replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
        ),
        rezipped(lambda name, text: text if name != SHEET else text + b" " * 41_000_000),
        rezipped(
            lambda name, text: text if name != SHEET else text.replace(b"</row>", b'<c r="XFD3000"><v>1</v></c></row>')
        ),
    ],
    ids=range(17),
)  # fmt: skip
def test_a_damaged_or_hostile_sheet_is_an_error_for_a_person(data: bytes):
    with pytest.raises(FeedbackError):
        read_feedback(data)


def test_a_cell_far_away_takes_no_room():
    far = rezipped(
        lambda name, text: text if name != SHEET else text.replace(b"</row>", b'<c r="XFD2" t="str"><v></v></c></row>')
    )
    assert read_feedback(far) == []


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes):
    for one in (data, b"PK" + data, ";".join(COLUMNS).encode() + b"\r\n" + data):
        with contextlib.suppress(FeedbackError):
            assert isinstance(read_feedback(one), list)


def test_feedback_is_no_input_of_any_indicator():
    """REQ-RIEC-4: no rule and no part of the pipeline reads what the receiver told."""
    import indicators
    import screening

    roots = [Path(indicators.__file__).parent, *(Path(screening.__file__).parent / one for one in
             ("rules", "matching", "sources", "contracts"))]  # fmt: skip
    for file in (one for root in roots for one in root.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not any(name.startswith("screening.partners.signal") for name in modules), file
        assert "terugmelding" not in file.read_text(encoding="utf-8").lower(), file


@pytest.mark.parametrize("serial", ["46357", "46357.0"])
def test_a_date_that_a_spreadsheet_saved_as_its_number_is_that_day(serial: str):
    (row,) = read_feedback(as_csv((BATCH, ONE, "casus", serial, "geen")))
    assert row.on == dt.date(2026, 12, 1)
    with pytest.raises(FeedbackError, match="column datum"):
        read_feedback(as_csv((BATCH, ONE, "casus", f"{serial}.5", "geen")))


def test_a_sheet_with_more_rows_than_any_batch_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("screening.partners.batch.feedback.MAX_ROWS", 2)
    row = (BATCH, ONE, "casus", "2026-12-01", "geen")
    assert len(read_feedback(as_csv(row))) == 1
    with pytest.raises(FeedbackError, match="more rows than any batch"):
        read_feedback(as_csv(row, (BATCH, TWO, *row[2:])))
