"""The page of the goals: it follows the tests, and says in the open what no test shows."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from tests.assurance import goals as module
from tests.assurance.goals import (
    GoalTest,
    Outcome,
    State,
    WholeRun,
    goal_tests,
    goals,
    outcomes,
    page,
    state_of,
    take_over,
)

PASSED = Outcome(3, 0, date(2026, 11, 28))
FAILED = Outcome(2, 1, date(2026, 11, 28))
FULL = GoalTest("R1", "tests/a/test_b.py", "test_full", "200 kills, 0 lost")
HALF = GoalTest("R1", "tests/a/test_b.py", "test_half", "30 kills", lacks="170 kills")


def test_the_page_names_every_goal():
    text = page(goal_tests(), outcomes())
    assert [code for code, goal in goals().items() if f"| {code} {goal.priority} | " not in text] == []


def test_there_are_fifty_eight_goals_and_each_test_names_one_of_them():
    assert len(goals()) == 58
    assert {test.goal for test in goal_tests()} <= set(goals())
    assert all(test.reached for test in goal_tests())


def test_what_is_not_shown_is_said():
    assert state_of([], {}) is State.NO_TEST
    assert state_of([FULL], {}) is State.NOT_RUN
    assert state_of([FULL], {FULL.place: PASSED}) is State.SHOWN
    assert state_of([FULL, HALF], {FULL.place: PASSED, HALF.place: PASSED}) is State.PARTLY
    assert state_of([FULL, HALF], {FULL.place: PASSED, HALF.place: FAILED}) is State.FAILED
    text = page([FULL], {FULL.place: FAILED})
    assert "🔴 **FAILED** | 200 kills, 0 lost (**1 of 3 FAILED**, 2026-11-28)" in text
    assert text.count("🔴 **NO TEST**") == 57


def test_the_outcome_of_a_run_is_kept_and_a_failure_shows(tmp_path: Path):
    (tmp_path / "test_example.py").write_text(
        "import pytest\n"
        "@pytest.mark.goal('R1', reached='1')\n"
        "def test_good(): pass\n"
        "@pytest.mark.goal('R2', reached='2')\n"
        "@pytest.mark.parametrize('n', [0, 1])\n"
        "def test_bad(n): assert n\n"
        "def test_none(): pass\n",
        encoding="utf-8",
    )
    (tmp_path / "conftest.py").write_text(
        "from tests.assurance.goals import GoalOutcomes, name_goals\n"
        "import tests.assurance.goals as module, pathlib\n"
        "names = ('test_good', 'test_bad')\n"
        "module.goal_tests = lambda: [module.GoalTest('R1', 'test_example.py', name, '') for name in names]\n"
        "def pytest_configure(config): config.pluginmanager.register(GoalOutcomes(pathlib.Path('reached.json')))\n"
        "def pytest_collection_modifyitems(items): name_goals(items)\n",
        encoding="utf-8",
    )
    environment = {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    kept = (tmp_path / "reached.json").read_text(encoding="utf-8")
    assert '"test_example.py::test_bad": {\n  "passed": 1,\n  "failed": 1' in kept
    assert '"test_example.py::test_good": {\n  "passed": 1,\n  "failed": 0' in kept
    assert "test_none" not in kept


@pytest.mark.parametrize(
    ("minutes", "outcome", "state"),
    [(12, "passed", "shown"), (31, "passed", "**FAILED**"), (12, "failed", "**FAILED**")],
)
def test_what_a_whole_run_took_is_on_the_page(tmp_path, monkeypatch, minutes, outcome, state):
    monkeypatch.setattr(module, "MEASURED", tmp_path / "measured")
    monkeypatch.setattr(module, "OUTCOMES", tmp_path / "reached.json")
    assert "🔴 **NO TEST** | `make test` has measured nothing yet" in page([], outcomes())
    run = WholeRun(round(time.time()) - minutes * 60)
    for ended in ("passed", "skipped", outcome):
        run.pytest_runtest_logreport(pytest.TestReport("a", ("", 0, ""), {}, ended, None, "call"))
    run.pytest_sessionfinish(pytest.ExitCode.INTERRUPTED)
    take_over()
    assert outcomes() == {}
    run.pytest_sessionfinish(pytest.ExitCode.OK if outcome == "passed" else pytest.ExitCode.TESTS_FAILED)
    take_over()
    line = next(line for line in page([], outcomes()).splitlines() if line.startswith("| Q4"))
    assert f" {state} | {minutes} min " in line
    assert "1 skipped (" in line
    assert line.endswith("`make test` |")
    assert "🔴 **NO TEST** | `make mutants` has measured nothing yet" in page([], outcomes())
