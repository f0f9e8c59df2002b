"""Ranges of candidate pairs on a Dask cluster: by path, number, JSON and Parquet.

A worker that dies costs what it was doing: Dask gives it to another.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from flows.cluster.calls import call_on_cluster
from flows.cluster.scheduler import scheduler_address
from flows.night.ranges.range_files import RangeFiles
from flows.night.ranges.range_task import forget_job, score_range
from screening.base.errors import ConfigurationError
from screening.linking.encode import Records
from screening.linking.model import LinkModel
from screening.linking.pair_ranges import PairRange, RangePairs, RangeWorkers
from screening.store.files import remove

#: Environment variable that says another number than LEAST_PAIRS.
LEAST = "BARRIER_DASK_LEAST_PAIRS"
#: Candidate pairs below which one process does the work: a cluster reads the records once more a worker and each
#: range costs a little (measured: docs/cluster.md).
LEAST_PAIRS = 100_000_000
#: Candidate pairs of a range: seconds of work, so that two workers end together and a dead one costs little.
RANGE_PAIRS = 10_000_000


def cluster_of_night(folder: Path) -> RangeWorkers | None:
    """The cluster that scores the pairs of a large municipality, where the environment names one.

    Args:
        folder: The folder of the night, which the workers reach under the same path.

    Raises:
        ConfigurationError: see `scheduler_address`; or LEAST is no number.
    """
    address = scheduler_address()
    if address is None:
        return None
    least = os.environ.get(LEAST) or str(LEAST_PAIRS)
    if not least.isdecimal():
        raise ConfigurationError(f"{LEAST}: a whole number of candidate pairs is expected.")
    return RangeWorkers(partial(score_on_cluster, address, folder), int(least), RANGE_PAIRS)


def score_on_cluster(
    address: str, folder: Path, model: LinkModel, records: Records, ranges: Sequence[PairRange]
) -> list[RangePairs]:
    """Score ranges on a cluster; results in the order of the ranges.

    Raises:
        BarrierError: what the cluster, or a range on it, ended with.
        ConfigurationError: tls without certificates.
    """
    files = RangeFiles(folder / f"ranges-{secrets.token_hex(8)}")
    try:
        files.write(model, records, ranges)
        errors = call_on_cluster(address, score_range, files.folder, len(ranges), forget_job)
        if error := next(filter(None, errors), None):
            raise error
        return [files.read_result(number) for number in range(len(ranges))]
    finally:
        remove(files.folder)
