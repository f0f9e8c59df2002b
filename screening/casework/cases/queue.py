"""The queue: what waits for an officer, oldest first, and who is at work on it. Its order says nothing of urgency.

Of one day the order is that of the case ids, which are drawn at random: stable, and the same for flagged and drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of, midnight
from screening.base.vocabulary import CaseState, Purpose, ReviewOutcome
from screening.casework.case_errors import NotAllowedError
from screening.casework.case_policy import DEFAULT_POLICY, CasePolicy
from screening.casework.cases.case import CASE_COLUMNS, Case, as_case
from screening.casework.cases.case_counts import MOST_COUNTED
from screening.casework.cases.changing import NOBODY, change_case, changing_case, note_step, take_case
from screening.casework.cases.independence import JUDGED_ONCE, has_judgement_of, is_free_to_read, may_know_outcome
from screening.casework.cases.tasks import is_covered_by
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.cases import RELEASED, case_judgement, is_undecided, review_case
from screening.store.store import Store

#: A page of the queue has at most so many cases.
MOST_ON_A_PAGE = 200


@dataclass(frozen=True)
class QueueFilter:
    """The choice of cases in the queue. It has no barrier or indicator: they would show which cases were flagged.

    `mine`: cases assigned to the viewer, or judged by the viewer once closed. `state`: by default, and of `open`, every
    undecided case, which a page may count and not list: who is missing from a list would tell what colleagues did.
    `first_judged` and `differs` are those that the viewer judged; of the ended cases only closed ones can be chosen.
    `outcome`: with this one, where the viewer may know it. `due_before`: due earlier than this day. `postcode4`: 4
    digits.
    """

    mine: bool = False
    state: CaseState | None = None
    outcome: ReviewOutcome | None = None
    due_before: date | None = None
    postcode4: str | None = None


@dataclass(frozen=True)
class QueuePage:
    """A page of the queue. `next_after`: hand it back as `after`; None on the last page.

    `total`: of all pages, counted up to MOST_COUNTED.
    `handled_today`: judgements of the viewer today; `capacity`: how many one officer can do with care in a day.
    """

    cases: list[Case]
    total: int
    next_after: str | None
    handled_today: int
    capacity: int


def queue(
    store: Store,
    viewer: Viewer,
    *,
    filters: QueueFilter = QueueFilter(),
    limit: int = 25,
    after: str | None = None,
    now: datetime,
    policy: CasePolicy = DEFAULT_POLICY,
) -> QueuePage:
    """A page of the cases that a viewer may see, by the day of opening and then at random, always the same way.

    `after`: `next_after` of the page before; one that is not understood begins at the start.
    """
    day, limit = day_of(now), max(1, min(limit, MOST_ON_A_PAGE))
    conditions = _conditions(viewer, filters, day)
    page = sa.select(*CASE_COLUMNS).where(*conditions)
    # with a due date asked for, that comes first: by the terms of a policy it follows the day of opening
    by_opening = (review_case.c.opened_on, review_case.c.case_id)
    keys = by_opening if filters.due_before is None else (review_case.c.due_on, *by_opening)
    begun = _place(after, len(keys))
    if begun is not None:
        page = page.where(sa.tuple_(*keys) > sa.tuple_(*begun))
    page = page.order_by(*keys).limit(limit + 1)
    # in the order of the page, so that it is read from the same index: the whole queue took 30 ms by another one
    counted = sa.select(sa.literal(1)).select_from(review_case).where(*conditions).order_by(*keys)
    first_many = counted.limit(MOST_COUNTED).subquery()
    handled = sa.select(sa.func.count()).where(
        case_judgement.c.judged_by == viewer.account, case_judgement.c.judged_at >= midnight(day)
    )
    with guarded("reading the queue"), store.engine.connect() as connection:
        cases = [as_case(row, now) for row in connection.execute(page)]
        total = connection.execute(sa.select(sa.func.count()).select_from(first_many)).scalar_one()
        handled_today = connection.execute(handled).scalar_one()
    more = cases[limit:]
    cases = cases[:limit]
    return QueuePage(
        cases=cases,
        total=total,
        next_after=".".join(str(getattr(cases[-1], key.name)) for key in keys) if more else None,
        handled_today=handled_today,
        capacity=policy.capacity_per_day,
    )


def next_case(
    store: Store,
    viewer: Viewer,
    *,
    now: datetime,
    purpose: Purpose | None = None,
    policy: CasePolicy = DEFAULT_POLICY,
    note: Callable[[str], object] | None = None,
) -> Case | None:
    """Take the first case that is free for this viewer, assigned and locked in one step; None when there is none.

    `purpose`: the task, whose law has to cover the case.
    `note`: called with the id of the case before anything of it is kept; when it raises, nothing is taken.

    First those that are assigned to the viewer already. Never one that a colleague has open or was assigned, one that
    the viewer judged before: a second officer is another, and where two differ they talk, or a third looks.
    """
    mine, nobodys = review_case.c.assignee == viewer.account, review_case.c.assignee.is_(None)
    is_free = sa.and_(
        *_undecided(viewer, day_of(now)),
        *_seen_by(viewer),
        sa.or_(
            review_case.c.locked_until.is_(None),
            review_case.c.locked_until <= now,
            review_case.c.locked_by == viewer.account,
        ),
        ~has_judgement_of(viewer.account),
        sa.true() if purpose is None else is_covered_by(purpose),
    )
    gone: list[str] = []
    while True:
        # may pass over a whole backlog that the task does not cover: read before anything is held against other writers
        by_age = sa.select(review_case.c.case_id).where(is_free, review_case.c.case_id.not_in(gone))
        by_age = by_age.order_by(review_case.c.opened_on, review_case.c.case_id).limit(1)
        with guarded("looking for the next case"), store.engine.connect() as connection:
            case_ids = (connection.scalar(by_age.where(whose)) for whose in (mine, nobodys))
            case_id = next((case_id for case_id in case_ids if case_id is not None), None)
        if case_id is None:
            return None
        again = sa.select(*CASE_COLUMNS).where(review_case.c.case_id == case_id, is_free, sa.or_(mine, nobodys))
        with guarded("taking the next case"), writing(store.engine) as connection:
            row = connection.execute(again.with_for_update(skip_locked=True)).first()
            if row is not None:
                if note is not None:
                    note(case_id)
                return take_case(
                    connection, as_case(row, now), viewer, now=now, policy=policy, assign=True, purpose=purpose
                )
        gone.append(case_id)  # a colleague took it meanwhile: the next one


def release(store: Store, viewer: Viewer, case_id: str, *, version: int, now: datetime) -> Case:
    """Give a case back that is assigned to the viewer or open with the viewer.

    ConflictError: it changed since `version`. WithColleagueError: it is not theirs now. NotAllowedError: not there, not
    the viewer's to see, or not with the viewer.
    """
    with changing_case(store, viewer, case_id, version=version, now=now, doing="releasing a case") as (
        connection,
        case,
    ):
        if viewer.account not in {case.assignee, case.locked_by}:
            raise NotAllowedError("This case is not assigned to you: there is nothing to give back.")
        note_step(connection, case_id, RELEASED, viewer, now=now)
        return change_case(connection, case, NOBODY, now=now)


def _conditions(viewer: Viewer, filters: QueueFilter, day: date) -> list[sa.ColumnElement[bool]]:
    if not viewer.may_see_cases:
        return [sa.false()]
    # and with a narrower view, that of the view: hence a form of the same condition that no index serves
    is_whole = filters.postcode4 is None and filters.due_before is None
    conditions = [*_of_state(viewer, filters, day), *_seen_by(viewer, has_index=is_whole)]
    if filters.due_before is not None:
        conditions.append(review_case.c.due_on < filters.due_before)
    if filters.postcode4 is not None:
        conditions.append(review_case.c.postcode4 == filters.postcode4)
    return conditions


def _of_state(viewer: Viewer, filters: QueueFilter, day: date) -> list[sa.ColumnElement[bool]]:
    has_judged = has_judgement_of(viewer.account)
    if filters.state is None or filters.state is CaseState.OPEN:
        return [*_undecided(viewer, day), *([review_case.c.assignee == viewer.account] if filters.mine else [])]
    conditions: list[sa.ColumnElement[bool]] = [review_case.c.state == filters.state]
    if filters.state in JUDGED_ONCE:
        return [*conditions, is_undecided(day), has_judged]
    if filters.state is not CaseState.CLOSED:
        return [sa.false()]  # over without a decision: nobody looks at it any more
    if filters.mine:
        conditions.append(has_judged)
    if filters.outcome is not None:
        conditions += [review_case.c.outcome == filters.outcome, may_know_outcome(viewer)]
    return conditions


def _undecided(viewer: Viewer, day: date) -> list[sa.ColumnElement[bool]]:
    return [is_undecided(day), is_free_to_read(viewer)]


def _seen_by(viewer: Viewer, *, has_index: bool = True) -> list[sa.ColumnElement[bool]]:
    if not viewer.may_see_cases:
        return [sa.false()]
    if viewer.may_see_sensitive:
        return []
    hidden = review_case.c.sensitive if has_index else sa.func.coalesce(review_case.c.sensitive, sa.true())
    return [hidden.is_(False)]


def _place(after: str | None, keys: int) -> list[date | str] | None:
    *days, case_id = (after or "").split(".")
    try:
        return [*map(date.fromisoformat, days), case_id] if len(days) == keys - 1 else None
    except ValueError:
        return None
