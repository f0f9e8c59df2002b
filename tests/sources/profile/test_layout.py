"""How a file is written is seen at its beginning: encoding, header, sheet; and what is no header is none."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from screening.base.errors import SourceError
from screening.sources.delivery import Content
from screening.sources.profile.layout import find_header, see_encoding, see_layout


def content(text: str | bytes, name: str = "a.csv", encoding: str = "utf-8") -> Content:
    return Content(name, name, text if isinstance(text, bytes) else text.encode(encoding), "")


NAMES = "zaaknummer;status;besluitdatum"
ROWS = "Z-1;Verleend;2026-01-02\nZ-2;Geweigerd;2026-01-03\n"


def test_the_header_is_the_first_row():
    layout = see_layout(content(f"{NAMES}\n{ROWS}"))
    assert (layout.kind, layout.header, layout.layout.header, layout.are_names_known) == ("CSV", 1, None, True)


@pytest.mark.parametrize("above", ["Overzicht vergunningen\n\n", "Uitvoer;;\nGemaakt op;2 maart;\n"])
def test_lines_above_the_header_are_counted(above):
    layout = see_layout(content(f"{above}{NAMES}\n{ROWS}"))
    assert (layout.header, layout.layout.header) == (3, 3)


def test_a_line_that_names_the_separator_is_no_row():
    layout = see_layout(content(f"sep=;\n{NAMES}\n{ROWS}"))
    assert (layout.header, layout.layout.header) == (1, None)


@pytest.mark.parametrize(
    "rows",
    [
        "Quispel;1987-02-03\nZwezerik;1988-02-03\n",
        "Quispel;Voorbeeldstad\nZwezerik;Voorbeelddam\n",
        "Jan Quispel;\nPiet Zwezerik;2020-01-01\nKlaas Zwezerik;2020-01-01\n",
        "Jan Quispel;Beheerder\nPiet Zwezerik;Exploitant\nKlaas Zwezerik;Beheerder\nPiet Quispel;Exploitant\n",
    ],
)
def test_a_file_without_a_header_has_none(rows):
    layout = see_layout(content(rows))
    assert (layout.header, layout.are_names_known) == (0, False)
    assert layout.layout.names == ("kolom_1", "kolom_2")


def test_a_header_that_each_page_of_a_print_repeats_is_one():
    layout = see_layout(content(f"{NAMES}\n{ROWS}{NAMES}\n{ROWS}"))
    assert (layout.header, layout.are_names_known) == (1, True)


def test_a_header_of_which_no_name_is_known_is_one_whose_names_are_not_shown():
    layout = see_layout(content("blauw;paars\nx;2026-01-01\ny;2026-01-02\nz;2026-01-03\n"))
    assert (layout.header, layout.layout.header, layout.are_names_known) == (1, None, False)


def test_a_table_of_no_rows_has_no_header():
    assert find_header([]).place == -1


@pytest.mark.parametrize(
    ("encoding", "expected"), [("cp850", "cp850"), ("cp1252", None), ("utf-8", None), ("mac-roman", "mac-roman")]
)
def test_the_character_set_is_seen_by_its_letters(encoding, expected):
    text = "naam\nCafé België\nRené Coördinatie\nHoë Zoë\nCafé René\n"
    assert see_encoding(text.encode(encoding), "a.csv") == expected


def test_bytes_of_no_character_set_are_refused():
    with pytest.raises(SourceError):
        see_encoding(b"naam\n\x81\x8d\x8f\x90\x9d\n", "a.csv")


def test_the_sheet_with_known_names_is_taken_and_named():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, rows in (("Toelichting", [["Uitleg"]] * 40), ("Uitvoer", [["Overzicht"], NAMES.split(";"), ["Z-1"]])):
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows, start=1):
                sheet.write_row(place, 1, row)
    layout = see_layout(content(out.getvalue(), "a.xlsx"))
    assert (layout.kind, layout.sheets, layout.layout.sheet, layout.header) == ("XLSX", 2, "Uitvoer", 3)
