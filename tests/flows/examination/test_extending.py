"""docs/extending.md from an empty folder: its commands as they stand, with the real command, and what they promise."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flows.examination.reader_trials import READER_TRIALS
from screening.rules.examination.trial import TRIALS
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "extending.md").read_text("utf-8")
COMMANDS = "\n".join(re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))


class Shell:
    """A folder in which commands are given; `pip install` installs beside it, without a network."""

    def __init__(self, folder: Path) -> None:
        self.folder, site = folder, folder / "site"
        offline = {"PIP_TARGET": site, "PIP_NO_DEPS": 1, "PIP_NO_BUILD_ISOLATION": 0, "PIP_NO_INDEX": 1, "PIP_QUIET": 1}
        offline |= {"PYTEST_ADDOPTS": "-k 'not examination'"}  # which the page has done in a step of its own
        tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.env = os.environ | {name: str(value) for name, value in offline.items()} | {"PATH": tools}
        self.env["PYTHONPATH"] = str(site)

    def run(self, commands: str) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-ec", commands],
            check=False,
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=600,
        )
        return done.returncode, done.stdout + done.stderr

    def rule(self) -> dict:
        code, output = self.run("barrier rules list --config town/screening.toml --json")
        assert code == 0, output
        (state,) = [state for state in json.loads(output) if state["code"] == "ZOM.LOC-01"]
        return state


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> tuple[Shell, str]:
    shell = Shell(tmp_path_factory.mktemp("page"))
    code, output = shell.run(COMMANDS)
    assert code == 0, output
    return shell, output


def test_the_commands_of_the_page_work_and_end_in_a_rule_that_may_run(followed):
    _, output = followed
    assert "7 passed" in output
    assert re.search(r"ZOM.LOC-01 v1 \w+  may run", output)
    assert re.search(r"zom_veldlijst\W+sample\W+1\W+passed", output)
    assert re.search(r"zom_veldlijst\W+damage\W+4\W+passed", output)


def test_another_byte_asks_for_another_examination(followed):
    shell, _ = followed
    with (shell.folder / "site/barrier_zom/indicators/zom_loc_01.py").open("a", encoding="utf-8") as file:
        file.write("\n")
    state = shell.rule()
    assert state["held"] == "not_examined"
    assert state["reason_en"] == "Not examined: give `barrier extensions examine ZOM`."


def test_the_page_tells_every_trial():
    rows = dict(re.findall(r"^\| ([a-z_]+) \| (.*) \|$", PAGE, re.MULTILINE))
    trials = TRIALS | READER_TRIALS
    assert rows == {"trial": "what it asks"} | {name: question.en for name, question in trials.items()}
