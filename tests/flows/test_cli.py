"""The `barrier` command itself: usage errors for people and for machines, and being stopped by hand."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from flows.cli import app
from flows.night.run import Outcome
from flows.night.show import outcome_text
from tests.conftest import barrier


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--no-such-option"], "--no-such-option"),
        (["no-such-command"], "no-such-command"),
        (["explain"], "address"),
        (["synthetic", "somewhere", "--addresses", "10"], "2500"),
    ],
)
def test_a_usage_error_is_json_where_json_was_asked_for(arguments, said):
    done = barrier(*arguments, "--json")
    document = json.loads(done.out)
    assert done.code == document["exit_code"] == 2
    assert said in document["error"].lower()
    assert done.err == ""


def test_a_usage_error_is_a_page_for_a_person():
    done = barrier("run", "--no-such-option")
    assert done.code == 2
    assert done.out == ""
    assert "barrier run -h" in done.err


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_help_is_no_error_with_or_without_json(options):
    done = barrier("run", "--help", *options)
    assert done.code == 0
    assert "--as-of" in done.out


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_ctrl_c_in_a_run_says_that_nothing_was_published(options, town):
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "barrier"), "run", "--config", str(town / "screening.toml"), *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    staging = town / "var" / "staging"
    until = time.monotonic() + 60
    while not (staging.is_dir() and any(staging.iterdir())):
        assert time.monotonic() < until, "the run did not begin"
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "nothing was published" in (json.loads(out)["error"] if options else err)
    assert not any(staging.iterdir())
    assert not any((town / "var" / "runs").iterdir())


def test_rules_that_nobody_configured_are_told_in_one_line(clean_run, capsys):
    outcome_text(Outcome(clean_run["run_id"], Path(clean_run["folder"]), clean_run, already=False, seconds=1.0))
    told = " ".join(capsys.readouterr().out.split())
    codes = [one["code"] for one in clean_run["indicators"]["not_run"] if one["kind"] == "not_configured"]
    assert len(codes) > 1
    assert f"Did not run: {', '.join(codes)}. Not configured: the configuration has no [indicators.\"CODE\"]." in told


def test_no_help_text_loses_a_table_of_the_configuration_to_markup():
    """Help is rendered with markup: `[audit]` disappears from the screen, `\\[audit]` is read as it stands."""

    def texts(command, name):
        yield name, command.help or ""
        for parameter in command.params:
            yield f"{name} {parameter.name}", getattr(parameter, "help", None) or ""
        for inner_name, inner in getattr(command, "commands", {}).items():
            yield from texts(inner, f"{name} {inner_name}")

    told = dict(texts(typer.main.get_command(app), "barrier"))
    assert "barrier audit verify heads" in told
    assert {name: text for name, text in told.items() if re.search(r"(?<!\\)\[[a-z]", text)} == {}
