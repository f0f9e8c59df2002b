"""Wishes for contact: the care coordinator takes one on, calls, and says whether somebody was reached.

Nothing of a dossier or a tip goes along, and nothing comes back but numbers: how many wishes wait, are answered, are
late. The number to call goes as soon as it is not needed; the rest of a wish at its term.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from screening.casework.case_errors import ConflictError, NotAllowedError, NotReadyError, or_conflict
from screening.casework.tips.care_policy import DEFAULT_CARE_POLICY, CarePolicy
from screening.casework.viewer import Viewer
from screening.civil_time import day_of, working_days_later
from screening.store.engine import guarded, writing
from screening.store.schema.tips import (
    GAVE_UP,
    NOT_REACHED,
    REACHED,
    TAKEN_ON,
    care_contact,
    care_number,
    care_step,
)
from screening.store.store import Store
from screening.vocabulary import Role

#: How long a request stands (domain reference 3.6: half a year).
KEEP_DAYS = 183
STEPS = (TAKEN_ON, NOT_REACHED, REACHED, GAVE_UP)
_ENDS = frozenset({REACHED, GAVE_UP})
_PHONE = re.compile(r"(?:\+[1-9]\d{7,13}|0\d{9})")


@dataclass(frozen=True)
class Wish:
    """A wish for contact. `phone`: None where it is not needed any more. `steps`: (kind, account, moment), in order."""

    number: int
    asked_at: datetime
    phone: str | None
    delete_after: date
    steps: tuple[tuple[str, str, datetime], ...] = ()

    @property
    def taken_on_by(self) -> str | None:
        """Who took it on last."""
        return next((account for kind, account, _ in reversed(self.steps) if kind == TAKEN_ON), None)

    @property
    def tries(self) -> int:
        """How often somebody called in vain."""
        return sum(kind == NOT_REACHED for kind, _, _ in self.steps)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to call."""
        return not any(kind in _ENDS for kind, _, _ in self.steps)

    def due_on(self, policy: CarePolicy = DEFAULT_CARE_POLICY) -> date | None:
        """The last day for what comes next, taking it on or the first call; None after that."""
        if not self.is_open or self.tries:
            return None
        days = policy.try_days if self.taken_on_by else policy.take_on_days
        return working_days_later(day_of(self.asked_at), days)

    def is_late(self, *, now: datetime, policy: CarePolicy = DEFAULT_CARE_POLICY) -> bool:
        """Whether the day for what comes next is over."""
        due = self.due_on(policy)
        return due is not None and due < day_of(now)

    def is_unanswered(self, *, now: datetime, policy: CarePolicy = DEFAULT_CARE_POLICY) -> bool:
        """Whether nobody took it on in time: then the contact person may answer it too."""
        return self.taken_on_by is None and self.is_late(now=now, policy=policy)


@dataclass(frozen=True)
class CareCounts:
    """What comes back of care: numbers of the whole town. `unanswered`: nobody took them on in time; also `late`."""

    waiting: int
    late: int
    unanswered: int


def phone_number(text: str) -> str | None:
    """The number as digits, or None where it is none: ten digits from 0, or + and a country."""
    number = re.sub(r"[\s.\-()]", "", text)
    return number if _PHONE.fullmatch(number) else None


def ask_contact(connection: sa.Connection, phone: str, *, now: datetime, keep_days: int = KEEP_DAYS) -> None:
    """Note that contact is wanted at this number, inside the caller's transaction."""
    until = day_of(now) + timedelta(days=keep_days)
    added = connection.execute(care_contact.insert().values(asked_at=now, delete_after=until))
    assert added.inserted_primary_key is not None  # noqa: S101 - one row was inserted
    connection.execute(care_number.insert().values(contact_id=added.inserted_primary_key[0], phone=phone))


