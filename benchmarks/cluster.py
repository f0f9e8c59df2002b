"""What a second machine gains: the same pairs by one worker of a Dask cluster, by two, and by one process.

    python -m benchmarks.cluster [--records 520000] [--seed 5]

Each worker has a core of its own, which nothing else here uses but the scheduler and the client, who wait. The job is
one large municipality whose pairs are too many: the persons of the linking benchmark, compared by year of birth. Beside
the workers stand one process as `barrier run` is one, and the same ranges on threads of one process. All four must give
the same bytes. Exit code 1: they do not, or two workers are less than 1.6 times as fast as one on a job of three
minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks.dask_cluster import dask_cluster
from benchmarks.linking.dutch import generate
from benchmarks.linking.jobs import dutch_own
from flows.night.ranges.on_dask import LEAST, RANGE_PAIRS, cluster_of_night
from screening.linking import train
from screening.linking.encode import Records, encode
from screening.linking.linking import Linked, link_encoded
from screening.linking.model import LinkModel
from screening.linking.pair_ranges import PairRange, RangePairs, RangeScorer, RangeWorkers

#: How much faster two workers are than one, and the seconds that one must have worked for that to mean something.
LEAST_RATIO = 1.6
LEAST_SECONDS = 180.0
#: Keys that make too many pairs, as those of a large municipality do: a thousandfold of what DUTCH_BLOCKING makes.
BLOCKING: tuple[tuple[str, ...], ...] = (("birth_date:year",), ("core", "birth_date"))


@dataclass(frozen=True)
class Measured:
    """What a way to link took: seconds by the clock, processor seconds and peak memory (MiB) of whoever compared.

    The memory is that of the largest process; `digest`: of the pairs.
    """

    name: str
    seconds: float
    processor_seconds: float
    peak_mib: float
    compared: int
    digest: str

    def line(self, plain: float) -> str:
        """Return a row of the table. `plain`: the seconds of one process."""
        return (
            f"{self.name:<28}{self.seconds:>9.1f}{self.processor_seconds:>10.1f}{self.peak_mib:>10.0f}"
            f"{plain / self.seconds:>10.2f}  {self.digest[:12]}"
        )


def main(arguments: Sequence[str]) -> int:
    """Measure, print a table, and say whether two workers are worth it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=520_000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--side", choices=("plain", "threads"), help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    persons = generate(asked.records, seed=asked.seed)
    model = train(persons, replace(dutch_own(), blocking=BLOCKING, max_block=asked.records))  # no block is cut
    records = encode(persons, model.settings)
    cores = sorted(os.sched_getaffinity(0))[:2]
    if asked.side:
        threads = partial(_on_threads, model, records, len(cores))
        print(_side(threads if asked.side == "threads" else partial(link_encoded, model, records)))
        return 0
    rows = [
        _on_workers("one worker, one core", model, records, cores[:1]),
        _on_workers("two workers, a core each", model, records, cores),
        _in_process("one process", "plain", asked),
        _in_process("one process, its threads", "threads", asked),
    ]
    one, two, plain, _ = rows
    print(f"{asked.records:,} records, {plain.compared:,} pairs compared, {len(os.sched_getaffinity(0))} cores")
    print(f"{'':<28}{'seconds':>9}{'CPU s':>10}{'MiB':>10}{'× plain':>10}  pairs")
    for row in rows:
        print(row.line(plain.seconds))
    ratio = one.seconds / two.seconds
    print(f"two workers are {ratio:.2f} times as fast as one ({LEAST_RATIO} asked on {LEAST_SECONDS:.0f} s or more)")
    if len({row.digest for row in rows}) > 1:
        print("the pairs differ")
        return 1
    if one.seconds < LEAST_SECONDS:
        print(f"too small a job to say so: one worker took {one.seconds:.0f} s")
        return 0
    return int(ratio < LEAST_RATIO)


def _on_workers(name: str, model: LinkModel, records: Records, cores: Sequence[int]) -> Measured:
    """Link on a cluster with a worker on each core, started beforehand; from the records in memory to the pairs."""
    with (
        tempfile.TemporaryDirectory() as folder,
        dask_cluster(Path(folder), cores) as cluster,
        cluster.joined(**{LEAST: "1"}),
        cluster.client() as client,
    ):
        client.wait_for_workers(len(cores), timeout=120)
        before = sum(client.run(time.process_time).values())
        started = time.perf_counter()
        linked = link_encoded(model, records, workers=cluster_of_night(Path(folder)))
        seconds = time.perf_counter() - started
        used = sum(client.run(time.process_time).values()) - before
        peaks = [usage.ru_maxrss / 1024 for usage in client.run(resource.getrusage, resource.RUSAGE_SELF).values()]
    return Measured(name, seconds, used, max(peaks), linked.compared, _digest(linked))


def _in_process(name: str, side: str, asked: argparse.Namespace) -> Measured:
    """Link in a process of its own, with all the threads that its libraries begin."""
    command = [sys.executable, "-m", "benchmarks.cluster", "--records", str(asked.records), "--seed", str(asked.seed)]
    done = subprocess.run([*command, "--side", side], check=True, capture_output=True, text=True)  # noqa: S603
    return Measured(name, **json.loads(done.stdout))


def _side(link: Callable[[], Linked]) -> str:
    """Link here, and say what that took."""
    began, before = time.perf_counter(), time.process_time()
    linked = link()
    seconds, used = time.perf_counter() - began, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    measured = asdict(Measured("", seconds, used, peak, linked.compared, _digest(linked)))
    del measured["name"]
    return json.dumps(measured)


def _on_threads(model: LinkModel, records: Records, threads: int) -> Linked:
    """Link with the ranges of a cluster on threads of this process."""

    def score(model: LinkModel, records: Records, ranges: Sequence[PairRange]) -> list[RangePairs]:
        scorer = RangeScorer(model, records)
        scorer.cut()  # makes the blocks, which threads then only read
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(scorer.score, ranges))

    return link_encoded(model, records, workers=RangeWorkers(score, 1, RANGE_PAIRS))


def _digest(linked: Linked) -> str:
    """The bytes of the pairs, in their order."""
    digest = hashlib.sha256()
    for column in linked.pairs.iter_columns():
        digest.update(column.hash(seed=1).to_numpy().tobytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
