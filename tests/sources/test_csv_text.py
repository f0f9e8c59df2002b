"""CSV is split by closed rules, and what does not fit them is refused, not guessed at."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.base.errors import SourceError
from screening.base.frames import Note
from screening.sources.batches import one_raw_table
from screening.sources.csv_blocks import MAX_CELL_CHARACTERS
from screening.sources.csv_text import read_csv
from screening.sources.raw import RawTable


def read(content: str | bytes, expected: tuple[str, ...] = ("id", "naam")) -> RawTable:
    data = content.encode() if isinstance(content, str) else content
    batches = read_csv(data, "delivery.csv", expected, lambda header: {column: i for i, column in enumerate(header)})
    return one_raw_table(batches)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_separator_and_line_end(separator: str, end: str) -> None:
    text = end.join(separator.join(row) for row in (["id", "naam"], ["1", "Café"], ["2", "’t Hof"])) + end
    table = read(text)
    assert table.separator == separator
    assert table.frame.rows() == [(1, "1", "Café"), (2, "2", "’t Hof")]


def test_known_names_decide_where_counts_would_mislead() -> None:
    table = read('id;naam;"a,b,c,d"\n1;x;y\n')
    assert table.separator == ";"


def test_a_header_that_two_separators_split_alike_is_refused() -> None:
    with pytest.raises(SourceError, match="more than one"):
        read("a,b;c\n1,2;3\n", expected=())


def test_separator_line_of_excel() -> None:
    assert read("sep=;\r\nid;naam\r\n1;a,b\r\n").frame.rows() == [(1, "1", "a,b")]


def test_quoted_fields_keep_line_ends_separators_and_quotes() -> None:
    table = read('id,naam\n1,"a\r\nb, ""c"""\n2,d\n')
    assert table.frame["naam"].to_list() == ['a\r\nb, "c"', "d"]
    assert table.frame["row_number"].to_list() == [1, 2]  # records, not lines


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1", "1 velden, terwijl de kop er 2 heeft"),
        ("1,2,3", "3 velden, terwijl de kop er 2 heeft"),
        ('1,Bar "De Zon"', "aanhalingsteken"),
        ("1,a\x00b", "NUL"),
    ],
    ids=["too_few", "too_many", "bare_quote", "nul"],
)
def test_a_row_of_the_wrong_shape_is_refused_alone(row: str, why: str) -> None:
    table = read(f"id,naam\n0,a\n{row}\n2,b\n")
    assert table.frame["id"].to_list() == ["0", "2"]
    assert table.frame["row_number"].to_list() == [1, 3]
    assert table.rows_read == 3
    [refused] = table.refused
    assert (refused.row_number, refused.expectation) == (2, "row_shape")
    assert why in refused.reason_nl
    assert "De Zon" not in refused.reason_nl


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('id,naam\n1,"open\n2,b\n', "ends inside a quoted field"),
        ('id,naam\n1,"Bar "De Zon"",3\n', "not doubled"),
        ("", "empty"),
        ("\n\r\n", "empty"),
        ("\ufeff", "empty"),
        (",,\n1,2,3\n", "no header"),
        ("id,naam\n1,a\n2", "breaks off"),
        ("id,naam\n1," + "x" * (MAX_CELL_CHARACTERS + 1) + "\n", "longer than"),
        ('id,naam\n1,"' + "x" * (MAX_CELL_CHARACTERS + 1) + '"\n', "longer than"),
        ('"id,naam\n1,2\n', "quotation mark"),
    ],
)
def test_a_damaged_file_is_refused_whole(text: str, why: str) -> None:
    with pytest.raises(SourceError, match=why) as refusal:
        read(text)
    assert "De Zon" not in str(refusal.value)


def test_a_last_row_without_line_end_is_whole() -> None:
    assert read("id,naam\n1,a\n2,b").frame.height == 2