def care_contacts(
    store: Store, viewer: Viewer, *, now: datetime, policy: CarePolicy = DEFAULT_CARE_POLICY
) -> list[Wish]:
    """The wishes that wait for somebody to call, the oldest first, none past its term.

    The contact person sees those that nobody took on in time. NotAllowedError for anybody but these two.
    """
    if Role.CARE_COORDINATOR in viewer.roles:
        return _open_wishes(store, now)
    if Role.CONTACT_PERSON in viewer.roles:
        wishes = _open_wishes(store, now)
        return [
            wish for wish in wishes if wish.taken_on_by == viewer.account or wish.is_unanswered(now=now, policy=policy)
        ]
    raise NotAllowedError("Requests for contact are read by the care coordinator, and late ones by the contact person.")


def record_care_step(
    store: Store,
    viewer: Viewer,
    number: int,
    kind: str,
    *,
    now: datetime,
    policy: CarePolicy = DEFAULT_CARE_POLICY,
) -> None:
    """Record what this person did with a wish. The number to call goes when the wish ends.

    Raises:
        NotAllowedError: there is no such wish for this person, or the kind is none of STEPS.
        NotReadyError: the person did not take it on (`taken_on`), or called too few times to give up (`tries`).
        ConflictError: a colleague ended it in this very moment, or it is one's own already.

    """
    wish = next((each for each in care_contacts(store, viewer, now=now, policy=policy) if each.number == number), None)
    if wish is None or kind not in STEPS:
        raise NotAllowedError("There is no such request for contact. Somebody may have answered it.")
    if kind == TAKEN_ON and wish.taken_on_by == viewer.account:
        raise ConflictError("You took this request on before.")
    if kind != TAKEN_ON and wish.taken_on_by != viewer.account:
        raise NotReadyError("Take the request on before you say what came of it.", "taken_on")
    if kind == GAVE_UP and wish.tries < policy.least_tries:
        raise NotReadyError(f"Try at least {policy.least_tries} times before you give up.", "tries")
    step = {"contact_id": number, "kind": kind, "account": viewer.account, "at": now}
    with (
        guarded("recording a step of care"),
        or_conflict("A colleague ended this request."),
        writing(store.engine) as connection,
    ):
        connection.execute(care_step.insert().values(step))
        if kind in _ENDS:
            connection.execute(care_number.delete().where(care_number.c.contact_id == number))


def care_counts(store: Store, *, now: datetime, policy: CarePolicy = DEFAULT_CARE_POLICY) -> CareCounts:
    """Count the wishes that wait, for whoever may know that there are any: the lead, the contact person, the night."""
    wishes = _open_wishes(store, now)
    return CareCounts(
        len(wishes),
        sum(wish.is_late(now=now, policy=policy) for wish in wishes),
        sum(wish.is_unanswered(now=now, policy=policy) for wish in wishes),
    )


def _open_wishes(store: Store, now: datetime) -> list[Wish]:
    phone = sa.func.coalesce(care_number.c.phone, care_contact.c.phone).label("phone")
    query = (
        sa.select(care_contact.c.id, care_contact.c.asked_at, care_contact.c.delete_after, phone)
        .select_from(care_contact.outerjoin(care_number, care_number.c.contact_id == care_contact.c.id))
        .where(care_contact.c.delete_after >= day_of(now))
        .order_by(care_contact.c.id)
    )
    taken = sa.select(care_step.c.contact_id, care_step.c.kind, care_step.c.account, care_step.c.at)
    steps: dict[int, list[tuple[str, str, datetime]]] = defaultdict(list)
    with guarded("reading care contacts"), store.engine.connect() as connection:
        for contact_id, kind, account, done_at in connection.execute(taken.order_by(care_step.c.id)):
            steps[contact_id].append((kind, account, done_at))
        wishes = [
            Wish(row.id, row.asked_at, row.phone, row.delete_after, tuple(steps[row.id]))
            for row in connection.execute(query)
        ]
    return [wish for wish in wishes if wish.is_open]
