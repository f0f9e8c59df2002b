"""What is installed: locked with hashes, declared, licensed, in a bill of materials, and built the same twice."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest

from tests.conftest import ROOT

LOCKS = sorted(path.relative_to(ROOT) for path in [*ROOT.glob("*.lock"), *ROOT.glob("benchmarks/**/*.lock")])
RUN_LOCK = ROOT / "requirements.lock"
OURS = {"flows", "screening", "indicators", "tests", "benchmarks"}

#: Installed and never imported by name, with what needs it.
NOT_IMPORTED = {
    "pandas": "Polars hands Great Expectations its frames through it",
    "python-multipart": "Starlette reads forms with it",
    "tzdata": "zoneinfo reads it where the machine has no time zones",
}
#: An extra that few install; the module that needs it says so where it is absent. Pytest alone loads the plugin of case
#: tables.
EXTRAS = {"pytest", "distributed", "prefect-dask", "pysequoia"}
#: Peers of benchmarks, which get an environment of their own.
PEERS = {"duckdb", "recordlinkage", "splink"}

#: Licences that go with EUPL-1.2: permissive ones, and weak copyleft of libraries that are used as they come.
FITTING = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CNRI-Python",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
    "Zlib",
    "LGPL-3.0-only",
    "Apache Software License",
    "BSD License",
    "ISC License (ISCL)",
    "MIT License",
    "Mozilla Public License 2.0 (MPL 2.0)",
    "GNU Lesser General Public License v2 or later (LGPLv2+)",
    "MIT-CMU",
}
#: Packages whose metadata say less, or more, than their licence file does.
LICENCE_READ = {
    "apsw": "any licence that the OSI approved, in its licence file; taken under the MIT",
    "pyrage": "MIT, in its licence file; the metadata name none",
    "text-unidecode": "offered under the Artistic License as well as the GPL; taken under the first",
}


def locked(file: Path) -> dict[str, str]:
    """The packages of a lock and their version."""
    rows = re.findall(
        r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([\w.+!]+)", file.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {normal(name): version for name, version in rows}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~ ;]", name)[0]).lower()


def declared(*extras: str) -> dict[str, str]:
    """The declared packages with what is asked of their version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = [*project["dependencies"], *(text for extra in extras for text in project["optional-dependencies"][extra])]
    return {normal(text): text for text in texts}


def imported(folders: Iterable[str]) -> set[str]:
    """The packages whose modules these folders import, by name."""
    modules = set()
    for file in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module)
    tops = {module.partition(".")[0] for module in modules} - OURS - set(sys.stdlib_module_names) - {"_typeshed"}
    tops -= {file.stem for file in (ROOT / "tests").rglob("*.py")}  # which a test that is started as a script imports
    packages = packages_distributions()
    return {normal(name) for top in tops for name in packages.get(top, [top])}


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_a_lock_names_versions_and_hashes_and_no_place(lock: Path):
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert "://" not in line, f"{lock} names a host"
        assert not re.search(r"(^|[\s(])(/|[A-Za-z]:\\)", line), f"{lock} names a folder of the machine it was made on"
        assert not line.startswith("-"), f"{lock} carries an option of the installer"
    text = "\n".join(lines)
    names = [line for line in lines if re.match(r"[a-z0-9]", line, re.IGNORECASE)]
    assert names
    for entry in re.split(r"\n(?=[A-Za-z0-9])", text):
        if re.match(r"[A-Za-z0-9]", entry):
            assert re.match(r"[\w.\[\],-]+==[\w.+!]+", entry), entry.splitlines()[0]
            assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_what_the_product_imports_is_declared_and_nothing_else_is():
    used = imported(["flows", "screening", "indicators"]) - EXTRAS
    assert used - set(declared()) == set()
    assert set(declared()) - used == set(NOT_IMPORTED)


def test_what_the_tests_import_is_declared():
    used = imported(["tests", "benchmarks"]) - PEERS
    assert used - set(declared("test", "openpgp", "build")) == set()


def test_a_package_that_is_imported_and_not_declared_would_be_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "a.py").write_text("import hypothesis.strategies\nfrom . import b\nimport json\n")
    monkeypatch.setattr("tests.test_supply_chain.ROOT", tmp_path)
    assert imported(["flows"]) == {"hypothesis"}


def test_each_package_of_the_product_has_a_ceiling():
    numbered_by_year = {"tzdata"}
    without = [name for name, text in declared().items() if "<" not in text and name not in numbered_by_year]
    assert without == []


