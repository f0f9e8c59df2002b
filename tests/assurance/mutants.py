"""Change lines of the core, one at a time, and see whether a test notices: `make mutants`.

mutmut makes and runs the mutants. It makes none in a function with a decorator, and half of the core has one (rules,
pages, properties), so the copy that is mutated has them in another form: `f = decorator(f)` after the function. Of all
mutants a seeded sample runs, spread evenly over the modules; what ran stays, so a call that was ended goes on where it
was. mutmut begins a mutant in a process that has imported everything before, and without PostgreSQL; what survives that
is run again with the tests of its own folder, in a process of its own and with PostgreSQL. A mutant that survives this
as well is explained in `mutants.yaml`, or it is a gap.

python -m tests.assurance.mutants [--sample 2000] [--report]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import libcst as cst
import yaml

from tests.assurance.goals import MAKE_MUTANTS, keep_measure

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "artefacts" / "mutants"
AGAIN = COPY / "again.json"
EXPLAINED = Path(__file__).with_name("mutants.yaml")
SEED = 13
SAMPLE = 2_000
LEAST_KILLED = 0.95

#: The core: rules, publishing, access, what leaves, the ledger.
CORE = (
    "indicators/*/*.py",
    "screening/rules/*.py",
    "screening/store/runs/*.py",
    "screening/store/rules/*.py",
    "screening/store/access/*.py",
    "screening/ledger/*.py",
    "screening/mandate/*.py",
    "screening/casework/viewer.py",
    "screening/casework/cases/*.py",
    "screening/partners/signal/*.py",
    "screening/partners/batch/*.py",
    "screening/partners/desk/*.py",
    "screening/review/pages_registry.py",
    "screening/review/request_pipeline.py",
)
#: The tests that run against a mutant. Those that start servers or browsers would take hours and add nothing here.
TESTS = (
    "tests/indicators",
    "tests/rules",
    "tests/store",
    "tests/ledger",
    "tests/mandate",
    "tests/casework/cases",
    "tests/partners",
    "tests/review/test_matrix.py",
    "tests/review/test_sessions.py",
    "tests/review/pages/test_judgement.py",
)
#: One of them reads the texts of the core, where each mutant stands beside the line that it changes.
CHOSEN = "not browser and not every_check_of_the_signal_has_its_dutch_text"
PYTEST = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not long and not real", "-k"]
WITHOUT_SERVER = [*PYTEST, f"not postgresql and {CHOSEN}"]
SKIPPED = 34  # mutmut's code of a mutant that is not to run
SURVIVED, NO_TESTS = {0}, {5, 33}

#: Decorators that need the function under its own name at once, and those that give way to one that remembers the
#: results of each mutant apart.
_KEPT = {"overload", "staticmethod", "classmethod"}
_REMEMBERING = {"cache", "lru_cache"}
_REMEMBERED = "__import__('tests.assurance.per_mutant', fromlist=['_']).remembered_per_mutant"


class _Undecorated(cst.CSTTransformer):
    """Write the decorators of functions of a module and of its classes as assignments after them."""

    def __init__(self) -> None:
        self._inside = 0

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._inside += 1

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef | cst.FlattenSentinel[cst.BaseStatement]:
        self._inside -= 1
        names = {cst.Module([]).code_for_node(decorator.decorator) for decorator in updated_node.decorators}
        if self._inside or not names or any(name in _KEPT or name.endswith(".setter") for name in names):
            return updated_node
        value: cst.BaseExpression = cst.Name(updated_node.name.value)
        for decorator in reversed(updated_node.decorators):
            name = cst.Module([]).code_for_node(decorator.decorator).partition("(")[0]
            around = cst.parse_expression(_REMEMBERED) if name in _REMEMBERING else decorator.decorator
            value = cst.Call(around, [cst.Arg(value)])
        assigned = cst.Assign([cst.AssignTarget(cst.Name(updated_node.name.value))], value)
        return cst.FlattenSentinel([updated_node.with_changes(decorators=[]), cst.SimpleStatementLine([assigned])])


def undecorated(source: str) -> str:
    """The same module with `f = decorator(f)` for `@decorator` above `f`."""
    return cst.parse_module(source).visit(_Undecorated()).code


def core_files(root: Path) -> list[Path]:
    """The modules of the core, in the order of their names."""
    return sorted({file for pattern in CORE for file in root.glob(pattern) if file.name != "__init__.py"})


def prepare() -> None:
    """Copy the tree as it is committed or changed, undecorated in the core, and generate the mutants."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
    core = {file.relative_to(ROOT) for file in core_files(ROOT)}
    for name in listed.stdout.decode().splitlines():
        source, target = ROOT / name, COPY / name
        if not source.is_file():
            continue
        content = source.read_bytes()
        if Path(name) in core:
            content = undecorated(content.decode()).encode()
        if name == "pyproject.toml":
            content += _settings(core).encode()
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _settings(core: Iterable[Path]) -> str:
    folders = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
    others = [name for name in folders if name not in {"screening", "indicators", "tests", "artefacts", "demo"}]
    return "\n[tool.mutmut]\n" + "\n".join(
        f"{key} = {json.dumps(value)}"
        for key, value in {
            "source_paths": ["screening", "indicators"],
            "only_mutate": [path.as_posix() for path in sorted(core)],
            "also_copy": others,
            "pytest_add_cli_args": WITHOUT_SERVER,
            "pytest_add_cli_args_test_selection": list(TESTS),
            "track_dependencies": False,
        }.items()
    )


