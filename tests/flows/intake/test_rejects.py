"""`barrier intake rejects`: a spreadsheet a register for its owner, and what came back mended."""

from __future__ import annotations

import io
import re

import openpyxl
import polars as pl

from tests.conftest import barrier

SECRET = "Geheime Straatwaarde"


def cells(path):
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    return [[cell or "" for cell in row] for row in book.worksheets[1].iter_rows(values_only=True)]


def test_the_owner_gets_where_and_why_and_the_next_night_counts_what_was_mended(town, tmp_path):
    config, file = town / "screening.toml", town / "vergunningen.csv"
    good = file.read_bytes()
    rows = pl.read_csv(io.BytesIO(good), infer_schema=False)
    keys = rows.filter(pl.col("zaaknummer").is_unique())["zaaknummer"].to_list()[:2]
    is_bad = pl.col("zaaknummer").is_in(keys)
    status = pl.when(is_bad).then(pl.lit(SECRET)).otherwise("status").alias("status")
    rows.with_columns(status).write_csv(file)
    assert barrier("run", "--config", config, "--as-of", "2026-10-31", "--json").code == 0

    folder = tmp_path / "rejects"
    ran = barrier("intake", "rejects", "--config", config, "--output", folder, "--json")
    assert ran.code == 0, ran.err
    permits = next(entry for entry in ran.json if entry["register"] == "vergunningen")
    assert permits["since_last_run"] is None
    path = folder / "vergunningen_2026-10-31.xlsx"
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    table = cells(path)
    assert len({row[1] for row in table[1:]}) == permits["rows"]
    assert [row[:4] for row in table if row[2] in keys] == [
        ["vergunningen.csv", str(rows["zaaknummer"].to_list().index(key) + 1), key, "Status (status)"] for key in keys
    ]
    assert not any(SECRET in str(cell) for row in table for cell in row)
    listed = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))["na te gaan"].iter_rows(min_row=2, values_only=True)
    asked = [row for row in listed if row[1] == "ORG-01"]
    assert [row[2] for row in asked] == ["Ontbonden onderneming is houder"]
    assert permits["findings"] >= len(asked)
    assert asked[0][0] in rows["zaaknummer"]

    rows.with_columns(
        pl.when(is_bad & (pl.col("zaaknummer") == keys[0])).then(pl.lit("?")).otherwise("status").alias("status")
    ).write_csv(file)
    assert barrier("run", "--config", config, "--as-of", "2026-11-01", "--json").code == 0
    ran = barrier("intake", "rejects", "--config", config, "--output", folder, "--register", "vergunningen")
    assert ran.code == 0, ran.err
    assert re.search(
        r"^vergunningen: .* (\d+) records that were rejected of the last delivery that was used, 1 came back mended, ",
        ran.out,
    ), ran.out
    assert [entry.name for entry in folder.iterdir() if "2026-11-01" in entry.name] == ["vergunningen_2026-11-01.xlsx"]
