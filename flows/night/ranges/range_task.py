"""What a worker does: score one range of a job. It is handed a path and a number and gives a path back."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

from flows.night.guard import fenced
from flows.night.ranges.range_files import RangeFiles
from screening.linking.pair_ranges import PairRange, RangeScorer

#: So long without a range to score a worker keeps the records of a job: who gave it may have been killed.
_IDLE_SECONDS = 600.0
_scoring = threading.Lock()
#: What lets go of them, at most one.
_idle: list[threading.Timer] = []


def score_range(folder: str, number: int) -> str:
    """Score a range of the job in a folder, unless somebody did already; return the file of its counts.

    Raises:
        BarrierError: without any value, since a scheduler keeps the texts of errors.
    """
    files = RangeFiles(Path(folder))

    def score(folder: str) -> None:
        with _scoring:
            try:
                scorer, ranges = _job(folder)
                files.write_result(number, scorer.score(ranges[number]))
            finally:
                _forget_when_idle()

    if not files.result(number).exists():
        fenced(f"parties, range {number}", score)(folder)
    return str(files.result(number))


def forget_job() -> None:
    """Let go of the records of the last job, which hold names."""
    with _scoring:
        _job.cache_clear()


def _forget_when_idle() -> None:
    while _idle:
        _idle.pop().cancel()
    timer = threading.Timer(_IDLE_SECONDS, forget_job)
    timer.daemon = True  # a worker that ends waits for none
    timer.start()
    _idle.append(timer)


@lru_cache(maxsize=1)
def _job(folder: str) -> tuple[RangeScorer, list[PairRange]]:
    """The records of a job, which a worker reads once; a folder has a name of its own."""
    files = RangeFiles(Path(folder))
    return files.scorer(), files.ranges()
