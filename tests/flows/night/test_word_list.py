"""NUI-06 through the whole command: on with a word list that an extension brings, and nothing of a text in any output.

That it is off without one is seen in the night of `test_local_lists`.
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from screening.rules.registry import load_indicators
from tests.conftest import barrier
from tests.flows.test_leaks import _home
from tests.leaks import texts_of

CANARY = "kanariezin"
TABLE = """
[indicators."NUI-06"]
legal_basis = "APV art. 2:79"
dpia = "DPIA-2026-015"
fg_advice = 2026-05-12
"""


@pytest.fixture
def reported(town) -> Path:
    """The clean municipality with two more reports on one address, whose texts hold a term and a canary."""
    reports = pl.read_csv(town / "meldingen.csv", infer_schema_length=0)
    house = pl.read_csv(town / "bag_adressen.csv", infer_schema_length=0).row(40, named=True)
    blank = dict.fromkeys(reports.columns)
    extra = [
        blank
        | {
            "melding_id": f"SIA-TERM-{place}",
            "datum_melding": f"2026-09-0{place}",
            "hoofdcategorie": "wonen",
            "subcategorie": "wonen-overig",
            "omschrijving": f"{CANARY}{place}: er hangt een Sléutelkastje en mevrouw {CANARY.upper()} ziet dat.",
            "adresseerbaar_object_id": house["adresseerbaar_object_id"],
            "status": "gemeld",
            "melder_token": f"mt_term{place}",
        }
        for place in (1, 2)
    ]
    pl.concat([reports, pl.DataFrame(extra, schema=reports.schema)]).write_csv(town / "meldingen.csv")
    lists = town / "uitbreidingen" / "ZOM" / "word_lists"
    lists.mkdir(parents=True)
    (lists / "terms.csv").write_text("term_id,term\nsleutelkast,sleutelkastje\n", encoding="utf-8")
    return town


def configured(town: Path, table: str) -> Path:
    file = town / "screening.toml"
    file.write_text(file.read_text(encoding="utf-8") + table, encoding="utf-8")
    return file


def found_in(*folders: Path, said: str) -> list[str]:
    """Where a piece of the texts stands: in what was said, or in which files, however they are packed."""
    pieces = (CANARY, CANARY.upper(), CANARY[2:8], "hangt een", "telkastje en mevrouw")
    places = ["output"] if any(piece in said for piece in pieces) else []
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        if any(piece in text for _, text in texts_of(path) for piece in pieces):
            places.append(path.name)
    return places


def test_with_a_word_list_the_id_is_all_that_any_output_holds(reported, tmp_path):
    file = configured(reported, TABLE + 'word_list = "ZOM:terms.csv"\n[extensions]\npath = "uitbreidingen"\n')
    ran = barrier("run", "--config", file, "--json", env=_home(tmp_path))
    assert ran.code == 0, ran.out + ran.err
    hits = pl.read_parquet(Path(ran.json["folder"]) / "evidence.parquet").filter(pl.col("indicator") == "NUI-06")
    assert hits["record_ids"].to_list() == [["meldingen:SIA-TERM-1", "meldingen:SIA-TERM-2"]]
    assert json.loads(hits["values"][0]) == {"meldingen": 2, "melders": 2, "termen": "sleutelkast"}
    assert found_in(reported / "var", tmp_path / "home", said=ran.out + ran.err) == []
    # the search itself finds what is there
    assert found_in(reported, said=CANARY) == ["output", "meldingen.csv"]


def test_it_is_sensitive_and_weak():
    one = next(one for one in load_indicators("indicators") if one.code == "NUI-06")
    assert one.sensitive
    assert one.cls == "C"


def test_a_check_says_that_the_word_list_is_lacking(town):
    said = barrier("check", "--config", configured(town, TABLE))
    assert "NUI-06 (lacks word_list)" in said.out
