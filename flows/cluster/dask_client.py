"""Calls of a Dask cluster, of the extra `dask`: a function by its name, a folder and a number."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from distributed import Client, Future, KilledWorker, wait
from distributed.security import Security

from flows.cluster.prefect_tasks import TaskRuns, error_of_state, running_flow
from flows.cluster.scheduler import CONNECT_SECONDS, SCHEDULER, ClusterError
from screening.base.errors import BarrierError, ConfigurationError

#: What a worker does: a function at the top of an installed module, of the folder of a job and a number. What it gives
#: stands in the folder, under a name that says that it is whole: so it may be called twice, by whoever.
Numbered = Callable[[str, int], object]


def call_for_each(
    address: str, function: Numbered, folder: str, count: int, afterwards: Callable[[], None]
) -> list[BaseException | None]:
    """Call a function on a cluster for every number below `count`, and wait for all of them.

    Where a flow runs on a standing Prefect server the calls are task runs of it, through Prefect's Dask runner; else
    they are calls of Dask.

    Args:
        address: The scheduler of the cluster.
        function: What is called.
        folder: The folder of the job, which every worker reaches under the same path.
        count: How many calls.
        afterwards: What every worker does at the end.

    Returns:
        What each call raised, in order; None where it ended well.

    Raises:
        ClusterError: no scheduler answers, or no worker is left.
        ConfigurationError: tls without certificates.
    """
    flow = running_flow()
    with _cluster_faults_named():
        if flow:
            runs = TaskRuns(flow, address, client_options(address))
            return runs.call(lambda client: _ended(client, runs.begin(function, folder, count), afterwards))
        with Client(address, **client_options(address)) as client:
            futures = client.map(function, [folder] * count, range(count), pure=False)
            return _ended(client, futures, afterwards)


def client_options(address: str) -> dict[str, Any]:
    """How a client of the cluster connects, with the certificates that Dask's own configuration names.

    Raises:
        ConfigurationError: tls without certificates.
    """
    options: dict[str, Any] = {"timeout": CONNECT_SECONDS, "set_as_default": False}
    if not address.startswith("tls://"):
        return options
    secure = Security(require_encryption=True)
    if not (secure.tls_ca_file and secure.tls_client_cert):
        raise ConfigurationError(
            f"{SCHEDULER}: tls needs certificates: DASK_DISTRIBUTED__COMM__TLS__CA_FILE, and "
            "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT with __KEY. docs/cluster.md has the lines."
        )
    return {**options, "security": secure}


def _ended(client: Client, futures: Sequence[Future], afterwards: Callable[[], None]) -> list[BaseException | None]:
    """Wait for all, and for as long as there is a worker."""
    try:
        had_workers = True
        while True:
            with client.as_current(), suppress(TimeoutError):
                wait(futures, timeout=CONNECT_SECONDS)
                return [_error(future) for future in futures]
            has_workers = bool(client.nthreads())
            if not has_workers and not had_workers:
                raise ClusterError(
                    f"The Dask cluster has had no worker for {CONNECT_SECONDS} seconds. Start some, or unset "
                    f"{SCHEDULER}: then this machine does the work."
                )
            had_workers = has_workers
    finally:
        with suppress(OSError, CancelledError):
            client.run(afterwards)


def _error(future: Future) -> BaseException | None:
    error: BaseException | None = future.exception() or error_of_state(future.result())
    if error is None or isinstance(error, BarrierError):
        return error
    if isinstance(error, KilledWorker):
        return ClusterError(
            "Workers of the Dask cluster died again and again at the same work. They may have too little memory: "
            "docs/cluster.md says what one needs."
        )
    return BarrierError(f"A worker of the Dask cluster failed: {type(error).__name__}.")  # a text may hold a value


@contextmanager
def _cluster_faults_named() -> Iterator[None]:
    """Say what became of a cluster that does not answer."""
    try:
        yield
    except (OSError, CancelledError) as error:
        raise ClusterError(
            f"{SCHEDULER}: no scheduler answers within {CONNECT_SECONDS} seconds, or it ended "
            f"({type(error).__name__}). Start it, or unset the variable: then this machine does the work."
        ) from None
