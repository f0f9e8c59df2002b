"""The nights of a fleet on a Dask cluster, a task a municipality. A worker that dies has its night run by another."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from flows.cluster.calls import call_on_cluster
from flows.cluster.scheduler import scheduler_address
from flows.fleet.fleet_file import FleetTables, MemberTable
from flows.fleet.night_task import NightFiles, end_night_process, night_of
from flows.fleet.pool import FleetNight, NightPool
from flows.fleet.run import RunAll
from screening.base.errors import BarrierError
from screening.store.files import remove


def cluster_of_fleet(tables: FleetTables, task: Callable[[str, int], object] = night_of) -> RunAll | None:
    """What runs the nights on a cluster, where the environment names one; None: this machine does.

    Args:
        tables: The fleet.
        task: What a worker calls with the folder of the job and the number of a night.

    Raises:
        ConfigurationError: see `scheduler_address`.
    """
    address = scheduler_address()
    return partial(_run_on_cluster, tables, address, task) if address else None


def _run_on_cluster(
    tables: FleetTables,
    address: str,
    task: Callable[[str, int], object],
    _pool: NightPool,
    members: Sequence[MemberTable],
    as_of: date | None,
) -> list[FleetNight]:
    files = NightFiles(tables.fleet.folder / f"nights-{secrets.token_hex(8)}")
    try:
        files.write(tables, members, as_of)
        try:
            errors = call_on_cluster(address, task, files.folder, len(members), end_night_process)
        except BarrierError as error:  # the people of each municipality hear that its night did not come
            errors = [error] * len(members)
        return [
            files.night(member, as_of, number, error)
            for number, (member, error) in enumerate(zip(members, errors, strict=True))
        ]
    finally:
        remove(files.folder)
