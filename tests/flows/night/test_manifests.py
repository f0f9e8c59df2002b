"""Which manifest belongs to which file, and what `required`, `used` and `ignored` mean."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.intake.seal import write_manifest
from flows.night.manifests import check_manifests
from screening.base.errors import ContractStopError, SourceMissingError
from screening.base.frames import FieldSpec, SourceFile
from screening.sources import read_source
from screening.sources.outline import outline
from tests.assurance.formats import FORMATS, request
from tests.conftest import barrier

AS_OF = date(2026, 11, 1)
ROWS = "melding_id;status\nM-1;gemeld\nM-2;gemeld\n"


def came(*paths):
    files = []
    for path in paths:
        content, table, header = outline(path)
        files.append(SourceFile(str(path), content.sha256, table.rows_read, bytes=len(content.data), header=[*header]))
    return files


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "meldingen").mkdir()
    for name in ("a.csv", "b.csv"):
        (tmp_path / "meldingen" / name).write_text(ROWS.replace("M-", name), encoding="utf-8")
    return tmp_path / "meldingen"


def test_a_sealed_file_passes_and_one_that_was_cut_at_a_row_border_is_refused(folder):
    file = folder / "a.csv"
    place = write_manifest(file, as_of=AS_OF, supplier="Signalen")
    document = json.loads(place.read_text(encoding="utf-8"))
    assert (document["rows"], document["columns"], document["as_of"]) == (2, ["melding_id", "status"], "2026-11-01")
    assert [manifest.as_of for manifest in check_manifests("meldingen", came(file), "required")] == [AS_OF]
    file.write_bytes(file.read_bytes()[: -len("a.csv2;gemeld\n")])
    for wanted in ("required", "used"):
        with pytest.raises(ContractStopError, match=r"bytes .*the sha256, rows \(2 in the manifest, 1 came\)"):
            check_manifests("meldingen", came(file), wanted)
    assert check_manifests("meldingen", came(file), "ignored") == []


def test_rows_that_the_supplier_counted_are_held_against_what_is_read(folder):
    write_manifest(folder / "a.csv", as_of=AS_OF, rows=3)
    with pytest.raises(ContractStopError, match=r"rows \(3 in the manifest, 2 came\)"):
        check_manifests("meldingen", came(folder / "a.csv"), "used")


def test_a_file_without_a_manifest_is_refused_only_where_one_is_required(folder):
    files = came(folder / "a.csv", folder / "b.csv")
    assert check_manifests("meldingen", files, "used") == []
    with pytest.raises(ContractStopError, match=r"a.csv: 2 of 2 files of meldingen came without a manifest"):
        check_manifests("meldingen", files, "required")
    write_manifest(folder / "a.csv", as_of=AS_OF)
    with pytest.raises(ContractStopError, match="1 of 2 files"):
        check_manifests("meldingen", files, "required")


def test_a_folder_is_sealed_as_a_whole(folder):
    write_manifest(folder, as_of=AS_OF)
    files = came(folder / "a.csv", folder / "b.csv")
    assert len(check_manifests("meldingen", files, "required")) == 1
    with pytest.raises(ContractStopError, match="is not the file of its manifest"):
        check_manifests("meldingen", files[:1], "used")


def test_an_empty_folder_is_not_sealed(tmp_path):
    with pytest.raises(SourceMissingError, match="holds no file"):
        write_manifest(tmp_path, as_of=AS_OF)


def test_a_night_refuses_a_file_that_is_not_that_of_its_manifest_and_check_says_so(town):
    file = town / "vergunningen.csv"
    ran = barrier("intake", "seal", file, "--as-of", "2026-10-31", "--json")
    assert ran.code == 0, ran.out
    assert ran.json["manifest"] == f"{file}.manifest.json"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-5]))
    for command in ("check", "run"):
        ran = barrier(command, "--config", town / "screening.toml")
        assert ran.code == 3
        assert "vergunningen.csv: is not the file of its manifest" in " ".join((ran.out + ran.err).split())


def test_a_database_that_is_a_file_is_held_to_its_bytes(tmp_path):
    place = tmp_path / "vergunningen.sqlite"
    place.write_bytes(FORMATS["SQLite"][1](pl.DataFrame({"melding_id": ["M-1", "M-2"], "status": "gemeld"})))
    seal = write_manifest(place, as_of=AS_OF)
    assert json.loads(seal.read_text(encoding="utf-8"))["rows"] == 2, "of all its tables"
    spec = request("meldingen", place).spec
    fields = {name: FieldSpec(name, "string") for name in ("melding_id", "status")}

    def files():
        return read_source(spec, fields, reporter_key=b"k" * 32).files

    assert len(check_manifests("meldingen", files(), "required")) == 1
    with closing(sqlite3.connect(place)) as database, database:
        database.execute("DELETE FROM register WHERE melding_id = 'M-2'")
    with pytest.raises(ContractStopError, match="sha256"):
        check_manifests("meldingen", files(), "used")
    seal.unlink()
    with pytest.raises(ContractStopError, match="1 of 1 files"):
        check_manifests("meldingen", files(), "required")


def test_a_file_beside_the_working_folder_without_a_manifest_passes(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert check_manifests("meldingen", came(Path("a.csv")), "used") == []
