"""Erasing tips, what partners got of them, wishes for contact and turns of the rota, with all that hangs on them."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from screening.store.schema.hand_overs import tip_hand_over, tip_hand_over_event
from screening.store.schema.tips import (
    care_contact,
    care_number,
    care_step,
    colleague_signal,
    contact_duty,
    signal_decision,
    tip_forwarded,
    tip_text_removed,
)


def erase_tips(connection: sa.Connection, signal_ids: list[str]) -> Iterable[str]:
    """Delete tips with the decisions about them and their receipts, in the caller's transaction; no run is freed."""
    for table in (signal_decision, tip_forwarded, tip_text_removed, colleague_signal):
        connection.execute(table.delete().where(table.c.signal_id.in_(signal_ids)))
    return ()


def erase_tip_hand_overs(connection: sa.Connection, numbers: list[str]) -> Iterable[str]:
    """Delete entries of tips that partners got, with their steps, in the caller's transaction; no run is freed."""
    entries = [int(number) for number in numbers]
    connection.execute(tip_hand_over_event.delete().where(tip_hand_over_event.c.hand_over_id.in_(entries)))
    connection.execute(tip_hand_over.delete().where(tip_hand_over.c.id.in_(entries)))
    return ()


def erase_care_contacts(connection: sa.Connection, numbers: list[str]) -> Iterable[str]:
    """Delete wishes for contact with their number and steps, in the caller's transaction; no run is freed."""
    wishes = [int(number) for number in numbers]
    for table in (care_number, care_step):
        connection.execute(table.delete().where(table.c.contact_id.in_(wishes)))
    connection.execute(care_contact.delete().where(care_contact.c.id.in_(wishes)))
    return ()


def erase_turns(connection: sa.Connection, numbers: list[str]) -> Iterable[str]:
    """Delete turns of the rota, in the caller's transaction; no run is freed."""
    connection.execute(contact_duty.delete().where(contact_duty.c.id.in_([int(number) for number in numbers])))
    return ()
