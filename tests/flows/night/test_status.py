"""`barrier status` tells the last good night, what became of those since, and the trend; it needs no store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.notify.channels import Channel
from flows.notify.digest import digest_of
from flows.notify.outbox import DigestOutbox
from screening.store import Workspace
from screening.store.night_reports import keep_night_report
from tests.flows.configuration.test_review import HEAD
from tests.flows.notify.nights import GAPS, GOOD, STOPPED, on_day


@pytest.fixture
def file(tmp_path) -> Path:
    file = tmp_path / "screening.toml"
    file.write_text(HEAD, encoding="utf-8")
    return file


def status(file: Path, *options: str) -> str:
    done = CliRunner().invoke(app, ["status", "--config", str(file), *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_before_the_first_night_it_says_so_and_makes_nothing(file):
    assert "No night has run" in status(file)
    assert json.loads(status(file, "--json"))["nights"] == []
    assert [*file.parent.iterdir()] == [file]


def test_bad_nights_are_counted_and_the_last_one_explained(file):
    for report in (GOOD, on_day(GAPS, 1), on_day(STOPPED, 2)):
        keep_night_report(Workspace(file.parent / "var"), report)
    text = status(file)
    assert "the last good night was that of 2 November 2026, " in text
    assert "Not good since: 2 nights. The last one: stopped by a contract, exit code 3." in text
    assert "its end is missing" in text
    assert [line.split()[0] for line in text.splitlines() if line.strip().startswith("2026-")] == [
        "2026-11-02",
        "2026-11-03",
        "2026-11-04",
    ]
    document = json.loads(status(file, "--json", "--nights", "2"))
    assert (document["last_good"]["as_of"], document["nights_not_good_since"]) == ("2026-11-02", 2)
    assert [night["kind"] for night in document["nights"]] == ["published with gaps", "stopped by a contract"]
    assert document["nights"][0]["registers_not_good"] == ["handelsregister", "meldingen"]


def test_what_the_programme_said_and_what_waits_is_shown(file):
    keep_night_report(Workspace(file.parent / "var"), GAPS)
    DigestOutbox(file.parent / "var" / "nights" / "outbox").put(digest_of(GAPS), [Channel("x")])
    text = status(file)
    assert "no night was good yet" in text
    assert "One signal waits." in text
    assert "1 message waits to be sent: barrier notify send" in text
