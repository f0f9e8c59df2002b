"""Calls on a Dask cluster, for modules that are imported where the extra `dask` is not installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def call_on_cluster(
    address: str, function: Callable[[str, int], object], folder: Path, count: int, afterwards: Callable[[], None]
) -> list[BaseException | None]:
    """See `dask_client.call_for_each`."""
    from flows.cluster.dask_client import call_for_each  # of the extra `dask`  # noqa: PLC0415

    return call_for_each(address, function, str(folder.resolve()), count, afterwards)