def test_blank_lines_are_no_rows_unless_there_is_one_column() -> None:
    table = read("id,naam\n\n1,a\n\n")
    assert table.frame["row_number"].to_list() == [1]
    assert table.notes == [
        Note(nl="delivery.csv: 2 lege regels overgeslagen.", en="delivery.csv: 2 blank lines skipped.")
    ]
    assert read("id\n1\n\n2\n").frame["id"].to_list() == ["1", "", "2"]


def test_a_header_alone_is_an_empty_set() -> None:
    table = read("id,naam\n")
    assert table.frame.height == table.rows_read == 0
    assert table.frame.columns == ["row_number", "id", "naam"]


# The text of a cell that a writer can put into a UTF-8 file; NUL is refused by rule.
cells = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(cells, cells, cells), max_size=6),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_a_writer_wrote_comes_back(rows: list[tuple[str, str, str]], separator: str, end: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "naam", "plaats"])
    writer.writerows(rows)
    table = read(text.getvalue(), expected=("id", "naam", "plaats"))
    assert [row[1:] for row in table.frame.rows()] == rows
    assert not table.refused


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=60), encoding=st.sampled_from(["", "id,naam\n", "id;naam\r\n"]))
def test_any_bytes_are_read_or_refused_with_a_sentence(data: bytes, encoding: str) -> None:
    try:
        table = read(encoding.encode() + data)
    except SourceError:
        return
    assert table.frame.height + len(table.refused) == table.rows_read


def test_an_old_dos_export_is_read_as_the_configuration_says(permits):
    table = permits("zaaknummer;houder_naam\nZ1;Café\n".encode("cp850"), encoding="cp850")
    assert table.frame["houder_naam"].item() == "Café"
    assert table.files[0].encoding == "cp850"


def test_a_header_further_down_is_found_where_the_configuration_says(permits):
    table = permits('Overzicht "vergunningen\n\nzaaknummer;status\nZ1;verleend\nZ2;verleend\n', header=3)
    assert table.frame.select("row_number", "zaaknummer").rows() == [(1, "Z1"), (2, "Z2")]


@pytest.mark.parametrize("first", ["", "sep=;\n"])
def test_a_file_without_a_header_has_the_configured_names(permits, first):
    table = permits(first + 'Z1;"De Hoek; bv"\nZ2;Smit\n', header=0, names=("zaaknummer", "houder_naam"))
    assert table.frame.select("row_number", "zaaknummer", "houder_naam").rows() == [
        (1, "Z1", "De Hoek; bv"),
        (2, "Z2", "Smit"),
    ]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "the header has 2 names, and all 6 rows have 3 fields. A name is missing in the header"),
        ({"header": 0, "names": ("zaaknummer", "status")}, "`names` has 2 names, and all 6 rows have 3 fields"),
    ],
)
def test_a_header_that_is_one_name_short_is_said_so(permits, options, why):
    header = "" if options else "zaaknummer;status\n"
    with pytest.raises(SourceError, match=why):
        permits(header + "Z1;verleend;x\n" * 6, **options)


def test_a_file_without_a_header_that_is_no_csv_hears_how_to_say_so(permits):
    with pytest.raises(SourceError, match="If the file has no header, say so: header = 0"):
        permits('"De "Hoek";12345678\n')


def test_without_a_header_a_stray_mark_in_the_first_row_is_a_plain_character(permits):
    rows = '"AAE" Techniek;Z1\nDe "Hoek";Z2\n"Smit";Z3\n'
    table = permits(rows, header=0, names=("houder_naam", "zaaknummer"))
    assert table.frame.select("zaaknummer", "houder_naam").rows() == [("Z1", '"AAE" Techniek'), ("Z2", 'De "Hoek"')]
    assert table.rejected["row_number"].to_list() == [3]  # in marks or with marks: not known


def test_the_mark_by_which_dos_ends_a_text_is_no_row(permits):
    table = permits("zaaknummer;status\r\nZ1;verleend\r\nZ2;verleend\r\n\x1a".encode("cp850"), encoding="cp850")
    assert table.frame["zaaknummer"].to_list() == ["Z1", "Z2"]
    assert (table.rejected.height, table.files[0].rows_read) == (0, 2)