def results() -> dict[str, dict[str, int | None]]:
    """Module of the core -> mutant -> how it ended, None where it did not run yet. A second run says more."""
    ended, again = {}, _ended_again()
    for file in core_files(COPY):
        meta = COPY / "mutants" / f"{file.relative_to(COPY)}.meta"
        content = json.loads(meta.read_text(encoding="utf-8")) if meta.exists() else {}
        codes = content.get("exit_code_by_key", {})
        ended[file.relative_to(COPY).as_posix()] = {name: again.get(name, code) for name, code in codes.items()}
    return ended


def _ended_again() -> dict[str, int]:
    return json.loads(AGAIN.read_text(encoding="utf-8")) if AGAIN.exists() else {}


def suite_of(module: str) -> list[str]:
    """The tests of the folder of a module of the core; those of its package where it has no folder of its own."""
    package = Path("tests", *Path(module.removeprefix("screening/")).parent.parts)
    for folder in (package, *package.parents):
        is_within = any(Path(test) in {folder, *folder.parents} for test in TESTS)
        if is_within and any((ROOT / folder).glob("test_*.py")):
            return [folder.as_posix()]
        if inside := [test for test in TESTS if folder in Path(test).parents]:
            return inside
    raise ValueError(f"{module}: no test of TESTS is of its package")


def run_again() -> None:
    """Run what survived, and what no test reached, once more: see above. What ended stays."""
    again, green = _ended_again(), set()
    for module, codes in results().items():
        alive = [name for name, code in codes.items() if code in SURVIVED | NO_TESTS and name not in again]
        suite = tuple(suite_of(module))
        if alive and suite not in green:  # a test that fails without a mutant would kill each of them
            if _run(suite, ""):
                sys.exit(f"{' '.join(suite)}: not green in the copy without a mutant")
            green.add(suite)
        for name in sorted(alive):
            again[name] = _run(suite, name)
            AGAIN.write_text(json.dumps(again, indent=1), encoding="utf-8")
            print(f"again: {name}: {'survived' if again[name] in SURVIVED | NO_TESTS else 'killed'}", flush=True)


def _run(suite: Iterable[str], mutant: str) -> int:
    command = [sys.executable, "-m", "pytest", *PYTEST, CHOSEN, *suite]
    environment = _without_path() | {"MUTANT_UNDER_TEST": mutant}
    return subprocess.run(command, cwd=COPY / "mutants", env=environment, capture_output=True, check=False).returncode


def _without_path() -> dict[str, str]:
    """The environment in which the modules of the copy are imported, and not those of this tree."""
    return {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}


