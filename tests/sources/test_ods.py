"""The spreadsheet of LibreOffice: the same rows as the same table as CSV, and files that are damaged or hostile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from screening.base.errors import SourceError
from screening.base.frames import SourceTable

Read = Callable[..., SourceTable]
SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
    for prefix in ("office", "table", "text", "calcext")
)
ROWS_TO_THE_END = (
    '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/>'
    "</table:table-row>"
)


def text(value: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def ods(*rows: str, sheet: str = "Blad1", kept: dict[str, str] | None = None) -> bytes:
    cells = f'<table:table table:name="{sheet}">{"".join(rows)}{ROWS_TO_THE_END}</table:table>'
    parts = {
        "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES} office:version="1.2">'
        f"<office:body><office:spreadsheet>{cells}</office:spreadsheet></office:body></office:document-content>",
        "META-INF/manifest.xml": "<manifest:manifest/>",
    } | (kept or {})
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet")
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


HEADER = row(*(text(name) for name in ("zaaknummer", "status", "datum_aanvraag", "kvk_nummer", "max_personen")))
PERMIT = row(
    text("Z1"),
    text("Verleend"),
    '<table:table-cell office:value-type="date" office:date-value="2026-05-01"><text:p>1-5</text:p></table:table-cell>',
    '<table:table-cell office:value-type="float" office:value="1234567"><text:p>1234567</text:p></table:table-cell>',
    '<table:table-cell office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell>',
)


def test_cells_are_read_as_those_of_the_other_spreadsheet(permits: Read) -> None:
    table = permits(ods(HEADER, PERMIT), name="vergunningen.ods")
    columns = ["zaaknummer", "status", "datum_aanvraag", "kvk_nummer", "max_personen"]
    assert table.frame.select(columns).rows() == [("Z1", "verleend", "2026-05-01", "01234567", "12")]


def test_it_is_known_by_its_content(permits: Read) -> None:
    assert permits(ods(HEADER, PERMIT), name="vergunningen.dat").frame.height == 1


def test_a_cell_that_shows_an_error_is_not_read_as_empty(permits: Read) -> None:
    error = text("#N/A").replace("office:value-type", 'calcext:value-type="error" office:value-type')
    with pytest.raises(SourceError, match="shows an error"):
        permits(ods(HEADER, row(text("Z1"), error)), name="vergunningen.ods")


def test_a_cell_of_several_rows_is_not_read_as_one_of_the_first(permits: Read) -> None:
    merged = text("verleend").replace("office:value-type", 'table:number-rows-spanned="2" office:value-type')
    with pytest.raises(SourceError, match="spans several rows"):
        permits(ods(HEADER, row(text("Z1"), merged), row(text("Z2"), "<table:covered-table-cell/>")), name="v.ods")


@pytest.mark.parametrize(
    "kept",
    [
        {"META-INF/manifest.xml": '<manifest:encryption-data manifest:checksum="x"/>'},
        {"content.xml": '<!DOCTYPE a [<!ENTITY a "b">]><a/>'},
        {"content.xml": " " * 20_000_000},
        {"content.xml": "<office:document-content"},
    ],
    ids=["a password", "entities", "packed too well", "no XML"],
)
def test_damaged_and_hostile_files_are_refused(permits: Read, kept: dict[str, str]) -> None:
    with pytest.raises(SourceError, match=r"vergunningen\.ods"):
        permits(ods(HEADER, PERMIT, kept=kept), name="vergunningen.ods")


def test_every_cut_is_refused(permits: Read) -> None:
    whole = ods(HEADER, PERMIT)
    for length in range(100, len(whole), 37):
        with pytest.raises(SourceError):
            permits(whole[:length], name="vergunningen.ods")
