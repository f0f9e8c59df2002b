"""The rota of the contact persons: who reads the tips, and who takes over what waits longer than a working day.

A turn holds from its first day until the first day of the next. Where nobody is named, every contact person reads; so
does every one what waits for a deputy who is not there any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from screening.base.civil_time import day_of, one_working_day_later
from screening.base.vocabulary import Role
from screening.casework.case_errors import NotAllowedError
from screening.casework.colleagues import contact_persons
from screening.casework.tips.sightings import TipError
from screening.casework.tips.tips import Tip, tips_where
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.tips import colleague_signal, contact_duty
from screening.store.store import Store

#: Who sets the rota.
MAY_SET = frozenset({Role.CONTACT_PERSON, Role.LEAD})
#: A turn is set at most so far ahead.
MOST_DAYS = 183


@dataclass(frozen=True)
class Turn:
    """A turn: the accounts of the contact person and of the deputy, from a day on.

    `gone`: of these two who is among the contact persons no more, by the role or because the account is switched off.
    """

    from_day: date
    contact: str
    deputy: str
    gone: frozenset[str] = frozenset()


def on_duty(store: Store, day: date) -> Turn | None:
    """Who reads the tips on a day; None where nobody was named, or who was is among the contact persons no more.

    A tip would wait there for somebody who left.
    """
    turn = turn_of(store, day)
    return turn if turn is not None and turn.contact not in turn.gone else None


def turn_of(store: Store, day: date) -> Turn | None:
    """The turn of a day as it was set, whether these people are still there or not."""
    turns = [turn for turn in rota(store) if turn.from_day <= day]
    return turns[-1] if turns else None


def rota(store: Store) -> list[Turn]:
    """Return every turn, by its first day; of several of one day the last that was set."""
    query = sa.select(contact_duty.c.from_day, contact_duty.c.contact, contact_duty.c.deputy)
    with guarded("reading the rota"), store.engine.connect() as connection:
        rows = connection.execute(query.order_by(contact_duty.c.from_day, contact_duty.c.id)).all()
    there = {colleague.account for colleague in contact_persons(store)}
    turns = {row.from_day: Turn(*row, gone=frozenset({row.contact, row.deputy} - there)) for row in rows}
    return list(turns.values())


def set_duty(store: Store, viewer: Viewer, *, from_day: date | None, contact: str, deputy: str, now: datetime) -> None:
    """Name the contact person and the deputy from a day on, which is today or later.

    Raises:
        NotAllowedError: the viewer is neither contact person nor lead.
        TipError: no such day, or not two contact persons.
    """
    if not viewer.roles & MAY_SET:
        raise NotAllowedError("The rota is set by contact persons and the lead.")
    day, people = day_of(now), {colleague.account for colleague in contact_persons(store)}
    wrong: dict[str, tuple[str, ...]] = {}
    if from_day is None or not day <= from_day <= day + timedelta(days=MOST_DAYS):
        wrong["from_day"] = ("form",)
    if contact not in people:
        wrong["contact"] = ("none",)
    if deputy not in people:
        wrong["deputy"] = ("none",)
    elif deputy == contact:
        wrong["deputy"] = ("same",)
    if wrong:
        raise TipError(wrong)
    values = {"from_day": from_day, "contact": contact, "deputy": deputy, "set_by": viewer.account, "set_at": now}
    with guarded("setting the rota"), writing(store.engine) as connection:
        connection.execute(contact_duty.insert().values(**values))


def waits_for_deputy(tip: Tip, *, now: datetime) -> bool:
    """Whether nobody decided about a tip within a working day."""
    return tip.is_unread and one_working_day_later(tip.received_at) <= now


def tips_for(viewer: Viewer, duty: Turn | None, tips: Iterable[Tip], *, now: datetime) -> list[Tip]:
    """The unread tips that are this contact person's to read now.

    All of them without a rota and for who has the turn; for the deputy those that wait longer than a working day, and
    for every contact person where the deputy is not there any more.
    """
    unread = [tip for tip in tips if tip.is_unread]
    if duty is None or viewer.account == duty.contact:
        return unread
    is_deputy = viewer.account == duty.deputy or duty.deputy in duty.gone
    return [tip for tip in unread if waits_for_deputy(tip, now=now)] if is_deputy else []


def count_late(store: Store, *, now: datetime) -> int:
    """How many tips nobody decided about within a working day: the one number that a message may hold."""
    tips = tips_where(store, colleague_signal.c.received_at < now, now=now)
    return sum(waits_for_deputy(tip, now=now) for tip in tips)
