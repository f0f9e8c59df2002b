"""The lead's board: how many cases wait, how old they are and on whose name; dividing them by number alone.

Neither address nor arm is here. Cases are taken from the one neutral order that there is, so that nobody can give a
certain case to a certain colleague; a second reader is somebody else than the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import CaseState, Role
from screening.casework.case_errors import ConflictError, NotAllowedError
from screening.casework.cases.case import CASE_COLUMNS, Case, as_case
from screening.casework.cases.case_counts import SOON_DAYS, count_if
from screening.casework.cases.changing import NOBODY, change_case
from screening.casework.cases.independence import has_judgement_of, judged_cases
from screening.casework.cases.line import count_in_line
from screening.casework.cases.numbers import case_number
from screening.casework.colleagues import Colleague, case_handlers
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.cases import ASSIGNED, OPEN_STATES, RELEASED, case_step, is_undecided, review_case
from screening.store.store import Store

#: So many cases at once: a week of one officer, and nobody divides them by the hundred.
MOST_ASSIGNED = 50
#: Rows of the board; the oldest are what a lead has to see.
MOST_ON_BOARD = 100


@dataclass(frozen=True)
class WorkCase:
    """A case as the lead sees it.

    `state` and `assignee`: None where the lead reads cases too and did not judge this one: they would tell that it was
    judged.
    """

    number: str
    opened_on: date
    age_days: int
    due_on: date
    state: CaseState | None
    assignee: str | None
    is_overdue: bool


@dataclass(frozen=True)
class Load:
    """What is on the name of one colleague. `oldest_days`: None where nothing is."""

    colleague: Colleague
    cases: int
    overdue: int
    oldest_days: int | None


@dataclass(frozen=True)
class Board:
    """The work of the team. `total`: undecided cases; `free`: of these on nobody's name.

    `by_state`: the same by state; empty for a lead who reads cases too. `in_line`: flagged addresses that wait to be
    a case.
    """

    total: int
    by_state: dict[CaseState, int]
    free: int
    overdue: int
    lapsing_soon: int
    in_line: int
    loads: list[Load]
    cases: list[WorkCase]


def work_board(store: Store, viewer: Viewer, *, now: datetime) -> Board:
    """Return the board. NotAllowedError for anybody but a lead; sensitive cases count for a lead who may see them."""
    day = day_of(now)
    groups_of = (review_case.c.state, review_case.c.assignee)
    counted = (
        sa.func.count().label("number"),
        sa.func.min(review_case.c.opened_on).label("oldest"),
        count_if(review_case.c.due_on < day).label("overdue"),
        count_if(review_case.c.expires_on <= day + timedelta(days=SOON_DAYS)).label("soon"),
    )
    grouped = sa.select(*groups_of, *counted).where(_undecided(viewer, day)).group_by(*groups_of)
    oldest = sa.select(*CASE_COLUMNS).where(_undecided(viewer, day)).order_by(*_ORDER).limit(MOST_ON_BOARD)
    with guarded("reading the work of the team"), store.engine.connect() as connection:
        groups = connection.execute(grouped).all()
        cases = [as_case(row, now) for row in connection.execute(oldest)]
    ids = [case.case_id for case in cases]
    judged = judged_cases(store, viewer, ids) if viewer.may_see_cases else frozenset(ids)
    states = () if viewer.may_see_cases else OPEN_STATES
    return Board(
        total=sum(row.number for row in groups),
        by_state={state: sum(row.number for row in groups if row.state == state) for state in states},
        free=sum(row.number for row in groups if row.assignee is None),
        overdue=sum(row.overdue for row in groups),
        lapsing_soon=sum(row.soon for row in groups),
        in_line=count_in_line(store, viewer),
        loads=[
            _load(colleague, [row for row in groups if row.assignee == colleague.account], day)
            for colleague in _with_work(store, {row.assignee for row in groups if row.assignee})
        ],
        cases=[_as_work(case, day, may_know=case.case_id in judged) for case in cases],
    )


def assign_oldest(
    store: Store, viewer: Viewer, to: str, count: int, *, now: datetime, note: Callable[[str], object] | None = None
) -> int:
    """Put the oldest cases that are nobody's on the name of a colleague, never one that they or the lead judged before.

    Args:
        store: The store.
        viewer: The lead.
        to: The account of the colleague.
        count: How many, 1 to MOST_ASSIGNED.
        now: The moment.
        note: Called with the id of each case before anything of it is kept; when it raises, that one is not assigned.

    Returns:
        How many there were.

    Raises:
        NotAllowedError: not a lead, no such colleague, or oneself.
    """
    colleague = _receiver(store, viewer, to)
    query = _for(colleague, viewer, now).where(
        review_case.c.assignee.is_(None),
        sa.or_(review_case.c.locked_until.is_(None), review_case.c.locked_until <= now),
    )
    return _divide(store, viewer, query.limit(max(0, min(count, MOST_ASSIGNED))), to, now=now, note=note)


def move_all(
    store: Store,
    viewer: Viewer,
    away: str,
    to: str | None,
    *,
    now: datetime,
    note: Callable[[str], object] | None = None,
) -> int:
    """Put all cases of a colleague who is away on the name of another, or (None) on nobody's; how many.

    What the other may not handle (they or the lead judged it, or they may not see it) is nobody's then, and so is what
    this lead may not see, which is not counted. Raises as `assign_oldest`.
    """
    if to is not None:
        colleague = _receiver(store, viewer, to)
        mine = _for(colleague, viewer, now).where(review_case.c.assignee == away)
        moved = _divide(store, viewer, mine, to, now=now, note=note)
    else:
        moved = 0
    of_away = sa.select(*CASE_COLUMNS).where(_open(viewer, day_of(now)), review_case.c.assignee == away)
    may_see = viewer.may_see(review_case.c.sensitive)
    moved += _divide(store, viewer, of_away.where(may_see).order_by(*_ORDER), None, now=now, note=note)
    _divide(store, viewer, of_away.where(sa.not_(may_see)).order_by(*_ORDER), None, now=now, note=note)
    return moved


_ORDER = (review_case.c.opened_on, review_case.c.case_id)


def _open(viewer: Viewer, day: date) -> sa.ColumnElement[bool]:
    """Every undecided case, also what this lead may not see: for what is neither shown nor counted."""
    if Role.LEAD not in viewer.roles:
        raise NotAllowedError("The work of the team is divided by its lead.")
    return is_undecided(day)


def _undecided(viewer: Viewer, day: date) -> sa.ColumnElement[bool]:
    return _open(viewer, day) & viewer.may_see(review_case.c.sensitive)


def _with_work(store: Store, accounts: set[str]) -> list[Colleague]:
    """Return who handles cases, and who has some without being among them any more."""
    handlers = {colleague.account: colleague for colleague in case_handlers(store)}
    gone = {name: Colleague(name, name, may_see_sensitive=False) for name in accounts - handlers.keys()}
    return [colleague for _, colleague in sorted((handlers | gone).items())]


def _load(colleague: Colleague, groups: list[sa.Row[tuple[object, ...]]], day: date) -> Load:
    oldest = min((row.oldest for row in groups), default=None)
    return Load(
        colleague,
        sum(row.number for row in groups),
        sum(row.overdue for row in groups),
        None if oldest is None else (day - oldest).days,
    )


def _as_work(case: Case, day: date, *, may_know: bool) -> WorkCase:
    return WorkCase(
        case_number(case.opened_on, case.case_id),
        case.opened_on,
        (day - case.opened_on).days,
        case.due_on,
        case.state if may_know else None,
        case.assignee if may_know else None,
        case.due_on < day,
    )


def _receiver(store: Store, viewer: Viewer, to: str) -> Colleague:
    """The colleague who gets cases: nobody gives some to themselves, so nobody chooses whose second reader they are."""
    if Role.LEAD not in viewer.roles or to == viewer.account:
        raise NotAllowedError("Cases are given to a colleague, by the lead.")
    colleague = next((colleague for colleague in case_handlers(store) if colleague.account == to), None)
    if colleague is None:
        raise NotAllowedError("There is no such colleague who handles cases.")
    return colleague


def _for(colleague: Colleague, viewer: Viewer, now: datetime) -> sa.Select[tuple[object, ...]]:
    """Undecided cases that a colleague may handle, in the one order there is.

    Not one that the lead judged: that would be choosing one's own second reader.
    """
    unjudged = (~has_judgement_of(account) for account in (colleague.account, viewer.account))
    query = sa.select(*CASE_COLUMNS).where(_undecided(viewer, day_of(now)), *unjudged).order_by(*_ORDER)
    return query if colleague.may_see_sensitive else query.where(review_case.c.sensitive.is_(False))


def _divide(
    store: Store,
    viewer: Viewer,
    query: sa.Select[tuple[object, ...]],
    to: str | None,
    *,
    now: datetime,
    note: Callable[[str], object] | None,
) -> int:
    """Put cases on a name or on nobody's, each in a transaction of its own; one that changes meanwhile stays."""
    with guarded("reading the work of the team"), store.engine.connect() as connection:
        cases = [as_case(row, now) for row in connection.execute(query)]
    divided = 0
    for case in cases:
        try:
            with guarded("dividing the work"), writing(store.engine) as connection:
                if note is not None:
                    note(case.case_id)
                change_case(connection, case, {**NOBODY, "assignee": to}, now=now)
                connection.execute(
                    case_step.insert().values(
                        case_id=case.case_id,
                        kind=ASSIGNED if to else RELEASED,
                        actor=viewer.account,
                        at=now,
                        details={"to": to} if to else {},
                    )
                )
        except ConflictError:
            continue
        divided += 1
    return divided
