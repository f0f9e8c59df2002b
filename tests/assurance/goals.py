"""The page of the goals: what must hold, the tests that show it, the number that they reach, and on which day.

A test says which goal it shows: `@pytest.mark.goal("R1", reached="200 kills, 0 lost")`. `make test-long` runs all of
them with their full counts and keeps the outcomes (`GoalOutcomes`); the page is made from the goals, the tests as they
stand and those outcomes. Two goals are shown by a whole command, which leaves what it measured under `artefacts`:

python -m tests.assurance.goals
"""

from __future__ import annotations

import ast
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GOALS = Path(__file__).with_name("goals.yaml")
OUTCOMES = Path(__file__).with_name("goals_reached.json")
MEASURED = ROOT / "artefacts" / "measured"
PAGE = ROOT / "docs" / "reference" / "assurance.md"
COMMAND = "make docs"
MAKE_TEST, MAKE_MUTANTS = "make test", "make mutants"
LONGEST_MINUTES = 30
MARKER = "goal"


class State(StrEnum):
    """How far a goal is shown. A test that did not run to its end since it was written shows nothing."""

    SHOWN = "shown"
    PARTLY = "**partly**"
    FAILED = "**FAILED**"
    NOT_RUN = "**not run**"
    NO_TEST = "**NO TEST**"


_SIGNS = {State.SHOWN: "🟢", State.PARTLY: "🟠", State.FAILED: "🔴", State.NOT_RUN: "🟠", State.NO_TEST: "🔴"}


@dataclass(frozen=True)
class Goal:
    """What must hold: `priority` P0, P1 or P2; `to_reach` the number that counts as reached.

    `command`: what shows it, where no single test does.
    """

    code: str
    priority: str
    requirement: str
    to_reach: str
    command: str = ""


@dataclass(frozen=True, order=True)
class GoalTest:
    """A test that shows a goal. `lacks`: what the goal asks and this test, by its own word, does not reach."""

    goal: str
    file: str
    name: str
    reached: str
    lacks: str = ""

    @property
    def place(self) -> str:
        """File and name, without parameters; or the command."""
        return f"{self.file}::{self.name}" if self.name else self.file


@dataclass(frozen=True)
class Outcome:
    """How the cases of a test ended when they last ran, and on which day; of a command also what it measured."""

    passed: int
    failed: int
    on: date
    reached: str = ""


class GoalOutcomes:
    """A plugin of pytest that keeps the outcome of each test of a goal in a file, beside those that did not run now."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a case: by its call, or by a set-up or an end that failed. A skipped case shows nothing."""
        if not any(name == MARKER for name, _value in report.user_properties):
            return
        if report.when == "call" or report.outcome != "passed":
            place = report.nodeid.partition("[")[0]
            self._counts[place][0 if report.outcome == "passed" else 1] += 1

    def pytest_sessionfinish(self) -> None:
        """Write the file. Where tests run in several processes, the one that hears of all of them."""
        if not self._counts:
            return
        kept = json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else {}
        day = datetime.now(tz=UTC).date().isoformat()
        ran = {place: {"passed": good, "failed": bad, "on": day} for place, (good, bad) in self._counts.items()}
        there = {test.place for test in goal_tests()} | {MAKE_TEST, MAKE_MUTANTS}
        outcomes = {place: outcome for place, outcome in sorted({**kept, **ran}.items()) if place in there}
        self._file.write_text(json.dumps(outcomes, indent=1) + "\n", encoding="utf-8")


class WholeRun:
    """A plugin of pytest that measures a whole `make test`: `began`, in seconds of the system's clock."""

    def __init__(self, began: int) -> None:
        self._began = began
        self._counts: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a case by its call, or by what ended before it or failed after it."""
        if report.when == "call" or report.outcome != "passed":
            self._counts[report.outcome] += 1

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Leave the measure, unless the run was broken off."""
        if exitstatus not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            return
        seconds, failed = round(time.time()) - self._began, self._counts["failed"]
        reached = (
            f"{seconds // 60} min {seconds % 60} s with {os.cpu_count()} cores: {self._counts['passed']:,} passed, "
            f"{failed} failed, {self._counts['skipped']} skipped"
        )
        keep_measure(MAKE_TEST, reached, is_enough=not failed and seconds <= LONGEST_MINUTES * 60)


def keep_measure(command: str, reached: str, *, is_enough: bool) -> None:
    """Leave what a command measured today for the page, which takes it over when it is made."""
    MEASURED.mkdir(parents=True, exist_ok=True)
    day = datetime.now(tz=UTC).date().isoformat()
    row = {"passed": int(is_enough), "failed": int(not is_enough), "on": day, "reached": reached}
    (MEASURED / f"{command}.json").write_text(json.dumps(row) + "\n", encoding="utf-8")


