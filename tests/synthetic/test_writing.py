"""What is on disk: the same bytes for the same seed, the forms of real deliveries, a configuration that fits."""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from screening.synthetic import Municipality, generate, write_municipality
from screening.synthetic.truth import INDICATORS


@pytest.fixture(scope="module")
def messy_folder(messy: Municipality, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("messy")
    write_municipality(messy, folder)
    return folder


def fingerprints(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes(municipality: Municipality, tmp_path: Path) -> None:
    again = generate(municipality.seed, 3000, regime=municipality.regime, as_of=municipality.as_of)
    write_municipality(municipality, tmp_path / "once")
    write_municipality(again, tmp_path / "twice")
    assert fingerprints(tmp_path / "once") == fingerprints(tmp_path / "twice")


def test_clean_files_read_back_as_they_were(clean: Municipality, tmp_path: Path) -> None:
    configuration = tomllib.loads(write_municipality(clean, tmp_path).read_text(encoding="utf-8"))
    for dataset, frame in clean.tables.items():
        path = tmp_path / configuration["sources"][dataset]["path"]
        assert pl.read_csv(path, infer_schema=False).equals(frame), dataset


def test_configuration_activates_the_twelve_indicators(municipality: Municipality, tmp_path: Path) -> None:
    configuration = tomllib.loads(write_municipality(municipality, tmp_path).read_text(encoding="utf-8"))
    assert configuration["municipality"]["code"] == "9999"
    assert configuration["run"]["as_of"] == municipality.as_of
    assert set(configuration["sources"]) == set(municipality.tables)
    assert set(configuration["indicators"]) == set(INDICATORS)
    for keys in configuration["indicators"].values():
        assert set(keys) == {"legal_basis", "dpia", "fg_advice"}
        assert keys["fg_advice"] <= municipality.as_of


def test_messy_codes_and_columns_are_all_in_the_configuration(messy: Municipality, messy_folder: Path) -> None:
    sources = tomllib.loads((messy_folder / "screening.toml").read_text(encoding="utf-8"))["sources"]
    readers = {
        "seksinrichtingen": {"separator": ";"},
        "meldingen": {"separator": ";", "encoding": "cp1252"},
        "handelsregister": {"separator": ";", "encoding": "utf-8-sig"},
        "functionarissen": {"separator": "\t"},
        "leidinggevenden": {"separator": "|", "encoding": "cp1252"},
        "maatregelen": {"separator": ";"},
        "controles": {"encoding": "utf-16"},
    }
    for name, form in readers.items():
        text = (messy_folder / sources[name]["path"]).read_bytes().decode(form.get("encoding", "utf-8"))
        frame = pl.read_csv(text.encode(), separator=form.get("separator", ","), infer_schema=False)
        theirs = sources[name].get("columns", {})
        canonical = [{v: k for k, v in theirs.items()}.get(column, column) for column in frame.columns]
        assert set(canonical) <= set(messy.tables[name].columns), name
        assert frame.height == messy.tables[name].height
        for column, codes in sources[name].get("codes", {}).items():
            spelled = set(frame[theirs.get(column, column)].drop_nulls())
            assert spelled & {code for spellings in codes.values() for code in spellings}, (name, column)
            assert not spelled & set(codes), "a code of our own stayed where the source has its own spelling"


def test_workbook_holds_dates_serials_text_and_numbers_without_their_zero(
    messy: Municipality, messy_folder: Path
) -> None:
    sheet = openpyxl.load_workbook(messy_folder / "vergunningen_zaaksysteem.xlsx", read_only=True).active
    rows = list(sheet.iter_rows(values_only=True))
    header, body = rows[0], rows[1:]
    assert len(body) == messy.tables["vergunningen"].height
    dates = [row[header.index("Ontvangen op")] for row in body]
    assert {type(value) for value in dates} >= {datetime, int, str}
    numbers = defaultdict(list)  # a row delivered twice may have its number once as a number and once as text
    for row in body:
        numbers[row[header.index("Zaak")]].append(row[header.index("KvK")])
    lost = pl.read_parquet(messy_folder / "truth" / "lost_zeros.parquet")
    assert lost.height > 5
    for key in lost["key"]:
        assert [len(str(number)) for number in numbers[key] if isinstance(number, int)] in ([7], [7, 7])


def test_messy_reports_are_in_utc_and_some_points_are_swapped(messy_folder: Path) -> None:
    text = (messy_folder / "meldingen_openbare_ruimte.csv").read_bytes().decode("cp1252")
    assert "\r\n" in text
    frame = pl.read_csv(text.encode(), separator=";", infer_schema=False)
    assert frame["aangemaakt"].drop_nulls().str.contains(r"\+00:00$").mean() > 0.95
    latitude = frame["breedtegraad"].drop_nulls().cast(pl.Float64)
    assert 0.05 < (latitude < 10).mean() < 0.3
    points_only = frame.filter(pl.col("adres").is_null() & pl.col("lengtegraad").is_not_null())
    assert points_only.height > 5


def test_messy_registers_have_partial_dates(messy_folder: Path) -> None:
    text = (messy_folder / "kvk_vestigingen.csv").read_bytes().decode("utf-8-sig")
    started = pl.read_csv(text.encode(), separator=";", infer_schema=False)["aanvang"].drop_nulls()
    assert started.str.contains(r"^\d{4}$").any()
    assert started.str.contains(r"^\d{4}0000$").any()


def test_truth_is_written_in_the_forms_that_a_run_is_judged_by(municipality: Municipality, tmp_path: Path) -> None:
    write_municipality(municipality, tmp_path)
    columns = {
        "hits": ["address_id", "indicator", "variant", "class"],
        "hard_negatives": ["address_id", "looks_like", "explanation", "planted"],
        "flags": ["address_id", "expect", "reason", "sensitive"],
        "tolerated": ["address_id", "indicator"],
        "parties": [
            "dataset",
            "key",
            "role",
            "entity_id",
            "kind",
            "origin_group",
            "anchored",
            "required",
            "row_number",
        ],
        "addresses": ["dataset", "key", "adresseerbaar_object_id", "form", "accept", "row_number"],
        "invalid_rows": ["dataset", "key", "column", "reason", "expect", "row_number"],
    }
    for name, expected in columns.items():
        assert pl.read_parquet(tmp_path / "truth" / f"{name}.parquet").columns == expected
    assert pl.read_parquet(tmp_path / "truth" / "parties.parquet")["origin_group"].null_count() > 0
