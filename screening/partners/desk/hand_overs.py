"""What reaches a partner without a key: a prepared call about a case that was passed on, and a sheet (`sheets`).

Each is an entry of the register of what was disclosed. A call is made for a case that two officers found to be the
partner's; without an agreement it tells nothing of the case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from screening.base.vocabulary import NoticeReason, Purpose
from screening.casework.acts.acts import decided_case, has_call, outside_referral
from screening.casework.acts.stops import DecidedCase, stops
from screening.casework.case_errors import ConflictError, MotivationError, NotAllowedError, NotReadyError, or_conflict
from screening.casework.viewer import Viewer
from screening.partners.desk.agreements import Agreement, agreements_for
from screening.partners.kinds.partner_kind import CallTells, HandOverForm, kind_of_referral
from screening.store.engine import added_key, guarded, writing
from screening.store.schema.cases import review_case
from screening.store.schema.hand_overs import (
    CALL,
    CALLED_BACK,
    DESTROYED,
    RELEASED,
    SHEET,
    partner_hand_over,
    partner_hand_over_event,
)
from screening.store.schema.runs import FLAGGED
from screening.store.store import Store

#: What is told when two people did something at once.
OVERTAKEN = "A colleague did something with this hand-over just now. Nothing of yours was saved. Look again."


@dataclass(frozen=True)
class Caller:
    """Who calls a partner. `department`, `contact`: empty where nothing is configured about sending signals."""

    municipality: str
    department: str = ""
    contact: str = ""


@dataclass(frozen=True)
class HandOverStep:
    """A step: a sheet was downloaded, called back, or destroyed by the partner."""

    action: str
    actor: str
    done_at: datetime
    reason: NoticeReason | None
    channel: str | None


@dataclass(frozen=True)
class RecallableHandOver:
    """What a partner was told or given, with what was done with it since."""

    steps: tuple[HandOverStep, ...]

    @property
    def has_left(self) -> bool:
        """Whether somebody of the partner may have it."""
        return True

    @property
    def called_back(self) -> HandOverStep | None:
        """The step with which it was called back."""
        return next((step for step in self.steps if step.action == CALLED_BACK), None)

    @property
    def is_destroyed(self) -> bool:
        """Whether the partner told that it was destroyed."""
        return any(step.action == DESTROYED for step in self.steps)


@dataclass(frozen=True)
class PartnerHandOver(RecallableHandOver):
    """A call or a sheet. `partner`: a code of the list of referrals, of a sheet that of the kind of partner."""

    id: int
    case_id: str
    form: str
    partner: str
    recipient: str
    article: str
    covenant: str
    theme: str
    purpose: str
    fields: tuple[str, ...]
    content: dict[str, Any]
    prepared_by: str
    prepared_at: datetime

    @property
    def number(self) -> str:
        """The number by which both sides call it."""
        return str(self.content["kenmerk"]) if self.is_sheet else f"G-{self.prepared_at:%Y}-{self.id:05d}"

    @property
    def is_sheet(self) -> bool:
        """Whether it is a sheet on paper."""
        return self.form == SHEET

    @property
    def has_left(self) -> bool:
        """Whether somebody of the partner may have it."""
        return not self.is_sheet or any(step.action == RELEASED for step in self.steps)

    @property
    def tells_of_case(self) -> bool:
        """Whether it tells anything of the case: a call without an agreement does not."""
        return bool(self.recipient)


def partner_hand_overs(store: Store, case_ids: Collection[str]) -> list[PartnerHandOver]:
    """List the calls and sheets of these cases, oldest first. Who may see the case is for the caller to ask."""
    with guarded("reading what partners got"), store.engine.connect() as connection:
        rows = connection.execute(
            partner_hand_over.select().where(partner_hand_over.c.case_id.in_(case_ids)).order_by(partner_hand_over.c.id)
        ).all()
        events = connection.execute(
            partner_hand_over_event.select()
            .where(partner_hand_over_event.c.case_id.in_(case_ids))
            .order_by(partner_hand_over_event.c.id)
        ).all()
    steps: dict[int, list[HandOverStep]] = {}
    for event in events:
        steps.setdefault(event.hand_over_id, []).append(hand_over_step_of(event))
    names = set(PartnerHandOver.__dataclass_fields__) - {"fields", "content", "steps"}
    return [
        PartnerHandOver(
            **{name: row._mapping[name] for name in names},
            fields=tuple(row.fields),
            content=json.loads(row.content),
            steps=tuple(steps.get(row.id, ())),
        )
        for row in rows
    ]


def hand_over_step_of(event: sa.Row[Any]) -> HandOverStep:
    """A row of what was done with a hand-over as a step."""
    reason = NoticeReason(event.reason) if event.reason else None
    return HandOverStep(event.action, event.actor, event.at, reason, event.channel)


def referral_of(store: Store, case_id: str) -> str | None:
    """The code under which two officers passed a case on to another organisation; None where they did not."""
    with guarded("reading a judgement"), store.engine.connect() as connection:
        return connection.scalar(outside_referral(case_id))


def call_agreements(store: Store, case: DecidedCase, referral: str) -> list[Agreement]:
    """The agreements on which something of a case may be told on the telephone; none: nothing of it is told."""
    kind = kind_of_referral(referral)
    if kind is None or CallTells.ADRES not in kind.call_tells or case.sensitive or case.arm != FLAGGED:
        return []
    return [agreement for agreement in agreements_for(store, HandOverForm.CALL) if agreement.terms.kind == kind.code]


def make_call(
    store: Store,
    viewer: Viewer,
    case_id: str,
    caller: Caller,
    *,
    purpose: Purpose,
    now: datetime,
    recipient: str = "",
    key: bytes | None = None,
) -> PartnerHandOver:
    """Prepare the call with which a case goes to whom two officers passed it on, and register what it tells.

    Args:
        store: The store.
        viewer: Who calls.
        case_id: The case.
        caller: Who we are.
        purpose: For which task.
        now: The moment, with a zone.
        recipient: Which organisation is called, where there is an agreement with more than one of this kind.
        key: See `stops`.

    Raises:
        MotivationError: there is an agreement with several, and none of them is chosen (`bellen`).
        NotAllowedError: there is no such case, two officers did not pass it on, or it is not this viewer's to see.
        NotReadyError: what it rests on does not hold any more ("stopped").
        ConflictError: it was prepared already, and not called back.
    """
    case, referral = decided_case(store, viewer, case_id), referral_of(store, case_id)
    if case is None or referral is None:
        raise NotAllowedError("There is no such case that two officers passed on, or it is not yours to see.")
    refuse_stopped(store, case, key)
    usable = call_agreements(store, case, referral)
    agreement = next((each for each in usable if len(usable) == 1 or each.terms.recipient == recipient), None)
    if usable and agreement is None:
        raise MotivationError("There is an agreement with several: choose whom you call.", "bellen")
    named = {} if agreement is None else {"adres": _address_of(store, case_id)}
    content = {"gemeente": caller.municipality, "afdeling": caller.department, "contact": caller.contact, **named}
    return add_hand_over(
        store,
        viewer,
        case_id,
        content,
        now=now,
        form=CALL,
        partner=referral,
        purpose=str(purpose),
        agreement=agreement,
        theme="",
    )


def _address_of(store: Store, case_id: str) -> str:
    query = sa.select(review_case.c.address).where(review_case.c.case_id == case_id)
    with guarded("reading a case"), store.engine.connect() as connection:
        return str(connection.scalar(query))


def refuse_stopped(store: Store, case: DecidedCase, key: bytes | None) -> None:
    """Raise NotReadyError ("stopped") where what the case rests on does not hold any more. `key`: see `stops`."""
    if case.case_id in stops(store, [case], key=key):
        raise NotReadyError("What this case rests on does not hold any more: nothing follows from it.", "stopped")


def add_hand_over(
    store: Store,
    viewer: Viewer,
    case_id: str,
    content: dict[str, Any],
    *,
    now: datetime,
    agreement: Agreement | None,
    **values: object,
) -> PartnerHandOver:
    """Write a call or a sheet down as it was prepared: that is its entry of the register.

    ConflictError: a call of this case was prepared already, and not called back.
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    row = {
        "case_id": case_id,
        "fields": sorted(content),
        "content": text,
        "content_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "prepared_by": viewer.account,
        "prepared_at": now,
        "recipient": agreement.terms.recipient if agreement else "",
        "article": agreement.terms.article if agreement else "",
        "covenant": agreement.terms.covenant if agreement else "",
        **values,
    }
    locked = sa.select(review_case.c.case_id).where(review_case.c.case_id == case_id).with_for_update()
    with guarded("preparing a hand-over"), or_conflict(OVERTAKEN), writing(store.engine) as connection:
        # PostgreSQL: of two who prepare a call at once the second waits here, and then sees that of the first
        connection.execute(locked)
        if values["form"] == CALL and connection.scalar(sa.select(has_call(case_id))):
            raise ConflictError(OVERTAKEN)
        number = added_key(connection.execute(partner_hand_over.insert().values(**row)))
    return next(hand_over for hand_over in partner_hand_overs(store, [case_id]) if hand_over.id == number)
