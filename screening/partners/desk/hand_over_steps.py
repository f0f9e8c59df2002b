"""Calling back what a partner was told or given, in one way: a call, a sheet, and a tip of a colleague.

The partner is asked to destroy it; that it did is what the partner says: the receipt.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from screening.base.vocabulary import NoticeReason
from screening.casework.acts.acts import CHANNELS, decided_case
from screening.casework.case_errors import ConflictError, MotivationError, NotAllowedError, NotReadyError, or_conflict
from screening.casework.viewer import Viewer
from screening.partners.desk.hand_overs import OVERTAKEN, PartnerHandOver, partner_hand_overs
from screening.partners.desk.tip_hand_overs import TipHandOver
from screening.store.engine import guarded, writing
from screening.store.schema.hand_overs import (
    CALLED_BACK,
    DESTROYED,
    partner_hand_over,
    partner_hand_over_event,
    tip_hand_over,
    tip_hand_over_event,
)
from screening.store.store import Store


def hand_over_of_case(store: Store, viewer: Viewer, case_id: str, number: int) -> PartnerHandOver:
    """Return a call or a sheet of a decided case. NotAllowedError: there is none, or the case is not this viewer's."""
    if decided_case(store, viewer, case_id) is None:
        raise NotAllowedError("There is no such case, or it is not yours to see.")
    given = next((each for each in partner_hand_overs(store, [case_id]) if each.id == number), None)
    if given is None:
        raise NotAllowedError("There is no such hand-over.")
    return given


def call_back_hand_over(
    store: Store, viewer: Viewer, given: PartnerHandOver | TipHandOver, *, reason: NoticeReason, now: datetime
) -> None:
    """Call back what a partner was told or given: a sheet leaves no more, and the partner is asked to destroy it.

    Raises:
        NotReadyError: it told the partner nothing of a case ("nothing").
        ConflictError: it was called back already.
    """
    if isinstance(given, PartnerHandOver) and not given.tells_of_case:
        raise NotReadyError("This call told nothing of the case: there is nothing to call back.", "nothing")
    if given.called_back is not None:
        raise ConflictError(OVERTAKEN)
    note_hand_over_step(store, viewer, given, CALLED_BACK, now=now, reason=str(reason))


def confirm_destroyed(
    store: Store, viewer: Viewer, given: PartnerHandOver | TipHandOver, *, channel: str, now: datetime
) -> None:
    """Write down that the partner told that it was destroyed, and how it told so: the receipt.

    Raises:
        MotivationError: no way of telling is chosen (`langs`).
        NotReadyError: it was not called back ("not_called_back"), or nobody of the partner had it ("never_left").
    """
    if channel not in CHANNELS:
        raise MotivationError("Say how the partner told it.", "langs")
    if given.called_back is None or given.is_destroyed:
        raise NotReadyError("Only what was called back is destroyed, once.", "not_called_back")
    if not given.has_left:
        raise NotReadyError("This sheet was never given out: the partner has nothing to destroy.", "never_left")
    note_hand_over_step(store, viewer, given, DESTROYED, now=now, channel=channel)


def note_hand_over_step(
    store: Store,
    viewer: Viewer,
    given: PartnerHandOver | TipHandOver,
    action: str,
    *,
    now: datetime,
    reason: str | None = None,
    channel: str | None = None,
) -> None:
    """Write a step down. ConflictError: a colleague did something with it just now."""
    row = {"hand_over_id": given.id, "action": action, "reason": reason, "channel": channel}
    insert: sa.Insert = (
        tip_hand_over_event.insert().values(signal_id=given.signal_id)
        if isinstance(given, TipHandOver)
        else partner_hand_over_event.insert().values(case_id=given.case_id, prepared_by=given.prepared_by)
    )
    table = tip_hand_over if isinstance(given, TipHandOver) else partner_hand_over
    locked = sa.select(table.c.id).where(table.c.id == given.id).with_for_update()
    with guarded("noting a step of a hand-over"), or_conflict(OVERTAKEN), writing(store.engine) as connection:
        # PostgreSQL: of two steps at once the second waits here, and then the guard sees the first
        connection.execute(locked)
        connection.execute(insert.values(**row, actor=viewer.account, at=now))
