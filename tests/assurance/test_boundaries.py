"""The product never reads its tests, and names by origin are read by the examination of rules alone."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from screening.synthetic.name_pools import POOLS

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
        "from tests.assurance.pipeline import AS_OF",
        "def f():\n    import tests.assurance",
        "import importlib\nimportlib.import_module('tests.assurance.pipeline')",
    ],
)
def test_an_import_of_tests_is_noticed_wherever_it_stands(source):
    assert of_tests(source)


def test_what_is_installed_holds_no_tests():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert packages
    assert not any(package.split("/")[0] in ("tests", "benchmarks") for package in packages)


def test_names_by_origin_are_read_by_the_examination_of_rules_and_by_nothing_else():
    readers = {
        str(path.relative_to(ROOT))
        for path in sources()
        if "screening.synthetic.name_pools" in set(imported(path.read_text("utf-8")))
    }
    assert readers <= {"flows/examination/trials.py"}


def test_no_word_for_an_origin_stands_in_the_rules_or_the_matching():
    """The pools are known by name to the examination only; rules that knew them could sort people by them."""
    for package in ("screening/matching", "screening/rules", "indicators"):
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text("utf-8").lower()
            assert [name for name in POOLS if name in text] == [], path


def test_pools_are_large_enough_and_have_no_name_twice():
    for pool in POOLS.values():
        assert len(pool.given) == len(set(pool.given)) >= 146
        assert len(pool.family) == len(set(pool.family)) >= 151


#: What parses a foreign file, by the name under which it is called.
PARSERS = {
    "read_source",
    "read_batches",
    "read_delivery",
    "read_file",
    "read_query",
    "outline",
    "profile_file",
    "read_sheet",
    "read_csv",
    "scan_csv",
    "read_csv_batched",
    "read_excel",
    "read_ods",
    "read_json",
    "read_ndjson",
    "scan_ndjson",
    "CalamineWorkbook",
    "ZipFile",
    "load_workbook",
    "iterparse",
}
#: Who may call one outside the child, and why.
CALLERS = {
    "screening/base/spreadsheet.py": "what the readers in the child use, and the feedback of a receiver",
    "flows/intake/seal.py": "the supplier's own file, on the machine of the supplier",
}


def parsing(source: str) -> set[str]:
    """The parsers that a source calls."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {ast.unparse(call).split(".")[-1] for call in calls} & PARSERS


@pytest.mark.goal("R7", reached="no module outside the reading child parses a delivery")
def test_foreign_files_are_parsed_in_the_child_alone():
    """`check`, `explain`, `profile`, `init` and the night all ask `isolated`: what is read there can end no more."""
    callers = {
        path
        for path in (str(path.relative_to(ROOT)) for path in sources())
        if not path.startswith(("screening/sources/", "screening/synthetic/"))
        and parsing((ROOT / path).read_text("utf-8"))
    }
    assert callers == set(CALLERS)
    sources_folder = ROOT / "screening/sources"
    assert parsing((sources_folder / "isolated.py").read_text("utf-8")) == set()
    assert parsing((sources_folder / "worker.py").read_text("utf-8")) == {"read_batches", "profile_file"}


@pytest.mark.parametrize("call", ["pl.read_csv(path)", "read.outline(path)", "zipfile.ZipFile(path)"])
def test_a_parser_outside_the_child_is_noticed(call):
    assert parsing(f"def look(path):\n    return {call}")
