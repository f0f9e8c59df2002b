"""The review at the size of a decade: a store with a million flags, and how long an officer waits for a page.

    python -m benchmarks.review [--flags 1000000] [--folder var/review] [--calls 200] [--publish 100000] [--anew]

The store is filled once with rows made by the database itself and kept in the folder. Measured, by the clock and by the
processor: the calls that a page makes (the queue under several filters, one dossier with its material, evidence and
readiness, taking a case), the pages themselves over HTTP for an officer who is signed in, and, with `--publish`, those
pages while another process publishes a run of so many flags into the same store. Exit code 1 when a limit is exceeded.
"""

from __future__ import annotations

# ruff: noqa: S608 - every statement is made of names and numbers of this file
import argparse
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from screening.casework.cases.case import get_case, material
from screening.casework.cases.queue import QueueFilter, next_case, queue, release
from screening.casework.cases.readings import mark_opened, readiness, record_own_reading, reveal
from screening.casework.cases.sync import sync_cases
from screening.casework.viewer import Viewer
from screening.store import Store, Workspace, open_store
from screening.store.schema.runs import run
from screening.store.sqlite_driver import Connection
from screening.vocabulary import CaseState, OwnReading, Purpose, Role

AS_OF = date(2026, 11, 1)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LIMIT_MS = 100.0
LIMIT_PUBLISHING_MS = 300.0
OFFICER = Viewer("o.fficier", frozenset({Role.OFFICER}))
REVIEWER = Viewer("r.eviewer", frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER}))

_SERIES = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
_RUN = "bbbbbbbbbbbbbbbbbbbbbbbb"
_ID = "printf('999901%010d', i)"
_ADDRESS = "printf('Proefstraat %d, %d AA Voorbeeldstad', i, 1000 + i % 900)"

#: Table -> SELECT of its rows for the numbers `i`: two records, a party and a hit or two an address.
_ROWS = {
    "flag": f"SELECT '{_RUN}', {_ID}, {_ADDRESS}, 'A', '[\"LIC-04\"]', '[\"WERKPLEK\"]', '[\"vergunningen\"]', "
    "i % 50 = 0, '2026-11-01' FROM n WHERE i <= {flags}",
    "dossier_address": f"SELECT '{_RUN}', {_ID}, {_ADDRESS}, CASE WHEN i <= {{flags}} THEN 'flag' ELSE 'sample' END "
    "FROM n",
    "sample": f"SELECT '{_RUN}', {_ID}, '2026-11-01' FROM n WHERE i > {{flags}}",
    "evidence": f"SELECT '{_RUN}', i * 2, {_ID}, CASE WHEN i % 50 = 0 THEN 'SEX-01' ELSE 'LIC-04' END, 1, 'A', "
    "'WERKPLEK', 'vergunningen', '[\"vergunningen:Z' || i || '\"]', '{{\"days\": 31}}', NULL, NULL, "
    "'Vergunning Z' || i || ' liep af.', 'Licence Z' || i || ' expired.', '[]' FROM n WHERE i <= {flags} "
    f"UNION ALL SELECT '{_RUN}', i * 2 + 1, {_ID}, 'NUI-01', 1, 'B', 'WERKPLEK', 'meldingen', "
    "'[\"meldingen:M' || i || '\"]', '{{}}', NULL, NULL, 'Meldingen.', 'Reports.', '[]' FROM n "
    "WHERE i <= {flags} AND i % 5 = 0",
    "dossier_record": f"SELECT '{_RUN}', {_ID}, 'vergunningen', 'Z' || i, 'f' || i, "
    '\'{{"status": "verlopen", "zaaknummer": "Z\' || i || \'"}}\', \'2026-10-31\' FROM n '
    f"UNION ALL SELECT '{_RUN}', {_ID}, 'meldingen', 'M' || i, NULL, "
    "'{{\"subcategorie\": \"geluidsoverlast-muziek\"}}', '2026-10-30' FROM n",
    "dossier_place": f"SELECT '{_RUN}', {_ID}, 'vergunningen', 'Z' || i, 1, NULL, i, 'exact', '[]' FROM n",
    "dossier_party": f"SELECT '{_RUN}', 'vergunningen:Z' || i || ':houder:person', 'vergunningen', 'Z' || i, 'p' || i, "
    "'houder', 'person', 'Proefpersoon ' || i, '1970-01-01', NULL, 'f' || i FROM n",
}


