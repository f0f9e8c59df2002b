"""`barrier deploy` on a real Prefect server: what stands there, and a night by a real worker from another folder."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
from pathlib import Path

import httpx
import pytest

from flows.night.schedule.duties import DUTIES, FLEET_SEND
from tests.conftest import AS_OF, barrier
from tests.prefect_server import BIN, standing_server


@pytest.fixture(scope="module")
def server(prefect_home, tmp_path_factory):
    with standing_server(tmp_path_factory.mktemp("prefect"), prefect_home) as started:
        yield started


@pytest.fixture(scope="module")
def deployed(server, clean_town, tmp_path_factory) -> Path:
    """A municipality that was deployed twice from another folder, without anything of a checkout beside it."""
    place = tmp_path_factory.mktemp("srv")
    for file in [*clean_town.glob("*.csv"), clean_town / "screening.toml"]:
        shutil.copy(file, place)
    with (place / "screening.toml").open("a") as file:
        file.write('\n[notify]\nquiet = "22:00-07:30"\n[[notify.channels]]\nfolder = "messages"\n')
    server.ask("POST", "/block_types/filter")  # a fresh server answers before its own blocks are there
    for _ in range(2):
        done = barrier(
            "deploy",
            "--config",
            place / "screening.toml",
            "--backup-to",
            "age1one",
            "--backup-keys-to",
            "age1two",
            cwd=tmp_path_factory.mktemp("elsewhere"),
            env=server.env,
        )
        assert done.code == 0, done.err
    assert "Prefect tells nobody" in done.out
    return place


def test_every_data_route_of_the_server_asks_for_the_password(server):
    for what in ("flow_runs", "deployments", "logs", "artifacts", "automations"):
        route = f"/{what}/filter"
        assert httpx.post(server.env["PREFECT_API_URL"] + route, json={}).status_code == 401
        server.ask("POST", route)


class OpenServer(http.server.BaseHTTPRequestHandler):
    """Answers as a Prefect server does that was started without a password."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_): ...


