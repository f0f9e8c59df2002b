"""Characters that nobody sees leave a name and are counted; in an identifier they refuse the row."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from screening.base.errors import SourceError
from screening.base.frames import FieldSpec, SourceSpec, SourceTable
from screening.sources import read_source
from screening.sources.invisible import EXPECTATION, is_plain, visible_name

KEY = b"key-of-a-workspace-in-a-test"
FIELDS = {
    "zaaknummer": FieldSpec("zaaknummer", "string", required=True, unique=True),
    "houder_naam": FieldSpec("houder_naam", "string", form="name"),
    "status": FieldSpec("status", "string", form="code", codes=("verleend",)),
    "kvk_nummer": FieldSpec("kvk_nummer", "string", form="kvk_nummer"),
}


def read(tmp_path: Path, *rows: str) -> SourceTable:
    text = "\n".join(["zaaknummer;houder_naam;status;kvk_nummer", *rows])
    (tmp_path / "p.csv").write_text(text + "\n", encoding="utf-8")
    return read_source(SourceSpec("vergunningen", path=str(tmp_path / "p.csv")), FIELDS, reporter_key=KEY)


@pytest.mark.parametrize(
    "character", ["\u202e", "\u200b", "\u200d", "\u2066", "\u00ad", "\ufeff", "\U000e0041", "\x1b"]
)
def test_a_name_is_what_everybody_reads(tmp_path: Path, character: str) -> None:
    table = read(tmp_path, f"Z1;Jan{character}sen;ver{character}leend;", "Z2;Jansen;verleend;")
    assert table.frame["houder_naam"].to_list() == ["Jansen", "Jansen"]
    assert table.frame["status"].to_list() == ["verleend", "verleend"]
    said = [note.en for note in table.notes if "invisible" in note.en]
    assert said == [
        f"p.csv: invisible characters removed from 1 text in {column}." for column in ("houder_naam", "status")
    ]


def test_an_identifier_that_only_looks_like_another_refuses_its_row(tmp_path: Path) -> None:
    table = read(tmp_path, "Z\u200b1;Jansen;verleend;", "Z1;Pietersen;verleend;", "Z3;A;verleend;1234\u202e5678")
    assert table.frame["houder_naam"].to_list() == ["Pietersen"]
    rejected = table.rejected.select("row_number", "column", "expectation", "key").rows()
    assert rejected == [(1, "zaaknummer", EXPECTATION, "Z1"), (3, "kvk_nummer", EXPECTATION, "Z3")]


def test_what_can_be_seen_stays(tmp_path: Path) -> None:
    table = read(tmp_path, "Z1;Şahin-O’Brien Łukasz Étan عمر;verleend;")
    assert table.frame["houder_naam"].to_list() == ["Şahin-O’Brien Łukasz Étan عمر"]
    assert not any("invisible" in note.en for note in table.notes)


def test_the_name_of_a_column_is_what_everybody_reads(tmp_path: Path) -> None:
    header = "zaak\u200bnummer;houder_naam;cate\u0301gorie;\u202eweg"
    (tmp_path / "p.csv").write_text(f"{header}\nZ1;Jansen;verleend;\n", encoding="utf-8")
    spec = SourceSpec("vergunningen", path=str(tmp_path / "p.csv"), columns={"status": "cat\u00e9gorie"})
    table = read_source(spec, FIELDS, reporter_key=KEY)
    assert table.frame.select("zaaknummer", "status").rows() == [("Z1", "verleend")]
    said = " ".join(note.en for note in table.notes)
    assert "invisible characters removed from the name of 2 columns" in said
    assert "\u202e" not in said


@pytest.mark.parametrize("name", ["v\u202evsc.csv", "v\x1b[31m.csv", "v\nall is well.csv", "v\u200b.csv"])
def test_a_file_cannot_write_into_messages_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("zaaknummer\nZ1\n", encoding="utf-8")
    with pytest.raises(SourceError, match="characters that nobody sees") as refusal:
        read_source(SourceSpec("vergunningen", path=str(tmp_path / "*.csv")), FIELDS, reporter_key=KEY)
    assert str(refusal.value).isascii()
    assert str(refusal.value).isprintable()


@settings(max_examples=200, deadline=None)
@given(st.text(st.one_of(st.sampled_from("é,\n\t \u00ad\u0307\u200b\x0b\x7fİ"), st.characters(max_codepoint=0x400))))
@example("")
def test_plain_text_holds_nothing_that_is_taken_out(text: str) -> None:
    is_as_it_was = text == unicodedata.normalize("NFC", text) and visible_name(f"x{text}x") == f"x{text}x"
    assert is_as_it_was or not is_plain(text.encode())
    assert is_plain("Café Ünlü, 1\r\n\tŠtefan;ț".encode())
