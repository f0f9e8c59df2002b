"""The test of a module stands at the mirrored path, or at the path that a line in `elsewhere/` gives."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath

import pytest
import yaml

from flows.cli import BarrierCommands
from tests.house.modules import ROOT, Module, modules, product

ELSEWHERE = Path(__file__).parent / "elsewhere"
#: Alembic runs it by its path; tests/store/test_engine.py migrates with it.
NOT_IMPORTED = ("screening/store/migrations/",)
#: It imports every group of commands, and its fixtures serve every test: neither says what a test is about.
SAYS_NOTHING = ("flows.cli", "tests.conftest")


def mirrored(path: str) -> str:
    """The path at which the test of a module belongs."""
    module = PurePosixPath(path.removeprefix("screening/"))
    if path.startswith("indicators/"):
        return f"tests/{module.with_suffix('.yaml')}"
    if module.name == "__init__.py":
        module = module.parent.with_suffix(".py")
    return f"tests/{module.with_name(f'test_{module.name}')}"


def needs_test(module: Module) -> bool:
    """Whether a module does something: an `__init__` that only names or hands on does not."""
    if module.path.startswith(NOT_IMPORTED):
        return False
    return not module.path.endswith("__init__.py") or any(
        isinstance(node, ast.FunctionDef | ast.ClassDef) for node in module.tree.body
    )


def elsewhere() -> dict[str, dict[str, str]]:
    """For each file of lines: the modules whose test stands elsewhere, and where."""
    return {path.name: yaml.safe_load(path.read_text("utf-8")) or {} for path in sorted(ELSEWHERE.glob("*.yaml"))}


# ---- what a test exercises ----------------------------------------------------------------------------------------


@lru_cache
def by_name() -> dict[str, Module]:
    return {module.name: module for module in [*product(), *modules("tests", "benchmarks")]}


@cache
def imported(module: Module) -> frozenset[str]:
    """Names of our modules that a module imports or starts by their dotted name (`python -m`, lazy commands)."""
    return frozenset(_imported(module))


def _imported(module: Module) -> Iterator[str]:
    for node in module.nodes:
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name for alias in aliases)
            case ast.ImportFrom(module=str(source), names=aliases):
                yield source
                yield from (f"{source}.{alias.name}" for alias in aliases)
            case ast.Constant(value=str(text)) if text.startswith(("flows.", "screening.")):
                yield text.partition(":")[0]


def with_imports(names: Iterable[str], within: tuple[str, ...]) -> set[str]:
    """These modules and all that they import, directly or not, as far as they belong to these top folders."""
    reached, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name in reached or name in SAYS_NOTHING or name not in by_name() or name.partition(".")[0] not in within:
            continue
        reached.add(name)
        waiting.extend(imported(by_name()[name]))
    return reached


@cache
def commands(module: Module) -> set[str]:
    """The names of the commands that a module of flows holds: as given to typer, or those of its functions."""
    if not module.path.startswith("flows/") or "typer" not in imported(module):
        return set()
    given = {
        node.args[0].value
        for node in module.nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".command") and node.args
        if isinstance(node.args[0], ast.Constant)
    }
    listed = {
        name
        for panel in BarrierCommands.panels.values()
        for name, (target, _) in panel.items()
        if target.startswith(f"{module.name}:")
    }
    return (
        given | listed | {node.name.replace("_", "-") for node in module.tree.body if isinstance(node, ast.FunctionDef)}
    )


@cache
def words(module: Module) -> set[str]:
    """Every word of the short texts of a module: the arguments of the commands that it calls are among them."""
    texts = (node.value for node in module.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {word for text in texts if len(text) < 100 for word in text.split()}


def conftests(path: str) -> list[str]:
    """The names of the conftests whose fixtures a test takes."""
    return [f"{'.'.join(folder.parts)}.conftest" for folder in PurePosixPath(path).parents if folder.parts]


def exercises(test: Module, module: Module) -> bool:
    """Whether a test, with the helpers and fixtures that it takes, imports a module or calls a command of it."""
    helpers = with_imports([test.name, *conftests(test.path)], ("tests", "benchmarks"))
    texts = [by_name().get(name, test) for name in {*helpers, test.name}]
    if commands(module) & {word for text in texts for word in words(text)}:
        return True
    named = [other.name for other in product() if commands(other) & words(test)]
    entered = [name for text in texts for name in imported(text)]
    return module.name in with_imports([*entered, *named], ("flows", "screening", "indicators"))


# ---- the guard ----------------------------------------------------------------------------------------------------


def untested(searched: list[Module], lines: dict[str, str]) -> list[str]:
    """The modules without a test at the mirrored path and without a line that says where it is."""
    return [
        f"{module.path} has no test: write {mirrored(module.path)}, or say in tests/house/elsewhere where it is"
        for module in searched
        if needs_test(module) and module.path not in lines and not (ROOT / mirrored(module.path)).is_file()
    ]


def dead(lines: dict[str, str]) -> Iterator[str]:
    """The lines that say nothing true: no such module or test, a test of its own, or a test that does not reach it."""
    present = {module.path: module for module in product()}
    for path, test in lines.items():
        if path not in present:
            yield f"{path}: there is no such module"
        elif (ROOT / mirrored(path)).is_file():
            yield f"{path}: it has its own test, {mirrored(path)}"
        elif not (ROOT / test).is_file():
            yield f"{path}: there is no {test}"
        elif not exercises(Module(test, (ROOT / test).read_text("utf-8")), present[path]):
            yield f"{path}: {test} neither imports it nor calls a command of it"


def test_every_module_has_its_test_where_one_looks_for_it():
    lines = {path: test for of_slice in elsewhere().values() for path, test in of_slice.items()}
    without = untested(product(), lines)
    assert not without, "\n".join(without)


@pytest.mark.parametrize("slice_file", sorted(elsewhere()))
def test_every_line_says_where_a_test_really_is(slice_file):
    false = list(dead(elsewhere()[slice_file]))
    assert not false, "\n".join(false)


def test_no_module_has_two_lines():
    paths = [path for of_slice in elsewhere().values() for path in of_slice]
    assert sorted(path for path in set(paths) if paths.count(path) > 1) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("screening/matching/parties/link.py", "tests/matching/parties/test_link.py"),
        ("screening/rules/readings/__init__.py", "tests/rules/test_readings.py"),
        ("screening/base/typeset.py", "tests/base/test_typeset.py"),
        ("flows/cli.py", "tests/flows/test_cli.py"),
        ("indicators/housing/hou_01_x.py", "tests/indicators/housing/hou_01_x.yaml"),
    ],
)
def test_the_mirrored_path(path, expected):
    assert mirrored(path) == expected


def test_a_module_without_a_test_is_noticed_unless_a_line_says_where_it_is():
    module = Module("screening/planted.py", "def f(): pass\n")
    assert "tests/test_planted.py" in untested([module], {})[0]
    assert untested([module], {module.path: "tests/test_supply_chain.py"}) == []


def test_a_package_needs_a_test_when_it_does_something_itself():
    assert untested([Module("screening/planted/__init__.py", "from a import b\n")], {}) == []
    assert untested([Module("screening/planted/__init__.py", "def f(): pass\n")], {})


@pytest.mark.parametrize(
    ("path", "test", "reason"),
    [
        ("screening/no_such.py", "tests/base/test_typeset.py", "no such module"),
        ("screening/base/typeset.py", "tests/test_supply_chain.py", "its own test"),
        ("screening/base/vocabulary.py", "tests/test_no_such.py", "there is no tests/test_no_such.py"),
        ("screening/linking/encode.py", "tests/sources/test_bsn.py", "neither imports"),
    ],
)
def test_a_dead_line_is_noticed(path, test, reason):
    assert [reason in line for line in dead({path: test})] == [True]


def test_a_test_exercises_what_it_imports_and_what_that_imports():
    test = Module("tests/linking/test_planted.py", "from screening.linking import block\n")
    assert exercises(test, by_name()["screening.linking.block"])
    assert exercises(test, by_name()["screening.linking.settings"])
    assert not exercises(test, by_name()["screening.rules.backtest"])


def test_a_test_exercises_the_command_that_it_calls():
    command = Module("flows/planted/command.py", 'import typer\n\n@app.command("mend")\ndef mend_roof(): pass\n')
    calls = Module("tests/flows/test_planted.py", 'barrier("planted", "mend", "--json")\n')
    assert exercises(calls, command)
    assert not exercises(Module("tests/flows/test_planted.py", 'barrier("planted", "break")\n'), command)