def test_each_licence_goes_with_that_of_the_project():
    odd = {}
    for name in locked(RUN_LOCK):
        try:
            metadata = distribution(name).metadata
        except PackageNotFoundError:
            continue  # for another system or Python than this one
        expression = metadata.get("License-Expression") or metadata.get("License") or ""
        classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")]
        words = {line.split(" :: ")[-1] for line in classifiers if "License-Expression" not in metadata}
        words = words or {word.strip("()") for word in re.split(r" AND | OR ", expression)}
        words -= {"OSI Approved"}
        if (not words or words - FITTING) and name not in LICENCE_READ:
            odd[name] = words
    assert odd == {}


@pytest.mark.goal("S12", reached="every locked package of a run, with its sha256, in CycloneDX 1.6")
def test_the_bill_of_materials_has_every_locked_package_with_its_hashes(tmp_path: Path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(RUN_LOCK, tmp_path)
    command = ["make", "-s", "sbom", f"VENV={Path(sys.executable).parents[1]}", "READY_TEST="]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    bill = json.loads((tmp_path / "artefacts" / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "barrier-screening")
    assert {normal(row["name"]): row["version"] for row in bill["components"]} == locked(RUN_LOCK)
    for row in bill["components"]:
        hashes = [digest["alg"] for place in row["externalReferences"] for digest in place.get("hashes", [])]
        assert "SHA-256" in hashes, row["name"]


@pytest.mark.goal("S12", reached="two builds in two folders, one sha256")
def test_two_builds_have_one_sha256(tmp_path: Path):
    digests = set()
    for folder in ("here", "elsewhere/deeper"):
        tree = tmp_path / folder
        tree.mkdir(parents=True)
        for name in ("flows", "screening", "indicators", "data_contracts", "deploy"):
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "docs" / "handleiding", tree / "docs" / "handleiding")
        for name in (
            "pyproject.toml",
            "README.md",
            "LICENSE",
            ".gitignore",
            "docs/installing.md",
            "docs/handleiding.md",
        ):
            shutil.copyfile(ROOT / name, tree / name)  # with other times of change than those of the other folder
        wheel = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", "out", "."]
        subprocess.run(wheel, cwd=tree, check=True, capture_output=True)
        digests |= {hashlib.sha256(file.read_bytes()).hexdigest() for file in (tree / "out").glob("*.whl")}
    assert len(digests) == 1


@contextmanager
def weakness_database(vulnerable: str) -> Iterator[str]:
    """A database of known weaknesses on this machine that knows one, of one package."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = asked["package"]["name"] == vulnerable
            row = {"id": "PYSEC-0000-1", "details": "planted", "affected": [], "modified": "2026-01-01T00:00:00Z"}
            body = json.dumps({"vulns": [row]} if known else {}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/query"
    server.shutdown()


@pytest.mark.goal("S12", reached="a planted weakness of a locked package fails make weaknesses")
@pytest.mark.parametrize(("vulnerable", "code"), [("jinja2", 2), ("no-such-package", 0)])
def test_a_known_weakness_of_a_locked_package_is_named(vulnerable: str, code: int, tmp_path: Path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    text = RUN_LOCK.read_text(encoding="utf-8")
    (tmp_path / RUN_LOCK.name).write_text(
        text[text.index("jinja2==") : text.index("jinja2-humanize-extension==")], encoding="utf-8"
    )
    with weakness_database(vulnerable) as url:
        command = [
            "make",
            "-s",
            "weaknesses",
            f"VENV={Path(sys.executable).parents[1]}",
            "READY_TEST=",
            f"AUDIT=-s osv --osv-url {url} --cache-dir {tmp_path}",
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("PYSEC-0000-1" in done.stdout) == bool(code)


@pytest.mark.long
@pytest.mark.goal(
    "S12", reached="all locked packages installed with --require-hashes in a network namespace without a way out"
)
def test_what_is_locked_is_installed_without_a_network(tmp_path: Path):
    tree = tmp_path / "tree"
    subprocess.run(["git", "clone", "-q", ROOT, tree], check=True)
    subprocess.run(
        ["make", "-s", "wheelhouse", f"VENV={Path(sys.executable).parents[1]}", "READY_TEST="], cwd=tree, check=True
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tree / "artefacts" / "wheelhouse"),
        "PYTHON": sys.executable,
    }
    command = ["unshare", "-rn", "bash", "scripts/setup.sh", "run"]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = subprocess.run([tree / ".venv" / "bin" / "barrier", "--help"], capture_output=True, text=True, check=True)
    assert "run" in shown.stdout
