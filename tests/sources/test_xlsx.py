"""Spreadsheets: typed cells as text, and files that only look like spreadsheets."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from screening.base import spreadsheet
from screening.base.errors import ConfigurationError, SourceError
from screening.base.frames import Note, SourceTable

Read = Callable[..., SourceTable]
HEADER = [
    "zaaknummer",
    "status",
    "datum_aanvraag",
    "einddatum",
    "houder_naam",
    "kvk_nummer",
    "max_personen",
    "adresseerbaar_object_id",
]


def workbook(*rows: list[object], header: list[str] | None = None, mac: bool = False) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    book.active.append(header or HEADER)
    for row in rows:
        book.active.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(data: bytes, **changed: bytes | Callable[[bytes], bytes]) -> bytes:
    """The spreadsheet with some parts replaced or added; `sheet` stands for its first sheet."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "book": "xl/workbook.xml"}
    parts = {names.get(key, key): change for key, change in changed.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as result:
        for name in source.namelist():
            change = parts.pop(name, None)
            content = source.read(name)
            result.writestr(name, content if change is None else change(content) if callable(change) else change)
        for name, content in parts.items():
            result.writestr(name, content)
    return target.getvalue()


def test_typed_cells_become_text(permits: Read) -> None:
    rows = [
        ["Z1", "verleend", dt.date(2024, 5, 6), 45553, "Café", "01234567", 15, "0226010000000001"],
        ["Z2", "Verleend", dt.datetime.fromisoformat("2024-05-06T00:00"), "03-01-1964", "x", 12345678, 15.5, None],
        [3, None, 2024, "45553", True, None, "15", None],
    ]
    table = permits(saved(workbook(*rows)), "d.xlsx")
    assert table.frame.drop("row_number", "source_file_sha256", "key").rows() == [
        ("Z1", "verleend", "2024-05-06", "2024-09-18", "Café", "01234567", "15", "0226010000000001"),
        ("Z2", "verleend", "2024-05-06", "1964-01-03", "x", "12345678", "15.5", None),
        ("3", None, "2024", "2024-09-18", "true", None, "15", None),
    ]
    assert table.files[0].encoding is None


def test_seven_digits_are_a_lost_zero_in_a_number_and_an_error_in_text(permits: Read) -> None:
    rows = [["Z1", *[None] * 4, 1234567], ["Z2", *[None] * 4, "1234567"], ["Z3", *[None] * 4, 123456]]
    table = permits(saved(workbook(*rows)), "d.xlsx")
    assert table.frame["kvk_nummer"].to_list() == ["01234567", "1234567", "123456"]
    assert "d.xlsx, column kvk_nummer: leading zeros put back in 1 number." in [note.en for note in table.notes]


def test_day_numbers_count_from_1904_where_the_workbook_says_so(permits: Read) -> None:
    rows = [["Z1", None, dt.date(2024, 5, 6), 45553 - 1462], ["Z2", None, 2024, 20240506]]
    table = permits(saved(workbook(*rows, mac=True)), "d.xlsx")
    assert table.frame.select("datum_aanvraag", "einddatum").rows() == [
        ("2024-05-06", "2024-09-18"),
        ("2024", "2024-05-06"),
    ]
    assert "d.xlsx: day numbers were counted from 1904, as the workbook says." in [note.en for note in table.notes]


def test_a_number_too_long_for_a_cell_is_refused(permits: Read) -> None:
    rows = [["Z1", *[None] * 6, 9999010000000001], ["Z2", *[None] * 6, "9999010000000001"]]
    table = permits(saved(workbook(*rows)), "d.xlsx")
    assert table.frame["key"].to_list() == ["Z2"]
    assert table.rejected.select("row_number", "column", "expectation").rows() == [
        (1, "adresseerbaar_object_id", "number_precision")
    ]


def test_an_error_cell_is_not_taken_for_an_empty_one(permits: Read) -> None:
    book = workbook(["Z1"], ["Z2", None, None, "#N/A"], ["Z3", "verleend"])
    assert book.active["D3"].data_type == "e"
    table = permits(saved(book), "d.xlsx")
    assert table.frame["key"].to_list() == ["Z1", "Z3"]
    assert table.rejected.select("row_number", "column", "expectation").rows() == [(2, "einddatum", "cell_error")]


def test_a_formula_that_was_never_computed_is_not_taken_for_an_empty_cell(permits: Read) -> None:
    book = workbook(["Z1", "verleend", None, None, "Jan"], ["Z2", "verleend", None, None, "Piet"])
    book.active["G3"] = "=2+3"
    table = permits(saved(book), name="v.xlsx")
    assert table.frame["zaaknummer"].to_list() == ["Z1"]
    assert table.rejected.select("row_number", "column", "expectation").rows() == [
        (2, "max_personen", "cell_uncomputed")
    ]


def test_a_formula_whose_result_is_no_text_is_empty(permits: Read) -> None:
    book = workbook(["Z1", "verleend", None, None, '=IF(1=1,"","x")'])
    computed = repacked(
        saved(book),
        sheet=lambda xml: re.sub(rb'<c r="E2"[^>]*>(<f>.*?</f>)<v(?: ?/>|></v>)', rb'<c r="E2" t="str">\1<v></v>', xml),
    )
    table = permits(computed, name="v.xlsx")
    assert table.frame.select("zaaknummer", "houder_naam").rows() == [("Z1", None)]


def test_a_cell_that_is_merged_with_another_is_not_taken_for_an_empty_one(permits: Read) -> None:
    book = workbook(*(["Z" + str(number), "verleend", None, None, "Jan", 12345678, 5] for number in (1, 2, 3)))
    book.active.merge_cells("F2:F3")
    book.active.merge_cells("J2:J4")
    book.active.merge_cells("A5:F6")  # nothing in it: no row
    table = permits(saved(book), name="v.xlsx")
    assert table.frame["zaaknummer"].to_list() == ["Z1", "Z3"]
    assert table.rejected.select("row_number", "column", "expectation").rows() == [(2, "kvk_nummer", "cell_merged")]
    assert table.files[0].rows_read == 3


def test_cells_merged_above_the_header_matter_to_nobody(permits: Read) -> None:
    book = workbook(["Z1", "verleend"])
    book.active.insert_rows(1)
    book.active["A1"] = "Uitvoer"
    book.active.merge_cells("A1:H1")
    assert permits(saved(book), name="v.xlsx", header=2).frame.height == 1


def test_empty_rows_keep_their_number(permits: Read) -> None:
    table = permits(saved(workbook(["Z1"], [], ["Z3"])), "d.xlsx")
    assert table.frame.select("key", "row_number").rows() == [("Z1", 1), ("Z3", 3)]
    assert table.notes == [Note(nl="d.xlsx: 1 lege rij overgeslagen.", en="d.xlsx: 1 empty row skipped.")]


def test_the_sheet_is_the_visible_one_with_the_columns(permits: Read) -> None:
    book = workbook(["Z1", "verleend"])
    book.create_sheet("Toelichting", 0).append(["Uitleg", "bij", "dit", "bestand"])
    hidden = book.create_sheet("Oud")
    hidden.append(HEADER)
    hidden.append(["Z0"])
    hidden.sheet_state = "hidden"
    table = permits(saved(book), "d.xlsx")
    assert table.frame["key"].to_list() == ["Z1"]
    assert any("others were left unread" in note.en for note in table.notes)
    book["Oud"].sheet_state = "visible"
    with pytest.raises(SourceError, match="2 sheets can be the register"):
        permits(saved(book), "d.xlsx")


def test_a_header_with_a_name_twice(permits: Read) -> None:
    with pytest.raises(SourceError, match="more than once"):
        permits(saved(workbook(["Z1", "a", "b"], header=["zaaknummer", "status", "status"])), "d.xlsx")


def test_a_workbook_without_anything_in_it(permits: Read) -> None:
    with pytest.raises(SourceError, match="no visible sheet"):
        permits(saved(openpyxl.Workbook()), "d.xlsx")


def _bomb(data: bytes) -> bytes:
    return repacked(data, sheet=lambda part: part.replace(b"</sheetData>", b" " * (20 << 20) + b"</sheetData>"))


def _many_parts(data: bytes) -> bytes:
    return repacked(data, **{f"xl/media/{i}.bin": b"x" for i in range(spreadsheet.LIMITS.entries)})


def _far_cell(data: bytes) -> bytes:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return repacked(data, sheet=lambda part: part.replace(b"</sheetData>", cell))


def _entity(data: bytes) -> bytes:
    return repacked(data, sheet=lambda part: b'<!DOCTYPE x [<!ENTITY a "b">]>' + part)


def _lying_size(data: bytes) -> bytes:
    """The central directory says that a part is one byte long."""
    changed = bytearray(data)
    place = changed.rindex(b"PK\x01\x02")
    changed[place + 24 : place + 28] = (1).to_bytes(4, "little")
    return bytes(changed)


def _no_book(data: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as result:
        result.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    return target.getvalue()


HOSTILE = {
    "bomb": (_bomb, "100 times its size"),
    "many_parts": (_many_parts, "input too large"),
    "a_cell_in_the_last_corner": (_far_cell, "input too large"),
    "entities": (_entity, "entities"),
    "a_size_that_lies": (_lying_size, "damaged"),
    "another_kind_of_archive": (_no_book, "no spreadsheet of the XLSX kind"),
    "half_of_it": (lambda data: data[: len(data) // 2], "damaged"),
    "rubbish_as_sheet": (
        lambda data: repacked(data, sheet=b"<worksheet><sheetData><row><c"),
        "cannot be read|no visible",
    ),
}


@pytest.mark.parametrize(("make", "why"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_before_it_is_unpacked(
    permits: Read, make: Callable[[bytes], bytes], why: str
) -> None:
    with pytest.raises(SourceError, match=why):
        permits(make(saved(workbook(["Z1", "verleend"]))), "d.xlsx")


def test_the_cap_on_unpacked_bytes_bites(permits: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(workbook(["Z1"]))
    monkeypatch.setattr(spreadsheet, "LIMITS", spreadsheet.Limits(unpacked_bytes=1000))
    with pytest.raises(SourceError, match="bytes unpacked"):
        permits(data, "d.xlsx")


def test_no_flipped_bit_and_no_cut_goes_unseen(permits: Read) -> None:
    """A spreadsheet has checksums over its parts: what is accepted has the same content as the original."""
    rows = [[f"Z{i}", "verleend", dt.date(2024, 5, 6), None, f"Naam {i}", 12345678, i, None] for i in range(30)]
    data = saved(workbook(*rows))
    whole = permits(data, "d.xlsx").frame.drop("source_file_sha256")
    chance = random.Random(7)
    refused = 0
    for _ in range(60):
        changed = bytearray(data)
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        cut = chance.random() < 0.3
        try:
            table = permits(bytes(changed[: chance.randrange(len(data))] if cut else changed), "d.xlsx")
        except SourceError:
            refused += 1
            continue
        assert table.frame.drop("source_file_sha256").equals(whole)
    assert refused > 30


def test_scan_finds_cells_over_piece_borders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(spreadsheet, "_PIECE", 700)
    book = workbook(*[[f"Z{i}", "#N/A"] for i in range(50)])
    sheet = spreadsheet.check_workbook(saved(book), "d.xlsx").sheets["Sheet"]
    assert (sheet.first_row, sheet.last_row, sheet.first_column, sheet.last_column) == (1, 51, 1, 8)
    assert len(sheet.errors) == 50


def test_prefixed_relations_are_followed() -> None:
    def absolute(part: bytes) -> bytes:
        return re.sub(rb'Target="/?(?:xl/)?worksheets', b'Target="/xl/worksheets', part)

    data = repacked(saved(workbook(["Z1"])), **{"xl/_rels/workbook.xml.rels": absolute})
    assert set(spreadsheet.check_workbook(data, "d.xlsx").sheets) == {"Sheet"}


def test_sheet_and_header_are_the_configured_ones(permits: Read) -> None:
    book = workbook(["Z9", "verleend"])
    sheet = book.create_sheet("Uitvoer")
    for row in (["Overzicht"], [], ["zaaknummer", "status"], ["Z1", "verleend"], ["Z2", "=1/0"]):
        sheet.append(row)
    sheet["B5"].data_type, sheet["B5"].value = "e", "#DIV/0!"
    table = permits(saved(book), "permits.xlsx", sheet="Uitvoer", header=3)
    assert table.frame.select("row_number", "zaaknummer").rows() == [(1, "Z1")]
    assert table.rejected["row_number"].to_list() == [2]


def test_a_sheet_without_a_header_has_the_configured_names(permits: Read) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Z1", "verleend"])
    table = permits(saved(book), "permits.xlsx", header=0, names=("zaaknummer", "status"))
    assert table.frame.select("row_number", "zaaknummer").rows() == [(1, "Z1")]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"sheet": "Blad9"}, "none of its 1 visible sheets"),
        ({"header": 9}, "there is nothing in row 9"),
        ({"header": 0, "names": ("zaaknummer", "status")}, "the sheet has 8 columns, and `names` gives 2"),
    ],
)
def test_a_configured_place_that_is_not_there_is_said(permits: Read, options: dict[str, object], why: str) -> None:
    with pytest.raises((ConfigurationError, SourceError), match=why):
        permits(saved(workbook(["Z1", "verleend"])), "permits.xlsx", **options)
