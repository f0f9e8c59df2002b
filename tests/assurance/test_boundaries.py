"""What only tests may know never reaches the product: pools of names by origin, and the tests themselves."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assurance.name_pools import POOLS

ROOT = Path(__file__).parents[2]
PRODUCT = ("flows", "indicators", "screening")


def imported(source: str) -> Iterator[str]:
    """Every module that a source imports, by name: also inside functions, and by importlib with a literal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def of_tests(source: str) -> list[str]:
    return [name for name in imported(source) if name.split(".")[0] in ("tests", "conftest", "benchmarks")]


def sources() -> list[Path]:
    return [path for package in PRODUCT for path in sorted((ROOT / package).rglob("*.py"))]


def test_no_module_of_the_product_imports_tests():
    found = {str(path.relative_to(ROOT)): of_tests(path.read_text("utf-8")) for path in sources()}
    assert len(found) > 100
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    [
        "from tests.assurance.name_pools import POOLS",
        "def f():\n    import tests.assurance",
        "import importlib\nimportlib.import_module('tests.assurance.name_pools')",
    ],
)
def test_an_import_of_tests_is_noticed_wherever_it_stands(source):
    assert of_tests(source)


def test_what_is_installed_holds_no_tests():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert packages
    assert not any(package.split("/")[0] in ("tests", "benchmarks") for package in packages)


def test_no_word_for_an_origin_stands_in_the_rules_or_the_matching():
    """The pools are known by name in tests only; a product that knew them could sort people by them."""
    for package in ("screening/matching", "screening/rules", "indicators"):
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text("utf-8").lower()
            assert [name for name in POOLS if name in text] == [], path


def test_pools_are_large_enough_and_have_no_name_twice():
    for pool in POOLS.values():
        assert len(pool.given) == len(set(pool.given)) >= 146
        assert len(pool.family) == len(set(pool.family)) >= 151
