"""Wishes for contact: the care coordinator takes one on, calls, and says whether somebody was reached.

Nothing of a dossier or a tip goes along, and nothing comes back but numbers: how many wishes wait, are answered, are
late. The number to call goes as soon as it is not needed; the rest of a wish at its term. A wish that nobody goes on
with is late whatever was done with it before, and is the contact person's too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from screening.base.civil_time import day_of, is_working_day, working_days_later
from screening.base.vocabulary import Role
from screening.casework.case_errors import ConflictError, NotAllowedError, NotReadyError
from screening.casework.tips.care_policy import DEFAULT_CARE_POLICY, CarePolicy
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.tips import GAVE_UP, NOT_REACHED, REACHED, TAKEN_ON, care_contact, care_number, care_step
from screening.store.store import Store

#: How long a request stands (domain reference 3.6: half a year).
KEEP_DAYS = 183
STEPS = (TAKEN_ON, NOT_REACHED, REACHED, GAVE_UP)
_ENDS = frozenset({REACHED, GAVE_UP})
_CHANGED = "This request changed in the meantime. Look how it stands now."
_PHONE = re.compile(r"(?:\+[1-9]\d{7,13}|0\d{9})")
#: A number of the Netherlands as people write it for abroad: "+31 6", "0031 6", "+31 (0)6".
_WITH_COUNTRY = re.compile(r"^(?:\+|00)310?(?=[1-9]\d{8}$)")
#: Any number that is ours alone: one wish at a time is written down in a PostgreSQL database.
_WISH_LOCK = 7_411_204_805


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
    def calls(self) -> list[date]:
        """The days on which somebody called in vain, in order; a day twice where somebody called twice."""
        return [day_of(done_at) for kind, _, done_at in self.steps if kind == NOT_REACHED]

    @property
    def tries(self) -> int:
        """On how many working days somebody called in vain: three calls in a row are one try."""
        return len({day for day in self.calls if is_working_day(day)})

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to call."""
        return not any(kind in _ENDS for kind, _, _ in self.steps)

    def due_on(self, policy: CarePolicy = DEFAULT_CARE_POLICY) -> date | None:
        """The last day for what comes next: taking it on, the first call, and each next call; None once it ended."""
        if not self.is_open:
            return None
        if self.calls:
            return working_days_later(self.calls[-1], policy.try_days)
        days = policy.try_days if self.taken_on_by else policy.take_on_days
        return working_days_later(day_of(self.asked_at), days)

    def is_late(self, *, now: datetime, policy: CarePolicy = DEFAULT_CARE_POLICY) -> bool:
        """Whether the day for what comes next is over."""
        due = self.due_on(policy)
        return due is not None and due < day_of(now)


@dataclass(frozen=True)
class CareCounts:
    """What comes back of care: numbers of the whole town. `late`: of which nobody did in time what comes next."""

    waiting: int
    late: int


def phone_number(text: str) -> str | None:
    """The number as digits, or None where it is none: ten digits from 0, or + and another country.

    One number has one form, so that who asks twice wants one call, and what is kept of it is found.
    """
    number = _WITH_COUNTRY.sub("0", re.sub(r"[\s.\-()]", "", text))
    return number if _PHONE.fullmatch(number) else None


