"""A change of a case: whole or not at all, by one person at a time, in the version that this person saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from screening.base.civil_time import day_of, days_later
from screening.base.vocabulary import Purpose
from screening.casework.case_errors import ConflictError, NotAllowedError, WithColleagueError
from screening.casework.case_policy import CasePolicy
from screening.casework.cases.case import CASE_COLUMNS, Case, as_case, visible_to
from screening.casework.cases.independence import has_judgement_of, is_with_others
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.cases import ASSIGNED, OPEN_STATES, case_step, review_case
from screening.store.store import Store

#: What a case has when it is nobody's: free for whoever comes next.
NOBODY: Mapping[str, object] = dict.fromkeys(("assignee", "purpose", "locked_by", "locked_until"))


@contextmanager
def changing_case(
    store: Store, viewer: Viewer, case_id: str, *, now: datetime, doing: str, version: int | None = None
) -> Iterator[tuple[sa.Connection, Case]]:
    """A transaction in which an undecided case that the viewer may see, and that no colleague has open, is changed.

    Nobody else changes it meanwhile: SQLite lets one write at a time, PostgreSQL holds the row. `version`: as the
    viewer last saw it. Raises NotAllowedError and ConflictError, and StoreError on database errors.
    """
    with guarded(doing), writing(store.engine) as connection:
        case = require_case(connection, viewer, case_id, now=now)
        if version is not None and case.version != version:
            raise ConflictError(
                "Somebody else was first: this case changed since you opened it. Nothing of yours was saved. Look at "
                "it again before you go on."
            )
        if case.state not in OPEN_STATES:
            raise ConflictError("This case was decided already. Nothing of yours was saved.")
        if case.locked_by is not None and case.locked_by != viewer.account:
            raise ConflictError("A colleague has this case open now. Nothing of yours was saved; take another one.")
        yield connection, case


def require_case(connection: sa.Connection, viewer: Viewer, case_id: str, *, now: datetime) -> Case:
    """The case, held for this transaction. NotAllowedError alike when it is not there and not this viewer's to see.

    WithColleagueError: it is not theirs to open now.
    """
    query = (
        sa.select(*CASE_COLUMNS)
        .where(review_case.c.case_id == case_id, visible_to(viewer, day_of(now)))
        .with_for_update()
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotAllowedError("There is no such case, it is over, or it is not yours to see.")
    is_elsewhere = sa.select(sa.exists().where(review_case.c.case_id == case_id, is_with_others(viewer)))
    if connection.scalar(is_elsewhere):
        raise WithColleagueError
    return as_case(row, now)


def take_case(
    connection: sa.Connection,
    case: Case,
    viewer: Viewer,
    *,
    now: datetime,
    policy: CasePolicy,
    assign: bool = False,
    lock: bool = True,
    purpose: Purpose | None = None,
) -> Case:
    """Lock (and assign) the case for the viewer. A lock does not change the version: nothing was decided by it."""
    locks: dict[str, object] = {}
    if lock:
        locks = {"locked_by": viewer.account, "locked_until": now + timedelta(minutes=policy.lock_minutes)}
    changes: dict[str, object] = {}
    if assign and case.assignee != viewer.account:
        changes = {"assignee": viewer.account, "purpose": purpose}
        note_step(connection, case.case_id, ASSIGNED, viewer, now=now, purpose=purpose)
    elif purpose is not None and purpose != case.purpose:
        changes = {"purpose": purpose}
    return change_case(connection, case, {**locks, **changes}, now=now, counts=bool(changes))


def change_case(
    connection: sa.Connection, case: Case, changes: Mapping[str, object], *, now: datetime, counts: bool = True
) -> Case:
    """Write the changes under the next version (`counts`), or ConflictError when it is not the version read."""
    values = {**changes, "version": case.version + counts}
    done = connection.execute(
        review_case.update()
        .where(review_case.c.case_id == case.case_id, review_case.c.version == case.version)
        .values(**values)
    )
    if done.rowcount != 1:
        raise ConflictError("Somebody else was first: this case changed just now. Nothing of yours was saved.")
    row = connection.execute(sa.select(*CASE_COLUMNS).where(review_case.c.case_id == case.case_id)).one()
    return as_case(row, now)


def judged_by_viewer(connection: sa.Connection, case: Case, viewer: Viewer) -> bool:
    """Whether the viewer has judged in the present round."""
    has_judged = has_judgement_of(viewer.account, in_this_round=True)
    query = sa.select(sa.exists().where(review_case.c.case_id == case.case_id, has_judged))
    return bool(connection.scalar(query))


def expiry_after(day: date, case: Case, policy: CasePolicy) -> date:
    """Until when a case may be handled whose first judgement fell today: a second officer has a term too."""
    return max(case.expires_on, days_later(day, policy.expiry_days))


def note_step(
    connection: sa.Connection, case_id: str, kind: str, viewer: Viewer, *, now: datetime, purpose: Purpose | None = None
) -> None:
    """Add a step to the history of a case."""
    details = {} if purpose is None else {"purpose": str(purpose)}
    connection.execute(
        case_step.insert().values(case_id=case_id, kind=kind, actor=viewer.account, at=now, details=details)
    )
