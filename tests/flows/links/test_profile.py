"""`barrier links profile`: the run's own counts, one page without a name, and nothing published by it."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import barrier


@pytest.fixture(scope="module")
def made(clean_town, clean_run, tmp_path_factory) -> dict:
    page = tmp_path_factory.mktemp("profile") / "profile.html"
    runs = sorted(path.name for path in Path(clean_run["folder"]).parent.iterdir())
    ran = barrier("links", "profile", "--config", clean_town / "screening.toml", "--output", page, "--json")
    assert ran.code == 0, ran.out + ran.err
    after = sorted(path.name for path in Path(clean_run["folder"]).parent.iterdir())
    return {"document": ran.json, "page": page.read_text(encoding="utf-8"), "runs": (runs, after)}


def test_it_tells_of_the_published_run_and_publishes_nothing(made, clean_run):
    assert made["document"]["run_id"] == clean_run["run_id"]
    assert made["document"]["counts"]["links"] == clean_run["counts"]["links"]
    assert made["runs"][0] == made["runs"][1]
    staging = Path(clean_run["folder"]).parents[1] / "staging"
    assert list(staging.iterdir()) == []


def test_keys_come_from_the_linking_repeated_on_the_deliveries(made):
    assert made["document"]["not_repeated"] is None
    found = {one["key"]: one for one in made["document"]["keys"]}
    links = made["document"]["counts"]["links"]
    assert found["kvk_nummer"]["links"] >= links["exact"]
    assert found["birth_date"]["pairs"] >= found["birth_date"]["links"] > 0
    assert sum(one["mentions"] for one in made["document"]["unlinkable"]) == made["document"]["counts"]["mentions"]


def test_no_name_of_anybody_is_on_the_page_or_in_the_document(made, clean_run):
    parties = pl.read_parquet(Path(clean_run["folder"]) / "parties.parquet")
    said = made["page"].lower() + str(made["document"]).lower()
    names = parties["name_normalised"].drop_nulls().unique().to_list()
    assert len(names) > 100
    assert [name for name in names if len(name) >= 8 and name in said] == []


def test_a_run_whose_deliveries_have_changed_says_so(clean_town, clean_run, tmp_path):
    town = shutil.copytree(clean_town, tmp_path / "town", ignore=shutil.ignore_patterns("truth"))
    config = town / "screening.toml"
    path = next(town.rglob("leidinggevenden*.csv"))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: len(lines) // 2]), encoding="utf-8")
    document = barrier("links", "profile", "--config", config, "--json").json
    assert "veranderd sinds deze run" in document["not_repeated"]["nl"]
    assert document["keys"] is None
    assert document["clusters"]["largest"]
