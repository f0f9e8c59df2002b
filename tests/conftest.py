"""What the tests of the whole share: synthetic municipalities and runs of the real command on them."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import importlib.util
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import settings
from playwright.sync_api import sync_playwright

from screening.synthetic import generate, write_municipality
from tests.assurance.goals import OUTCOMES, GoalOutcomes, WholeRun, name_goals
from tests.forked_command import ForkedCommand
from tests.prefect_server import migrate_prefect

if TYPE_CHECKING:
    from tests.browser.scene import HalfDone

pytest_plugins = ["tests.databases"]

AS_OF = date(2026, 11, 1)
ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # a camera that shows a test pattern, allowed where the page may ask for it
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

# An example that a busy machine holds up is no failure: a test that hangs ends by the time-out of pytest.
settings.register_profile("patient", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=400)  # of make test-long
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep-goals", action="store_true", help="keep the outcome of each test that shows a goal")
    parser.addoption("--began", type=int, help="leave the clock of a whole run that make began at this second")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # a worker of xdist reports to another
        return
    if config.getoption("--keep-goals"):
        config.pluginmanager.register(GoalOutcomes(OUTCOMES))
    if config.getoption("--began"):
        config.pluginmanager.register(WholeRun(config.getoption("--began")))


def pytest_collection() -> None:
    gc.disable()  # what is collected stays, so that looking through it for what is left takes a fifth of the time


def pytest_collection_finish() -> None:
    gc.freeze()  # nor is it looked through while the tests run
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    name_goals(items)


@dataclass(frozen=True)
class Ran:
    """One call of the command: what it printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


def script_module(name: str) -> ModuleType:
    """A program of `scripts`, which is no part of a package, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def barrier(*arguments: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> Ran:
    """Call the command as a person does, in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return Ran(*_forked_command().call([*map(str, arguments)], cwd, {**kept, **(env or {})}))


@cache
def _forked_command() -> ForkedCommand:
    return ForkedCommand()


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A copy of the folder that the first of all workers who asks for this name makes; the others wait for it.

    A copy takes a hundredth of the time of a night, and nobody meets in it what another worker does.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, is_made = shared / f"once-{name}", shared / f"once-{name}.made"
    with (shared / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_made.exists():
            shutil.rmtree(made, ignore_errors=True)  # of a worker that failed halfway
            made.mkdir()
            make(made)
            is_made.touch()
    return Path(shutil.copytree(made, tmp_path_factory.mktemp(name) / name))


def run_once(tmp_path_factory: pytest.TempPathFactory, name: str, town: Path, *how: str) -> dict:
    """The published run of a municipality, with its workspace in the folder `var` of it."""

    def run(folder: Path) -> None:
        shutil.copytree(town, folder / "town")
        ran = barrier("run", "--config", folder / "town" / "screening.toml", *how, "--json")
        assert ran.code == 0, ran.out + ran.err
        (folder / "run.json").write_text(ran.out, encoding="utf-8")

    made = made_once(tmp_path_factory, name, run)
    shutil.copytree(made / "town" / "var", town / "var")
    return json.loads((made / "run.json").read_text(encoding="utf-8"))


def town_once(tmp_path_factory: pytest.TempPathFactory, regime: str, seed: int) -> Path:
    """A municipality of 3,000 addresses, with its truth."""

    def draw(folder: Path) -> None:
        write_municipality(generate(seed, 3000, regime=regime, as_of=AS_OF), folder)

    return made_once(tmp_path_factory, regime, draw)


@pytest.fixture(scope="session")
def clean_town(tmp_path_factory) -> Path:
    """A municipality in canonical form, with its truth. Read it; a test that changes it takes a copy."""
    return town_once(tmp_path_factory, "clean", 7)


@pytest.fixture(scope="session")
def messy_town(tmp_path_factory) -> Path:
    """A municipality delivered the way real exports look, with its truth."""
    return town_once(tmp_path_factory, "messy", 8)


@pytest.fixture(scope="session")
def clean_run(clean_town, tmp_path_factory) -> dict:
    """The published run of the clean municipality, by the plain command."""
    return run_once(tmp_path_factory, "clean_run", clean_town)


@pytest.fixture(scope="session")
def messy_run(messy_town, tmp_path_factory) -> dict:
    """The published run of the messy municipality, as the Prefect flow on its embedded server."""
    return run_once(tmp_path_factory, "messy_run", messy_town, "--prefect")


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory) -> Path:
    """What Prefect keeps, with nothing in it yet: its sixty migrations take as long as a night. Copy it."""
    return made_once(tmp_path_factory, "prefect_home", migrate_prefect)


@pytest.fixture(scope="session")
def town_workspace(clean_town: Path, clean_run: dict) -> Path:
    """The workspace of a published run of the synthetic town, with its cases: read it, copy it, never change it."""
    from screening.casework.case_policy import CasePolicy
    from screening.casework.cases.sync import sync_cases
    from screening.store import Workspace, open_store
    from tests.review.conftest import MORNING

    with open_store(Workspace(clean_town / "var")) as store:
        draw_the_same_ids(store.engine)
        sync_cases(store, now=MORNING - timedelta(hours=2), policy=CasePolicy())
    return clean_town / "var"


def draw_the_same_ids(engine: sa.Engine) -> None:
    """Let SQLite draw the same random bytes each time, so that a test of the town's cases fails twice or never."""
    drawn = count()

    @sa.event.listens_for(engine, "connect")
    def replace_random(connection: sqlite3.Connection, _: object) -> None:
        connection.create_function(
            "randomblob", 1, lambda size: hashlib.sha256(f"case {next(drawn)}".encode()).digest()[:size]
        )

    engine.dispose()  # its next connection has the function


@pytest.fixture(scope="session")
def half_done(town_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> HalfDone:
    """A review in the middle of its work, once for all who look at it: `tests.browser.scene.scene_on` copies it."""
    from tests.browser.scene import HalfDone, half_done_work

    def work(folder: Path) -> None:
        done = half_done_work(town_workspace, folder)
        kept = {"ids": done.ids, "sessions": done.sessions, "now": done.now.isoformat()}
        (folder / "kept.json").write_text(json.dumps(kept), encoding="utf-8")

    made = made_once(tmp_path_factory, "half_done", work)
    kept = json.loads((made / "kept.json").read_text(encoding="utf-8"))
    return HalfDone(made / "w", **kept | {"now": datetime.fromisoformat(kept["now"])})


@pytest.fixture
def town(clean_town, tmp_path) -> Path:
    """A copy of the clean municipality to change, with an empty workspace."""
    copy = tmp_path / "town"
    shutil.copytree(clean_town, copy, ignore=shutil.ignore_patterns("var", "truth"))
    return copy


@pytest.fixture
def screened_town(clean_town, clean_run, tmp_path) -> Path:
    """A copy of the clean municipality to change, with the workspace of its first night."""
    return Path(shutil.copytree(clean_town, tmp_path / "town", ignore=shutil.ignore_patterns("truth")))


@pytest.fixture(scope="session")
def browser():
    """Chromium of the system: one for all tests, since one process can drive no second."""
    assert os.path.exists(CHROMIUM), "no Chromium: bash scripts/system.sh installs it, or says who can"
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()
