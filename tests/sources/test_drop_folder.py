"""A folder into which a supplier delivers."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from screening.base.errors import SourceError, SourceMissingError
from screening.base.frames import SourceSpec
from screening.sources import drop_folder, read_source
from screening.sources.delivery import find_deliveries
from screening.sources.drop_folder import settled_files

HEADER = "zaaknummer;status\n"


def deliver(folder: Path, name: str, text: str = "", *, age: float = 3600) -> Path:
    path = folder / name
    path.write_text(text)
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_every_delivery_is_read_and_nothing_that_stands_beside_it(tmp_path: Path, permit_fields: dict) -> None:
    deliver(tmp_path, "2026-02.csv", HEADER + "Z1;verleend\n")
    deliver(tmp_path, "2026-01.csv", HEADER + "Z1;in_behandeling\nZ2;verleend\n")
    for name in (".hidden", "~lock.csv", "2026-03.csv.part", "2026-02.csv.manifest.json"):
        deliver(tmp_path, name, "not looked at")
    (tmp_path / "archive").mkdir()
    table = read_source(SourceSpec("vergunningen", path=str(tmp_path)), permit_fields, reporter_key=b"k" * 16)
    assert sorted(table.frame.select("zaaknummer", "status").rows()) == [("Z1", "verleend"), ("Z2", "verleend")]


def test_where_a_supplier_says_what_is_ready_only_that_is_read(tmp_path: Path) -> None:
    deliver(tmp_path, "a.csv", age=0)
    deliver(tmp_path, "a.csv.ready")
    deliver(tmp_path, "b.csv")
    assert [path.name for path in settled_files(tmp_path)] == ["a.csv"]


def test_a_recent_file_that_grows_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = deliver(tmp_path, "a.csv", HEADER, age=0)
    monkeypatch.setattr(drop_folder.time, "sleep", lambda _: path.write_text(HEADER + "Z1;verleend\n"))
    with pytest.raises(SourceError, match=r"still being delivered.*a\.csv\.ready"):
        settled_files(tmp_path)


def test_a_recent_file_that_stays_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drop_folder.time, "sleep", lambda _: None)
    assert settled_files(deliver(tmp_path, "a.csv", HEADER, age=0).parent) == [tmp_path / "a.csv"]


def test_many_recent_files_are_waited_for_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(drop_folder.time, "sleep", pauses.append)
    for number in range(5):
        deliver(tmp_path, f"{number}.csv", HEADER, age=0)
    assert len(settled_files(tmp_path)) == 5
    assert len(pauses) == 1


def test_a_pattern_leaves_out_what_stands_beside_deliveries_too(tmp_path: Path) -> None:
    for name in ("a.csv", "a.csv.ready", "a.csv.manifest.json", "b.csv.part", "~c.csv"):
        deliver(tmp_path, name, HEADER)
    assert [path.name for path in find_deliveries(str(tmp_path / "*"))] == ["a.csv"]


def test_an_empty_folder_is_a_missing_delivery(tmp_path: Path) -> None:
    with pytest.raises(SourceMissingError):
        settled_files(tmp_path)


def test_no_link_leads_out_of_the_folder(tmp_path: Path, permit_fields: dict) -> None:
    outside = deliver(tmp_path, "outside.csv", HEADER)
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "in.csv").symlink_to(outside)
    with pytest.raises(SourceError, match="not followed"):
        read_source(SourceSpec("vergunningen", path=str(folder)), permit_fields, reporter_key=b"k" * 16)
