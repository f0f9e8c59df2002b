"""The wheel: built from this checkout, installed elsewhere, and all of it there: rules, contracts, pages, words."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT
from tests.flows.review.test_serve import free_port


@dataclass(frozen=True)
class Installed:
    """A virtual environment with the wheel in it, and an empty folder to work in."""

    venv: Path
    folder: Path

    @property
    def packages(self) -> Path:
        (folder,) = self.venv.glob("lib/python*/site-packages")
        return folder

    @property
    def environment(self) -> dict[str, str]:
        """That of a person who never saw the checkout."""
        return {"PATH": f"{self.venv / 'bin'}:/usr/bin:/bin", "HOME": str(self.folder), "LANG": "C.UTF-8"}

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def built(folder: Path) -> Path:
    """The wheel of this checkout, by the tools that are locked."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def environment_with(wheel: Path, folder: Path, *before: str) -> Installed:
    """A fresh environment with the wheel; `before`: what is installed first, as options of pip."""
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    install = [sys.executable, "-m", "pip", "--python", venv / "bin" / "python", "install", "-q"]
    if before:
        subprocess.run([*install, *before], check=True, capture_output=True)
    subprocess.run([*install, "--no-deps", "--no-index", wheel], check=True, capture_output=True)
    work = folder / "work"
    work.mkdir()
    return Installed(venv, work)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a fresh environment, which sees the packages of others where they are and not this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    fresh = environment_with(built(folder), folder)
    # A folder that is named so is searched, and the .pth in it, which shows the checkout, is not read.
    others = f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n"
    (fresh.packages / "others.pth").write_text(others)
    return fresh


def test_the_wheel_is_what_is_used_and_not_the_checkout(installed: Installed) -> None:
    packages = ("flows", "screening", "indicators", "data_contracts")
    script = f"import {', '.join(packages)}; print({', '.join(f'{name}.__file__' for name in packages)}, sep='\\n')"
    files = installed.run("python", "-c", script).split()
    assert [Path(file).parent for file in files] == [installed.packages / name for name in packages]


def test_every_file_of_the_packages_is_in_the_wheel(installed: Installed) -> None:
    """A template, a word list or a contract that is left out would be missed by the page that needs it alone."""
    command = ["git", "ls-files", "flows", "screening", "indicators", "data_contracts"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    assert len(listed) > 600
    assert [name for name in listed if not (installed.packages / name).is_file()] == []


def test_a_town_is_made_checked_screened_and_served_from_another_folder(installed: Installed) -> None:
    walk_through(installed)


@pytest.mark.long
@pytest.mark.goal("S12", reached="the wheel beside all locked packages, each with its hash, screens and serves a town")
def test_with_all_that_is_locked_the_wheel_screens_and_serves_a_town(tmp_path: Path) -> None:
    walk_through(environment_with(built(tmp_path), tmp_path, "--require-hashes", "-r", str(ROOT / "requirements.lock")))


def walk_through(installed: Installed) -> None:
    """What somebody does who has just installed it."""
    assert re.fullmatch(r"barrier \d+\.\d+\.\d+\n", installed.run("barrier", "--version"))
    installed.run("barrier", "synthetic", "town", "--addresses", "2500", "--seed", "7")
    config = ("--config", "town/screening.toml")
    assert json.loads(installed.run("barrier", "check", *config, "--json"))["exit_code"] == 0
    ran = json.loads(installed.run("barrier", "run", *config, "--json"))
    assert (ran["exit_code"], ran["counts"]["flags"] > 20) == (0, True)
    with served(installed, "--demo", *config) as (link, client):
        page = client.get(link, follow_redirects=True)
        style = re.search(r'href="(/[^"]+\.css[^"]*)"', page.text)
        assert (page.status_code, style is not None) == (200, True)
        assert client.get(style[1]).status_code == 200  # type: ignore[index]


@contextmanager
def served(installed: Installed, *options: str) -> Iterator[tuple[str, httpx.Client]]:
    """The review as a process: the last line that it says, and a browser."""
    port = free_port()
    process = subprocess.Popen(
        ["barrier", "serve", *options, "--port", str(port)], cwd=installed.folder, env=installed.environment,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        line = next(line for line in process.stdout if line.startswith("http"))
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            yield line.strip(), client
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
