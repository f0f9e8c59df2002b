"""An officer who goes from page to page of a review that another process serves, and how long each page takes."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from benchmarks.large_run import NOW
from benchmarks.large_store import OFFICER
from benchmarks.review_server import Person, review_server
from screening.casework.cases.queue import queue
from screening.store import Workspace, open_store

#: Between two pages, seconds.
_PAUSE_S = 0.02
#: Dossiers that are opened in turn, and pages that are asked for before any is measured.
_DOSSIERS, _WARMING = 200, 50


@dataclass(frozen=True)
class Spread:
    """Milliseconds of so many calls: median, 95th percentile, longest."""

    calls: int
    median: float
    p95: float
    longest: float

    def __str__(self) -> str:
        return f"{self.median:7.1f} {self.p95:7.1f} {self.longest:8.1f}"


def spread(times: Sequence[float]) -> Spread:
    """The spread of some times, in their unit."""
    ordered = sorted(times)
    return Spread(len(ordered), ordered[len(ordered) // 2], ordered[math.ceil(len(ordered) * 0.95) - 1], ordered[-1])


class Reader:
    """A signed-in officer, and the dossiers that they open in turn."""

    def __init__(self, officer: Person, cases: Sequence[str]) -> None:
        self._client = officer.client
        self._pages = {"list": cycle(["/zaken"]), "dossier": cycle(f"/zaken/{case_id}" for case_id in cases)}
        self._times: dict[str, list[tuple[float, float]]] = {kind: [] for kind in self._pages}  # moment, milliseconds

    def read(self) -> None:
        """One page of each kind, with a pause after each."""
        for kind, paths in self._pages.items():
            clock = time.perf_counter()
            answer = self._client.get(next(paths))
            self._times[kind].append((time.time(), (time.perf_counter() - clock) * 1000))
            if answer.status_code != 200:
                raise SystemExit(f"{kind}: {answer.status_code}")
            time.sleep(_PAUSE_S)

    def spreads(self, until: float = math.inf) -> dict[str, Spread]:
        """Milliseconds of each kind of page since this was last asked, up to a moment (Unix time)."""
        spreads, later = {}, {}
        for kind, times in self._times.items():
            until_then = [milliseconds for moment, milliseconds in times if moment <= until]
            later[kind] = times[len(until_then) :]
            if until_then:
                spreads[kind] = spread(until_then)
        self._times = later
        return spreads


@contextmanager
def reader_of(workspace: Path) -> Iterator[Reader]:
    """A reader of the review of a workspace, which a process of its own serves."""
    with open_store(Workspace(workspace)) as store:
        page = queue(store, OFFICER, limit=_DOSSIERS, after=f"{NOW.date()}.4", now=NOW)
    cases = [case.case_id for case in page.cases]
    with review_server(workspace, opened=cases) as server:
        reader = Reader(server.people[OFFICER.account], cases)
        for _ in range(_WARMING):
            reader.read()
        reader.spreads()
        yield reader
