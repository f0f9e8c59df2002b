"""One source as a whole: deliveries, keys, provenance, refused rows."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from screening.base.errors import ConfigurationError, SourceError, SourceMissingError
from screening.base.frames import PROVENANCE, QUARANTINE, FieldSpec, Note, SourceSpec, SourceTable
from screening.sources import read_source
from screening.sources.delivery import Delivery, find_deliveries, read_delivery
from screening.sources.read import read_batches

KEY = b"key-of-a-workspace-in-a-test"
Read = Callable[..., SourceTable]


def test_a_text_frame_and_its_provenance(reports: Read) -> None:
    header = "melding_id;datum_melding;incident_van;lat;lon;status;melder_token"
    text = f"{header}\nM1;2025-07-15;2025-07-15;5,12;52,09;Gemeld;abc\n"
    table = reports(text.encode("cp1252"))
    [row] = table.frame.to_dicts()
    assert row.pop("melder_token") not in (None, "abc")
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert row == {
        "key": "M1",
        "row_number": 1,
        "source_file_sha256": digest,
        "melding_id": "M1",
        "datum_melding": "2025-07-15T00:00:00",
        "incident_van": "2025-07-15",
        "lat": "52.09",
        "lon": "5.12",
        "status": "gemeld",
    }
    [file] = table.files
    assert (file.sha256, file.rows_read, file.encoding, file.separator) == (digest, 1, "utf-8", ";")
    exchanged = Note(
        nl="delivery.csv: lat en lon waren verwisseld in 1 rij en zijn teruggezet.",
        en="delivery.csv: lat and lon were the wrong way round in 1 row and were exchanged.",
    )
    assert exchanged in table.notes
    assert {name: table.frame.schema[name] for name in PROVENANCE} == PROVENANCE
    assert dict(table.rejected.schema) == QUARANTINE


def test_a_data_set_without_key_is_named_by_its_rows(traders: Read) -> None:
    table = traders("kvk_nummer;faillissement;sbi_codes\n12345678;J\n12345678;N;56101\n")
    assert table.frame.select("key", "faillissement").rows() == [("r2", "nee")]
    assert table.rejected.select("key", "row_number", "expectation").rows() == [("r1", 1, "row_shape")]


def test_an_empty_key_stays_for_the_contract_to_refuse(permits: Read) -> None:
    assert permits("zaaknummer;status\n;verleend\nZ1;verleend\n").frame["key"].to_list() == [None, "Z1"]


def test_identical_rows_are_left_for_the_contract(permits: Read) -> None:
    assert permits("zaaknummer;status\nZ1;verleend\nZ1;verleend\n").frame.height == 2


def test_empty_set(permits: Read) -> None:
    table = permits("zaaknummer;status;datum_aanvraag;max_personen\n")
    assert table.frame.height == 0
    assert table.frame.schema["row_number"] == pl.Int64
    assert {table.frame.schema[name] for name in ("key", "zaaknummer", "status", "datum_aanvraag")} == {pl.String}


def test_nothing_is_kept_of_how_rows_were_ordered_by_the_engine(permits: Read) -> None:
    rows = "".join(f"Z{i};verleend\n" for i in range(3000))
    table = permits("zaaknummer;status\n" + rows)
    assert table.frame["row_number"].to_list() == list(range(1, 3001))
    assert table.frame.equals(permits("zaaknummer;status\n" + rows).frame)


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def read(folder: Path, fields: dict[str, FieldSpec], dataset: str = "vergunningen") -> SourceTable:
    return read_source(SourceSpec(dataset, path=str(folder / "*.csv")), fields, reporter_key=KEY)


def test_a_later_delivery_replaces_the_rows_it_has(tmp_path: Path, permit_fields: dict[str, FieldSpec]) -> None:
    header = "zaaknummer;status;max_personen\n"
    write(
        tmp_path,
        d2=header + "Z2;verleend;2\nZ3;verleend;2\n;verleend;2\n",
        d1=header + "Z1;verleend;1\nZ2;verleend;1\n;verleend;1\n",
        d3="zaaknummer;status\nZ3;in_behandeling\n",
    )
    table = read(tmp_path, permit_fields)
    assert table.frame.select("key", "row_number", "max_personen").rows() == [
        ("Z1", 1, "1"),
        (None, 3, "1"),
        ("Z2", 1, "2"),
        (None, 3, "2"),
        ("Z3", 1, None),
    ]
    assert table.rows_superseded == 2
    by_key = dict(table.frame.drop_nulls("key").select("key", "source_file_sha256").rows())
    assert [by_key[key] for key in ("Z1", "Z2", "Z3")] == [file.sha256 for file in table.files]
    assert [Path(file.path).name for file in table.files] == ["d1.csv", "d2.csv", "d3.csv"]


def test_a_version_that_is_refused_does_not_bring_the_older_one_back(
    tmp_path: Path, permit_fields: dict[str, FieldSpec]
) -> None:
    write(
        tmp_path,
        d1="zaaknummer;houder_naam\nZ1;Jansen\nZ2;999990019\n",
        d2="zaaknummer;houder_naam\nZ1;999990019\nZ2;Smit\n",
    )
    table = read(tmp_path, permit_fields)
    assert table.frame["houder_naam"].to_list() == ["Smit"]
    assert table.rejected.select("key", "row_number").rows() == [("Z1", 1)]


def test_the_same_bytes_twice_are_read_once_at_their_latest_place(
    tmp_path: Path, permit_fields: dict[str, FieldSpec]
) -> None:
    old, new = "zaaknummer;max_personen\nZ1;1\n", "zaaknummer;max_personen\nZ1;2\n"
    write(tmp_path, d1=old, d2=new, d3=old)
    table = read(tmp_path, permit_fields)
    assert table.frame["max_personen"].to_list() == ["1"]
    assert [Path(file.path).name for file in table.files] == ["d2.csv", "d3.csv"]
    assert "1 delivery byte for byte the same as a later one: read once." in [note.en for note in table.notes]


def test_without_a_key_there_is_no_later_version(tmp_path: Path, trade_fields: dict[str, FieldSpec]) -> None:
    write(tmp_path, d1="kvk_nummer\n12345678\n", d2="kvk_nummer\n12345678\n")
    with pytest.raises(ConfigurationError, match="fits 2 files"):
        read(tmp_path, trade_fields, "handelsregister")


def test_a_missing_file_is_missing(tmp_path: Path, permit_fields: dict[str, FieldSpec]) -> None:
    for path in (tmp_path / "none.csv", tmp_path / "*.csv"):
        with pytest.raises(SourceMissingError) as missing:
            read_source(SourceSpec("vergunningen", path=str(path)), permit_fields, reporter_key=KEY)
        assert str(tmp_path) not in str(missing.value)
    (tmp_path / "link.csv").symlink_to(tmp_path / "gone.csv")
    with pytest.raises(SourceMissingError):
        read(tmp_path, permit_fields)


def test_a_link_is_followed_within_the_folder_alone(tmp_path: Path, permit_fields: dict[str, FieldSpec]) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        (folder / "deep").mkdir(parents=True)
        (folder / "deep" / "p.csv").write_text("zaaknummer\nZ1\n", encoding="utf-8")
    (inside / "latest.csv").symlink_to("deep/p.csv")
    (inside / "foreign.csv").symlink_to(outside / "deep" / "p.csv")
    (inside / "sub").symlink_to(outside / "deep")
    (tmp_path / "share").symlink_to(inside)
    for path in ("in/latest.csv", "share/latest.csv", "share/deep/*.csv"):
        spec = SourceSpec("vergunningen", path=str(tmp_path / path))
        assert read_source(spec, permit_fields, reporter_key=KEY).frame["key"].to_list() == ["Z1"]
    for path in ("in/foreign.csv", "share/foreign.csv", "in/f*.csv", "in/s*/p.csv"):
        with pytest.raises(SourceError, match="a link to a place outside the folder"):
            read_source(SourceSpec("vergunningen", path=str(tmp_path / path)), permit_fields, reporter_key=KEY)
    with pytest.raises(SourceError, match="a link to a place outside the folder"):
        read_delivery(inside / "foreign.csv")


def test_a_name_with_a_bracket_is_a_name(tmp_path: Path) -> None:
    write(tmp_path, **{"export [1]": "zaaknummer\nZ1\n"})
    assert find_deliveries(str(tmp_path / "export [1].csv")) == [tmp_path / "export [1].csv"]


def test_a_file_that_is_written_to_while_it_is_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path, d1="zaaknummer\nZ1\n")
    path = tmp_path / "d1.csv"
    with Delivery(path) as delivery:
        data = delivery.read()
        delivery.verify(len(data))
        with path.open("a") as file:
            file.write("Z2\n")
        with pytest.raises(SourceError, match="changed while it was being read"):
            delivery.verify(len(data))
    with Delivery(path) as delivery:
        data = delivery.read()
        path.rename(tmp_path / "elsewhere.csv")
        write(tmp_path, d1="zaaknummer\nZ9\n")
        with pytest.raises(SourceError, match="changed"):
            delivery.verify(len(data))


@pytest.mark.timeout(20)
def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(SourceError, match="no ordinary file"), Delivery(tmp_path / "pipe.csv"):
        pass
    with pytest.raises(SourceError), Delivery(tmp_path):
        pass


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"zaaknummer\nZ1\n"),
        ("a.parquet", b"zaaknummer\nZ1\n"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.csv", b"\x1f\x8b\x08\x00"),
        ("a.csv", b"PK\x03\x04rubbish"),
        ("a.csv", b"PAR1rubbish"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(permits: Read, name: str, data: bytes) -> None:
    with pytest.raises(SourceError, match=name):
        permits(data, name)


def test_a_source_without_path_and_a_short_key(permit_fields: dict[str, FieldSpec]) -> None:
    with pytest.raises(ConfigurationError, match="no path and no query"):
        read_source(SourceSpec("vergunningen"), permit_fields, reporter_key=KEY)
    with pytest.raises(ConfigurationError, match="too short"):
        read_source(SourceSpec("vergunningen"), permit_fields, reporter_key=b"short")


def test_a_large_file_is_read_in_pieces_as_a_small_one_is(
    tmp_path: Path, permit_fields: dict[str, FieldSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f'Z{number};"Caf\u00e9 {number}";1-5-2026\n' for number in range(60_000))
    text = "zaaknummer;houder_naam;datum_aanvraag\n" + rows
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    (tmp_path / "w.csv").write_text(text, encoding="cp1252")
    pl.read_csv(io.StringIO(text), separator=";", infer_schema=False).write_parquet(tmp_path / "p.parquet")
    for name in ("p.csv", "w.csv", "p.parquet"):
        spec = SourceSpec("vergunningen", path=str(tmp_path / name))
        whole = read_source(spec, permit_fields, reporter_key=KEY)
        with monkeypatch.context() as patch:
            patch.setattr("screening.sources.delivery.LARGE_BYTES", 100)
            pieces = read_source(spec, permit_fields, reporter_key=KEY)
        assert whole.frame.height == 60_000
        assert pieces.frame.equals(whole.frame)
        assert (pieces.files, pieces.notes) == (whole.files, whole.notes)


def test_a_large_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, permit_fields: dict[str, FieldSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "p.csv"
    file.write_text("zaaknummer\n" + "Z\n" * 200, encoding="utf-8")
    monkeypatch.setattr("screening.sources.delivery.LARGE_BYTES", 100)
    batches = read_batches(SourceSpec("vergunningen", path=str(file)), permit_fields, reporter_key=KEY)
    next(batches)
    before = file.stat()
    with file.open("r+b") as changing:
        changing.write(b"Z")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(SourceError, match="changed while it was being read"):
        list(batches)


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"<html><table><tr><td>zaaknummer</td></tr></table></html>", "v.xls", "is XML or a web page"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?><zaken/>", "v.xml", "is XML or a web page"),
        (b"SQLite format 3\x00" + bytes(200), "v.db", "`url_env` and `query`"),
        ("zaaknummer;status\nZ1;M\u00fcller\n".encode("cp850"), "v.csv", "`encoding`"),
        (b"Uitvoer van mei\n\nzaaknummer;status\nZ1;verleend\n", "v.csv", "say in which row it is: header = 3"),
    ],
)
def test_a_file_of_another_kind_is_told_what_it_is_and_what_helps(permits, content, name, why):
    with pytest.raises((SourceError, ConfigurationError), match=why):
        permits(content, name=name)
