"""Every branch of the core is run by a test: rules, publishing, access, what leaves, the ledger (Q2)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: The core, as folders and modules.
CORE = (
    "indicators",
    "screening/rules",
    "screening/store/runs",
    "screening/store/rules",
    "screening/store/access",
    "screening/ledger",
    "screening/partners/signal",
    "screening/partners/batch",
    "screening/partners/desk",
    "screening/partners/receiver",
    "screening/review/pages_registry.py",
    "screening/review/request_pipeline.py",
    "screening/casework/viewer.py",
)
#: The tests that run it, in the process that is watched and in those that it starts.
TESTS = (
    "tests/indicators",
    "tests/rules",
    "tests/ledger",
    "tests/partners",
    "tests/store",
    "tests/faults",
    "tests/casework/cases",
    "tests/review/test_matrix.py",
    "tests/review/test_sessions.py",
    "tests/review/test_damage.py",
    "tests/review/test_headers.py",
    "tests/review/pages/test_signin.py",
    "tests/flows/review/test_opening.py::test_without_a_mandate_nothing_else_is_shown",
    "tests/flows/rules/test_proposals.py::test_a_code_or_a_parameter_that_does_not_exist_is_refused",
    "tests/review/pages/test_partner_signals.py",
    "tests/review/pages/test_partner_batches.py",
    "tests/review/pages/test_partner_recipients.py",
    "tests/flows/partners",
    "tests/flows/audit",
    "tests/rights/test_erasure.py",
)

SETTINGS = """
[run]
branch = true
parallel = true
source = {source}
data_file = {folder}/data
patch = subprocess, _exit
[report]
exclude_also =
    if TYPE_CHECKING:
    raise AssertionError
"""


def watched(folder: Path, source: str, tests: list[str], *, cwd: Path) -> dict[str, dict]:
    """Run tests under coverage and return what it knows of each file of the source."""
    settings = folder / "coverage.ini"
    settings.write_text(SETTINGS.format(source=source, folder=folder), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(cwd)}
    command = [
        sys.executable,
        "-m",
        "coverage",
        "run",
        f"--rcfile={settings}",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    ran = subprocess.run(
        [*command, "-m", "not long and not real", *tests],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-1000:]
    for step in (["combine", "-q"], ["json", "-q", "-o", str(folder / "report.json")]):
        subprocess.run(
            [sys.executable, "-m", "coverage", step[0], f"--rcfile={settings}", *step[1:]], cwd=cwd, check=True
        )
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))["files"]


def gaps(files: dict[str, dict]) -> dict[str, str]:
    """File -> lines and branches that nothing ran."""
    return {
        name: f"lines {report['missing_lines']}, branches {report['missing_branches']}"
        for name, report in files.items()
        if report["missing_lines"] or report["missing_branches"]
    }


@pytest.mark.goal("Q1", reached="a branch that no test takes is named")
def test_a_branch_that_no_test_takes_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "prices.py").write_text(
        "def price(a):\n    if a:\n        a += 1\n    return a\n", encoding="utf-8"
    )
    (tmp_path / "test_prices.py").write_text(
        "from shop.prices import price\ndef test_price(): assert price(1) == 2\n", encoding="utf-8"
    )
    missed = gaps(watched(tmp_path, "shop", ["test_prices.py"], cwd=tmp_path))
    assert missed == {"shop/prices.py": "lines [], branches [[2, 4]]"}


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.goal("Q2", reached="100 % of the branches of rules, publishing, access, export and ledger")
def test_every_branch_of_the_core_is_run(tmp_path: Path) -> None:
    files = watched(tmp_path, "indicators,screening", list(TESTS), cwd=ROOT)
    core = {name: report for name, report in files.items() if name.startswith(CORE)}
    assert len(core) > 100
    assert gaps(core) == {}
