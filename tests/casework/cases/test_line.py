"""What is above the cap waits by lot: no class, rule or number of hits comes in sooner, and the draw keeps its part.

The lots come of the database's own randomness, which here has a seed: a count that is off is off in every run.
"""

from __future__ import annotations

import math
import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.base.vocabulary import Role
from screening.casework.case_policy import CasePolicy
from screening.casework.cases.against_their_run import unlike_their_run
from screening.casework.cases.line import count_in_line, most_flagged
from screening.casework.cases.sync import SyncReport, sync_cases
from screening.casework.cases.unseen import reopen_unseen, unseen_cases
from screening.casework.viewer import Viewer
from screening.rights.objections import decide_request, register_request
from screening.store import Store, Workspace, open_store, publish
from screening.store.schema.cases import case_line, review_case
from screening.store.schema.retention import OBJECTS, UPHELD
from screening.store.schema.runs import FLAGGED, SAMPLED
from tests.casework.caseload import BOTH, DAY, EXPIRED, LEAD, NOW, Hits, cases, later, night
from tests.store.bundles import address

#: So many flagged addresses, and so many nights until all came in.
FLAGS, NIGHTS = 180, 10
CAPPED = CasePolicy(new_cases_per_night=20, sample_share=0.10)
TWO: Hits = (("LIC-04", ("vergunningen:Z1",)), ("ORG-02", ("vergunningen:Z1",)))
THREE: Hits = (*TWO, ("NUI-01", ("vergunningen:Z1",)))
ORG: Hits = (("ORG-02", ("vergunningen:Z1",)),)


@pytest.fixture
def seeded(sqlite_store: Store) -> Iterator[Store]:
    """A store whose randomness has a seed."""
    drawn = random.Random(20261130)

    def seed(connection: object, _record: object) -> None:
        connection.create_function("randomblob", 1, drawn.randbytes)  # type: ignore[attr-defined]

    sqlite_store.engine.dispose()
    sa.event.listen(sqlite_store.engine, "connect", seed)
    yield sqlite_store
    sa.event.remove(sqlite_store.engine, "connect", seed)


def spread(scores: dict[str, float], group: set[str]) -> float:
    """How far the scores of a group lie from those of all, in standard deviations of a draw without replacement."""
    n, most = len(group), len(scores)
    mean = sum(scores.values()) / most
    variance = sum((score - mean) ** 2 for score in scores.values()) / (most - 1)
    return (sum(scores[name] for name in group) - n * mean) / math.sqrt(variance * n * (most - n) / most)


def night_of(store: Store, workspace: Workspace, n: int, policy: CasePolicy = CAPPED, **says: object) -> SyncReport:
    """Publish the n-th night and bring the cases up to it."""
    now = later(days=n)
    publish(store, workspace, night(as_of=now.date(), **says))  # type: ignore[arg-type]
    return sync_cases(store, now=now, policy=policy)


def in_line(store: Store) -> dict[str, tuple[object, object]]:
    """Address -> its lot and since when it waits."""
    with store.engine.connect() as connection:
        return {row.address_id: (row.lot, row.since) for row in connection.execute(case_line.select())}


