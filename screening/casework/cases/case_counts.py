"""How many cases wait for a person: for the lead, for messages about work, and for who watches the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import CaseState
from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.cases import OPEN_STATES, is_undecided, review_case
from screening.store.store import Store

#: A case that lapses within so many days is asked for by name.
SOON_DAYS = 7
#: Counting a million takes longer than a page may, and tells nobody more.
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class OpenCounts:
    """Undecided cases that are not sensitive. Of all of them `overdue`, `second` and `lapsing` may overlap."""

    waiting: int
    overdue: int
    second: int
    lapsing: int


def open_counts(store: Store, day: date) -> OpenCounts:
    """Count the undecided cases of a day: those past their day, those of a second officer, those that lapse soon.

    A message goes to people whose roles nobody knows there: a sensitive case is in none of the counts.
    """
    query = sa.select(
        sa.func.count(),
        count_if(review_case.c.due_on < day),
        count_if(review_case.c.state == str(CaseState.FIRST_JUDGED)),
        count_if(review_case.c.expires_on <= day + timedelta(days=SOON_DAYS)),
    ).where(review_case.c.concluded_on.is_(None), review_case.c.sensitive.is_(False))
    with guarded("counting open cases"), store.engine.connect() as connection:
        return OpenCounts(*(int(number or 0) for number in connection.execute(query).one()))


def count_waiting(store: Store, viewer: Viewer, *, now: datetime, is_late: bool = False) -> int:
    """Count the undecided cases, or those past their day, up to MOST_COUNTED, of those that this viewer may know of."""
    day = day_of(now)
    waiting = (
        sa.select(sa.literal(1))
        .select_from(review_case)
        .where(is_undecided(day), viewer.may_see(review_case.c.sensitive))
    )
    # in the order of the queue, so that its index is read
    in_order = waiting.order_by(review_case.c.opened_on, review_case.c.case_id)
    counted = waiting.where(review_case.c.due_on < day) if is_late else in_order
    query = sa.select(sa.func.count()).select_from(counted.limit(MOST_COUNTED).subquery())
    with guarded("counting open cases"), store.engine.connect() as connection:
        return connection.execute(query).scalar_one()


def count_open_cases(store: Store) -> int:
    """Count the cases that wait for a person, whoever may see them: for who watches the machine, and for no page."""
    query = sa.select(sa.func.count()).where(review_case.c.state.in_(OPEN_STATES))
    with guarded("counting open cases"), store.engine.connect() as connection:
        return connection.execute(query).scalar_one()


def oldest_open_day(store: Store) -> date | None:
    """The day on which the oldest case was opened that still waits; None: none waits."""
    query = sa.select(sa.func.min(review_case.c.opened_on)).where(review_case.c.state.in_(OPEN_STATES))
    with guarded("looking for the oldest open case"), store.engine.connect() as connection:
        oldest: date | None = connection.execute(query).scalar_one()
    return oldest


def count_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """How many rows fulfil a condition."""
    return sa.func.sum(sa.case((condition, 1), else_=0))
