"""Nights by the real flow, looked at again: reproduced exactly, replayed under another threshold, erased in time."""

from __future__ import annotations

import re
import shutil
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from flows.night.run import night
from flows.rules import backtest as engine
from flows.rules.outcome_lines import outcome_lines
from flows.rules.proposals import prepare_version
from screening.base.errors import ConfigurationError, StoreError
from screening.base.vocabulary import OwnReading, ReviewOutcome, Role
from screening.casework.cases.case import get_case
from screening.casework.cases.judging import judge
from screening.casework.cases.readings import mark_opened, record_own_reading, reveal
from screening.casework.figures.known_outcomes import ONLY_FLAGGED_EN
from screening.casework.figures.rule_load import load_of_kept
from screening.casework.figures.small_counts import rounded_to_tens
from screening.casework.viewer import Viewer
from screening.store import Workspace, open_store
from screening.store.schema.cases import review_case
from tests.conftest import barrier


@pytest.fixture(scope="module")
def stored(clean_town, clean_run, tmp_path_factory) -> Path:
    """The configuration of a municipality with two nights behind it, in two months."""
    copy = tmp_path_factory.mktemp("stored") / "town"
    shutil.copytree(clean_town, copy, ignore=shutil.ignore_patterns("truth"))
    night(copy / "screening.toml", as_of=date(2026, 10, 31))
    return copy / "screening.toml"


def runs(config: Path) -> list:
    with open_store(Workspace(config.parent / "var")) as store:
        return store.runs()


def test_each_night_is_reproduced_from_its_snapshots(stored):
    for run in runs(stored):
        result = engine.reproduce_night(stored, run.run_id)
        assert result["equal"]
        assert result["same_code"]
        assert result["flags"] > 0


def test_tables_that_did_not_change_are_kept_once(stored):
    kept = len(list((stored.parent / "var" / "snapshots").iterdir()))
    with open_store(Workspace(stored.parent / "var")) as store:
        named = [store.summary(run.run_id)["snapshots"] for run in store.runs()]
    assert set(named[0]) == set(named[1])
    assert kept < 1.5 * len(named[0])


def test_the_same_parameters_change_nothing_and_a_higher_threshold_drops(stored):
    same = engine.backtest(stored, "NUI-01")
    assert same["totals"] == {"added": 0, "dropped": 0}
    assert [one["hits_before"] for one in same["runs"]] == [one["hits_after"] for one in same["runs"]]
    higher = engine.backtest(stored, "NUI-01", parameters=["min_reports=5"])
    assert higher["totals"]["added"] == 0
    assert higher["totals"]["dropped"] > 0
    assert [one["month"] for one in higher["months"]] == ["2026-10", "2026-11"]
    assert {one["judged_nl"] for one in higher["addresses"]} == {"nog niet beoordeeld"}
    dropped = {one["address_id"] for one in higher["addresses"]}
    flagged = pl.concat(
        pl.read_parquet(stored.parent / "var" / "runs" / run.run_id / "flags.parquet") for run in runs(stored)
    )
    assert dropped <= set(flagged["address_id"])


def test_a_rule_that_is_not_configured_can_be_tried(stored):
    tried = engine.backtest(stored, "LIC-05", first=date(2026, 11, 1))
    assert len(tried["runs"]) == 1
    assert tried["runs"][0]["hits_before"] == 0
    assert tried["runs"][0]["hits_after"] > 0


def test_the_load_of_a_rule_that_is_off_is_told_in_tens_and_a_week_only_of_nights_enough(stored):
    counts = load_of_kept(engine.backtest(stored, "LIC-05")["load"])
    assert (counts.nights, counts.at_once > 0, counts.of) == (2, True, counts.at_once + counts.later)
    ran = barrier("rules", "load", "LIC-05", "--config", stored, "--json")
    assert ran.code == 0, ran.out
    assert ran.json["at_once"] == str(rounded_to_tens(counts.at_once))
    assert (ran.json["weekly"], ran.json["fit"], ran.json["capacity_a_week"]) == (None, "unknown", None)
    said = barrier("rules", "load", "LIC-05", "--config", stored)
    assert "not known. That takes 4 nights over 28 days at least." in said.out
    assert "set [review] officers" in said.out


def test_by_the_command_the_page_holds_addresses_and_no_name(stored, tmp_path):
    page = tmp_path / "page.html"
    ran = barrier(
        "backtest",
        "NUI-01",
        "--parameter",
        "min_reports=5",
        "--to",
        "2026-10-31",
        "--output",
        page,
        "--config",
        stored,
        "--json",
    )
    assert ran.code == 0, ran.out
    assert len(ran.json["runs"]) == 1
    text = page.read_text(encoding="utf-8")
    assert ran.json["addresses"][0]["address_id"] in text
    assert "Alleen adressen met een aandachtspunt" in text
    dropped = ran.json["outcomes"][1]
    assert (dropped["change"], dropped["outcomes"]["bevestigd_afwijking"]) == ("dropped", "< 10")
    assert dropped["explanations"][0]["nl"] in text
    lines = outcome_lines(ran.json)
    assert lines[-1] == ONLY_FLAGGED_EN
    assert dropped["explanations"][0]["en"] in lines[1]
    names = pl.read_csv(stored.parent / "leidinggevenden.csv", infer_schema_length=0)["naam"].drop_nulls().unique()
    assert [name for name in names if name in text] == []
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert not re.search(r"(?:src|href)=", text)


