"""Cases that lapsed because nobody decided: not seen. They stay on a list until the team lead decides about each.

What such a case rested on is not known: without a decision its address opens no other case, and it is not erased.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from screening.base.civil_time import day_of, days_later
from screening.base.vocabulary import CaseState, Role
from screening.casework.case_errors import NotAllowedError, NotReadyError, or_conflict
from screening.casework.case_policy import CasePolicy
from screening.casework.cases.numbers import case_number
from screening.casework.cases.sensitive import is_sensitive
from screening.casework.cases.snoozes import record_facts
from screening.casework.data_subject_requests import is_kept_out
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.cases import (
    CLOSED_UNSEEN,
    REOPENED,
    REOPENED_AGAIN,
    case_step,
    review_case,
    unseen_decision,
)
from screening.store.store import Store

_OVERTAKEN = "Somebody else decided about this case just now. Look again."


@dataclass(frozen=True)
class UnseenCase:
    """A case that lapsed, of which nobody has decided anything. Nothing here says whether it was drawn.

    `address_id` is for the ledger of a decision: a lead sees the number and the days.
    """

    case_id: str
    address_id: str
    opened_on: date
    concluded_on: date

    @property
    def number(self) -> str:
        """What people call the case."""
        return case_number(self.opened_on, self.case_id)


_COLUMNS = tuple(review_case.c[name] for name in UnseenCase.__dataclass_fields__)


def is_unseen(cases: sa.FromClause = review_case) -> sa.ColumnElement[bool]:
    """Return the condition that a case lapsed, that nobody decided about it, and that its address has no later case.

    An address that an upheld request keeps out waits for nobody.
    """
    later = review_case.alias()
    return sa.and_(
        cases.c.state == str(CaseState.LAPSED),
        ~sa.exists().where(unseen_decision.c.case_id == cases.c.case_id),
        ~sa.exists().where(
            later.c.address_id == cases.c.address_id,
            later.c.case_id != cases.c.case_id,
            later.c.opened_on >= cases.c.concluded_on,
        ),
        ~is_kept_out(cases.c.address_id),
    )


def has_unseen_case(address_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return the condition that an address is on the list of the team lead."""
    cases = review_case.alias()
    return sa.exists().where(cases.c.address_id == address_id, is_unseen(cases))


def unseen_cases(store: Store, viewer: Viewer) -> list[UnseenCase]:
    """List the cases that this team lead decides about, by the day on which they lapsed; empty for anyone else."""
    query = sa.select(*_COLUMNS).where(is_unseen(), _may_decide(viewer))
    query = query.order_by(review_case.c.concluded_on, review_case.c.case_id)
    with guarded("reading the cases that nobody saw"), store.engine.connect() as connection:
        return [UnseenCase(**row._mapping) for row in connection.execute(query)]


def reopen_unseen(store: Store, viewer: Viewer, case_id: str, *, now: datetime, policy: CasePolicy) -> str:
    """Open a case of the same address again, with new terms; the id of the new case.

    Raises:
        NotAllowedError: it is not on this viewer's list.
        ConflictError: somebody else decided, or the address has an open case.
    """
    with guarded("opening a case again"), or_conflict(_OVERTAKEN), writing(store.engine) as connection:
        lapsed = _require(connection, viewer, case_id)
        _decide(connection, viewer, case_id, REOPENED_AGAIN, now=now)
        day, again = day_of(now), secrets.token_hex(8)
        values = {name: lapsed._mapping[name] for name in ("address_id", "address", "postcode4", "arm")}
        last = store.last_published()
        by_now = (
            False
            if last is None
            else connection.scalar(sa.select(is_sensitive(last.run_id, sa.literal(lapsed.address_id))))
        )
        values["sensitive"] = bool(lapsed.sensitive or by_now)
        connection.execute(
            review_case.insert().values(
                **values,
                case_id=again,
                run_id=lapsed.run_id,
                opened_on=day,
                version=1,
                round=1,
                due_on=days_later(day, policy.due_days),
                expires_on=days_later(day, policy.expiry_days),
                state=str(CaseState.OPEN),
            )
        )
        connection.execute(
            case_step.insert().values(case_id=again, kind=REOPENED, actor=viewer.account, at=now, details={})
        )
    return again


def close_unseen(store: Store, viewer: Viewer, case_id: str, *, reason: str, now: datetime, policy: CasePolicy) -> None:
    """Close it with a reason: the same facts open no case for as long as a snooze lasts, never for good.

    Raises:
        NotAllowedError: it is not on this viewer's list.
        NotReadyError: no reason ("reason").
        ConflictError: somebody else decided.
    """
    if not reason.strip():
        raise NotReadyError("Say why this case is closed though nobody read it.", "reason")
    with guarded("closing a case that nobody saw"), or_conflict(_OVERTAKEN), writing(store.engine) as connection:
        _require(connection, viewer, case_id)
        _decide(connection, viewer, case_id, CLOSED_UNSEEN, now=now, reason=reason.strip())
        until = days_later(day_of(now), policy.snooze_days)
        record_facts(connection, review_case.c.case_id == case_id, until=until)


def _may_decide(viewer: Viewer) -> sa.ColumnElement[bool]:
    if Role.LEAD not in viewer.roles:
        return sa.false()
    return viewer.may_see(review_case.c.sensitive)


def _require(connection: sa.Connection, viewer: Viewer, case_id: str) -> sa.Row[Any]:
    query = review_case.select().where(review_case.c.case_id == case_id, is_unseen(), _may_decide(viewer))
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise NotAllowedError("There is no such case, somebody decided about it, or it is not yours to decide.")
    return row


def _decide(
    connection: sa.Connection, viewer: Viewer, case_id: str, decision: str, *, now: datetime, reason: str = ""
) -> None:
    values = {"case_id": case_id, "decision": decision, "reason": reason}
    connection.execute(unseen_decision.insert().values(**values, decided_by=viewer.account, decided_at=now))
