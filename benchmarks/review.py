"""The review at the size of a decade: a store with a million flags, and how long an officer waits for a page.

    python -m benchmarks.review [--flags 1000000] [--folder var/review] [--calls 200] [--anew]

The store is filled once with rows made by the database itself and kept in the folder. Measured are the calls that a
page makes: the queue (several filters), one dossier with its material, evidence and readiness, and taking the next
case. Exit code 1 when a limit is exceeded. Not measured yet: the same while a run is published.
"""

from __future__ import annotations

# ruff: noqa: S608 - every statement is made of names and numbers of this file
import argparse
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from screening.store import Store, Workspace, open_store
from screening.store.casework import (
    QueueFilter,
    Viewer,
    get_case,
    mark_opened,
    material,
    next_case,
    queue,
    readiness,
    record_own_reading,
    release,
    reveal,
    sync_cases,
)
from screening.vocabulary import CaseState, OwnReading, Role

AS_OF = date(2026, 11, 1)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LIMIT_MS = 100.0
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
    with closing(sqlite3.connect(workspace.database, isolation_level=None)) as client:
        client.execute("PRAGMA synchronous = OFF")
        client.execute("BEGIN")
        client.execute(
            "INSERT INTO run (run_id, as_of, municipality, code_version, state, published_seq, published_at, digest, "
            "row_counts, summary) VALUES (?, ?, '9999', '0', 'published', 1, '2026-11-01 03:00:00.000000', '', '{}', "
            '\'{"indicators": {"run": [], "not_run": []}}\')',
            (_RUN, AS_OF.isoformat()),
        )
        for table, select in _ROWS.items():
            client.execute(f"INSERT INTO {table} {_SERIES.format(last=last)} {select.format(flags=flags)}")
        client.execute("COMMIT")
        client.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def p95(call: Callable[[], object], calls: int) -> tuple[float, float]:
    """Median and 95th percentile of the time of a call, in milliseconds."""
    call()
    times = []
    for _ in range(calls):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.95))]


def pages(store: Store, calls: int) -> dict[str, tuple[float, float]]:
    """What is measured -> (median, p95) in milliseconds."""
    known = [case.case_id for case in queue(store, REVIEWER, limit=200, now=NOW).cases]
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
    measured = {
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
    return {name: p95(call, calls) for name, call in measured.items()}


def main() -> int:
    """Build, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flags", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("var/review"))
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--anew", action="store_true", help="make the store anew")
    given = parser.parse_args()
    if given.anew:
        shutil.rmtree(given.folder, ignore_errors=True)
    workspace = Workspace(given.folder)
    if not workspace.database.exists():
        started = time.perf_counter()
        build(workspace, given.flags)
        print(f"made in {time.perf_counter() - started:.1f} s, {workspace.database.stat().st_size / 2**20:,.0f} MiB")
    too_slow = []
    with open_store(workspace) as store:
        started = time.perf_counter()
        print(f"sync: {sync_cases(store, now=NOW)} in {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        print(f"sync again: {sync_cases(store, now=NOW, again=True)} in {time.perf_counter() - started:.1f} s")
        for name, (median, high) in pages(store, given.calls).items():
            print(f"{name:34} median {median:7.1f} ms  p95 {high:7.1f} ms")
            if high > LIMIT_MS:
                too_slow.append(name)
    return 1 if too_slow else 0


if __name__ == "__main__":
    sys.exit(main())
