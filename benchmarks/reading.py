"""An officer who goes from page to page of a review that another process serves, and how long each page takes.

    python -m benchmarks.reading WORKSPACE

Serves the review of a workspace until its input ends; says first, as JSON, where it is and whom it knows.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import httpx

from benchmarks.review import NOW, OFFICER, Spread, spread
from screening.casework.cases.queue import queue
from screening.review import cookies as jar
from screening.store import Workspace
from screening.vocabulary import Purpose, Role

#: Between two pages, seconds.
_PAUSE_S = 0.02
#: Dossiers that are opened in turn, and pages that are asked for before any is measured.
_DOSSIERS, _WARMING = 200, 50


class Reader:
    """A signed-in officer. `place`: what the serving process says of itself."""

    def __init__(self, place: dict[str, object]) -> None:
        pages = place["pages"]
        assert isinstance(pages, dict)  # noqa: S101 - for the type checker
        self._client = httpx.Client(base_url=str(place["url"]), headers={"Cookie": str(place["cookie"])})
        self._pages = {kind: cycle(paths) for kind, paths in pages.items()}
        self._times: dict[str, list[tuple[float, float]]] = {kind: [] for kind in pages}  # moment, milliseconds

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
            until_then = [(milliseconds, 0.0) for moment, milliseconds in times if moment <= until]
            later[kind] = times[len(until_then) :]
            if until_then:
                spreads[kind] = spread(until_then)
        self._times = later
        return spreads


@contextmanager
def reader_of(workspace: Path) -> Iterator[Reader]:
    """A reader of the review of a workspace, which a process of its own serves."""
    command = [sys.executable, "-m", "benchmarks.reading", str(workspace)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    assert server.stdin is not None  # noqa: S101 - for the type checker
    assert server.stdout is not None  # noqa: S101 - for the type checker
    try:
        reader = Reader(json.loads(server.stdout.readline()))
        for _ in range(_WARMING):
            reader.read()
        reader.spreads()
        yield reader
    finally:
        server.stdin.close()
        server.wait()


def serve(workspace: Workspace) -> None:
    """Serve until the input ends."""
    from tests.review.conftest import serving  # noqa: PLC0415 - the tests' way to sign in without a provider

    with serving(workspace) as served:
        review = served.review
        review.clock.now = NOW
        officer = review.client(Role.OFFICER, account="o.fficier")
        cases = queue(review.store, OFFICER, limit=_DOSSIERS, after=f"{NOW.date()}.4", now=NOW).cases
        for case in cases:
            officer.state_purpose(case.case_id, Purpose.VERG)
        cookie = f"{review.app.state.application.cookies.name(jar.SESSION)}={officer.session_id}"
        pages = {"list": ["/zaken"], "dossier": [f"/zaken/{case.case_id}" for case in cases]}
        print(json.dumps({"url": served.url, "cookie": cookie, "pages": pages}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    serve(Workspace(Path(sys.argv[1])))
