"""The fence around a stage: errors on purpose pass, others lose their text."""

from __future__ import annotations

import shutil
import subprocess
import sys
import traceback

import pytest

from flows.night.guard import fenced
from screening.base.errors import BarrierError, ContractStopError, RuleDefinitionError
from tests.conftest import ROOT


def _raising(error: Exception):
    def stage(folder: str) -> None:
        raise error

    return stage


def test_an_error_on_purpose_keeps_its_text_and_exit_code():
    with pytest.raises(ContractStopError, match="12 of 100 rows") as stopped:
        fenced("validate", _raising(ContractStopError("12 of 100 rows")))("x")
    assert stopped.value.exit_code == 3


def test_an_error_on_purpose_leaves_behind_what_it_was_raised_from():
    def stage(folder: str) -> None:
        try:
            raise ValueError("could not parse 'Jansen 1970-01-01'")
        except ValueError as error:
            raise RuleDefinitionError("ZOM.LOC-01: ended while it ran (ValueError).") from error

    with pytest.raises(RuleDefinitionError) as stopped:
        fenced("rules", stage)("x")
    assert "Jansen" not in "".join(traceback.format_exception(stopped.value))


def test_an_unexpected_error_tells_kind_and_stage_but_not_the_value_behind_it():
    with pytest.raises(BarrierError) as refused:
        fenced("parties", _raising(ValueError("could not parse 'Jansen 1970-01-01'")))("x")
    assert "parties" in str(refused.value)
    assert "ValueError" in str(refused.value)
    assert "Jansen" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_lack_of_memory_is_said_as_such():
    with pytest.raises(BarrierError, match="not enough memory"):
        fenced("intake", _raising(MemoryError()))("x")


def test_an_installation_in_a_folder_named_venv_tells_the_module_and_the_line(tmp_path):
    """As a wheel stands in a virtual environment: below a folder `.venv`, where the packages of others stand too."""
    packages = tmp_path / ".venv" / "lib" / "python3" / "site-packages"
    for package in ("flows", "screening"):
        shutil.copytree(ROOT / package, packages / package, ignore=shutil.ignore_patterns("__pycache__"))
    (packages / "screening" / "breaking.py").write_text("def stage(folder):\n    return {}[folder]\n")
    (packages / "other.py").write_text("def call(stage, folder):\n    return stage(folder)\n")
    script = (
        "import functools, other, screening.breaking as breaking\n"
        "from flows.night.guard import fenced\n"
        "fenced('intake', functools.partial(other.call, breaking.stage))('x')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=packages,
        env={"PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "KeyError at guard.py:" in done.stderr
    assert "in run > breaking.py:2 in stage." in done.stderr
    assert "other.py" not in done.stderr.rpartition("BarrierError")[2]
