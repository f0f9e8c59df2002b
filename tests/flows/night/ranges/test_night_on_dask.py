"""A night as a flow on Prefect, its pairs on two workers of which one dies, publishes the files of one process.

The task runs of the ranges are those of the flow, through Prefect's Dask runner.
"""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.dask_cluster import DaskCluster, dask_cluster
from tests.conftest import barrier
from tests.prefect_server import PrefectServer, standing_server


@pytest.fixture(scope="module")
def server(prefect_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    with standing_server(tmp_path_factory.mktemp("prefect"), prefect_home) as started:
        yield started


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("dask")) as started:
        yield started


@pytest.mark.long
def test_a_night_on_two_workers_of_which_one_is_killed_has_the_files_of_one_process(
    server: PrefectServer, cluster: DaskCluster, town: Path, clean_run: dict
) -> None:
    env = {**server.env, **cluster.env, "BARRIER_DASK_LEAST_PAIRS": "1"}
    with cluster.client() as client, ThreadPoolExecutor(1) as thread:
        client.wait_for_workers(2, timeout=120)
        pids = client.run(os.getpid)
        for pid in pids.values():  # so that whoever is given work cannot have done it
            os.kill(pid, signal.SIGSTOP)
        night = thread.submit(barrier, "run", "--config", town / "screening.toml", "--prefect", "--json", env=env)
        try:
            busy: list[str] = []
            while not night.done() and not busy:
                busy = [address for address, tasks in client.processing().items() if tasks]
                time.sleep(0.05)
            assert busy, night.result()
            os.kill(pids[busy[0]], signal.SIGKILL)
        finally:
            for address, pid in pids.items():
                if address not in busy[:1]:
                    os.kill(pid, signal.SIGCONT)
        ran = night.result()
    assert ran.code == 0, ran.out + ran.err
    assert _digests(Path(ran.json["folder"])) == _digests(Path(clean_run["folder"]))
    assert not [path for path in (town / "var").rglob("*") if path.name.startswith("ranges-")]
    tasks = server.ask("POST", "/task_runs/filter")
    ranges = [task for task in tasks if task["name"].startswith("score range ")]
    assert len(ranges) > 5
    assert {task["state"]["type"] for task in ranges} == {"COMPLETED"}
    assert {task["flow_run_id"] for task in ranges} == {task["flow_run_id"] for task in tasks}


def _digests(run: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in run.glob("*.parquet")}
