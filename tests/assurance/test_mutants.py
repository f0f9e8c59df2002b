"""The harness of mutants: it mutates what has a decorator, chooses evenly, and sees what no test notices."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.assurance import per_mutant
from tests.assurance.mutants import CORE, ROOT, core_files, sampled, suite_of, undecorated

DECORATED = """
from contextlib import contextmanager
from functools import cached_property

@contextmanager
def opened(name: str):
    yield name

class Row:
    @property
    def half(self) -> float:
        return self.whole / 2

    @cached_property
    def whole(self) -> int:
        @staticmethod
        def four(): return 4
        return 4

    @property
    def name(self): return self._name

    @name.setter
    def name(self, name): self._name = name
"""


def test_a_decorator_becomes_an_assignment_and_means_the_same():
    source = undecorated(DECORATED)
    assert "@contextmanager" not in source
    assert "opened = contextmanager(opened)" in source
    names: dict = {}
    exec(compile(source, "plain", "exec"), names)
    with names["opened"]("a") as name:
        assert name == "a"
    row = names["Row"]()
    row.name = "b"
    assert (row.half, row.whole, row.name) == (2, 4, "b")


def test_what_is_remembered_is_of_one_mutant(monkeypatch: pytest.MonkeyPatch):
    asked = []
    remembered = per_mutant.remembered_per_mutant(asked.append)
    for mutant in ("", "x__mutmut_1", ""):
        monkeypatch.setenv("MUTANT_UNDER_TEST", mutant)
        remembered(7)
    assert asked == [7, 7]
    remembered.cache_clear()
    remembered(7)
    assert asked == [7, 7, 7]


def test_each_module_of_the_core_still_compiles_undecorated():
    files = core_files(ROOT)
    assert len(files) > 100
    assert all(list(ROOT.glob(pattern)) for pattern in CORE)
    for file in files:
        compile(undecorated(file.read_text(encoding="utf-8")), str(file), "exec")


def test_the_sample_is_even_over_modules_and_the_same_each_time():
    mutants = {"a": [f"a{n}" for n in range(100)], "b": ["b0", "b1"], "c": [f"c{n}" for n in range(50)]}
    chosen = sampled(mutants, 40)
    assert chosen == sampled(mutants, 40)
    assert [sum(name.startswith(module) for name in chosen) for module in "abc"] == [19, 2, 19]
    assert sampled(mutants, 1000) == {name for names in mutants.values() for name in names}
    assert sampled(mutants, 40) < sampled(mutants, 60)  # a larger sample keeps what ran


def test_what_survives_runs_again_with_the_tests_of_its_folder():
    assert suite_of("screening/ledger/protect.py") == ["tests/ledger"]
    assert suite_of("screening/store/rules/consent.py") == ["tests/store/rules"]
    assert suite_of("screening/partners/signal/fields.py") == ["tests/partners/signal"]
    assert suite_of("screening/casework/viewer.py") == ["tests/casework/cases"]
    assert suite_of("indicators/workplace/sex_04_venue_without_valid_manager.py") == ["tests/indicators"]
    assert "tests/review/test_matrix.py" in suite_of("screening/review/pages_registry.py")
    for file in core_files(ROOT):
        assert all((ROOT / test).exists() for test in suite_of(file.relative_to(ROOT).as_posix()))


@pytest.mark.goal("Q1", reached="a function with a decorator that no test looks at is a survivor")
def test_what_no_test_looks_at_survives(tmp_path: Path):
    (tmp_path / "tests" / "assurance").mkdir(parents=True)
    shutil.copy(Path(per_mutant.__file__), tmp_path / "tests" / "assurance")
    for package in ("tests", "tests/assurance"):
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "prices.py").write_text(
        undecorated(
            "from functools import cache\n"
            "@cache\ndef watched(a):\n    return a + 1\n"
            "@cache\ndef careless(a):\n    return a + 2\n"
        ),
        encoding="utf-8",
    )
    (tmp_path / "tests" / "test_prices.py").write_text(
        "from shop.prices import careless, watched\n"
        "def test_watched(): assert watched(1) == 2\n"
        "def test_careless(): careless(1)\n",
        encoding="utf-8",
    )
    (tmp_path / "pyproject.toml").write_text('[tool.mutmut]\nsource_paths = ["shop"]\n', encoding="utf-8")
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1"]
    options = {"cwd": tmp_path, "env": {"PATH": os.environ["PATH"]}, "capture_output": True}
    subprocess.run(command, check=True, **options)
    shown = subprocess.run([*command[:3], "results"], check=True, text=True, **options).stdout
    assert "shop.prices.x_careless__mutmut_1: survived" in shown
    assert "watched" not in shown