def test_a_server_that_answers_without_a_password_is_not_deployed_to(town):
    with http.server.HTTPServer(("127.0.0.1", 0), OpenServer) as open_server:
        threading.Thread(target=open_server.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{open_server.server_port}/api"
        refused = barrier("deploy", "--config", town / "screening.toml", env={"PREFECT_API_URL": url})
    assert refused.code == 2
    assert "answers without a password" in refused.err


def test_a_password_that_is_not_set_here_is_asked_for(server, town):
    env = {name: value for name, value in server.env.items() if name != "PREFECT_API_AUTH_STRING"}
    refused = barrier("deploy", "--config", town / "screening.toml", env=env)
    assert refused.code == 2
    assert "PREFECT_API_AUTH_STRING" in refused.err


def test_the_night_and_its_duties_stand_there_once_each_one_run_at_a_time(server, deployed):
    deployments = {each["name"]: each for each in server.ask("POST", "/deployments/filter")}
    town = next(name for name in deployments if "-" not in name.removesuffix("-9999"))
    assert set(deployments) == {town, *(f"{name}-{town}" for name in DUTIES)}
    night = deployments[town]
    assert night["entrypoint"] == "flows.night.schedule.night_flow.night_flow"
    assert night["parameters"] == {"configuration": str(deployed / "screening.toml"), "as_of": None}
    assert deployments[f"backup-{town}"]["parameters"]["options"] == ["--to", "age1one", "--keys-to", "age1two"]
    for each in deployments.values():
        [schedule] = each["schedules"]
        assert schedule["active"]
        assert schedule["schedule"]["timezone"] == "Europe/Amsterdam"
        assert each["global_concurrency_limit"]["limit"] == 1
        assert each["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
        assert each["work_pool_name"] == "barrier"
        assert set(each["tags"]) == {"barrier", f"municipality:{town}"}
        assert each["job_variables"]["env"]["PREFECT_RESULTS_PERSIST_BY_DEFAULT"] == "false"
    assert night["schedules"][0]["schedule"]["cron"] == "0 4 * * *"
    assert deployments[f"notify-{town}"]["schedules"][0]["schedule"]["cron"] == "30 7 * * *", "when quiet hours end"
    [automation] = server.ask("POST", "/automations/filter")
    assert automation["trigger"]["posture"] == "Proactive"


def test_a_worker_runs_the_night_and_the_server_learns_nothing_personal(server, deployed):
    deployments = {each["name"]: each["id"] for each in server.ask("POST", "/deployments/filter")}
    night = next(key for name, key in deployments.items() if f"verify-{name}" in deployments)
    run = server.ask("POST", f"/deployments/{night}/create_flow_run")
    worker = subprocess.run(
        [BIN / "prefect", "worker", "start", "--pool", "barrier", "--run-once"],
        env=server.env,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    run = server.ask("GET", f"/flow_runs/{run['id']}")
    state = run["state"]
    assert (state["type"], state["name"]) == ("COMPLETED", "Published"), worker.stdout + worker.stderr
    assert state["message"].endswith("gone. Exit code 0.")
    assert run["name"].startswith("Zomerwaard 20")
    of_run = {"flow_runs": {"id": {"any_": [run["id"]]}}}
    tasks = server.ask("POST", "/task_runs/filter", of_run)
    assert {task["name"].rsplit("-", 1)[0] for task in tasks} == {
        "mandate",
        "intake",
        "validate",
        "addresses",
        "parties",
        "indicators",
        "flags",
        "publish",
    }
    artifacts = server.ask("POST", "/artifacts/filter", of_run)
    assert {artifact["type"] for artifact in artifacts} == {"markdown", "table"}
    assert len([artifact for artifact in artifacts if artifact["type"] == "table"]) == len([*deployed.glob("*.csv")])
    events = server.until(
        "POST", "/events/filter", {"filter": {"event": {"prefix": ["barrier.night."]}}}, lambda answer: answer["events"]
    )["events"]
    assert [event["event"] for event in events] == ["barrier.night.published"]
    assert events[0]["payload"]["exit_code"] == 0
    assert events[0]["payload"]["flags"] > 0
    published = [path for path in (deployed / "var" / "runs").iterdir() if not path.name.startswith(".")]
    assert len(published) == 1
    names = [
        line.split(",")[1]
        for line in (deployed / "leidinggevenden.csv").read_text(encoding="utf-8").splitlines()[1:200]
    ]
    kept = b"".join(path.read_bytes() for path in server.home.rglob("*") if path.is_file())
    assert [name for name in names if len(name) > 11 and name.encode() in kept] == []


def test_there_is_nothing_to_deploy_to_without_a_server(town):
    refused = barrier("deploy", "--config", town / "screening.toml")
    assert refused.code == 2
    assert "PREFECT_API_URL" in refused.err


def test_a_block_that_is_not_there_is_named(server, town):
    words = ("deploy", "--config", town / "screening.toml", "--notify", "custom-webhook/nobody")
    refused = barrier(*words, env=server.env)
    assert refused.code == 2
    assert "custom-webhook/nobody" in refused.err


def test_a_fleet_is_a_flow_with_a_task_for_each_municipality(server, deployed, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "screening.toml").write_text("[municipality\n")
    members = "".join(f'[[municipality]]\nconfiguration = "{folder}/screening.toml"\n' for folder in (deployed, broken))
    quiet = '[notify]\nquiet = "22:00-06:45"\n[[notify.channels]]\nfolder = "messages"\n'
    (tmp_path / "fleet.toml").write_text(f'[fleet]\nname = "RIEC Oost"\nfolder = "fleet"\n{members}{quiet}')
    done = barrier("fleet", "deploy", "--fleet", tmp_path / "fleet.toml", env=server.env)
    assert "Deployed fleet/fleet-riec-oost" in done.out, done.err
    assert "--without-night" in done.out
    alarms = server.ask("POST", "/automations/filter")
    crashed = next(each for each in alarms if "riec" not in each["name"])
    late = {**crashed, "name": f"{crashed['name'].partition(':')[0]}: tell when no night came"}
    server.ask("POST", "/automations/", {key: late[key] for key in ("name", "trigger", "actions")})
    duties = barrier("deploy", "--without-night", "--config", deployed / "screening.toml", env=server.env)
    assert "is scheduled no longer: its fleet runs it" in duties.out, duties.err
    deployments = {each["name"]: each for each in server.ask("POST", "/deployments/filter")}
    assert {each["name"] for each in server.ask("POST", "/automations/filter")} == {each["name"] for each in alarms}
    town = next(name.removeprefix("verify-") for name in deployments if name.startswith("verify-"))
    assert {f"retention-{town}", f"anchor-{town}"} < deployments.keys()
    assert town not in deployments
    send = deployments["send-fleet-riec-oost"]
    assert send["schedules"][0]["schedule"]["cron"] == "45 6 * * *"
    assert send["parameters"] == {"name": FLEET_SEND, "configuration": str(tmp_path / "fleet.toml"), "options": []}
    fleet = deployments["fleet-riec-oost"]
    day = AS_OF.isoformat()
    run = server.ask("POST", f"/deployments/{fleet['id']}/create_flow_run", {"parameters": {"as_of": day}})
    server.run("prefect", "worker", "start", "--pool", "barrier", "--run-once", cwd=Path("/"))
    state = server.ask("GET", f"/flow_runs/{run['id']}")["state"]
    assert (state["type"], state["name"]) == ("FAILED", "Not all good")
    assert state["message"] == "1 of 2 nights were good. Exit code 4."
    tasks = server.ask("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    assert {task["name"]: task["state"]["name"] for task in tasks} == {
        "night of 0": "Published",
        "night of 1": "Refused",
    }
    assert (tmp_path / "fleet" / "overview.html").is_file()
