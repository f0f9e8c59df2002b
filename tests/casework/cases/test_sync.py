"""A case ends when two nights on good deliveries agree: nights that follow each other, whatever was before them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import ReviewOutcome
from screening.casework.case_policy import CasePolicy
from screening.casework.cases.sync import SyncReport, sync_cases
from screening.casework.cases.unseen import reopen_unseen, unseen_cases
from screening.store import Store, Workspace, publish
from screening.store.schema.cases import case_fact
from tests.casework.caseload import ANNA, DAY, LEAD, cases, judged, later, night, published
from tests.store.bundles import address

#: What a night says of address 1: flagged, not flagged, or not flagged while the register of its flag was suspect.
FLAGGED, GONE, SUSPECT = "flagged", "gone", "suspect"


def told(store: Store, workspace: Workspace, n: int, says: str) -> SyncReport:
    """The cases after the n-th night."""
    bundle = night(as_of=DAY + timedelta(days=n), flags=[1, 2] if says == FLAGGED else [2])
    declared = [{"code": "LIC-04", "version": 1, "inputs": {"vergunningen": ["status"]}}]
    deliveries = {"vergunningen": {"verdict": "suspect" if says == SUSPECT else "good"}}
    meta = bundle.meta | {"deliveries": deliveries}
    publish(store, workspace, replace(bundle, meta=meta, declarations=declared))
    return sync_cases(store, now=later(days=n))


@pytest.mark.parametrize(
    ("nights", "withdrawn"),
    [
        ([GONE], [0]),
        ([GONE, GONE], [0, 1]),
        # one good night between two suspect ones is one night, and so is one after them
        ([SUSPECT, GONE, SUSPECT, GONE, GONE], [0, 0, 0, 0, 1]),
        ([SUSPECT, SUSPECT, SUSPECT], [0, 0, 0]),
        # the count starts again when the flag came back
        ([GONE, FLAGGED, GONE, FLAGGED, GONE, GONE], [0, 0, 0, 0, 0, 1]),
    ],
    ids=["one", "two", "suspect between", "suspect alone", "came back"],
)
def test_only_two_good_nights_that_follow_each_other_end_a_case(
    sqlite_store: Store, workspace: Workspace, nights: list[str], withdrawn: list[int]
) -> None:
    told(sqlite_store, workspace, 0, FLAGGED)
    assert [told(sqlite_store, workspace, n, says).withdrawn for n, says in enumerate(nights, 1)] == withdrawn


def test_a_link_that_vanished_by_itself_ends_its_case_in_two_nights(sqlite_store: Store, workspace: Workspace) -> None:
    """The flag rests on a link between two records: without it there is no flag, and nobody clicked anything."""
    published(sqlite_store, workspace, flags=[1], links=["L-1"])
    reports = [
        published(sqlite_store, workspace, as_of=DAY + timedelta(days=n), flags=[2], now=later(days=n)) for n in (1, 2)
    ]
    assert [(report.withdrawn, report.held) for report in reports] == [(0, 1), (1, 0)]


#: So many cases a day and days of term: as 8 and 60, of which 480 is the product, in small.
A_DAY, TERM = 2, 3


def test_a_backlog_above_what_anybody_reads_loses_nothing(sqlite_store: Store, workspace: Workspace) -> None:
    """The rest lapses, stands on the list of the team lead, is not known, and opens again when they say so."""
    flags, policy = list(range(1, 13)), CasePolicy(expiry_days=TERM, due_days=TERM, capacity_per_day=A_DAY)
    read: set[str] = set()
    for n in range(2 * TERM):
        now = later(days=n)
        publish(sqlite_store, workspace, night(as_of=now.date(), flags=flags))
        sync_cases(sqlite_store, now=now, policy=policy)
        for address_id, case in sorted(cases(sqlite_store, now=now).items())[:A_DAY]:
            judged(sqlite_store, ANNA, case.case_id, ReviewOutcome.VERKLAARD, now=now)
            read.add(address_id)
    unseen = {case.address_id: case.case_id for case in unseen_cases(sqlite_store, LEAD)}
    assert len(read) == A_DAY * (TERM + 1)
    assert set(unseen) == set(map(address, flags)) - read
    with sqlite_store.engine.connect() as connection:
        assert set(connection.scalars(sa.select(case_fact.c.address_id))) == read
    assert cases(sqlite_store, now=now) == {}
    for case_id in unseen.values():
        reopen_unseen(sqlite_store, LEAD, case_id, now=now, policy=policy)
    assert set(cases(sqlite_store, now=now)) == set(unseen)
