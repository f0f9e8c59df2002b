"""A cluster of two workers gives the pairs of one process, also when one is killed while it compares them."""

from __future__ import annotations

import signal
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.dask_cluster import DaskCluster, dask_cluster
from benchmarks.linking.dutch import generate
from benchmarks.linking.jobs import dutch_own
from flows.cluster import dask_client
from flows.cluster.scheduler import SCHEDULER, ClusterError
from flows.night.ranges import on_dask
from flows.night.ranges.on_dask import LEAST, cluster_of_night
from screening.base.errors import ConfigurationError
from screening.linking import train
from screening.linking.encode import encode
from screening.linking.linking import Linked, link_encoded
from tests.flows.cluster.killing import killed_at_work


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path) as started, started.joined(**{LEAST: "1"}):
        yield started


def test_two_workers_of_which_one_is_killed_while_it_compares_give_the_pairs_of_one_process(
    cluster: DaskCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_dask, "RANGE_PAIRS", 1_000_000)  # three ranges of tenths of a second
    persons = generate(20_000, seed=5)
    coarse = replace(dutch_own(), blocking=(("birth_date:year",), ("core", "birth_date")))
    model = train(persons, coarse)
    records = encode(persons, model.settings)
    direct = link_encoded(model, records)
    assert direct.compared > 2_000_000
    on_cluster = partial(link_encoded, model, records, workers=cluster_of_night(tmp_path))
    with cluster.client() as client, ThreadPoolExecutor(1) as thread:
        client.wait_for_workers(2, timeout=120)
        linking: Future[Linked] = thread.submit(on_cluster)
        killed_at_work(client, "screening/linking/pair_ranges.py", linking)
        apart = linking.result(300)
        assert apart.pairs.equals(direct.pairs)
        assert apart.compared == direct.compared
        with pytest.raises(OSError, match=r"certificate required|reset|EOF"):
            _greet_without_certificate(cluster)
        assert not list(tmp_path.glob("ranges-*"))

        monkeypatch.setattr(dask_client, "CONNECT_SECONDS", 1)
        for process in cluster.workers:
            process.send_signal(signal.SIGKILL)
        with pytest.raises(ClusterError, match="no worker"):
            on_cluster()
        cluster.processes[0].kill()
        with pytest.raises(ClusterError, match="no scheduler answers") as away:
            on_cluster()
        assert away.value.may_pass
        assert not list(tmp_path.glob("ranges-*"))


def _greet_without_certificate(cluster: DaskCluster) -> None:
    address = urlsplit(cluster.env[SCHEDULER])
    trusting = ssl.create_default_context(cafile=cluster.env["DASK_DISTRIBUTED__COMM__TLS__CA_FILE"])
    with (
        socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as open_socket,
        trusting.wrap_socket(open_socket, server_hostname=address.hostname) as greeted,
    ):
        if not greeted.recv(1):
            raise OSError("EOF")


def test_a_night_asks_nobody_where_no_scheduler_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SCHEDULER, raising=False)
    assert cluster_of_night(tmp_path) is None


def test_the_least_number_of_pairs_is_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCHEDULER, "tcp://127.0.0.1:8786")
    monkeypatch.setenv(LEAST, "many")
    with pytest.raises(ConfigurationError, match=LEAST):
        cluster_of_night(tmp_path)