def sampled(mutants: dict[str, list[str]], size: int) -> set[str]:
    """A seeded sample of that size: the same number of each module as far as it has them, then of the larger ones."""
    queues = []
    for module, names in sorted(mutants.items()):
        digest = hashlib.sha256(f"{SEED}:{module}".encode()).digest()
        queues.append(random.Random(digest).sample(sorted(names), len(names)))
    chosen: set[str] = set()
    while len(chosen) < size and any(queues):
        for queue in queues:
            if queue and len(chosen) < size:
                chosen.add(queue.pop())
    return chosen


def choose(size: int) -> None:
    """Mark the mutants beside the sample as not to run. One that ran stays as it ended."""
    mutants = results()
    chosen = sampled({module: list(codes) for module, codes in mutants.items()}, size)
    for module, codes in mutants.items():
        meta = COPY / "mutants" / f"{module}.meta"
        if not codes:
            continue
        content = json.loads(meta.read_text(encoding="utf-8"))
        for name, code in codes.items():
            if code in {None, SKIPPED}:
                content["exit_code_by_key"][name] = None if name in chosen else SKIPPED
        meta.write_text(json.dumps(content, indent=4), encoding="utf-8")


def report() -> bool:
    """Print a line a module and the survivors, leave the sum for the page; return whether the goal is reached."""
    explained: dict[str, str] = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or {}
    total: Counter[str] = Counter()
    survivors: dict[str, list[str]] = defaultdict(list)
    empty = []
    print(f"{'module':64} mutants  ran killed survived explained")
    for module, codes in results().items():
        ran = {name: code for name, code in codes.items() if code is not None and code != SKIPPED}
        alive = [name for name, code in ran.items() if code in SURVIVED | NO_TESTS]
        known = [name for name in alive if name in explained]
        counts = {"ran": len(ran), "killed": len(ran) - len(alive), "explained": len(known)}
        total.update(counts)
        survivors[module] = sorted(set(alive) - set(known))
        if not codes and _has_functions(COPY / module):
            empty.append(module)
        mark = " <- NONE" if module in empty else ""
        numbers = f"{len(codes):7} {len(ran):4} {counts['killed']:6} {len(alive):8} {len(known):9}"
        print(f"{module:64} {numbers}{mark}")
    for module, names in survivors.items():
        for name in names:
            print(f"survived: {module}: {name}")
    share = (total["killed"] + total["explained"]) / max(1, total["ran"])
    said = f"{total['ran']} ran, {total['killed']} killed, {total['explained']} explained: {share:.1%}"
    print(said)
    print(f"modules of the core without a mutant: {len(empty)}")
    is_reached = share >= LEAST_KILLED and total["ran"] >= SAMPLE and not empty
    keep_measure(MAKE_MUTANTS, f"{said}; {len(empty)} modules without a mutant", is_enough=is_reached)
    return is_reached


def _has_functions(file: Path) -> bool:
    return "def " in file.read_text(encoding="utf-8")


def mutmut(code: str) -> int:
    """Run a piece of Python on mutmut in the copy, where its settings stand."""
    return subprocess.run([sys.executable, "-c", code], cwd=COPY, env=_without_path(), check=False).returncode


_GENERATE = """
import mutmut.__main__ as m
m.set_mutant_under_test("mutant_generation")
import pathlib; pathlib.Path("mutants").mkdir(exist_ok=True)
m.copy_src_dir(); m.copy_also_copy_files(); m.setup_source_paths(); m.create_mutants(2)
"""
_RUN = "import mutmut.__main__ as m; m.run.main(['--max-children', '2'], standalone_mode=False)"


def main() -> None:
    """Prepare, generate, choose, run, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=SAMPLE)
    parser.add_argument("--report", action="store_true", help="say what is known, run nothing")
    arguments = parser.parse_args()
    if not arguments.report:
        prepare()
        if mutmut(_GENERATE):
            sys.exit("mutmut could not make the mutants")
        choose(arguments.sample)
        mutmut(_RUN)
        run_again()
    sys.exit(0 if report() else 1)


if __name__ == "__main__":
    main()
