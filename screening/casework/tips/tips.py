"""Tips of colleagues: what somebody of the municipality saw at an address, for the contact person to decide about.

A tip is context and never an indicator. Who sent it is known to the contact person alone; the officer of a dossier
sees what was seen and when. What does not pass the checks (`sightings.py`, `text.py`) is stored nowhere. What
is past its term is there for nobody, also while it waits to be erased.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from screening.casework.case_errors import NotAllowedError
from screening.casework.tips.care_contacts import ask_contact, phone_number
from screening.casework.tips.sightings import (
    DEFAULT_POLICY,
    OBSERVATIONS,
    House,
    Sighting,
    TipError,
    TipPolicy,
    houses_in,
    sighting_faults,
)
from screening.casework.viewer import Viewer
from screening.civil_time import day_of
from screening.store.engine import guarded, writing
from screening.store.schema.cases import is_undecided, review_case
from screening.store.schema.tips import colleague_signal, signal_decision
from screening.store.store import Store
from screening.vocabulary import Role
from screening.word_lists import read_translations

JOINS_DOSSIER, KEPT, NOT_USED, CARE = "joins_dossier", "kept", "not_used", "care"
DECISIONS = (JOINS_DOSSIER, KEPT, NOT_USED, CARE)

#: Why a tip is not used. The reporter is told, so the list is closed: free words could tell of a dossier.
REASONS = read_translations("screening.casework.tips", "choices.yaml")["reasons"]

_ATTEMPTS = 5


@dataclass(frozen=True)
class Tip:
    """A tip as the contact person sees it. `decision`, `reason`, `decided_at`: the last decision, or None.

    `address_id`: of the dossier that it joined.
    """

    signal_id: str
    reporter: str
    received_at: datetime
    delete_after: date
    seen: Sighting
    decision: str | None
    reason: str | None
    address_id: str | None
    decided_at: datetime | None


@dataclass(frozen=True)
class OwnTip:
    """A tip as its reporter sees it. `fate`: received, read, not_used or care.

    "read" is both kept and joined to a dossier: whoever can send a tip must not learn at which addresses one exists.
    """

    received_at: datetime
    delete_after: date
    seen: Sighting
    fate: str
    reason: str | None


@dataclass(frozen=True)
class DossierTip:
    """A tip as the officer of a dossier sees it: the sighting and its day, without the reporter."""

    seen_on: date
    observations: tuple[str, ...]
    text: str

    def words(self, language: str) -> list[str]:
        """The observations as a reader reads them, `nl` or `en`."""
        return [OBSERVATIONS[code][1 if language == "en" else 0] for code in self.observations]


@dataclass(frozen=True)
class CaseAddress:
    """An address at which a case is open now: what a tip can join."""

    address_id: str
    address: str


def report_tip(
    store: Store, viewer: Viewer, seen: Sighting, *, now: datetime, policy: TipPolicy = DEFAULT_POLICY
) -> str:
    """Take a tip in; its id. TipError: a field will not do, or this account sent its most for today."""
    day = day_of(now)
    wrong = sighting_faults(seen, day=day, policy=policy)
    if wrong:
        raise TipError(wrong)
    values = {
        **vars(seen),
        "observations": list(seen.observations),
        "reporter": viewer.account,
        "received_at": now,
        "received_on": day,
        "delete_after": day + timedelta(days=policy.keep_days),
    }
    of_today = (colleague_signal.c.reporter == viewer.account, colleague_signal.c.received_on == day)
    for _ in range(_ATTEMPTS):
        signal_id = secrets.token_hex(8)
        # the number is taken when the same account sent another tip in this very moment
        with guarded("taking a signal"), suppress(sa.exc.IntegrityError), writing(store.engine) as connection:
            sent = connection.scalar(sa.select(sa.func.max(colleague_signal.c.number_of_day)).where(*of_today)) or 0
            if sent >= policy.per_day:
                raise TipError({"limit": ("reached",)})
            connection.execute(colleague_signal.insert().values(signal_id=signal_id, number_of_day=sent + 1, **values))
            return signal_id
    raise TipError({"limit": ("busy",)})


def own_tips(store: Store, viewer: Viewer, *, now: datetime) -> list[OwnTip]:
    """Return the signals of this account with their fate, newest first, without those past their term."""
    return [
        OwnTip(tip.received_at, tip.delete_after, tip.seen, _fate(tip.decision), tip.reason)
        for tip in reversed(_tips(store, colleague_signal.c.reporter == viewer.account, now=now))
    ]


def _fate(decision: str | None) -> str:
    return {None: "received", JOINS_DOSSIER: "read", KEPT: "read"}.get(decision, decision or "")


def inbox(store: Store, viewer: Viewer, *, now: datetime) -> list[Tip]:
    """Every signal, oldest first, for the contact person. NotAllowedError for anybody else."""
    _require_contact_person(viewer)
    return _as_seen(store, viewer, _tips(store, now=now))


def get_tip(store: Store, viewer: Viewer, signal_id: str, *, now: datetime) -> Tip:
    """Return one signal for the contact person. NotAllowedError: unknown, past its term, or asked for by another."""
    _require_contact_person(viewer)
    tips = _tips(store, colleague_signal.c.signal_id == signal_id, now=now)
    if not tips:
        raise NotAllowedError("There is no such signal. Its term may be over.")
    return _as_seen(store, viewer, tips)[0]


def cases_for_tip(store: Store, viewer: Viewer, signal: Tip, *, now: datetime) -> list[CaseAddress]:
    """The open cases at the postcode and number of a tip that the contact person may know of, to choose from.

    Nothing is resolved by itself: a text that fits is a proposal, and a person says which object was meant.
    """
    _require_contact_person(viewer)
    query = (
        sa.select(review_case.c.address_id, review_case.c.address)
        .where(
            review_case.c.postcode4 == signal.seen.postcode[:4],
            is_undecided(day_of(now)),
            viewer.may_see(review_case.c.sensitive),
        )
        .order_by(review_case.c.address, review_case.c.address_id)
    )
    with guarded("looking for a case"), store.engine.connect() as connection:
        rows = connection.execute(query).all()
    return [CaseAddress(row.address_id, row.address) for row in rows if signal.seen.house in houses_in(row.address)]


def decide_tip(
    store: Store,
    viewer: Viewer,
    signal_id: str,
    decision: str,
    *,
    now: datetime,
    address_id: str | None = None,
    reason: str | None = None,
    phone: str = "",
) -> None:
    """Record the decision of the contact person on a tip; a later decision replaces an earlier one.

    `joins_dossier` needs the `address_id` of an open case that fits (`cases_for_tip`), `not_used` a `reason` of
    REASONS, `care` the `phone` to call: the care coordinator learns only that contact is wanted. TipError
    names the field that is missing. NotAllowedError as in `get_tip`.
    """
    signal = get_tip(store, viewer, signal_id, now=now)
    number = phone_number(phone)
    if decision not in DECISIONS:
        raise TipError({"decision": ("none",)})
    if decision == JOINS_DOSSIER and address_id not in {
        case.address_id for case in cases_for_tip(store, viewer, signal, now=now)
    }:
        raise TipError({"address_id": ("no_case",)})
    if decision == NOT_USED and reason not in REASONS:
        raise TipError({"reason": ("none",)})
    if decision == CARE and number is None:
        raise TipError({"phone": ("form",)})
    with guarded("deciding about a signal"), writing(store.engine) as connection:
        connection.execute(
            signal_decision.insert().values(
                signal_id=signal_id,
                decision=decision,
                address_id=address_id if decision == JOINS_DOSSIER else None,
                reason=reason if decision == NOT_USED else None,
                decided_by=viewer.account,
                decided_at=now,
            )
        )
        if decision == CARE and number is not None:
            ask_contact(connection, number, now=now, keep_days=DEFAULT_POLICY.keep_days)


def dossier_tips(
    store: Store, address_id: str, *, is_sensitive: bool, now: datetime, until: datetime | None = None
) -> list[DossierTip]:
    """The signals that joined the dossier of an address, oldest sighting first: context, in both arms alike.

    `is_sensitive`: whether the dossier is. One that is not holds nothing that joined a sensitive one of the address.
    `until`: the moment at which its case ended. What joined later is of a later case, which may wait for a judgement.
    """
    tips = _tips(store, signal_decision.c.address_id == address_id, now=now)
    left_out = frozenset() if is_sensitive else _in_sensitive_dossiers(store, tips)
    return [
        DossierTip(tip.seen.seen_on, tip.seen.observations, tip.seen.text)
        for tip in sorted(tips, key=lambda tip: (tip.seen.seen_on, tip.received_at))
        if tip.decision == JOINS_DOSSIER and tip.signal_id not in left_out
        if until is None or (tip.decided_at is not None and tip.decided_at <= until)
    ]


def tips_about(
    store: Store, address_id: str, houses: Collection[House] = (), *, now: datetime
) -> list[tuple[Tip, bool]]:
    """Every signal that joined the dossier of an address, or names one of these houses, oldest first; did it join?

    For whoever asks what is known of an address: a signal that joined nothing is known as well.
    """
    joined = signal_decision.c.address_id == address_id
    named = colleague_signal.c.postcode, colleague_signal.c.house_number
    at_houses = [sa.and_(*(column == value for column, value in zip(named, house, strict=True))) for house in houses]
    ids = {tip.signal_id for tip in _tips(store, joined, now=now) if tip.decision == JOINS_DOSSIER}
    return [
        (tip, tip.signal_id in ids)
        for tip in _tips(store, sa.or_(joined, *at_houses), now=now)
        if tip.signal_id in ids or tip.seen.house in houses
    ]


def _require_contact_person(viewer: Viewer) -> None:
    if Role.CONTACT_PERSON not in viewer.roles:
        raise NotAllowedError("Signals of colleagues are read by the contact person alone.")


def _as_seen(store: Store, viewer: Viewer, tips: list[Tip]) -> list[Tip]:
    """Return the tips as this contact person may know them: what joined a sensitive dossier reads as kept."""
    hidden = frozenset() if viewer.may_see_sensitive else _in_sensitive_dossiers(store, tips)
    return [replace(tip, decision=KEPT, address_id=None) if tip.signal_id in hidden else tip for tip in tips]


def _in_sensitive_dossiers(store: Store, tips: Collection[Tip]) -> frozenset[str]:
    """Return the ids of the tips that joined a dossier of an address while that had a sensitive one."""
    addresses = {tip.address_id for tip in tips if tip.address_id is not None}
    if not addresses:
        return frozenset()
    query = sa.select(review_case.c.address_id, review_case.c.opened_on, review_case.c.concluded_on).where(
        review_case.c.address_id.in_(addresses), review_case.c.sensitive.is_(True)
    )
    with guarded("looking for a case"), store.engine.connect() as connection:
        spans = connection.execute(query).all()
    return frozenset(
        tip.signal_id
        for tip in tips
        for address_id, opened_on, concluded_on in spans
        if tip.address_id == address_id and tip.decided_at is not None
        if opened_on <= day_of(tip.decided_at) <= (concluded_on or date.max)
    )


def _tips(store: Store, *conditions: sa.ColumnElement[bool], now: datetime) -> list[Tip]:
    newest = (
        sa.select(signal_decision.c.signal_id, sa.func.max(signal_decision.c.id).label("last"))
        .group_by(signal_decision.c.signal_id)
        .subquery()
    )
    query = (
        sa.select(
            colleague_signal,
            *(signal_decision.c[name] for name in ("decision", "reason", "address_id", "decided_at")),
        )
        .select_from(
            colleague_signal.outerjoin(newest, newest.c.signal_id == colleague_signal.c.signal_id).outerjoin(
                signal_decision, signal_decision.c.id == newest.c.last
            )
        )
        .where(*conditions, colleague_signal.c.delete_after >= day_of(now))
        .order_by(colleague_signal.c.received_at, colleague_signal.c.signal_id)
    )
    with guarded("reading signals"), store.engine.connect() as connection:
        rows = [row._mapping for row in connection.execute(query)]
    of_sighting, of_tip = Sighting.__dataclass_fields__, Tip.__dataclass_fields__.keys() - {"seen"}
    return [
        Tip(seen=Sighting(**{name: row[name] for name in of_sighting}), **{name: row[name] for name in of_tip})
        for row in rows
    ]
