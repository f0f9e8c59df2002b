"""A night that broke goes on where it was, with the same bytes; what holds no more is made again; nothing is left."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.backup.backup import FOLDERS
from flows.desk import open_desk
from flows.night.attempt import attempt_night
from flows.night.run import NightOutcome
from flows.night.stages import STAGES
from screening.base.errors import BarrierError
from screening.casework.links.judgements import record_judgement
from screening.store import Workspace
from screening.store.night_reports import night_reports
from tests.conftest import barrier

NAMES = [name for name, _ in STAGES]


class Breaking:
    """Runs stages until one, which breaks; counts which ran."""

    def __init__(self, at: str | None = None) -> None:
        self.at = at
        self.ran: list[str] = []

    def __call__(self, name: str, stage, folder: str) -> None:
        if name == self.at:
            raise BarrierError("The power went.")
        stage(folder)
        self.ran.append(name)


def broken(town: Path, at: str) -> list[str]:
    """A night that breaks at a stage: the stages that ran before it."""
    call = Breaking(at)
    assert attempt_night(town / "screening.toml", call=call).error is not None
    return call.ran[1:]  # the mandate aside


def gone_on(town: Path, from_stage: str | None = None) -> tuple[NightOutcome, list[str]]:
    """The night again: what it left, and the stages that ran."""
    call = Breaking()
    outcome = attempt_night(town / "screening.toml", call=call, from_stage=from_stage).published()
    return outcome, call.ran[1:]


def outputs(town: Path) -> Path:
    return Workspace(town / "var").stage_outputs


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a run but those that tell the time."""
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def test_a_night_that_broke_goes_on_with_the_same_bytes_also_from_an_earlier_stage(town, clean_run):
    broken(town, "publish")
    assert {os.stat(path).st_mode & 0o777 for path in outputs(town).rglob("*")} == {0o600}
    outcome, ran = gone_on(town, from_stage="flags")
    assert ran == ["flags", "publish"]
    assert outcome.resumed_from == "flags"
    assert outcome.run_id == clean_run["run_id"]
    assert files_of(outcome.folder) == files_of(Path(clean_run["folder"]))
    assert list(outcome.stage_seconds) == NAMES
    assert not outputs(town).exists()
    refused = attempt_night(town / "screening.toml", from_stage="indicators")
    assert "what the stages before it left is not kept" in str(refused.error)
    assert "the stages are" in str(attempt_night(town / "screening.toml", from_stage="nowhere").error)


@pytest.mark.long
@pytest.mark.parametrize("at", NAMES)
def test_whichever_stage_breaks_the_bytes_are_the_same(town, clean_run, at):
    broken(town, at)
    outcome, ran = gone_on(town)
    assert ran == NAMES[NAMES.index(at) :]
    assert files_of(outcome.folder) == files_of(Path(clean_run["folder"]))


def test_a_delivery_that_is_another_is_read_again(town):
    assert broken(town, "validate") == ["intake"]
    assert broken(town, "validate") == []
    file = town / "meldingen.csv"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
    assert broken(town, "validate") == ["intake"]


def test_a_judgement_given_meanwhile_is_heard(town):
    broken(town, "indicators")
    with open_desk(town / "screening.toml") as desk:
        record_judgement(
            desk.store, "a" * 32, "b" * 32, "negative", by="ana", judged_at=datetime.now(UTC), reason="Two people."
        )
    assert broken(town, "indicators") == ["parties"]


def test_rows_that_were_refused_are_not_kept_beyond_the_stage_that_refused_them(town):
    broken(town, "validate")
    [kept] = [json.loads(output.read_text())["files"] for output in outputs(town).glob("*.json")]
    texts = {sha256 for name, sha256 in kept.items() if name.startswith(("text/", "rejected/"))}
    assert texts <= {path.name for path in outputs(town).iterdir()}
    broken(town, "addresses")
    assert not any((outputs(town) / kept[name]).exists() for name in kept if name.startswith("text/"))


def test_a_damaged_output_is_not_used(town):
    broken(town, "parties")
    content = max(
        (path for path in outputs(town).iterdir() if path.suffix != ".json"), key=lambda path: path.stat().st_size
    )
    content.write_bytes(content.read_bytes()[:-1] + b"\0")
    assert broken(town, "parties") == ["intake", "validate", "addresses"]


def test_outputs_are_gone_after_a_day_and_spared_before(town):
    broken(town, "validate")
    workspace = Workspace(town / "var")
    with workspace.lock():
        assert outputs(town).exists()
    for path in outputs(town).iterdir():
        os.utime(path, (time.time() - 86_401,) * 2)
    with workspace.lock():
        assert not outputs(town).exists()


def test_an_erasure_takes_them(town):
    broken(town, "validate")
    done = barrier("retention", "apply", "--config", town / "screening.toml")
    assert done.code == 0, done.err
    assert not outputs(town).exists()


def test_a_backup_has_none_of_them(town):
    assert "staging" not in FOLDERS


def test_a_dry_run_says_what_would_be_published_and_leaves_nothing(town, clean_run):
    document = barrier("run", "--dry-run", "--json", "--config", town / "screening.toml").json
    assert document["counts"] == clean_run["counts"]
    assert document["run_id"] == clean_run["run_id"]
    workspace = Workspace(town / "var")
    assert list(workspace.runs.iterdir()) == list(workspace.staging_root.iterdir()) == []
    assert night_reports(workspace) == []
    assert not (workspace.path / "deliveries").exists()


def test_the_command_takes_a_dry_run_alone(town):
    done = barrier("run", "--dry-run", "--from", "flags", "--config", town / "screening.toml")
    assert done.code == 2
