"""One URL in the environment puts the store, and another the ledger, on PostgreSQL; a store serves one municipality."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.configuration import load_configuration
from flows.desk import Desk, open_desk, refuse_person, terminal_account
from flows.environment import LEDGER_URL, STORE_URL
from screening.base.errors import ConfigurationError, StoreError
from screening.base.vocabulary import LedgerAction
from screening.ledger import Entry
from screening.store import Workspace, open_store, publish
from tests.casework.caseload import night
from tests.conftest import barrier
from tests.databases import fresh_schema
from tests.mandates import bare_configuration


@pytest.fixture
def database(postgres):
    with fresh_schema(postgres) as url:
        yield url


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.parquet")}


def test_a_whole_night_on_postgresql_is_the_same_run_as_on_sqlite(town, clean_run, database):
    config, env = town / "screening.toml", {STORE_URL: database}
    ran = barrier("run", "--config", config, "--json", env=env)
    assert ran.code == 0, ran.out + ran.err
    assert ran.json["run_id"] == clean_run["run_id"]
    assert _digests(Path(ran.json["folder"])) == _digests(Path(clean_run["folder"]))
    assert not list((town / "var").glob("store.sqlite*"))
    assert barrier("run", "--config", config, "--json", env=env).json["already_published"] is True
    assert barrier("verify", "--config", config, env=env).code == 0
    listed = barrier("runs", "--config", config, "--json", env=env).json
    assert [one["run_id"] for one in listed] == [clean_run["run_id"]]
    settings = load_configuration(config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STORE_URL, database)
        with Desk(settings).store as store:
            address_id = store.flags(clean_run["run_id"])["address_id"][0]
            assert store.sample(clean_run["run_id"]).height > 0
    here = barrier("explain", address_id, "--config", config, env=env)
    there = barrier("explain", address_id, "--config", Path(clean_run["folder"]).parents[2] / "screening.toml")
    assert here.code == 0, here.err
    assert here.out == there.out
    assert "postgresql" not in ran.out + ran.err


def test_an_address_of_the_store_that_does_not_answer_is_told_without_its_password(town):
    url = "postgresql+psycopg://barrier:geheim@127.0.0.1:1/x?connect_timeout=2"
    ran = barrier("runs", "--config", town / "screening.toml", env={STORE_URL: url})
    assert ran.code == 1
    assert "store failed while opening" in ran.err
    assert "geheim" not in ran.out + ran.err


def test_the_store_of_another_municipality_is_not_opened(clean_town, clean_run):
    settings = load_configuration(clean_town / "screening.toml")
    Desk(settings).store.close()
    other = settings.model_copy(update={"municipality": settings.municipality.model_copy(update={"code": "0344"})})
    with pytest.raises(StoreError, match="runs of municipality 9999, and the configuration is that of 0344"):
        _ = Desk(other).store


@pytest.mark.parametrize(
    ("address_id", "line"),
    [
        ("9999010000000001", "Teststraat 1, 1381 AB Weesp"),
        ("9999010000000001", "Teststraat 1, 1381 AB W\u0435\u0435sp"),
        ("0457010000000001", "Teststraat 1, 1201 AB Voorbeeld"),
    ],
)
def test_a_store_that_shows_real_addresses_is_opened_by_no_made_up_municipality(tmp_path, address_id, line):
    """Whatever let them in: a demonstration, a run without a mandate and acts at the terminal hang on the code."""
    config = tmp_path / "screening.toml"
    config.write_text(bare_configuration(tmp_path).read_text(encoding="utf-8").split("[governance]")[0])
    config.write_text(config.read_text(encoding="utf-8").replace('code = "0457"', 'code = "9999"'))
    settings = load_configuration(config)
    assert settings.is_synthetic
    workspace = Workspace(settings.workspace)
    a_night = night(flags=[1])
    with open_store(workspace) as store:
        publish(store, workspace, a_night)
    with Desk(settings) as desk:
        assert desk.store.last_published()
    flags = a_night.frames["flags.parquet"].with_columns(address_id=pl.lit(address_id), address=pl.lit(line))
    hits = a_night.frames["evidence.parquet"].with_columns(address_id=pl.lit(address_id))
    frames = {**a_night.frames, "flags.parquet": flags, "evidence.parquet": hits}
    with open_store(workspace) as store:
        publish(store, workspace, replace(a_night, run_id="f" * 24, as_of=date(2026, 12, 1), frames=frames))
    with Desk(settings) as desk, pytest.raises(ConfigurationError, match="shows addresses that exist") as refused:
        _ = desk.store
    assert line not in str(refused.value)


def _entry() -> Entry:
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    return Entry(at, "n.nacht", LedgerAction.READ_QUEUE, "list:queue", origin="host:werkplek")


def test_the_ledger_stands_in_the_workspace_or_at_its_own_url(town, database, monkeypatch):
    settings = load_configuration(town / "screening.toml")
    with Desk(settings).ledger as ledger:
        assert ledger.write(_entry()) == 1
    assert (town / "var" / "ledger.sqlite").exists()
    monkeypatch.setenv(LEDGER_URL, database)
    with Desk(settings).ledger as ledger:
        assert ledger.engine.dialect.name == "postgresql"
        assert ledger.write(_entry()) == 1


def test_the_ledger_does_not_share_the_database_of_the_store(town, database, monkeypatch):
    monkeypatch.setenv(STORE_URL, database)
    monkeypatch.setenv(LEDGER_URL, database)
    with pytest.raises(ConfigurationError, match="a database of its own"):
        _ = Desk(load_configuration(town / "screening.toml")).ledger


def test_a_person_acts_at_no_terminal_of_a_real_municipality(tmp_path: Path) -> None:
    config = bare_configuration(tmp_path)
    with pytest.raises(ConfigurationError, match=r"0457 is real.* on the page /mandaat of the review") as refused:
        open_desk(config, by="anna", done_at="/mandaat")
    assert refused.value.exit_code == 2
    settings = load_configuration(config)
    with pytest.raises(ConfigurationError, match=rf"--by would be believed unseen.*{terminal_account()}"):
        refuse_person(settings, by="anna", done_at=None)
    with pytest.raises(ConfigurationError, match="--by would be believed unseen"):
        open_desk(config, by="anna")
    refuse_person(settings, by=None, done_at=None)
    made_up = settings.model_copy(update={"municipality": settings.municipality.model_copy(update={"code": "9999"})})
    refuse_person(made_up, by="anna", done_at="/mandaat")
    assert not (tmp_path / "var").exists()
