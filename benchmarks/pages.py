"""What a page of the review costs on a store with a million flags: processor time of the server, and compressed bytes.

    python -m benchmarks.pages [--flags 1000000] [--folder var/pages] [--database postgresql|sqlite] [--requests 1000]
                               [--only queue dossier ...] [--anew]

The store is made once and kept in the folder (minutes, and 6 GB at a million flags). The application is served by a
process of its own, over HTTP, on one core; each kind of page is asked for so many times, one after the other, after
fifty that are not counted. Told are the processor time of the server and, beside it, that of the database and the
clock. Whole dossiers alone are opened, each once before the own reading and, the second kind, after it. On a machine
that does other work too, the processor time says more than the clock.

Exit code 1 when a limit is exceeded: 30 ms for the queue, 100 ms for a dossier, 150 kB for all that a dossier loads.
"""

from __future__ import annotations

import argparse
import math
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from urllib.parse import urljoin

import httpx
import sqlalchemy as sa

from benchmarks.large_run import LETTERS, NOW
from benchmarks.large_store import OFFICER, databases, make_store, whole_cases, whole_dossiers
from benchmarks.reading import Spread, spread
from benchmarks.review_server import LEAD, OFFICERS, ReviewServer, officer, review_server
from screening.base.vocabulary import OwnReading
from screening.casework.cases.queue import QueueFilter, queue, release
from screening.casework.cases.readings import mark_opened, record_own_reading
from screening.casework.visits.lists import visit_lists
from screening.store import Store, Workspace, open_store
from screening.store.schema.cases import DOSSIER

QUEUE, READ, JUDGED = "queue", "dossier", "dossier, after the reading"
#: Kind of page -> milliseconds of processor of the server at most (p95).
LIMITS_MS = {QUEUE: 30.0, READ: 100.0, JUDGED: 100.0}
LIMIT_KB = 150.0
_WARMING = 50
#: Dossiers of which the officer has given the own reading.
_READINGS = 200
_LINKED = re.compile(r'<(?:link|script)\b[^>]*?\b(?:href|src)="([^"]+\.(?:css|js|svg|woff2)[^"]*)"')
_IN_STYLES = re.compile(r"url\(([^)]+\.woff2)\)")

Visit = Callable[[], httpx.Response]


@dataclass(frozen=True)
class Cost:
    """Milliseconds of the requests of a kind: processor of the server, of the database (PostgreSQL), and the clock."""

    server: Spread
    database: Spread
    clock: Spread


class Meter:
    """Measures requests: processor time of the server and of the database, and the clock."""

    def __init__(self, server: ReviewServer, store: Store) -> None:
        self._server, self._store = server, store

    def measure(self, visits: Iterator[Visit], requests: int, expected: int) -> Cost:
        """The cost of so many visits."""
        for _ in range(_WARMING):
            next(visits)()
        backends = self._backends()
        times: list[tuple[float, float, float]] = []
        for _ in range(requests):
            visit = next(visits)
            before, of_backends, clock = (
                processor_s(self._server.pid),
                [*map(processor_s, backends)],
                time.perf_counter(),
            )
            answer = visit()
            clock = time.perf_counter() - clock
            server = processor_s(self._server.pid) - before
            # a process of the database that ended meanwhile served nobody here
            database = sum(
                max(0.0, processor_s(pid) - until_now) for pid, until_now in zip(backends, of_backends, strict=True)
            )
            times.append((server, database, clock))
            if answer.status_code != expected:
                raise SystemExit(f"{answer.request.url.path}: {answer.status_code}")
        return Cost(*(spread([1000 * seconds for seconds in column]) for column in zip(*times, strict=True)))

    def _backends(self) -> list[int]:
        if self._store.engine.dialect.name == "sqlite":
            return []
        with self._store.engine.connect() as connection:
            query = sa.text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
            return list(connection.scalars(query))


