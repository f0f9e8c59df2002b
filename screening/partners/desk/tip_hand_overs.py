"""A tip of a colleague that goes to a partner: a disclosure, on an agreement that holds at that moment.

The contact person reads it out, mails it or gives it on paper, as for inspectors (`casework.tips.forwarding`). What
went is the address, the day and what was seen; never the text, nor who sent it. The entry outlives the tip: it is kept
as long as other disclosures, and can be called back until it goes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from screening.casework.case_errors import NotAllowedError, NotReadyError
from screening.casework.tips.forwarding import checked_day, enter_once
from screening.casework.tips.sightings import House
from screening.casework.tips.tips import get_tip, require_contact_person
from screening.casework.viewer import Viewer
from screening.partners.desk.agreements import IN_FORCE, Agreement, agreements
from screening.partners.desk.hand_overs import RecallableHandOver, hand_over_step_of
from screening.partners.kinds.partner_kind import PartnerKind, SignalField, partner_kinds
from screening.store.engine import guarded
from screening.store.schema.hand_overs import CALLED_BACK, tip_hand_over, tip_hand_over_event
from screening.store.schema.partners import partner_agreement
from screening.store.store import Store


@dataclass(frozen=True)
class TipHandOver(RecallableHandOver):
    """That a partner got a tip. `id`: drawn at random, as of a `TipReceipt`.

    `kind`: of the partner; `content`: what was told; `way`, `handed_on`: how and when.
    """

    id: int
    signal_id: str
    postcode: str
    house_number: int
    recipient: str
    kind: str
    article: str
    covenant: str
    content: dict[str, Any]
    way: str
    handed_on: date
    handed_by: str
    handed_at: datetime

    @property
    def house(self) -> House:
        """The house without the addition."""
        return House(self.postcode, self.house_number)

    @property
    def seen_on(self) -> date:
        """The day of the sighting."""
        return date.fromisoformat(self.content["gezien_op"])

    @property
    def number(self) -> str:
        """The number by which both sides call it."""
        return f"V-{self.handed_at:%Y}-{self.id:05d}"


def tip_kinds() -> list[PartnerKind]:
    """The kinds of partner that may get a tip at all."""
    return [kind for kind in partner_kinds().values() if SignalField.MELDINGEN in kind.fields]


def tip_agreements(store: Store) -> list[Agreement]:
    """The agreements in force on which a tip may go, by recipient: two people chose that part of them."""
    usable = [
        agreement
        for agreement in agreements(store)
        if agreement.state == IN_FORCE and not agreement.is_to_check and SignalField.MELDINGEN in agreement.terms.fields
    ]
    return sorted(usable, key=lambda agreement: agreement.terms.recipient)


def hand_tip_over(
    store: Store,
    viewer: Viewer,
    signal_id: str,
    *,
    recipient: str,
    way: str,
    handed_on: date | None,
    is_checked: bool,
    now: datetime,
) -> TipHandOver:
    """Enter in the register that the contact person handed a tip to a partner; pressed twice, it counts once.

    Args:
        store: The store.
        viewer: The contact person.
        signal_id: The tip.
        recipient: With whom something is agreed.
        way: One of WAYS.
        handed_on: The day on which it was handed over, as in `forward_tip`.
        is_checked: That this person looked whether the ground holds here.
        now: The moment, with a zone.

    Raises:
        NotAllowedError: as in `get_tip`.
        NotReadyError: no agreement with this recipient lets a tip go now ("agreement").
        TipError: a field is missing or cannot be.
        ConflictError, StoreError: as in `enter_once`.
    """
    tip = get_tip(store, viewer, signal_id, now=now)
    agreement = next((each for each in tip_agreements(store) if each.terms.recipient == recipient), None)
    if agreement is None:
        raise NotReadyError("No agreement in force lets a tip go to this partner.", "agreement")
    day = checked_day(tip, way=way, handed_on=handed_on, is_checked=is_checked, now=now)
    content = {
        "adres": tip.seen.address,
        "gezien_op": tip.seen.seen_on.isoformat(),
        "waarnemingen": list(tip.seen.observations),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    row = {
        "signal_id": signal_id,
        "agreement_id": agreement.id,
        "postcode": tip.seen.postcode,
        "house_number": tip.seen.house_number,
        "content": text,
        "content_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "way": way,
        "handed_on": day,
        "handed_by": viewer.account,
        "handed_at": now,
    }
    step = tip_hand_over_event.c
    is_back = sa.exists().where(step.hand_over_id == tip_hand_over.c.id, step.action == CALLED_BACK)
    same = (tip_hand_over.c[name] == row[name] for name in ("agreement_id", "way", "handed_on"))
    number = enter_once(store, tip_hand_over, row, *same, ~is_back)
    return _where(store, tip_hand_over.c.id == number)[0]


def tip_hand_overs(store: Store, viewer: Viewer, signal_id: str | None = None) -> list[TipHandOver]:
    """List what partners got of one tip or of all, oldest first. NotAllowedError for who is no contact person."""
    require_contact_person(viewer)
    return _where(store, *([] if signal_id is None else [tip_hand_over.c.signal_id == signal_id]))


def tip_hand_over_of(store: Store, viewer: Viewer, number: int) -> TipHandOver:
    """Return one entry by its id. NotAllowedError: there is none, or another than a contact person asks."""
    require_contact_person(viewer)
    entries = _where(store, tip_hand_over.c.id == number)
    if not entries:
        raise NotAllowedError("There is no such entry of the register.")
    return entries[0]


def tip_hand_overs_at(store: Store, houses: Collection[House]) -> list[TipHandOver]:
    """List what partners got of tips that name one of these houses. Who may read them is for the caller to ask."""
    if not houses:
        return []
    named = tip_hand_over.c.postcode, tip_hand_over.c.house_number
    at_house = [sa.and_(*(column == value for column, value in zip(named, house, strict=True))) for house in houses]
    return _where(store, sa.or_(*at_house))


def _where(store: Store, *conditions: sa.ColumnElement[bool]) -> list[TipHandOver]:
    agreed = [partner_agreement.c[name] for name in ("recipient", "kind", "article", "covenant")]
    query = (
        sa.select(tip_hand_over, *agreed)
        .join(partner_agreement, partner_agreement.c.id == tip_hand_over.c.agreement_id)
        .where(*conditions)
        .order_by(tip_hand_over.c.handed_at, tip_hand_over.c.id)
    )
    with guarded("reading what partners got of tips"), store.engine.connect() as connection:
        rows = connection.execute(query).all()
        events = connection.execute(
            tip_hand_over_event.select()
            .where(tip_hand_over_event.c.hand_over_id.in_([row.id for row in rows]))
            .order_by(tip_hand_over_event.c.id)
        ).all()
    names = set(TipHandOver.__dataclass_fields__) - {"content", "steps"}
    return [
        TipHandOver(
            **{name: row._mapping[name] for name in names},
            content=json.loads(row.content),
            steps=tuple(hand_over_step_of(event) for event in events if event.hand_over_id == row.id),
        )
        for row in rows
    ]