def test_who_comes_in_first_is_chance_alone_and_each_night_has_its_tenth(seeded: Store, workspace: Workspace) -> None:
    """Rules, classes and hits lie in blocks of the addresses: any order but that of the lot shows in one of them."""
    kinds = {0: EXPIRED, 1: ORG, 2: TWO, 3: THREE}
    flags = {n: kinds[n * 4 // FLAGS] for n in range(FLAGS)}
    first = night_of(seeded, workspace, 0, flags=flags, drawn=range(1000, 1000 + 2 * NIGHTS))
    assert (first.opened, first.sampled, first.in_line, first.snoozed) == (18, 2, FLAGS - 18, 0)
    for n in range(1, NIGHTS):
        sync_cases(seeded, now=later(days=n), policy=CAPPED)
    opened = list(cases(seeded, now=later(days=NIGHTS - 1)).values())
    with seeded.engine.connect() as connection:
        arm_of = {name: arm for name, arm in connection.execute(sa.select(review_case.c.address_id, review_case.c.arm))}
    per_night = [
        [arm_of[case.address_id] for case in opened if case.opened_on == DAY + timedelta(days=n)] for n in range(NIGHTS)
    ]
    assert [(arms.count(FLAGGED), arms.count(SAMPLED)) for arms in per_night] == [(18, 2)] * NIGHTS
    assert in_line(seeded) == {}
    came_in = {case.address_id: float((case.opened_on - DAY).days) for case in opened}
    of_flags = {address(n): came_in[address(n)] for n in flags}
    groups = {
        "one rule": {address(n) for n, hits in flags.items() if hits == ORG},
        "the other rule": {address(n) for n, hits in flags.items() if hits == EXPIRED},
        "two hits": {address(n) for n, hits in flags.items() if hits == TWO},
        "most hits": {address(n) for n, hits in flags.items() if hits == THREE},
    }
    assert {name: spread(of_flags, group) for name, group in groups.items() if abs(spread(of_flags, group)) > 2.5} == {}
    # the id of a case tells neither how long it waited nor its arm
    by_id = {case.address_id: float(place) for place, case in enumerate(sorted(opened, key=lambda case: case.case_id))}
    early = {name for name, after in came_in.items() if after < NIGHTS / 2}
    drawn = {name for name in came_in if arm_of[name] == SAMPLED}
    assert abs(spread(by_id, early)) < 2.5
    assert abs(spread(by_id, drawn)) < 2.5
    # waiting took nothing of the terms
    assert {(case.due_on - case.opened_on).days for case in opened} == {CAPPED.due_days}
    assert {(case.expires_on - case.opened_on).days for case in opened} == {CAPPED.expiry_days}


#: One flagged address a night.
ONE_A_NIGHT = CasePolicy(new_cases_per_night=2)


def test_what_loses_its_flag_for_two_nights_leaves_silently_and_for_one_keeps_its_place(
    store: Store, workspace: Workspace
) -> None:
    flags = list(range(1, 7))
    assert night_of(store, workspace, 0, ONE_A_NIGHT, flags=flags).in_line == 5
    line, first = in_line(store), next(iter(cases(store)))
    by_lot = sorted(line, key=lambda name: line[name][0])
    once, twice = by_lot[0], by_lot[1]  # the next that would come in
    without = [n for n in flags if address(n) not in {first, once, twice}]
    report = night_of(store, workspace, 1, ONE_A_NIGHT, flags=without)
    assert (report.opened, report.in_line) == (1, 4)
    assert not {once, twice} & set(cases(store, now=later(days=1)))
    report = night_of(store, workspace, 2, ONE_A_NIGHT, flags=[n for n in flags if address(n) not in {first, twice}])
    assert twice not in in_line(store)
    assert once in cases(store, now=later(days=2))  # with the lot and the day that it had
    assert (report.opened, report.in_line) == (1, 2)
    assert report.withdrawn == 1  # the case that came in first: no end of a case waits for a place
    with store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(review_case.c.address_id == twice)) == 0
    assert unlike_their_run(store) == []
    # once more on the same night: nothing more comes in
    assert sync_cases(store, now=later(days=2, hours=2), policy=ONE_A_NIGHT, again=True).opened == 0
    # a place that was taken away behind the store is seen
    with store.engine.begin() as connection:
        connection.execute(case_line.delete().where(case_line.c.address_id == next(iter(in_line(store)))))
    assert [line for line in unlike_their_run(store) if "its case is gone" in line] != []
    # without a cap all come in
    assert sync_cases(store, now=later(days=3), policy=CasePolicy()).opened == 2
    assert in_line(store) == {}


def test_the_night_and_the_review_at_once_open_no_more_than_the_cap(
    store: Store, workspace: Workspace, url: str
) -> None:
    """Both bring the cases up to a run, and each counts the room before it writes: on a connection of its own."""
    policy, days = CasePolicy(new_cases_per_night=4, sample_share=0.25), range(3)
    publish(store, workspace, night(flags=range(1, 31), drawn=range(101, 121)))
    with open_store(url) as other, ThreadPoolExecutor(2) as pool:
        for n in days:
            gate = threading.Barrier(2)

            def bring_up(to: Store, gate: threading.Barrier = gate, n: int = n) -> SyncReport:
                gate.wait()
                return sync_cases(to, now=later(days=n), policy=policy)

            reports = list(pool.map(bring_up, (store, other)))
            assert sum(report.opened + report.sampled for report in reports) == 4
    opened = Counter(case.opened_on for case in cases(store, now=later(days=max(days))).values())
    assert opened == {DAY + timedelta(days=n): 4 for n in days}


def test_an_objection_and_what_the_lead_opens_again_wait_for_nothing(sqlite_store: Store, workspace: Workspace) -> None:
    policy = CasePolicy(new_cases_per_night=2, expiry_days=1, due_days=1)
    report = night_of(sqlite_store, workspace, 0, policy, flags=[1, 2, 3, 4], sex_licence=[1, 2, 3, 4])
    assert report.in_line == 3
    # nothing of what is sensitive, not even how many: neither to the lead nor in a message to whoever
    assert count_in_line(sqlite_store, LEAD) == count_in_line(sqlite_store) == 0
    by_lot = sorted(in_line(sqlite_store))[0]
    given = {"address_id": by_lot, "case_file": "Z-2026-1", "received_on": DAY}
    asked = register_request(sqlite_store, OBJECTS, **given, by="rita", now=NOW)  # type: ignore[arg-type]
    decide_request(sqlite_store, asked.objection_id, UPHELD, by="otto", now=NOW)
    sync_cases(sqlite_store, now=later(hours=1), policy=policy, again=True)
    assert by_lot not in in_line(sqlite_store)
    assert by_lot not in cases(sqlite_store)
    # the first case lapses; the lead opens it again though others wait
    sync_cases(sqlite_store, now=later(days=2), policy=policy)
    who = [case.case_id for case in unseen_cases(sqlite_store, Viewer("lea", BOTH | {Role.LEAD}))]
    assert len(who) == 1
    again = reopen_unseen(sqlite_store, Viewer("lea", BOTH | {Role.LEAD}), who[0], now=later(days=2), policy=policy)
    assert again in {case.case_id for case in cases(sqlite_store, now=later(days=2)).values()}


def test_where_nothing_is_flagged_the_draw_goes_on_within_the_cap(sqlite_store: Store, workspace: Workspace) -> None:
    report = night_of(sqlite_store, workspace, 0, CasePolicy(new_cases_per_night=3), drawn=range(1, 11))
    assert (report.opened, report.sampled) == (0, 3)


@pytest.mark.parametrize(
    ("most", "share", "flagged"), [(10, 0.1, 9), (2, 0.1, 1), (2, 0.5, 1), (25, 0.1, 22), (7, 0, 7)]
)
def test_a_cap_leaves_the_draw_its_part(most: int, share: float, flagged: int) -> None:
    assert most_flagged(most, share) == flagged


def test_a_cap_that_leaves_no_place_for_a_flagged_address_is_refused() -> None:
    with pytest.raises(StoreError, match="2 at least"):
        CasePolicy(new_cases_per_night=1)