def take_over() -> None:
    """Put what commands measured among the outcomes."""
    measures = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in MEASURED.glob("*.json")}
    if measures:
        kept = json.loads(OUTCOMES.read_text(encoding="utf-8")) if OUTCOMES.exists() else {}
        OUTCOMES.write_text(json.dumps(dict(sorted({**kept, **measures}.items())), indent=1) + "\n", encoding="utf-8")


def name_goals(items: list[pytest.Item]) -> None:
    """Give each case the goals of its test along, so that the report of a process beside this one has them."""
    for case in items:
        case.user_properties += [(MARKER, mark.args[0]) for mark in case.iter_markers(MARKER)]


def goals() -> dict[str, Goal]:
    """The goals by their code, in the order of the file."""
    rows = yaml.safe_load(GOALS.read_text(encoding="utf-8"))
    return {code: Goal(code, **row) for code, row in rows.items()}


def goal_tests() -> list[GoalTest]:
    """The tests that name a goal, as they stand in the files."""
    return sorted(
        test
        for file in (ROOT / "tests").rglob("test_*.py")
        if MARKER in (text := file.read_text(encoding="utf-8"))
        for test in _tests_of(ast.parse(text), file.relative_to(ROOT).as_posix())
    )


def _tests_of(module: ast.Module, file: str) -> Iterator[GoalTest]:
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == f"pytest.mark.{MARKER}":
                values = {word.arg: ast.literal_eval(word.value) for word in decorator.keywords}
                yield GoalTest(ast.literal_eval(decorator.args[0]), file, node.name, **values)


def outcomes() -> dict[str, Outcome]:
    """The outcome of each test when it last ran, by its place."""
    rows = json.loads(OUTCOMES.read_text(encoding="utf-8")) if OUTCOMES.exists() else {}
    return {place: Outcome(**{**row, "on": date.fromisoformat(row["on"])}) for place, row in rows.items()}


def state_of(tests: list[GoalTest], ran: dict[str, Outcome]) -> State:
    """How far the tests of one goal show it."""
    if not tests:
        return State.NO_TEST
    last = [ran.get(test.place) for test in tests]
    if any(outcome and outcome.failed for outcome in last):
        return State.FAILED
    if not all(last):
        return State.NOT_RUN
    return State.PARTLY if any(test.lacks for test in tests) else State.SHOWN


def page(tests: list[GoalTest], ran: dict[str, Outcome]) -> str:
    """The page of all goals, in Markdown."""
    by_goal: dict[str, list[GoalTest]] = defaultdict(list)
    measured = [
        GoalTest(code, goal.command, "", ran[goal.command].reached)
        for code, goal in goals().items()
        if goal.command in ran
    ]
    for test in [*tests, *measured]:
        by_goal[test.goal].append(test)
    states = {code: state_of(by_goal[code], ran) for code in goals()}
    lines = [
        "# What must hold, and the tests that show it",
        "",
        f"Made from the tests by `{COMMAND}`; the outcomes and days are those of the last `make test-long`, which runs",
        "all of these with their full counts. P0 holds before any real data comes in, P1 before a second municipality,",
        "P2 goes beyond. A goal without a test, or whose test failed, is red. How to add one: mark its test with",
        '`@pytest.mark.goal("R1", reached="…")`, and with `lacks="…"` where the test does not reach all of it.',
        "",
        "| | goals | shown | partly | not run | failed | no test |",
        "|---|---|---|---|---|---|---|",
    ]
    order = (State.SHOWN, State.PARTLY, State.NOT_RUN, State.FAILED, State.NO_TEST)
    for priority in ("P0", "P1", "P2"):
        of_priority = [states[code] for code, goal in goals().items() if goal.priority == priority]
        counts = " | ".join(str(of_priority.count(state)) for state in order)
        lines.append(f"| {priority} | {len(of_priority)} | {counts} |")
    lines += [
        "",
        "| goal | what must hold | to reach | state | reached, by which test, when |",
        "|---|---|---|---|---|",
    ]
    for code, goal in goals().items():
        absent = f"`{goal.command}` has measured nothing yet" if goal.command else "—"
        shown = "<br>".join(_shown(test, ran.get(test.place)) for test in by_goal[code]) or absent
        state = f"{_SIGNS[states[code]]} {states[code]}"
        lines.append(f"| {code} {goal.priority} | {goal.requirement} | {goal.to_reach} | {state} | {shown} |")
    return "\n".join(lines) + "\n"


def _shown(test: GoalTest, outcome: Outcome | None) -> str:
    ending = f"{outcome.on:%Y-%m-%d}" if outcome else "not run yet"
    if outcome and outcome.failed:
        ending = f"**{outcome.failed} of {outcome.passed + outcome.failed} FAILED**, {ending}"
    lack = f" Lacks: {test.lacks}." if test.lacks else ""
    return f"{test.reached} ({ending}).{lack} `{test.place.removeprefix('tests/')}`".replace("|", "\\|")


def main() -> None:
    """Write the page, with what was measured since."""
    take_over()
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(goal_tests(), outcomes()), encoding="utf-8")
    print(PAGE.relative_to(ROOT))


if __name__ == "__main__":
    main()
