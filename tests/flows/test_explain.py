"""`barrier explain`: an address that was flagged, one that was hit but not flagged, one where nothing was seen."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import barrier


@pytest.fixture(scope="module")
def files(clean_run) -> dict[str, pl.DataFrame]:
    return {p.stem: pl.read_parquet(p) for p in Path(clean_run["folder"]).glob("*.parquet")}


def _explain(town: Path, asked: str, *more: str):
    return barrier("explain", asked, "--config", town / "screening.toml", *more)


def test_a_flagged_address_tells_what_was_seen_and_what_it_can_also_mean(clean_town, files):
    flag = files["flags"].row(0, named=True)
    told = _explain(clean_town, flag["address_id"]).out
    assert flag["address"] in told
    assert f"reden {flag['reason']}" in told
    assert "Dit kan ook betekenen" in told
    for code in flag["indicator_codes"]:
        assert code in told
    for record in files["evidence"].filter(pl.col("address_id") == flag["address_id"])["record_ids"].explode():
        assert record in told


def test_the_same_in_english_and_as_json(clean_town, files):
    flag = files["flags"].row(0, named=True)
    assert "It can also mean" in _explain(clean_town, flag["address_id"], "--english").out
    document = _explain(clean_town, flag["address_id"], "--json").json
    assert document["flag"]["reason"] == flag["reason"]
    assert {hit["indicator"] for hit in document["hits"]} == set(flag["indicator_codes"])


def test_an_address_is_found_as_a_person_writes_it(clean_town, files):
    flag = files["flags"].row(0, named=True)
    assert flag["address_id"] in _explain(clean_town, flag["address"].lower()).out


def test_an_address_with_too_little_says_what_it_would_take(clean_town, files):
    flagged = files["flags"]["address_id"].implode()
    hit = files["evidence"].filter(~pl.col("address_id").is_in(flagged))["address_id"][0]
    told = _explain(clean_town, hit).out
    assert "Geen aandachtspunt" in told
    assert "samen zijn ze niet genoeg" in told


def test_an_address_where_nothing_was_seen_says_so_and_lists_its_records(clean_town, files):
    quiet = files["records"].filter(
        (pl.col("dataset") == "meldingen")
        & pl.col("address_id").is_not_null()
        & ~pl.col("address_id").is_in(files["evidence"]["address_id"].implode())
    )
    row = quiet.row(0, named=True)
    told = _explain(clean_town, row["address_id"]).out
    assert "sloeg hier aan" in told
    assert f"meldingen:{row['key']}: meldingen.csv, rij {row['row_number']}" in told
    assert "Niet uitgevoerd, dus zonder betekenis voor dit adres: " in told


def test_a_shielded_establishment_is_named_nowhere(clean_town, files):
    register = pl.read_csv(clean_town / "handelsregister.csv", infer_schema_length=0).with_row_index("n", offset=1)
    rows = register.filter(pl.col("afgeschermd") == "ja")["n"].cast(pl.Int64).implode()
    shielded = files["records"].filter(
        (pl.col("dataset") == "handelsregister") & pl.col("row_number").is_in(rows) & pl.col("address_id").is_not_null()
    )
    assert shielded.height > 0
    for row in shielded.head(3).iter_rows(named=True):
        told = _explain(clean_town, row["address_id"]).out
        assert f"handelsregister:{row['key']}:" not in told
    cited = set(files["evidence"]["record_ids"].explode())
    assert not cited & {f"handelsregister:{key}" for key in shielded["key"]}


def test_an_unknown_address_or_run_is_refused_with_what_to_do(clean_town, clean_run):
    ran = _explain(clean_town, "Nergensstraat 1")
    assert ran.code == 2
    assert "16 digits" in ran.err
    assert _explain(clean_town, "x", "--run", "0" * 24).code == 2


def test_what_was_stopped_since_the_run_is_named_until_it_is_resumed(clean_town, files, tmp_path):
    town = shutil.copytree(clean_town, tmp_path / "town")
    hit = files["evidence"].row(0, named=True)
    hits = files["evidence"].filter(pl.col("address_id") == hit["address_id"])["indicator"].unique().sort().to_list()
    by = ("--by", "n.nacht", "--reason", "proef", "--config", town / "screening.toml")
    barrier("rules", "stop", hit["indicator"], *by)
    assert f"Let op: stopgezet na deze run is {hit['indicator']}." in _explain(town, hit["address_id"]).out
    barrier("rules", "resume", hit["indicator"], *by)
    assert "stopgezet" not in _explain(town, hit["address_id"]).out
    barrier("rules", "stop", "all", *by)
    assert _explain(town, hit["address_id"], "--json").json["stopped"] == hits


@pytest.mark.parametrize(
    ("reason", "english", "said"), [("A", (), "klasse A"), ("BB", ("--english",), "two registers")]
)
def test_the_reason_of_a_flag_is_told_in_words(clean_town, files, reason, english, said):
    flag = files["flags"].filter(pl.col("reason") == reason).row(0, named=True)
    assert said in _explain(clean_town, flag["address_id"], *english).out.splitlines()[1]
