"""Nights with failures on a real Prefect server: every final state is right, and none is green that was not good."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from screening.store import Workspace
from screening.synthetic import generate, write_municipality
from tests.conftest import AS_OF, ROOT, barrier
from tests.prefect_server import BIN, PrefectServer, standing_server

PUBLISHED, GAPS = ("COMPLETED", "Published"), ("FAILED", "Published with gaps")
STOPPED, BUSY = ("FAILED", "Stopped by a contract"), ("CANCELLED", "Busy")
#: How the subject of the digest says it.
SUBJECTS = {PUBLISHED: "gepubliceerd", GAPS: "gepubliceerd met gaten", STOPPED: "gestopt"}
#: What the runs of this municipality's deployments carry.
TAG = "municipality:zomerwaard-9999"


@pytest.fixture(scope="module")
def server(prefect_home, tmp_path_factory) -> Iterator[PrefectServer]:
    with standing_server(tmp_path_factory.mktemp("prefect"), prefect_home) as started:
        yield started


@dataclass
class Receiver:
    """Who is told: what came in at a webhook, oldest first."""

    port: int = 0
    messages: list[dict] = field(default_factory=list)

    def until(self, count: int) -> list[dict]:
        """The messages once there are so many."""
        until = time.monotonic() + 60
        while len(self.messages) < count and time.monotonic() < until:
            time.sleep(0.1)
        return self.messages


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    received = Receiver()

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            received.messages.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_): ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook) as hook:
        received.port = hook.server_port
        threading.Thread(target=hook.serve_forever, daemon=True).start()
        yield received
        hook.shutdown()


@dataclass
class Town:
    """A small municipality whose deliveries are damaged and put right again between nights."""

    folder: Path
    server: PrefectServer
    process: subprocess.Popen
    delivered: dict[str, bytes]
    bad: int = 0

    def night(self, day: date) -> dict:
        """The final state of the night of a day, as its process saw it."""
        wanted = {"configuration": str(self.folder / "screening.toml"), "as_of": day.isoformat(), "tags": [TAG]}
        self.process.stdin.write(f"{json.dumps(wanted)}\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("STATE "):
                return json.loads(line.removeprefix("STATE "))
        raise AssertionError("the process of the nights ended")

    def digests(self) -> list[str]:
        """The digests so far, oldest first."""
        files = (self.folder / "told").glob("*.txt")
        return [path.read_text() for path in sorted(files, key=lambda path: path.stat().st_mtime_ns)]

    def deliver(self) -> None:
        """Every register as it should be."""
        for name, content in self.delivered.items():
            (self.folder / name).write_bytes(content)


@pytest.fixture(scope="module")
def town(server, tmp_path_factory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    write_municipality(generate(5, 2500, regime="clean", as_of=AS_OF), folder)
    file = folder / "screening.toml"
    text = file.read_text(encoding="utf-8").replace("[run]", "[run]\nmax_age_days = 400")
    file.write_text(f'{text}\n[[notify.channels]]\nfolder = "told"\n', encoding="utf-8")
    with (folder / "nights.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.night.schedule.nights_apart"],
            cwd=ROOT,
            env=server.env,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        yield Town(folder, server, process, {path.name: path.read_bytes() for path in (*folder.glob("*.csv"), file)})
        process.stdin.close()
        process.wait(30)


def is_good(_town: Town) -> tuple[str, str]:
    return PUBLISHED


def lacks_a_register(town: Town) -> tuple[str, str]:
    (town.folder / "handelsregister.csv").unlink()
    return GAPS


def is_cut(town: Town) -> tuple[str, str]:
    file = town.folder / "meldingen.csv"
    os.truncate(file, file.stat().st_size - 7)
    return STOPPED


def lacks_its_addresses(town: Town) -> tuple[str, str]:
    (town.folder / "bag_adressen.csv").unlink()
    return STOPPED


def is_half(town: Town) -> tuple[str, str]:
    """A suspect delivery: half the rows are gone, at the border of a row."""
    file = town.folder / "meldingen.csv"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[: len(lines) // 2]))
    return GAPS


def is_late(town: Town) -> tuple[str, str]:
    """A register of which a new delivery should have come by now."""
    file = town.folder / "screening.toml"
    text = file.read_text(encoding="utf-8")
    register = "[sources.vergunningen]"
    file.write_text(text.replace(register, f"{register}\nmax_age_days = 1"), encoding="utf-8")
    return GAPS


SCHEDULE: list[Callable[[Town], tuple[str, str]]] = [is_good, lacks_a_register, is_cut, is_good]
LONG_SCHEDULE = [
    is_good,
    lacks_a_register,
    is_good,
    is_cut,
    is_cut,
    is_half,
    is_late,
    lacks_its_addresses,
    is_good,
    is_good,
    is_half,
    is_half,
    is_good,
    is_cut,
    lacks_a_register,
    lacks_a_register,
    is_good,
    is_good,
    lacks_its_addresses,
    is_cut,
    is_late,
    is_good,
    is_half,
    is_good,
    is_good,
    lacks_a_register,
    is_cut,
    is_half,
    is_good,
    is_good,
]


def nights(town: Town, schedule: list, first: date) -> list[dict]:
    """Run a schedule, and hold each final state against what was done to the deliveries."""
    states = []
    for number, damage in enumerate(schedule):
        town.deliver()
        before = len(town.digests())
        expected = damage(town)
        state = town.night(first + timedelta(days=number))
        assert (state["type"], state["name"]) == expected, (number, damage.__name__, state["message"])
        stored = town.server.ask("GET", f"/flow_runs/{state['run']}")["state"]
        assert (stored["type"], stored["name"], stored["message"]) == (state["type"], state["name"], state["message"])
        code = {PUBLISHED: 0, GAPS: 4}.get(expected)
        assert code is None or f"Exit code {code}." in state["message"]
        digests = town.digests()[before:]
        assert len(digests) == 1, "one digest a night"
        assert digests[0].partition("\n")[0].endswith(f": {SUBJECTS[expected]}")
        is_recovery = expected == PUBLISHED and town.bad > 0
        assert ("Hersteld na" in digests[0]) == is_recovery, digests[0]
        town.bad = 0 if expected == PUBLISHED else town.bad + 1
        states.append(state)
    town.deliver()
    return states


@pytest.fixture(scope="module")
def watched(server, town, receiver) -> Receiver:
    """The municipality is deployed, and its trouble is told at the webhook."""
    server.until("POST", "/block_types/filter", {}, bool)
    kind = server.ask("GET", "/block_types/slug/custom-webhook")
    [schema] = server.ask("POST", "/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [kind["id"]]}}})
    server.ask(
        "POST",
        "/block_documents/",
        {
            "name": "operators",
            "block_type_id": kind["id"],
            "block_schema_id": schema["id"],
            "data": {
                "name": "operators",
                "url": f"http://127.0.0.1:{receiver.port}/",
                "json_data": {"subject": "{{subject}}", "body": "{{body}}"},
            },
        },
    )
    words = ("deploy", "--config", town.folder / "screening.toml", "--notify", "custom-webhook/operators")
    done = barrier(*words, env=server.env)
    assert done.code == 0, done.err
    assert len(server.ask("POST", "/automations/filter")) == 6
    return receiver


def test_no_night_is_green_that_was_not_good_and_trouble_is_told(server, town, watched):
    nights(town, SCHEDULE, AS_OF)
    with Workspace(town.folder / "var").lock():
        busy = town.night(AS_OF + timedelta(days=9))
    assert (busy["type"], busy["name"]) == BUSY
    town.bad += 1
    messages = sorted((m["subject"].partition(": ")[2], m["body"]) for m in watched.until(2))
    assert [subject for subject, _ in messages] == ["a run failed", "published with gaps"]
    assert "meldingen.csv" in messages[0][1]
    assert "handelsregister missing" in messages[1][1]
    assert [body.rpartition("Exit code ")[2] for _, body in messages] == ["3.", "4."]


@pytest.mark.long
def test_thirty_nights_with_failures_and_suspect_deliveries_are_each_told_right(town, watched):
    assert len(LONG_SCHEDULE) == 30
    before = len(watched.messages)
    states = nights(town, LONG_SCHEDULE, AS_OF + timedelta(days=20))
    expected = before + sum(state["type"] == "FAILED" for state in states)
    assert len(watched.until(expected)) == expected


@pytest.mark.long
def test_a_run_whose_process_and_worker_died_crashes_by_itself(server, town, watched):
    deployments = {each["name"]: each["id"] for each in server.ask("POST", "/deployments/filter")}
    night = next(key for name, key in deployments.items() if f"verify-{name}" in deployments)
    day = (AS_OF + timedelta(days=70)).isoformat()
    run = server.ask("POST", f"/deployments/{night}/create_flow_run", {"parameters": {"as_of": day}})
    worker = subprocess.Popen(
        [BIN / "prefect", "worker", "start", "--pool", "barrier", "--run-once"],
        env=server.env,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    beats = {"filter": {"event": {"name": ["prefect.flow-run.heartbeat"]}}}
    seen = {event["id"] for event in server.ask("POST", "/events/filter", beats)["events"]}
    server.until("POST", "/events/filter", beats, lambda a: {event["id"] for event in a["events"]} - seen)
    subprocess.run(["pkill", "-9", "-P", str(worker.pid)], check=True)  # the night has a session of its own
    worker.kill()
    worker.wait()
    until = time.monotonic() + 400
    while (state := server.ask("GET", f"/flow_runs/{run['id']}")["state"])["type"] == "RUNNING":
        assert time.monotonic() < until
        time.sleep(2)
    assert (state["type"], state["message"]) == ("CRASHED", "Nothing was heard of its process; it is gone.")
