"""The wheel of this checkout in an environment of its own, and commands of it as a person gives them."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

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


@contextmanager
def served_demo(installed: Installed, *options: str) -> Iterator[tuple[str, httpx.Client]]:
    """The demonstration of the review as a process: its link, and a browser."""
    port = free_port()
    process = subprocess.Popen(
        ["barrier", "serve", "--demo", *options, "--port", str(port)],
        cwd=installed.folder,
        env=installed.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        link = next(line for line in process.stdout if line.startswith("http"))
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield link.strip(), client
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
