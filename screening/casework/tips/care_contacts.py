"""Asking the care coordinator to make contact: when, and the number to call. Nothing of a dossier goes along."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import sqlalchemy as sa

from screening.casework.case_errors import NotAllowedError
from screening.casework.viewer import Viewer
from screening.civil_time import day_of
from screening.store.engine import guarded
from screening.store.schema.tips import care_contact
from screening.store.store import Store
from screening.vocabulary import Role

#: Within so many days somebody calls; after it a wish is overdue.
CALL_WITHIN_DAYS = 3
#: Who reads the wishes: the care coordinator, and the contact person, who may be the only one of the two that there is.
_READERS = frozenset({Role.CARE_COORDINATOR, Role.CONTACT_PERSON})
#: How long a request stands (domain reference 3.6: half a year).
KEEP_DAYS = 183

_PHONE = re.compile(r"(?:\+[1-9]\d{7,13}|0\d{9})")


def phone_number(text: str) -> str | None:
    """The number as digits, or None where it is none: ten digits from 0, or + and a country."""
    number = re.sub(r"[\s.\-()]", "", text)
    return number if _PHONE.fullmatch(number) else None


def ask_contact(connection: sa.Connection, phone: str, *, now: datetime, keep_days: int = KEEP_DAYS) -> None:
    """Note that contact is wanted at this number, inside the caller's transaction."""
    connection.execute(
        care_contact.insert().values(asked_at=now, phone=phone, delete_after=day_of(now) + timedelta(days=keep_days))
    )


def care_contacts(store: Store, viewer: Viewer, *, now: datetime) -> list[tuple[datetime, str]]:
    """When the care coordinator was asked to make contact, and which number to call; newest first, none past its term.

    NotAllowedError for anyone but the care coordinator and the contact person.
    """
    if not viewer.roles & _READERS:
        raise NotAllowedError("Requests for contact are read by the care coordinator and the contact person alone.")
    query = (
        sa.select(care_contact.c.asked_at, care_contact.c.phone)
        .where(care_contact.c.delete_after >= day_of(now))
        .order_by(care_contact.c.id.desc())
    )
    with guarded("reading care contacts"), store.engine.connect() as connection:
        return [(row.asked_at, row.phone) for row in connection.execute(query)]


def is_overdue(asked_at: datetime, *, now: datetime) -> bool:
    """Whether somebody should have called by now."""
    return day_of(asked_at) + timedelta(days=CALL_WITHIN_DAYS) < day_of(now)
