"""The `barrier` command itself: usage errors for people and for machines, and being stopped by hand."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
import typer

from flows.cli import app
from flows.lazy_group import LazyGroup
from flows.night.run import NightOutcome
from flows.night.show import print_outcome
from tests.conftest import barrier

ROOT = typer.main.get_command(app)
COMMAND = Path(sys.executable).parent / "barrier"


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
        [str(COMMAND), "run", "--config", str(town / "screening.toml"), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
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
    print_outcome(NightOutcome(clean_run["run_id"], Path(clean_run["folder"]), clean_run, already=False, seconds=1.0))
    told = " ".join(capsys.readouterr().out.split())
    codes = [one["code"] for one in clean_run["indicators"]["not_run"] if one["kind"] == "not_configured"]
    assert len(codes) > 1
    assert f'Did not run: {", ".join(codes)}. Not configured: the configuration has no [indicators."CODE"].' in told


def test_no_help_text_loses_a_table_of_the_configuration_to_markup():
    """Help is rendered with markup: `[audit]` disappears from the screen, `\\[audit]` is read as it stands."""

    def texts(command, name):
        yield name, command.help or ""
        for parameter in command.params:
            yield f"{name} {parameter.name}", getattr(parameter, "help", None) or ""
        for inner_name, inner in getattr(command, "commands", {}).items():
            yield from texts(inner, f"{name} {inner_name}")

    told = dict(text for name in ROOT.commands for text in texts(ROOT.load(name), f"barrier {name}"))
    assert "barrier audit verify heads" in told
    assert {name: text for name, text in told.items() if re.search(r"(?<!\\)\[[a-z]", text)} == {}


@pytest.mark.parametrize("name", sorted(ROOT.commands))
def test_the_help_of_all_commands_says_what_each_says_itself(name):
    """The help lists a line a command without importing it; the line is the first paragraph of the command's own."""
    assert isinstance(ROOT, LazyGroup)
    itself = " ".join((ROOT.load(name).help or "").split("\n\n")[0].split())
    assert ROOT.commands[name].help == itself


def test_the_help_imports_nothing_heavy():
    """`barrier --help` answers at once: nothing that reads data, no database and no server is imported for it."""
    listed = (
        "import sys, flows.cli\n"
        "sys.argv = ['barrier', '--help']\n"
        "try:\n    flows.cli.main()\n"
        "except SystemExit as stop:\n    assert stop.code == 0\n"
        "print('imported:', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    imported = set(done.stdout.rpartition("imported:")[2].split())
    assert {"flows", "typer"} <= imported
    heavy = {"polars", "sqlalchemy", "alembic", "prefect", "great_expectations", "pandas", "pydantic", "fastapi"}
    assert imported & {*heavy, "jinja2", "indicators", "cryptography"} == set()


@pytest.mark.parametrize("start", [["-m", "flows"], ["-m", "flows.__main__"], ["-m", "flows.cli"], [str(COMMAND)]])
def test_the_version_is_that_of_the_distribution(start):
    done = subprocess.run([sys.executable, *start, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"barrier {version('barrier-screening')}\n"


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("barrier re", {"reproduce", "restore", "retention"}),
        ("barrier audit he", {"head"}),
        ("barrier rules prepare --par", {"--parameter"}),
    ],
)
def test_the_shell_completes_commands_of_groups_and_their_options(words, completed):
    env = {"_BARRIER_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    assert set(barrier(env=env).out.split()) == completed