def build(workspace: Workspace, flags: int) -> None:
    """A store with one published run of so many flags and a tenth as many sampled addresses; without cases."""
    open_store(workspace).close()
    last = flags + flags // 10
    with Connection(workspace.database) as client:
        client.execute("PRAGMA synchronous = OFF")
        client.execute("BEGIN")
        client.execute(
            "INSERT INTO run (run_id, as_of, municipality, code_version, state, published_seq, published_at, digest, "
            "row_counts, summary) VALUES (?, ?, '9999', '0', 'published', 1, '2026-11-01 03:00:00.000000', '', '{}', "
            '\'{"indicators": {"run": [], "not_run": []}, "unavailable": [], "inputs": []}\')',
            (_RUN, AS_OF.isoformat()),
        )
        for table, select in _ROWS.items():
            client.execute(f"INSERT INTO {table} {_SERIES.format(last=last)} {select.format(flags=flags)}")
        client.execute("COMMIT")
        client.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@dataclass(frozen=True)
class Spread:
    """Milliseconds of so many calls by the clock: median, 95th percentile, longest; `processor`: 95th percentile."""

    calls: int
    median: float
    p95: float
    longest: float
    processor: float

    def __str__(self) -> str:
        by_clock = f"median {self.median:7.1f}  p95 {self.p95:7.1f}  longest {self.longest:7.1f} ms"
        return f"{by_clock}  processor p95 {self.processor:7.1f} ms"


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of one call, by the clock and of the processor (all threads of this process)."""
    clock, processor = time.perf_counter(), time.process_time()
    call()
    return (time.perf_counter() - clock) * 1000, (time.process_time() - processor) * 1000


def spread(times: list[tuple[float, float]]) -> Spread:
    """The spread of what `timed` gave."""
    clock, processor = (sorted(column) for column in zip(*times, strict=True))
    high = min(len(times) - 1, int(len(times) * 0.95))
    return Spread(len(times), clock[len(times) // 2], clock[high], clock[-1], processor[high])


def measured(call: Callable[[], object], calls: int) -> Spread:
    """The spread of so many calls, after one that fills caches."""
    call()
    return spread([timed(call) for _ in range(calls)])


def calls_of_pages(store: Store, calls: int) -> dict[str, Spread]:
    """What is asked of the store -> how long it takes."""
    known = [case.case_id for case in queue(store, REVIEWER, limit=200, now=NOW).cases if case.locked_by is None]
    chance = random.Random(5)  # noqa: S311 - which dossier is opened
    moment = iter(range(1_000_000))

    def one_dossier() -> None:
        case_id = chance.choice(known)
        case = get_case(store, REVIEWER, case_id, now=NOW)
        material(store, case)
        reveal(store, REVIEWER, case_id, now=NOW)
        readiness(store, REVIEWER, case_id)

    def take_and_give_back() -> None:
        now = NOW + timedelta(milliseconds=next(moment))
        case = next_case(store, OFFICER, now=now)
        mark_opened(store, OFFICER, case.case_id, "dossier", now=now)
        release(store, OFFICER, case.case_id, version=get_case(store, OFFICER, case.case_id, now=now).version, now=now)

    def a_page(**filters: object) -> Callable[[], object]:
        return lambda: queue(store, OFFICER, filters=QueueFilter(**filters), now=NOW)  # type: ignore[arg-type]

    middle = queue(store, REVIEWER, limit=200, after=f"{NOW.date()}.8", now=NOW).next_after
    for case_id in known[:5]:
        mark_opened(store, REVIEWER, case_id, "dossier", now=NOW)
        if not readiness(store, REVIEWER, case_id).own_reading:
            record_own_reading(store, REVIEWER, case_id, OwnReading.ONDUIDELIJK, "Kan beide kanten op.", now=NOW)
    asked = {
        "queue, officer": a_page(),
        "queue, sensitive reviewer": lambda: queue(store, REVIEWER, now=NOW),
        "queue, page in the middle": lambda: queue(store, REVIEWER, after=middle, now=NOW),
        "queue, mine": a_page(mine=True),
        "queue, one postcode": a_page(postcode4="1234"),
        "queue, a postcode of nowhere": a_page(postcode4="9999"),
        "queue, due before": a_page(due_before=NOW.date()),
        "queue, first judged": a_page(state=CaseState.FIRST_JUDGED),
        "queue, closed": a_page(state=CaseState.CLOSED),
        "dossier": one_dossier,
        "next case, opened, given back": take_and_give_back,
        "sync, nothing new": lambda: sync_cases(store, now=NOW),
    }
    return {name: measured(call, calls) for name, call in asked.items()}


@contextmanager
def visits(workspace: Workspace) -> Iterator[dict[str, Callable[[], object]]]:
    """Pages of the application -> a visit by somebody who is signed in. Each visit to a dossier is to another one."""
    from tests.review.conftest import Clock, review_on  # noqa: PLC0415 - the tests' way to sign in without a provider

    with review_on(workspace, clock=Clock(NOW)) as review:
        officer = review.client(Role.OFFICER, account="o.fficier")
        reviewer = review.client(Role.OFFICER, Role.SENSITIVE_REVIEWER, account="r.eviewer")
        first = queue(review.store, OFFICER, limit=200, after=f"{NOW.date()}.4", now=NOW).cases
        unread = iter([case.case_id for case in first] * 20)

        def get(client, path: str) -> None:  # type: ignore[no-untyped-def]
            answer = client.get(path)
            if answer.status_code != 200:
                raise SystemExit(f"{path}: {answer.status_code}")

        def open_dossier() -> None:
            get(officer, f"/zaken/{next(unread)}")

        for case in first:
            officer.state_purpose(case.case_id, Purpose.VERG)
        yield {
            "page: queue, officer": lambda: get(officer, "/zaken"),
            "page: queue, sensitive reviewer": lambda: get(reviewer, "/zaken"),
            "page: queue, one postcode": lambda: get(officer, "/zaken?gebied=1234"),
            "page: dossier": open_dossier,
        }


def while_publishing(workspace: Workspace, flags: int) -> dict[str, Spread]:
    """Visits in turn for as long as another process publishes a run of so many flags."""
    with open_store(workspace) as store, store.engine.connect() as connection:
        earliest = connection.scalar(sa.select(sa.func.min(run.c.as_of)))
    command = ["nice", sys.executable, "-m", "benchmarks.publisher", str(workspace.path), "--flags", str(flags)]
    with visits(workspace) as asked:
        for visit in asked.values():
            visit()
        publisher = subprocess.Popen([*command, "--as-of", str(earliest - timedelta(days=1))])  # noqa: S603 - our own module
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
        try:
            while publisher.poll() is None:
                for name, visit in asked.items():
                    times[name].append(timed(visit))
                    time.sleep(0.02)
        finally:
            publisher.wait()
    print(f"visits while publishing: {sum(map(len, times.values()))}")
    return {f"{name}, publishing": spread(found) for name, found in times.items()}


def main() -> int:
    """Build, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flags", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("var/review"))
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--publish", type=int, default=100_000, help="flags of the run published meanwhile; 0: none")
    parser.add_argument("--anew", action="store_true", help="make the store anew")
    given = parser.parse_args()
    if given.anew:
        shutil.rmtree(given.folder, ignore_errors=True)
    workspace = Workspace(given.folder)
    if not workspace.database.exists():
        started = time.perf_counter()
        build(workspace, given.flags)
        print(f"made in {time.perf_counter() - started:.1f} s, {workspace.database.stat().st_size / 2**20:,.0f} MiB")
    with open_store(workspace) as store:
        started = time.perf_counter()
        print(f"sync: {sync_cases(store, now=NOW)} in {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        print(f"sync again: {sync_cases(store, now=NOW, again=True)} in {time.perf_counter() - started:.1f} s")
        found = calls_of_pages(store, given.calls)
    with visits(workspace) as asked:
        found |= {name: measured(visit, given.calls) for name, visit in asked.items()}
    for name, one in found.items():
        print(f"{name:44} {one}", flush=True)
    too_slow = [name for name, one in found.items() if one.p95 > LIMIT_MS]
    if given.publish:
        meanwhile = while_publishing(workspace, given.publish)
        for name, one in meanwhile.items():
            print(f"{name:44} {one}")
        too_slow += [name for name, one in meanwhile.items() if one.p95 > LIMIT_PUBLISHING_MS]
    print(f"over the limit: {', '.join(too_slow) or 'nothing'}")
    return 1 if too_slow else 0


if __name__ == "__main__":
    sys.exit(main())
