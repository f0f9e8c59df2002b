"""Decisions about rules by the real command, and a stop that bites in the middle of a night."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.configuration import load_configuration
from flows.desk import Desk
from flows.intake.check import check
from flows.intake.findings import Findings
from flows.night.run import night
from flows.rules import consent
from screening.errors import ConfigurationError, LedgerError, StoreError
from screening.store import Workspace, open_store
from screening.store.rules.governance import DOSSIER_STEPS, stop_rule
from screening.vocabulary import LedgerAction
from tests.conftest import barrier
from tests.mandates import sign_as_real

LATER = (datetime.now(tz=UTC) + timedelta(days=300)).date()


@pytest.fixture
def config(town) -> Path:
    return town / "screening.toml"


@pytest.fixture
def real(config) -> Path:
    """The same configuration for a municipality that exists."""
    sign_as_real(config)
    return config


@pytest.fixture
def dossier(tmp_path) -> Path:
    file = tmp_path / "dossier.toml"
    file.write_text("".join(f'[{step}]\ntext = "Onderzocht."\ndate = 2026-05-01\n' for step in DOSSIER_STEPS))
    return file


def listed(config: Path, code: str = "NUI-01") -> dict:
    return next(one for one in consent.states_of_rules(config) if one["code"] == code)


class StopAfter:
    """Stops rules when a stage has finished: a person who acts during the night."""

    def __init__(self, stage: str, code: str, workspace: Path) -> None:
        self.stage, self.code, self.workspace = stage, code, workspace

    def __call__(self, stage: str, seconds: float | None) -> None:
        if stage == self.stage and seconds is not None:
            with open_store(Workspace(self.workspace)) as store:
                stop_rule(store, self.code, by="carla", now=datetime.now(tz=UTC), reason="kanariereden")


def test_by_the_command_from_proposal_to_an_expired_night(config):
    who = ["--reason", "proef", "--config", config, "--json"]
    version = barrier("rules", "propose", "NUI-01", "--by", "anna", *who).json["version_id"]
    own = barrier("rules", "approve", version, "--by", "Anna", "--expires", LATER, *who)
    assert own.code == 1
    assert "author cannot approve" in own.json["error"]
    assert barrier("rules", "stop", "all", "--by", " ", *who).code == 1
    consent.approve_version(config, version, by="bram", reason="proef", expires=LATER)
    consent.activate_version(config, version, by="anna", reason="proef")
    after = (LATER + timedelta(days=1)).isoformat()
    ran = barrier("run", "--config", config, "--as-of", after, "--json").json
    why = next(one for one in ran["indicators"]["not_run"] if one["code"] == "NUI-01")
    assert why["kind"] == "expired"
    assert ran["governance"]["versions"] == {"NUI-01": version}
    told = barrier("rules", "history", "NUI-01", "--config", config).out
    assert [line.split()[1:3] for line in told.splitlines()] == [
        ["anna", "proposed"], ["bram", "approved"], ["anna", "activated"],
    ]  # fmt: skip


@pytest.mark.goal("H4", reached="no hit and no flag of a night under way")
def test_a_stop_of_all_during_the_night_leaves_no_hit_and_no_flag(config):
    outcome = night(config, on_stage=StopAfter("flags", "all", config.parent / "var"))
    assert outcome.document["governance"]["all_stopped"] is True
    assert "steekproef" in outcome.document["governance"]["note_nl"]
    assert outcome.document["indicators"]["run"] == []
    assert {one["kind"] for one in outcome.document["indicators"]["not_run"]} == {"stopped"}
    for name in ("evidence", "flags"):
        assert pl.read_parquet(outcome.folder / f"{name}.parquet").is_empty()
    assert pl.read_parquet(outcome.folder / "sample.parquet").height == 10
    assert "Stopgezet" in (outcome.folder / "run.html").read_text(encoding="utf-8")


def test_a_stop_of_one_during_the_night_takes_its_hits_out_and_no_others(config, clean_run):
    outcome = night(config, on_stage=StopAfter("indicators", "LIC-04", config.parent / "var"))
    before = pl.read_parquet(Path(clean_run["folder"]) / "evidence.parquet")
    after = pl.read_parquet(outcome.folder / "evidence.parquet")
    assert "LIC-04" in before["indicator"]
    assert after.equals(before.filter(pl.col("indicator") != "LIC-04"))
    assert outcome.run_id != clean_run["run_id"]
    flags = pl.read_parquet(outcome.folder / "flags.parquet")
    assert "LIC-04" not in flags["indicator_codes"].explode()
    assert json.loads((outcome.folder / "run.json").read_text())["governance"]["stopped"] == ["LIC-04"]
    for path in outcome.folder.iterdir():  # who stopped it and why stays in the ledger
        assert b"carla" not in path.read_bytes(), path.name
        assert b"kanariereden" not in path.read_bytes(), path.name


def test_a_real_municipality_needs_dossier_approval_and_the_same_parameters(real, dossier):
    assert listed(real)["held"] == "not_approved"
    bare = consent.propose_version(real, "NUI-01", by="anna", reason="proef")["version_id"]
    told = barrier("rules", "propose", "NUI-01", "--by", "anna", "--reason", "proef", "--config", str(real)).out
    assert f"Its dossier lacks {', '.join(DOSSIER_STEPS)}" in " ".join(told.split())
    consent.approve_version(real, bare, by="bram", reason="proef", expires=LATER)
    with pytest.raises(StoreError, match="dossier lacks"):
        consent.activate_version(real, bare, by="anna", reason="proef")
    other = consent.propose_version(
        real, "NUI-01", by="anna", reason="proef", parameters=["min_reports=5"], dossier=dossier
    )
    consent.approve_version(real, other["version_id"], by="bram", reason="proef", expires=LATER)
    with pytest.raises(ConfigurationError, match="not what would run"):
        consent.activate_version(real, other["version_id"], by="anna", reason="proef")
    text = real.read_text(encoding="utf-8")
    real.write_text(text.replace('[indicators."NUI-01"]', '[indicators."NUI-01"]\nparameters = { min_reports = 5 }'))
    consent.activate_version(real, other["version_id"], by="anna", reason="proef")
    found = listed(real)
    assert (found["held"], found["active"], found["expires_on"]) == (None, other["version_id"], LATER.isoformat())
    assert listed(real, "LIC-04")["held"] == "not_approved"


def test_check_says_what_would_run_tonight_and_what_waits_for_whom(real, dossier):
    def told() -> str:
        findings = Findings()
        check(load_configuration(real), findings)
        return next(finding.text for finding in findings.findings if finding.subject == "indicators")

    before = told()
    assert before.startswith("0 of ")
    assert "LIC-04" in before
    assert before.count("(No version of this indicator was approved and activated)") == 1
    assert not (real.parent / "var" / "store.sqlite").exists()
    made = consent.propose_version(real, "LIC-04", by="anna", reason="eerste versie", dossier=dossier)["version_id"]
    consent.approve_version(real, made, by="bram", reason="akkoord", expires=LATER)
    consent.activate_version(real, made, by="anna", reason="start")
    assert told().startswith("1 of 45 will run: LIC-04.")
    consent.stop_rules(real, "all", by="carla", reason="fout")
    assert told().startswith("0 of ")


def written(config: Path) -> list[tuple[str, str, str]]:
    """Who did what to which rule and how it ended, as the ledger has it."""
    with Desk(load_configuration(config)).ledger as ledger:
        found = [one.entry for one in ledger.entries(action=LedgerAction.RULE_CHANGE)]
    return [(one.actor, one.object, str(one.result)) for one in found]


def test_every_decision_about_a_rule_is_in_the_ledger_before_it_is_taken(config):
    made = consent.propose_version(config, "LIC-04", by="Anna", reason="eerste versie")["version_id"]
    with pytest.raises(StoreError, match="Four eyes"):
        consent.approve_version(config, made, by="anna", reason="zelf", expires=LATER)
    consent.approve_version(config, made, by="bram", reason="akkoord", expires=LATER)
    consent.activate_version(config, made, by="anna", reason="start")
    consent.stop_rules(config, "LIC-04", by="carla", reason="fout")
    consent.lift_stop(config, "LIC-04", by="carla", reason="hersteld")
    version, code = f"rule:{made}", "rule:LIC-04"
    assert written(config) == [
        ("anna", code, "done"),
        ("anna", version, "done"),
        ("anna", version, "refused"),
        ("bram", version, "done"),
        ("anna", version, "done"),
        ("carla", code, "done"),
        ("carla", code, "done"),
    ]


def test_without_a_ledger_nothing_is_decided_but_a_stop_holds(config):
    ledger = load_configuration(config).workspace / "ledger.sqlite"
    consent.stop_rules(config, "NUI-01", by="carla", reason="maakt werkmap en logboek")
    ledger.write_bytes(b"no database" * 1000)
    with pytest.raises(LedgerError):
        consent.propose_version(config, "LIC-04", by="anna", reason="eerste versie")
    with pytest.raises(LedgerError):
        consent.lift_stop(config, "NUI-01", by="carla", reason="hersteld")
    with pytest.raises(LedgerError, match="The stop of all is in force"):
        consent.stop_rules(config, "all", by="carla", reason="nu")
    assert [one["action"] for one in consent.decisions(config, None)] == ["stopped", "stopped"]


def test_a_dossier_that_is_not_one_is_refused_with_the_step(tmp_path, config):
    file = tmp_path / "d.toml"
    for content, says in (
        ("[proxy]\n", "no step"),
        ('[proxy_test]\ntext = "x"\n', "needs text and date"),
        ('[proxy_test]\ntext = " "\ndate = 2026-05-01\n', "is empty"),
        ('[proxy_test]\ntext = "x"\ndate = "mei"\n', "must be a date"),
        ("[proxy_test\n", "not valid TOML"),
    ):
        file.write_text(content)
        with pytest.raises(ConfigurationError, match=says):
            consent.propose_version(config, "NUI-01", by="anna", reason="proef", dossier=file)
    assert consent.decisions(config, None) == []


def test_a_code_or_a_parameter_that_does_not_exist_is_refused(config):
    with pytest.raises(ConfigurationError, match="no indicator"):
        consent.stop_rules(config, "XXX-01", by="anna", reason="proef")
    with pytest.raises(ConfigurationError, match="name=value"):
        consent.propose_version(config, "NUI-01", by="anna", reason="proef", parameters=["min_reports"])
    with pytest.raises(ConfigurationError, match="not be below"):
        consent.propose_version(config, "NUI-01", by="anna", reason="proef", parameters=["min_reports=1"])
