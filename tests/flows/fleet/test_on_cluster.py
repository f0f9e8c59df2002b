"""The nights of a fleet on two workers, of which one dies in the middle of a night, publish what this machine would."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.dask_cluster import DaskCluster, dask_cluster
from flows.fleet.fleet_file import load_fleet
from flows.fleet.night_task import NightFiles, end_night_process, night_of
from screening.base.errors import BarrierError
from screening.base.vocabulary import NightKind
from tests.conftest import AS_OF, barrier
from tests.prefect_server import PrefectServer, standing_server


@pytest.fixture(scope="module")
def server(prefect_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    with standing_server(tmp_path_factory.mktemp("prefect"), prefect_home) as started:
        yield started


@pytest.fixture(scope="module")
def cluster(server: PrefectServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("dask")) as started:
        yield started


def fleet_file(folder: Path, towns: dict[str, Path]) -> Path:
    """A fleet of copies of these municipalities, and one whose configuration is broken."""
    members = ""
    for name, town in {**towns, "broken": None}.items():
        if town:
            shutil.copytree(town, folder / name, ignore=shutil.ignore_patterns("var", "truth"))
        else:
            (folder / name).mkdir(parents=True)
            (folder / name / "screening.toml").write_text("[municipality\n")
        members += f'[[municipality]]\nconfiguration = "{name}/screening.toml"\n'
    (folder / "fleet.toml").write_text(f'[fleet]\nname = "RIEC Oost"\nfolder = "fleet"\n{members}')
    return folder / "fleet.toml"


@pytest.mark.long
def test_a_fleet_on_two_workers_of_which_one_is_killed_in_a_night_publishes_the_files_of_one_process(
    server: PrefectServer, cluster: DaskCluster, clean_town: Path, clean_run: dict, tmp_path: Path
) -> None:
    file = fleet_file(tmp_path, {"noord": clean_town, "oost": clean_town})
    both = PrefectServer({**server.env, **cluster.env}, server.client)
    server.ask("POST", "/block_types/filter")  # a fresh server answers before its own blocks are there
    done = barrier("fleet", "deploy", "--fleet", file, env=both.env)
    assert "Deployed fleet/fleet-riec-oost" in done.out, done.err
    [fleet] = server.ask("POST", "/deployments/filter")
    day = AS_OF.isoformat()
    run = server.ask("POST", f"/deployments/{fleet['id']}/create_flow_run", {"parameters": {"as_of": day}})
    with cluster.client() as client, ThreadPoolExecutor(1) as thread:
        client.wait_for_workers(2, timeout=120)
        pids = client.run(os.getpid)
        words = ("prefect", "worker", "start", "--pool", "barrier", "--run-once")
        ran = thread.submit(both.run, *words, cwd=Path("/"))
        stagings = [tmp_path / name / "var" / "staging" for name in ("noord", "oost")]
        while not ran.done() and not all(any(staging.glob("*")) for staging in stagings):
            time.sleep(0.05)
        assert not ran.done(), ran.result()
        os.kill(next(pids[worker] for worker, tasks in client.processing().items() if tasks), signal.SIGKILL)
        ran.result()
    state = server.ask("GET", f"/flow_runs/{run['id']}")["state"]
    assert state["message"] == "2 of 3 nights were good. Exit code 4."
    for name in ("noord", "oost"):
        [published] = (tmp_path / name / "var" / "runs").glob("[0-9a-f]*")
        assert digests(published) == digests(Path(clean_run["folder"]))
    assert not list((tmp_path / "fleet").glob("nights-*"))
    tasks = server.ask("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    assert {task["name"]: task["state"]["name"] for task in tasks} == {
        "night of municipality 0": "Published",
        "night of municipality 1": "Published",
        "night of municipality 2": "Refused",
    }


def digests(run: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in run.glob("*.parquet")}


def test_a_night_of_a_job_has_an_answer_once_and_one_without_an_answer_failed(tmp_path: Path) -> None:
    tables = load_fleet(fleet_file(tmp_path, {}))
    files = NightFiles(tmp_path / "job")
    files.write(tables, tables.municipality * 2, AS_OF)
    try:
        answer = Path(night_of(str(files.folder), 0))
        whole = answer.read_bytes(), answer.stat().st_mtime_ns
        assert night_of(str(files.folder), 0) == str(answer)
        assert (answer.read_bytes(), answer.stat().st_mtime_ns) == whole
        refused = files.night(tables.municipality[0], AS_OF, 0, None)
        assert refused.report.kind == NightKind.REFUSED
        failed = files.night(tables.municipality[0], AS_OF, 1, BarrierError("Workers died."))
        assert (failed.report.kind, failed.report.reason) == (NightKind.FAILED, "Workers died.")
        assert {path.stat().st_mode & 0o777 for path in files.folder.iterdir()} == {0o600}
    finally:
        end_night_process()