def ask_contact(connection: sa.Connection, phone: str, *, now: datetime, keep_days: int = KEEP_DAYS) -> bool:
    """Note that contact is wanted at this number, inside the caller's transaction. False: that is so already.

    Who asks twice wants one call. That it was asked again is kept nowhere, and whoever asked is told the same. Of two
    who ask at once the second waits for the first; SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WISH_LOCK)))
    if _at(phone, _open_wishes(connection, now)):
        return False
    until = day_of(now) + timedelta(days=keep_days)
    added = connection.execute(care_contact.insert().values(asked_at=now, delete_after=until))
    assert added.inserted_primary_key is not None  # noqa: S101 - one row was inserted
    connection.execute(care_number.insert().values(contact_id=added.inserted_primary_key[0], phone=phone))
    return True


def care_contacts(
    store: Store, viewer: Viewer, *, now: datetime, policy: CarePolicy = DEFAULT_CARE_POLICY
) -> list[Wish]:
    """The wishes that wait for somebody to call, the oldest first, none past its term.

    The contact person sees those that are late, and those that this person took on. NotAllowedError for anybody else.
    """
    if not viewer.roles & {Role.CARE_COORDINATOR, Role.CONTACT_PERSON}:
        raise NotAllowedError(
            "Requests for contact are read by the care coordinator, and late ones by the contact person."
        )
    wishes = _read_open_wishes(store, now)
    if Role.CARE_COORDINATOR in viewer.roles:
        return wishes
    return [wish for wish in wishes if wish.taken_on_by == viewer.account or wish.is_late(now=now, policy=policy)]


def record_care_step(
    store: Store,
    viewer: Viewer,
    number: int,
    kind: str,
    *,
    seen: int,
    now: datetime,
    policy: CarePolicy = DEFAULT_CARE_POLICY,
) -> None:
    """Record what this person did with a wish. The number to call goes when the wish ends.

    Args:
        store: The store.
        viewer: The care coordinator or the contact person.
        number: The wish.
        kind: One of STEPS.
        seen: How many steps of it this person saw. Of two who take it on at once the first has it.
        now: The moment, with a zone.
        policy: The terms.

    Raises:
        NotAllowedError: there is no such wish for this person, or the kind is none of STEPS.
        NotReadyError: the person did not take it on (`taken_on`), or called on too few days to give up (`tries`).
        ConflictError: a step came that this person did not see, of a colleague or their own; or it is theirs already.

    """
    wish = next((each for each in care_contacts(store, viewer, now=now, policy=policy) if each.number == number), None)
    if wish is None or kind not in STEPS:
        raise NotAllowedError("There is no such request for contact. Somebody may have answered it.")
    if len(wish.steps) != seen:
        raise ConflictError(_CHANGED)
    if kind == TAKEN_ON and wish.taken_on_by == viewer.account:
        raise ConflictError("You took this request on before.")
    if kind != TAKEN_ON and wish.taken_on_by != viewer.account:
        raise NotReadyError("Take the request on before you say what came of it.", "taken_on")
    if kind == GAVE_UP and wish.tries < policy.least_tries:
        raise NotReadyError(f"Call on at least {policy.least_tries} working days before you give up.", "tries")
    step = {"contact_id": number, "kind": kind, "account": viewer.account, "at": now}
    locked = sa.select(care_contact.c.id).where(care_contact.c.id == number).with_for_update()
    steps = sa.select(sa.func.count()).where(care_step.c.contact_id == number)
    with guarded("recording a step of care"), writing(store.engine) as connection:
        connection.execute(locked)
        if connection.scalar(steps) != seen:
            raise ConflictError(_CHANGED)
        connection.execute(care_step.insert().values(step))
        if kind in _ENDS:
            connection.execute(care_number.delete().where(care_number.c.contact_id == number))


def care_counts(store: Store, *, now: datetime, policy: CarePolicy = DEFAULT_CARE_POLICY) -> CareCounts:
    """Count the wishes that wait, for whoever may know that there are any: the lead, the contact person, the night."""
    wishes = _read_open_wishes(store, now)
    return CareCounts(len(wishes), sum(wish.is_late(now=now, policy=policy) for wish in wishes))


def wishes_at(store: Store, phone: str, *, now: datetime) -> list[Wish]:
    """Return the wishes at a number that are within their term, for whoever answers what is kept of it.

    A wish that ended has no number any more: it is nobody's. Who may read them asks the caller.
    """
    with guarded("reading care contacts"), store.engine.connect() as connection:
        return _at(phone, _wishes(connection, now))


def _at(phone: str, wishes: Iterable[Wish]) -> list[Wish]:
    """The wishes at a number, however it was written when it was kept."""
    return [wish for wish in wishes if phone_number(wish.phone or "") == phone]


def _read_open_wishes(store: Store, now: datetime) -> list[Wish]:
    with guarded("reading care contacts"), store.engine.connect() as connection:
        return _open_wishes(connection, now)


def _open_wishes(connection: sa.Connection, now: datetime) -> list[Wish]:
    return [wish for wish in _wishes(connection, now) if wish.is_open]


def _wishes(connection: sa.Connection, now: datetime) -> list[Wish]:
    phone = sa.func.coalesce(care_number.c.phone, care_contact.c.phone).label("phone")
    query = (
        sa.select(care_contact.c.id, care_contact.c.asked_at, care_contact.c.delete_after, phone)
        .select_from(care_contact.outerjoin(care_number, care_number.c.contact_id == care_contact.c.id))
        .where(care_contact.c.delete_after >= day_of(now))
        .order_by(care_contact.c.id)
    )
    taken = sa.select(care_step.c.contact_id, care_step.c.kind, care_step.c.account, care_step.c.at)
    steps: dict[int, list[tuple[str, str, datetime]]] = defaultdict(list)
    for contact_id, kind, account, done_at in connection.execute(taken.order_by(care_step.c.id)):
        steps[contact_id].append((kind, account, done_at))
    return [
        Wish(row.id, row.asked_at, row.phone, row.delete_after, tuple(steps[row.id]))
        for row in connection.execute(query)
    ]
