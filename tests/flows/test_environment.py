"""Secrets: from one place each, from a file that nobody else reads; and every route of Prefect's server asks for one.

The server is the one that `barrier run --prefect` starts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.environment import secret
from screening.base.errors import ConfigurationError
from tests.conftest import ROOT

#: Settles Prefect as the command does, then asks every route of the server's own table, without a password and with a
#: wrong one. A process of its own, since Prefect reads its settings when it is imported.
ASK = """
import asyncio, json, sys
from pathlib import Path
from flows.night.command import settle_prefect
settle_prefect(Path(sys.argv[1]), None)
import httpx
from fastapi.routing import APIWebSocketRoute
from prefect.server.api.server import create_app
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

app = create_app(ephemeral=True)
api = next(route.app for route in app.routes if getattr(route, "path", "") == "/api" and hasattr(route, "app"))
asked = [(method, path) for path, methods in api.openapi()["paths"].items() for method in methods]
async def statuses(auth):
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1/api", auth=auth) as client:
        return {f"{method} {path}": (await client.request(method, path)).status_code for method, path in asked}

def stays_open(path):
    # a socket that takes no message of ours: closed at once, or after a first message with a wrong password
    for subprotocols in ([], ["prefect"]):
        try:
            with TestClient(app).websocket_connect(f"/api{path}", subprotocols=subprotocols) as socket:
                socket.send_json({"type": "auth", "token": "wrong"})
                answer = socket.receive_json()
                if answer.get("type") != "auth_failure":
                    return True
                socket.receive_json()
                return True
        except WebSocketDisconnect:
            continue
        except Exception:  # it went on to do something
            return True
    return False

sockets = [
    route.path
    for included in api.routes
    for route in getattr(getattr(included, "original_router", None), "routes", [])
    if isinstance(route, APIWebSocketRoute)
]
print(json.dumps({
    "none": asyncio.run(statuses(None)), "wrong": asyncio.run(statuses(httpx.BasicAuth("barrier", "guess"))),
    "sockets": sockets, "open": [path for path in sockets if stays_open(path)],
}))
"""
#: What a monitor may ask without: whether the server lives, and its version. No data.
OPEN = {"get /health", "get /ready"}


@pytest.mark.goal("S3", reached="100 % of Prefect's data routes (its own route table) ask for the password")
def test_every_route_of_the_embedded_server_asks_for_the_password(tmp_path):
    config = tmp_path / "screening.toml"
    sources = "".join(
        f'[sources.{name}]\npath = "absent.csv"\n'
        for name in ("vergunningen", "seksinrichtingen", "meldingen", "bag_adressen")
    )
    config.write_text(f'[municipality]\nname = "Voorbeeldstad"\ncode = "9999"\n{sources}', encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", ASK, str(config)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    answers = json.loads(ran.stdout.splitlines()[-1])
    for tried in ("none", "wrong"):
        refused = {route for route, status in answers[tried].items() if status == 401}
        assert answers[tried].keys() - refused <= OPEN
        assert len(refused) > 150
    assert len(answers["sockets"]) >= 4
    assert answers["open"] == []


URL = "postgresql+psycopg://barrier:geheim@db/store"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A secret in a file of the service alone; nothing of the test's own environment gives another."""
    for name in ("TOWN_DB", "TOWN_DB_FILE", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "TOWN_DB"
    file.write_text(f"{URL}\n")
    file.chmod(0o400)
    return file


def test_a_secret_comes_from_the_environment_or_from_a_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert secret("TOWN_DB") is None
    with monkeypatch.context() as given:
        given.setenv("TOWN_DB", URL)
        assert secret("TOWN_DB") == URL
    with monkeypatch.context() as given:
        given.setenv("TOWN_DB_FILE", str(file))
        assert secret("TOWN_DB") == URL
    with monkeypatch.context() as given:
        given.setenv("CREDENTIALS_DIRECTORY", str(file.parent))
        assert secret("TOWN_DB") == URL
        assert secret("OTHER_DB") is None


def test_a_secret_that_two_places_give_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWN_DB", URL)
    monkeypatch.setenv("TOWN_DB_FILE", str(file))
    with pytest.raises(ConfigurationError, match="by the environment variable TOWN_DB and by TOWN_DB_FILE") as refused:
        secret("TOWN_DB")
    monkeypatch.delenv("TOWN_DB")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(file.parent))
    with pytest.raises(ConfigurationError, match="TOWN_DB_FILE and by the credential TOWN_DB of systemd"):
        secret("TOWN_DB")
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "mode", "problem"),
    [
        (b"x", 0o444, "every account can read"),
        (b"", 0o400, "one line, and there are 0"),
        (b" \n", 0o400, "one line"),
        (b"geheim\nanders\n", 0o400, "one line, and there are 2"),
        (b"gehe\xffim", 0o400, "no text"),
        (None, 0o400, "cannot be read"),
    ],
)
def test_a_file_that_holds_no_secret_is_refused(
    file: Path, content: bytes | None, mode: int, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.unlink()
    if content is not None:
        file.write_bytes(content)
        file.chmod(mode)
    monkeypatch.setenv("TOWN_DB_FILE", str(file))
    with pytest.raises(ConfigurationError, match=problem) as refused:
        secret("TOWN_DB")
    assert str(file) in str(refused.value)
    assert "gehe" not in str(refused.value)
