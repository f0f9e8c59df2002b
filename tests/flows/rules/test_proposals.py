"""The terminal prepares and stops; people decide; a real municipality runs nothing that two people did not let run."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.catalogue import all_indicators
from flows.configuration import load_configuration
from flows.desk import Desk, terminal_account
from flows.intake.check import check
from flows.intake.findings import Findings
from flows.night.run import night
from flows.rules import proposals
from screening.base.errors import ConfigurationError, LedgerError, StoreError
from screening.base.vocabulary import LedgerAction
from screening.store import Workspace, open_store
from screening.store.rules.dossier import DOSSIER_STEPS
from screening.store.rules.governance import stop_rule
from tests.conftest import barrier
from tests.mandates import sign_as_real
from tests.rule_dossiers import LATER, activate, approve, let_run, propose, write_dossier


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
    return write_dossier(tmp_path / "dossier.toml")


def listed(config: Path, code: str = "NUI-01") -> dict:
    return next(rule for rule in proposals.states_of_rules(config) if rule["code"] == code)


class StopAfter:
    """Stops rules when a stage has finished: a person who acts during the night."""

    def __init__(self, stage: str, code: str, workspace: Path) -> None:
        self.stage, self.code, self.workspace = stage, code, workspace

    def __call__(self, stage: str, seconds: float | None) -> None:
        if stage == self.stage and seconds is not None:
            with open_store(Workspace(self.workspace)) as store:
                stop_rule(store, self.code, by="carla", now=datetime.now(tz=UTC), reason="kanariereden")


def test_the_terminal_prepares_and_tells_and_people_let_it_run_until_a_day(config, dossier):
    made = barrier("rules", "prepare", "NUI-01", "--dossier", dossier, "--config", config, "--json").json
    assert made["missing_steps"] == []
    assert listed(config)["drafts"] == [made["draft_id"]]
    assert made["draft_id"] in barrier("rules", "list", "--config", config).out
    version = let_run(config, "NUI-01", dossier=dossier)
    assert version.version_id == made["version_id"]
    assert listed(config)["drafts"] == []
    after = (LATER + timedelta(days=1)).isoformat()
    ran = barrier("run", "--config", config, "--as-of", after, "--json").json
    why = next(rule for rule in ran["indicators"]["not_run"] if rule["code"] == "NUI-01")
    assert why["kind"] == "expired"
    assert ran["governance"]["versions"] == {"NUI-01": version.version_id}
    told = barrier("rules", "history", "NUI-01", "--config", config).out
    assert [line.split()[1:3] for line in told.splitlines()] == [
        ["anna", "proposed"],
        ["bram", "approved"],
        ["anna", "activated"],
    ]


@pytest.mark.goal("H4", reached="no hit and no flag of a night under way")
def test_a_stop_of_all_during_the_night_leaves_no_hit_and_no_flag(config):
    outcome = night(config, on_stage=StopAfter("flags", "all", config.parent / "var"))
    assert outcome.document["governance"]["all_stopped"] is True
    assert "steekproef" in outcome.document["governance"]["note_nl"]
    assert outcome.document["indicators"]["run"] == []
    assert {rule["kind"] for rule in outcome.document["indicators"]["not_run"]} == {"stopped"}
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
    told = barrier("rules", "prepare", "NUI-01", "--config", str(real)).out
    assert f"Its dossier lacks {', '.join(DOSSIER_STEPS)}" in " ".join(told.split())
    bare = approve(real, propose(real, "NUI-01"))
    with pytest.raises(StoreError, match="dossier lacks"):
        activate(real, bare)
    other = approve(real, propose(real, "NUI-01", parameters=["min_reports=5"], dossier=dossier))
    with pytest.raises(StoreError, match="not what would run"):
        activate(real, other)
    text = real.read_text(encoding="utf-8")
    real.write_text(text.replace('[indicators."NUI-01"]', '[indicators."NUI-01"]\nparameters = { min_reports = 5 }'))
    activate(real, other)
    found = listed(real)
    assert (found["held"], found["active"], found["expires_on"]) == (None, other.version_id, LATER.isoformat())
    assert listed(real, "LIC-04")["held"] == "not_approved"


@pytest.mark.goal("S5", reached="no decision about a rule by a name that a shell gives")
def test_one_shell_lets_no_rule_run_under_two_invented_names(real, tmp_path):
    """The attack on NUI-01: proposed, approved and activated by "mallory" and "nobody" with six times "x"."""
    crossed = write_dossier(tmp_path / "x.toml", **dict.fromkeys(DOSSIER_STEPS, "x"))
    for words in (
        ["propose", "NUI-01", "--by", "mallory", "--reason", "x", "--dossier", crossed],
        ["approve", "0" * 16, "--by", "nobody", "--reason", "x", "--expires", LATER],
        ["activate", "0" * 16, "--by", "mallory", "--reason", "x"],
        ["resume", "all", "--by", "mallory", "--reason", "x"],
    ):
        assert barrier("rules", *words, "--config", real).code == 2, words
    refused = barrier("rules", "prepare", "NUI-01", "--dossier", crossed, "--config", real)
    assert refused.code == 1
    assert all(f"[{step}] it has fewer than" in " ".join(refused.err.split()) for step in DOSSIER_STEPS)
    assert proposals.decisions(real, None) == []
    assert listed(real)["held"] == "not_approved"


def test_check_says_what_would_run_tonight_and_what_waits_for_whom(real, dossier):
    def told() -> str:
        findings = Findings()
        check(load_configuration(real), findings)
        return next(finding.text for finding in findings.findings if finding.subject == "indicators")

    before = told()
    assert before.startswith("0 of ")
    assert "LIC-04" in before
    assert before.count("(No version of this indicator was approved and activated)") == 1
    let_run(real, "LIC-04", dossier=dossier)
    assert told().startswith(f"1 of {len(all_indicators())} will run: LIC-04.")
    proposals.stop_rules(real, "all", reason="fout")
    assert told().startswith("0 of ")


def test_a_stop_at_the_terminal_is_in_the_ledger_under_the_account_of_the_system(real):
    proposals.stop_rules(real, "LIC-04", reason="fout")
    with Desk(load_configuration(real)).ledger as ledger:
        (entry,) = [written.entry for written in ledger.entries(action=LedgerAction.RULE_CHANGE)]
    assert (entry.actor, entry.object, str(entry.result)) == (terminal_account(), "rule:LIC-04", "done")
    assert proposals.decisions(real, "LIC-04")[0]["by"] == terminal_account()


def test_without_a_ledger_a_stop_holds(config):
    ledger = load_configuration(config).workspace / "ledger.sqlite"
    proposals.stop_rules(config, "NUI-01", reason="maakt werkmap en logboek")
    ledger.write_bytes(b"no database" * 1000)
    with pytest.raises(LedgerError, match="The stop of all is in force"):
        proposals.stop_rules(config, "all", reason="nu")
    assert [decision["action"] for decision in proposals.decisions(config, None)] == ["stopped", "stopped"]


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
            proposals.prepare_version(config, "NUI-01", dossier=file)
    assert listed(config)["drafts"] == []


def test_a_code_or_a_parameter_that_does_not_exist_is_refused(config):
    with pytest.raises(ConfigurationError, match="no indicator"):
        proposals.stop_rules(config, "XXX-01", reason="proef")
    with pytest.raises(ConfigurationError, match="name=value"):
        proposals.prepare_version(config, "NUI-01", parameters=["min_reports"])
    with pytest.raises(ConfigurationError, match="not be below"):
        proposals.prepare_version(config, "NUI-01", parameters=["min_reports=1"])


def test_a_dossier_is_written_to_be_finished_and_what_nobody_changed_is_told(config, tmp_path):
    folder = tmp_path / "dossiers"
    written = barrier("rules", "dossiers", folder, "--config", config, "--json")
    assert written.code == 0, written.out + written.err
    assert len(written.json["written"]) == len(list(folder.iterdir())) > 10
    file = folder / "NUI-01.toml"
    text = file.read_text(encoding="utf-8")
    undated = barrier("rules", "prepare", "NUI-01", "--dossier", file, "--config", config)
    assert undated.code == 2
    assert "needs text and date" in undated.err
    read = text.replace("'''\n# date = JJJJ-MM-DD", "'''\ndate = 2026-05-01")
    file.write_text(read, encoding="utf-8")
    draft = proposals.prepare_version(config, "NUI-01", dossier=file)
    assert draft["as_shipped"] == ["legal_basis", "substantive_link"]
    assert set(draft["missing_steps"]) == set(DOSSIER_STEPS) - set(draft["as_shipped"])
    own = "\nBij ons gaat het om twaalf adressen rond de markt, en dat is nagelezen.'''\ndate"
    file.write_text(read.replace("'''\ndate", own, 1), encoding="utf-8")
    assert proposals.prepare_version(config, "NUI-01", dossier=file)["as_shipped"] == ["substantive_link"]
    again = barrier("rules", "dossiers", folder, "--config", config, "--json")
    assert again.json["written"] == []
    assert own.strip() in file.read_text(encoding="utf-8")