def processor_s(pid: int) -> float:
    """Processor seconds that a process has used, by the clock that Linux keeps of it; 0 of one that has ended."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def visits_of(server: ReviewServer, store: Store, cases: list[str], read: list[str]) -> dict[str, Iterator[Visit]]:
    """Kind of page -> visits without end."""
    first, lead = server.people[officer(0)], server.people[LEAD]
    officers = cycle([server.people[officer(number)] for number in range(1, OFFICERS - 1)])
    taker, last = replace(OFFICER, account=officer(OFFICERS - 1)), server.people[officer(OFFICERS - 1)]
    numbers = iter(range(1_000, 1_000_000, 7))

    def get(*paths: str, of: httpx.Client = first.client) -> Iterator[Visit]:
        return (partial(of.get, path) for path in cycle(paths))

    def search(fields: Callable[[int], dict[str, str]]) -> Iterator[Visit]:
        for number, person in zip(numbers, officers, strict=False):
            form = {"csrf_token": person.token, "doel": "P-VERG", **fields(number)}
            yield partial(person.client.post, "/zoeken", data=form)

    def take() -> Iterator[Visit]:
        while True:
            yield partial(last.client.post, "/zaken/volgende", data={"csrf_token": last.token})
            for case in queue(store, taker, filters=QueueFilter(mine=True), now=NOW).cases:
                release(store, taker, case.case_id, version=case.version, now=NOW)

    soon = f"{NOW.date() + timedelta(days=7):%d-%m-%Y}"
    areas = [f"/zaken?gebied={1000 + area}" for area in range(900)]
    middle = queue(store, OFFICER, after=f"{NOW.date() - timedelta(days=20)}.8", now=NOW).next_after
    [visits] = visit_lists(store, OFFICER)
    return {
        QUEUE: get("/zaken"),
        "queue, in the middle": get(f"/zaken?na={middle}"),
        "queue, one area": get(*areas),
        "queue, nearly late": get(f"/zaken?voor={soon}"),
        "queue, closed": get("/zaken?staat=closed"),
        "next case": take(),
        READ: get(*(f"/zaken/{case_id}" for case_id in cases)),
        JUDGED: get(*(f"/zaken/{case_id}" for case_id in read)),
        "start, officer": get("/"),
        "start, lead": get("/", of=lead.client),
        "work": get("/werk", of=lead.client),
        "search, address": search(lambda number: {"postcode": postcode(number), "huisnummer": str(1 + number // 900)}),
        "search, KVK": search(lambda number: {"kvk": str(10_000_000 + number)}),
        "search, nothing there": search(lambda _: {"kvk": "99999999"}),
        "after the judgement": get("/na-het-oordeel"),
        "visits": get("/bezoeken"),
        "visits, one list": get(f"/bezoeken/{visits.list_id}"),
        "visits, new list": get("/bezoeken/nieuw"),
    }


def postcode(number: int) -> str:
    """The postcode of an address of the large run (`large_run`)."""
    return f"{1000 + number % 900}{LETTERS[number // 18_000 % 20]}{LETTERS[number // 900 % 20]}"


def read_before(store: Store, cases: list[str]) -> None:
    """Give the own reading of each of these."""
    for case_id in cases:
        mark_opened(store, OFFICER, case_id, DOSSIER, now=NOW)
        record_own_reading(store, OFFICER, case_id, OwnReading.ONDUIDELIJK, "Kan beide kanten op.", now=NOW)


def loaded_bytes(client: httpx.Client, path: str) -> dict[str, int]:
    """What a browser loads of a page -> its bytes as they come over the line."""

    def load(url: str) -> tuple[int, str]:
        with client.stream("GET", url) as answer:
            text = answer.read().decode("utf-8", "replace")
            return answer.num_bytes_downloaded, text

    size, page = load(path)
    sizes = {path: size}
    for url in sorted({urljoin(path, linked) for linked in _LINKED.findall(page)}):
        sizes[url], text = load(url)
        if url.split("?")[0].endswith(".css"):
            for font in _IN_STYLES.findall(text):
                font_url = urljoin(url, font.strip("'\""))
                sizes.setdefault(font_url, load(font_url)[0])
    return sizes


_HEAD = (
    f"{'milliseconds':28} {'server CPU: p50':>15} {'p95':>7} {'longest':>8} {'database CPU p95':>17} {'clock p95':>10}"
)


def print_cost(kind: str, cost: Cost) -> None:
    """One line."""
    print(f"{kind:36} {cost.server} {cost.database.p95:17.1f} {cost.clock.p95:10.1f}", flush=True)


def main() -> int:
    """Make, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flags", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("var/pages"))
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--only", nargs="*", help="beginnings of the kinds of pages; all of them by default")
    parser.add_argument("--anew", action="store_true", help="make the store anew")
    given = parser.parse_args()
    folder = (given.folder / f"{given.database}-{given.flags}").resolve()
    if given.anew:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    workspace, is_there = Workspace(folder / "workspace"), folder / "made"
    with databases(folder, given.database) as urls, open_store(urls["store"] or workspace) as store:
        if not is_there.exists():
            started = time.perf_counter()
            make_store(store, workspace, given.flags, whole_dossiers(given.folder.resolve()))
            is_there.touch()
            print(f"made in {time.perf_counter() - started:.0f} s", flush=True)
        cases = whole_cases(store, given.requests + _WARMING + _READINGS)
        if len(cases) <= _READINGS:
            raise SystemExit("All whole dossiers of the store were opened: make it --anew.")
        read, unread = cases[:_READINGS], cases[_READINGS:]
        read_before(store, read)
        with review_server(workspace.path, urls=urls, opened=cases) as server:
            meter, costs = Meter(server, store), dict[str, Cost]()
            print(_HEAD)
            for kind, visits in visits_of(server, store, unread, read).items():
                if not given.only or kind.startswith(tuple(given.only)):
                    expected = 303 if kind == "next case" else 200
                    costs[kind] = meter.measure(visits, given.requests, expected)
                    print_cost(kind, costs[kind])
            sizes = loaded_bytes(server.people[officer(0)].client, f"/zaken/{unread[0]}")
    beyond = [kind for kind, cost in costs.items() if cost.server.p95 > LIMITS_MS.get(kind, math.inf)]
    print(f"\n{'a dossier loads, compressed':60} {sum(sizes.values()) / 1000:8.1f} kB")
    for url, size in sorted(sizes.items(), key=lambda pair: -pair[1]):
        print(f"  {url:58} {size / 1000:8.1f} kB")
    if sum(sizes.values()) > LIMIT_KB * 1000:
        beyond.append("bytes of a dossier")
    print(f"beyond the limit: {', '.join(beyond) or 'nothing'}")
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
