"""A standing Prefect server on loopback with a password, as docs/schedule.md starts it, and what is asked of it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class PrefectServer:
    """A server: the environment in which commands find it, and a client with the password."""

    env: dict[str, str]
    client: httpx.Client

    @property
    def home(self) -> Path:
        """Where it keeps what it knows."""
        return Path(self.env["PREFECT_HOME"])

    def ask(self, method: str, path: str, document: dict | None = None) -> Any:
        """What it answers; a 503 while its SQLite file is locked asks to come back, and that is done."""
        until = time.monotonic() + 120
        while True:
            answer = self.client.request(method, path, json=None if method == "GET" else document or {})
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > until:
                answer.raise_for_status()
                return answer.json() if answer.content else None
            time.sleep(1)

    def until(self, method: str, path: str, document: dict, expected: Any) -> Any:
        """The answer once it is as expected (a function of it): its services work a moment later."""
        until = time.monotonic() + 120
        while True:
            answer = self.ask(method, path, document)
            if expected(answer) or time.monotonic() > until:
                return answer
            time.sleep(0.2)

    def run(self, *words: str | Path, cwd: Path | None = None) -> str:
        """What a command of the environment prints, which must end well."""
        command = [BIN / str(words[0]), *map(str, words[1:])]
        done = subprocess.run(command, env=self.env, cwd=cwd, capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _environment(home: Path) -> dict[str, str]:
    """That of a Prefect that keeps what it knows in this folder, and sends nothing away."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    quiet = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    return {**others, **quiet, "PREFECT_HOME": str(home)}


def migrate_prefect(home: Path) -> None:
    """Make the tables of Prefect in this folder."""
    subprocess.run(
        [BIN / "prefect", "server", "database", "upgrade", "-y"],
        env=_environment(home),
        check=True,
        capture_output=True,
        timeout=600,
    )


@contextlib.contextmanager
def standing_server(home: Path, empty: Path) -> Iterator[PrefectServer]:
    """Start a server that keeps what it knows in `home`, and end it. `empty`: the fixture `prefect_home`."""
    shutil.copytree(empty, home, dirs_exist_ok=True)
    auth = f"barrier:{secrets.token_urlsafe(12)}"
    known = {
        **_environment(home),
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }
    for _ in range(3):
        port = _free_port()
        env = {**known, "PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
        with (home / "server.log").open("w") as log:
            process = subprocess.Popen(
                [BIN / "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
                env=env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            with httpx.Client(base_url=env["PREFECT_API_URL"], auth=tuple(auth.split(":", 1)), timeout=30) as client:
                if _answers(process, client):
                    yield PrefectServer(env, client)
                    return
        finally:
            if process.poll() is None:
                os.killpg(process.pid, 15)
                process.wait(30)
        if "already in use" not in " ".join((home / "server.log").read_text().split()):
            break
    raise AssertionError((home / "server.log").read_text())


def _free_port() -> int:
    """A port that nobody uses now; somebody can still take it before the server does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _answers(process: subprocess.Popen, client: httpx.Client) -> bool:
    """Whether this server comes to answer; not when it ended, whoever answers on its port then."""
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(httpx.TransportError):
            if client.get("/health").status_code == 200:
                return process.poll() is None
        time.sleep(0.5)
    return False
