"""A whole night by the real command: what is found, that it repeats, and how it stops."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from pathlib import Path

import polars as pl
import pytest

from flows.night.run import exit_code_of
from screening.base.frames import PREPARED_FILES, RUN_FILES
from screening.store import Workspace, open_store
from tests.conftest import AS_OF, barrier
from tests.judge import judge

TWELVE = [
    "HOU-01",
    "HOU-03",
    "LIC-01",
    "LIC-02",
    "LIC-04",
    "LIC-06",
    "NUI-01",
    "ORG-01",
    "ORG-03",
    "PER-01",
    "SEX-01",
    "SEX-04",
]


@pytest.fixture(params=["clean", "messy"])
def screened(request):
    """Town and run, once by the plain command and once as the Prefect flow."""
    town = request.getfixturevalue(f"{request.param}_town")
    document = request.getfixturevalue(f"{request.param}_run")
    return town, Path(document["folder"]), document


def test_every_planted_pattern_is_found_and_nothing_else(screened):
    town, run, _ = screened
    verdict = judge(town, run)
    assert verdict.missed_hits == set()
    assert verdict.false_hits == set()
    assert verdict.missed_flags == set()
    assert verdict.false_flags == set()
    assert verdict.sensitive_wrong == set()


def test_gaps_earn_another_exit_code_in_a_dry_run_too():
    good = {"deliveries": {"meldingen": {"verdict": "good"}}, "unavailable": []}
    assert exit_code_of(good) == 0
    assert exit_code_of({**good, "unavailable": [{"dataset": "controles", "kind": "missing"}]}) == 4
    assert exit_code_of({**good, "deliveries": {"meldingen": {"verdict": "suspect"}}}) == 4


def test_no_innocent_look_alike_is_hit_or_flagged(screened):
    town, run, _ = screened
    verdict = judge(town, run)
    assert verdict.hard_negatives_hit == set()
    assert verdict.hard_negatives_flagged == set()


def test_every_planted_invalid_row_is_set_apart_and_valid_ones_are_not(screened):
    town, run, _ = screened
    verdict = judge(town, run)
    assert verdict.invalid_accepted == 0
    assert verdict.valid_quarantined <= 0.001 * verdict.rows


def test_addresses_and_parties_are_what_the_truth_says(screened):
    town, run, _ = screened
    verdict = judge(town, run)
    assert verdict.addresses_wrong == 0
    assert verdict.addresses_guessed == 0
    assert verdict.addresses_missed <= 0.02 * verdict.addresses
    assert verdict.pair_precision >= 0.99
    assert verdict.pair_recall >= 0.97


def test_the_files_are_those_of_the_formats(screened):
    _, run, document = screened
    assert {p.name for p in run.iterdir()} == {*RUN_FILES, *PREPARED_FILES, "run.json", "run.html"}
    for name, (schema, _) in RUN_FILES.items():
        frame = pl.read_parquet(run / name)
        assert dict(frame.schema) == schema, name
    assert [i["code"] for i in document["indicators"]["run"]] == TWELVE
    rows = {i["dataset"]: i for i in document["inputs"]}
    assert len(rows) == 9
    for entry in rows.values():
        assert entry["rows_read"] == entry["rows_accepted"] + entry["rows_quarantined"] + entry["rows_superseded"]
        assert not Path(entry["path"]).is_absolute()
    assert set(document["timings"]) == {"intake", "validate", "addresses", "parties", "indicators", "flags"}


def test_every_flag_names_records_that_passed(screened):
    _, run, _ = screened
    records = set(pl.read_parquet(run / "records.parquet").select(pl.col("dataset") + ":" + pl.col("key")).to_series())
    evidence = pl.read_parquet(run / "evidence.parquet")
    assert evidence.height > 0
    assert set(evidence["record_ids"].explode()) <= records
    cited = set(evidence["links"].explode().drop_nulls())
    levels = dict(pl.read_parquet(run / "links.parquet").select("link_id", "level").iter_rows())
    assert cited
    assert {levels[link] for link in cited} <= {"exact", "strong"}
    for row in evidence.iter_rows(named=True):
        assert isinstance(json.loads(row["values"]), dict)
        assert len(row["explanation_nl"]) > 20
        assert len(row["explanation_en"]) > 20


@pytest.mark.goal("F8", reached="a tenth")
def test_a_tenth_of_the_new_cases_is_drawn_at_random_from_unflagged_addresses_of_the_population(screened):
    town, run, document = screened
    sample, flags, records = (pl.read_parquet(run / f"{name}.parquet") for name in ("sample", "flags", "records"))
    assert sample.height == -(-flags.height // 9) == document["counts"]["sample"]
    assert sample["drawn_on"].unique().to_list() == [AS_OF]
    assert not set(sample["address_id"]) & set(flags["address_id"])
    registers = ["vergunningen", "seksinrichtingen", "handelsregister", "meldingen"]
    population = set(records.filter(pl.col("dataset").is_in(registers))["address_id"].drop_nulls())
    assert set(sample["address_id"]) <= population
    with open_store(Workspace(town / "var")) as store:
        drawn = [store.dossier(run.name, address_id) for address_id in sample["address_id"]]
        assert {one.kind for one in drawn} == {"sample"}
        assert all(one.records and one.address != one.address_id for one in drawn)
        others = population - set(sample["address_id"]) - set(flags["address_id"])
        assert all(store.dossier(run.name, address_id) is None for address_id in sorted(others)[:20])


def test_a_night_that_flags_nothing_new_draws_nothing_new(screened_town):
    later = barrier("run", "--config", screened_town / "screening.toml", "--as-of", "2026-11-02", "--json").json
    new = pl.read_parquet(Path(later["folder"]) / "flags.parquet").filter(pl.col("first_flagged") > AS_OF).height
    assert later["counts"]["sample"] == -(-new // 9)


def test_folders_and_files_are_closed_to_others(screened):
    town, _, _ = screened
    for path in [town / "var", *(town / "var").rglob("*")]:
        mode = path.stat().st_mode & 0o777
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_the_same_night_again_is_the_same_run(clean_town, clean_run, tmp_path):
    ran = barrier("run", "--config", clean_town / "screening.toml", "--json")
    assert ran.code == 0
    assert ran.json["run_id"] == clean_run["run_id"]
    assert ran.json["already_published"] is True


def test_the_same_night_elsewhere_gives_the_same_bytes(town, clean_run):
    """Another folder and other file dates; tests/faults/concurrency/test_reruns.py has other threads and zones."""
    for file in town.glob("*.csv"):
        os.utime(file, (1_792_454_400, 1_792_454_400))  # 20 October 2026
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 0, ran.out
    assert ran.json["run_id"] == clean_run["run_id"]
    assert _digests(Path(ran.json["folder"])) == _digests(Path(clean_run["folder"]))


def test_party_ids_and_first_dates_are_carried_to_the_next_night(screened_town, clean_run):
    config, first = screened_town / "screening.toml", clean_run
    later = barrier("run", "--config", config, "--as-of", "2026-11-02", "--json")
    assert later.code == 0, later.out
    assert later.json["run_id"] != first["run_id"]
    ids = [dict(pl.read_parquet(Path(run["folder"]) / "identities.parquet").iter_rows()) for run in (first, later.json)]
    assert ids[0] == ids[1]
    flags = pl.read_parquet(Path(later.json["folder"]) / "flags.parquet")
    before = pl.read_parquet(Path(first["folder"]) / "flags.parquet")
    both = flags.join(before, on="address_id", suffix="_before")
    assert both.height > 0
    assert (both["first_flagged"] == both["first_flagged_before"]).all()
    listed = barrier("runs", "--config", config, "--json").json
    assert [run["run_id"] for run in listed] == [first["run_id"], later.json["run_id"]]
    assert barrier("verify", "--config", config, "--json").code == 0


def test_a_forbidden_column_stops_the_run_with_its_name(town):
    _rewrite(town / "vergunningen.csv", lambda frame: frame.with_columns(nationaliteit=pl.lit("geheimland")))
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 2
    assert "nationaliteit" in ran.json["error"]
    assert "geheimland" not in ran.out + ran.err
    assert not list((town / "var" / "runs").iterdir())


def test_a_forbidden_column_that_is_dropped_is_never_seen(town):
    _rewrite(town / "vergunningen.csv", lambda frame: frame.with_columns(nationaliteit=pl.lit("geheimland")))
    _configure(town, "[sources.vergunningen]", '[sources.vergunningen]\ndrop = ["nationaliteit"]')
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 0, ran.out
    assert _places(town / "var", ["geheimland"]) == set()


@pytest.mark.goal("R10", reached="nothing is published")
def test_too_many_rejected_rows_stop_the_run_and_publish_nothing(town):
    _rewrite(town / "meldingen.csv", lambda frame: frame.with_columns(status=pl.lit("zoek")))
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 3
    assert "meldingen.csv" in ran.json["error"]
    assert not list((town / "var" / "runs").iterdir())
    assert not list((town / "var" / "staging").iterdir())


def test_a_missing_register_switches_its_rules_off_and_says_so(town):
    (town / "meldingen.csv").unlink()
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 4
    assert [u["dataset"] for u in ran.json["unavailable"]] == ["meldingen"]
    off = {i["code"]: i["reason_en"] for i in ran.json["indicators"]["not_run"]}
    assert "missing or too old" in off["NUI-01"]
    assert "ORG-03" in {i["code"] for i in ran.json["indicators"]["run"]}


def test_a_stale_register_switches_its_rules_off_and_says_so(town):
    barrier("intake", "seal", town / "handelsregister.csv", "--as-of", "2026-09-16")
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 4
    assert ran.json["unavailable"][0]["kind"] == "stale"
    assert "ORG-01" not in {i["code"] for i in ran.json["indicators"]["run"]}


def test_without_addresses_nothing_is_published(town):
    (town / "bag_adressen.csv").unlink()
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 4
    assert not list((town / "var" / "runs").iterdir())


def test_a_register_that_is_not_configured_is_not_missing(town):
    text = (town / "screening.toml").read_text(encoding="utf-8")
    text = re.sub(r"\[sources\.controles\]\n(?:[^\[]*)", "", text)
    (town / "screening.toml").write_text(text, encoding="utf-8")
    (town / "controles.csv").unlink()
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 0, ran.out
    assert ran.json["unavailable"] == []
    ran_without = {i["code"]: i["without"] for i in ran.json["indicators"]["run"]}
    assert ran_without["SEX-01"] == ["controles"]


def test_an_indicator_without_its_three_keys_does_not_run(town):
    _configure(town, 'dpia = "DPIA-VOORBEELD-01"\n', "", count=1)
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 0
    off = {i["code"]: i["reason_en"] for i in ran.json["indicators"]["not_run"]}
    assert "dpia" in off["HOU-01"]


def test_real_data_under_the_synthetic_code_is_refused(town):
    _rewrite(
        town / "bag_adressen.csv",
        lambda f: f.with_columns(pl.col("adresseerbaar_object_id").str.replace("^9999", "0363")),
    )
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 2
    assert not list((town / "var" / "runs").iterdir())


def test_a_second_run_is_refused_while_one_is_busy(town):
    (town / "var").mkdir(mode=0o700)
    with (town / "var" / "lock").open("w") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 5


def test_a_parameter_below_its_floor_is_refused(town):
    _configure(town, '[indicators."NUI-01"]\n', '[indicators."NUI-01"]\nparameters = { min_reports = 1 }\n')
    ran = barrier("check", "--config", town / "screening.toml", "--json")
    assert ran.code == 2
    assert "NUI-01" in ran.out


def test_a_parameter_out_of_bounds_stops_the_run_before_a_register_is_read(town):
    _configure(town, '[indicators."NUI-01"]\n', '[indicators."NUI-01"]\nparameters = { min_reports = 1 }\n')
    (town / "bag_adressen.csv").unlink()  # it would be the first complaint of a run that reads
    ran = barrier("run", "--config", town / "screening.toml", "--json")
    assert ran.code == 2
    assert "min_reports" in ran.json["error"]


def test_an_older_night_that_is_repeated_does_not_become_the_last_one(screened_town, clean_run):
    config = screened_town / "screening.toml"
    barrier("run", "--config", config, "--as-of", "2026-10-31", "--json")
    assert barrier("verify", "--config", config, "--json").json["run_id"] == clean_run["run_id"]


def _rewrite(file: Path, change) -> None:
    change(pl.read_csv(file, infer_schema_length=0)).write_csv(file)


def _configure(town: Path, before: str, after: str, count: int = -1) -> None:
    file = town / "screening.toml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, count), encoding="utf-8")


def _digests(run: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in run.glob("*.parquet")}


def _places(folder: Path, values: list[str]) -> set[str]:
    return {
        f"{path.name}: {value}"
        for path in folder.rglob("*")
        if path.is_file()
        for value in values
        if value.encode() in path.read_bytes()
    }
