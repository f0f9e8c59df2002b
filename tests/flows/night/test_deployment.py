"""The deployment of `prefect.yaml` on a real Prefect server: schedule, concurrency, and one night by a real worker."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml

from tests.conftest import ROOT

_BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A standing server on loopback with a password, as docs/start.md says; yields its environment and a client."""
    home = tmp_path_factory.mktemp("prefect")
    auth = f"barrier:{secrets.token_urlsafe(12)}"
    known = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")},
        "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_API_AUTH_STRING": auth, "PREFECT_API_AUTH_STRING": auth, "PREFECT_LOGGING_LEVEL": "WARNING",
        "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    for _ in range(3):
        port = _free_port()
        env = {**known, "PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
        with (home / "server.log").open("w") as log:
            process = subprocess.Popen(
                [_BIN / "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
                env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            client = httpx.Client(base_url=env["PREFECT_API_URL"], auth=tuple(auth.split(":", 1)), timeout=30)
            if _answers(process, client):
                yield env, client
                return
        finally:
            if process.poll() is None:
                os.killpg(process.pid, 15)
                process.wait(30)
        if "already in use" not in " ".join((home / "server.log").read_text().split()):
            break
    pytest.fail((home / "server.log").read_text())


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


@pytest.fixture(scope="module")
def deployed(server, clean_town, tmp_path_factory):
    """The deployment in a folder of its own beside a municipality."""
    env, client = server
    place = tmp_path_factory.mktemp("srv")
    shutil.copy(ROOT / "prefect.yaml", place)
    for package in ("flows", "screening", "indicators", "data_contracts"):
        (place / package).symlink_to(ROOT / package)
    for file in [*clean_town.glob("*.csv"), clean_town / "screening.toml"]:
        shutil.copy(file, place)
    env = {**env, "BARRIER_HOME": str(place)}
    _prefect(env, place, "work-pool", "create", "nights", "--type", "process")
    _prefect(env, place, "--no-prompt", "deploy", "--name", "nightly")
    found = _answer(client, "POST", "/deployments/filter")
    return env, client, place, found


def _answer(client: httpx.Client, method: str, path: str, document: dict | None = None):
    """What the server answers; a 503 while its SQLite file is locked asks to come back, and that is done."""
    until = time.monotonic() + 120
    while True:
        answer = client.request(method, path, json=None if method == "GET" else document or {})
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > until:
            answer.raise_for_status()
            return answer.json()
        time.sleep(1)


def _prefect(env: dict, place: Path, *arguments: str) -> str:
    done = subprocess.run(
        [_BIN / "prefect", *arguments], env=env, cwd=place, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_data_route_of_the_server_asks_for_the_password(server):
    env, _ = server
    for route in ("/flow_runs/filter", "/deployments/filter", "/logs/filter", "/artifacts/filter"):
        assert httpx.post(env["PREFECT_API_URL"] + route, json={}).status_code == 401


def test_it_runs_nightly_at_four_one_at_a_time(deployed):
    _, _, _, found = deployed
    assert [one["name"] for one in found] == ["nightly"]
    schedule = found[0]["schedules"][0]
    assert schedule["active"]
    assert schedule["schedule"]["cron"] == "0 4 * * *"
    assert schedule["schedule"]["timezone"] == "Europe/Amsterdam"
    limit = found[0].get("global_concurrency_limit") or {}
    assert limit.get("limit") == 1
    assert found[0]["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert set(found[0]["parameters"]) == {"configuration", "as_of"}


def test_a_worker_runs_the_night_and_the_server_learns_nothing_personal(deployed):
    env, client, place, found = deployed
    run = _answer(client, "POST", f"/deployments/{found[0]['id']}/create_flow_run")
    worker = subprocess.run(
        [_BIN / "prefect", "worker", "start", "--pool", "nights", "--run-once"],
        env=env, cwd=place, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    state = _answer(client, "GET", f"/flow_runs/{run['id']}")["state"]
    assert state["type"] == "COMPLETED", worker.stdout + worker.stderr
    published = [p for p in (place / "var" / "runs").iterdir() if not p.name.startswith(".")]
    assert len(published) == 1
    tasks = _answer(client, "POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    assert {t["name"].rsplit("-", 1)[0] for t in tasks} == {
        "intake", "validate", "addresses", "parties", "indicators", "flags", "publish",
    }  # fmt: skip
    names = [
        line.split(",")[1] for line in (place / "leidinggevenden.csv").read_text(encoding="utf-8").splitlines()[1:200]
    ]
    held = b"".join(p.read_bytes() for p in Path(env["PREFECT_HOME"]).rglob("*") if p.is_file())
    assert [name for name in names if len(name) > 11 and name.encode() in held] == []


def test_the_file_says_what_the_environment_must_switch_off():
    deployment = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"][0]
    env = deployment["work_pool"]["job_variables"]["env"]
    assert env["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert env["PREFECT_RESULTS_PERSIST_BY_DEFAULT"] == "false"
    assert env["GX_ANALYTICS_ENABLED"] == "false"