def test_no_snapshot_holds_a_name_a_date_of_birth_or_a_reporter(stored):
    town = stored.parent
    read = {name: pl.read_csv(town / f"{name}.csv", infer_schema_length=0) for name in ("leidinggevenden", "meldingen")}
    names = {name.lower() for name in read["leidinggevenden"]["naam"].drop_nulls()}
    tokens = set(read["meldingen"]["melder_token"].drop_nulls())
    with open_store(Workspace(town / "var")) as store:
        parties = store.summary(store.runs()[-1].run_id)["snapshots"]["partijen"]
    for path in (town / "var" / "snapshots").iterdir():
        frame = pl.read_parquet(path)
        for column, dtype in frame.schema.items():
            if dtype == pl.String:
                values = {value.lower() for value in frame[column].drop_nulls()}
                assert not values & names, column
                assert not values & tokens, column
        if "melder_token" in frame.columns:
            assert all(value.isdigit() for value in frame["melder_token"].drop_nulls())
    born = pl.read_parquet(town / "var" / "snapshots" / f"{parties}.parquet")["birth_date"].drop_nulls()
    given = set(read["leidinggevenden"]["geboortedatum"].drop_nulls())
    shown = [day.isoformat() for day in born]
    assert len(shown) > 100
    assert sum(day in given for day in shown) < 0.05 * len(shown)


def test_a_proposed_version_is_tried_with_its_parameters(stored):
    made = prepare_version(stored, "NUI-01", parameters=["min_reports=5"])
    tried = engine.backtest(stored, "NUI-01", version_id=made["version_id"])
    assert tried["version_id"] == made["version_id"]
    assert tried["totals"]["dropped"] > 0
    with pytest.raises(ConfigurationError, match="is no version of"):
        engine.backtest(stored, "LIC-04", version_id=made["version_id"])


@pytest.mark.parametrize(
    ("is_sensitive", "told"),
    [
        (False, ("data_fout", "data fout")),
        (True, (None, "beoordeeld; de uitkomst is voor wie gevoelige dossiers ziet")),
    ],
    ids=["an officer's case", "a sensitive case"],
)
def test_what_a_person_judged_is_told_where_there_are_judgements(stored, is_sensitive, told):
    address = engine.backtest(stored, "NUI-01", parameters=["min_reports=5"])["addresses"][0]["address_id"]
    town = stored.parent.parent / f"judged {is_sensitive}"
    shutil.copytree(stored.parent, town)
    now = datetime.now(UTC)
    with open_store(Workspace(town / "var")) as store:
        with store.engine.begin() as connection:
            its = review_case.c.address_id == address
            connection.execute(review_case.update().where(its).values(sensitive=is_sensitive))
            case_id = connection.scalar(sa.select(review_case.c.case_id).where(its))
        viewer = Viewer("anna", frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER}))
        mark_opened(store, viewer, case_id, "dossier", now=now)
        record_own_reading(store, viewer, case_id, OwnReading.AFWIJKING, "Meldingen na de sluiting.", now=now)
        for position in reveal(store, viewer, case_id, now=now).evidence["position"]:
            mark_opened(store, viewer, case_id, f"hit:{position}", now=now)
        version = get_case(store, viewer, case_id, now=now).version
        judge(
            store,
            viewer,
            case_id,
            version=version,
            outcome=ReviewOutcome.DATA_FOUT,
            now=now,
            motivation="De meldingen horen bij het pand ernaast, zo bleek uit het register.",
        )
    found = engine.backtest(town / stored.name, "NUI-01", parameters=["min_reports=5"])["addresses"]
    assert {(one["judged"], one["judged_nl"]) for one in found if one["address_id"] == address} == {told}
    assert {one["judged_nl"] for one in found if one["address_id"] != address} <= {"nog niet beoordeeld"}


def test_past_their_term_snapshots_go_and_a_run_says_so(stored, tmp_path):
    town = tmp_path / "town"
    shutil.copytree(stored.parent, town)
    config = town / "screening.toml"
    text = config.read_text(encoding="utf-8").replace("[run]", "[run]\nsnapshot_days = 0")
    config.write_text(f"{text}\n[review]\nnew_cases_per_night = 20\n")
    ran = night(config, as_of=date(2026, 11, 2))
    # with a cap the draw is that of as many as may come in; the day is full by the nights before, so what is new waits
    assert pl.read_parquet(ran.folder / "sample.parquet").height == 2
    assert (ran.cases["opened"], ran.cases["sampled"], ran.cases["in_line"]) == (0, 0, 1)
    assert list((town / "var" / "snapshots").iterdir()) == []
    assert ran.document["snapshots"] == {}
    first = runs(config)[0].run_id
    said = barrier("reproduce", first, "--config", config)
    assert said.code == 1
    assert "past their term" in said.err
    with pytest.raises(StoreError, match="kept no snapshots"):
        engine.reproduce_night(config, ran.run_id)
    document = engine.backtest(config, "NUI-01")
    assert document["runs"] == []
    assert len(document["skipped"]) == 3


def test_a_damaged_snapshot_is_never_replayed(stored, tmp_path):
    town = tmp_path / "town"
    shutil.copytree(stored.parent, town)
    for path in (town / "var" / "snapshots").iterdir():
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        engine.reproduce_night(town / "screening.toml", runs(town / "screening.toml")[0].run_id)
