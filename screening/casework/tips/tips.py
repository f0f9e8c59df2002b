"""Tips of colleagues: what somebody of the municipality saw at an address, for the contact person to decide about.

A tip is context and never an indicator. Who sent it is known to the contact person alone. What does not pass the checks
(`sightings.py`, `texts`) is stored nowhere. What is past its term is there for nobody, also while it waits to be
erased. Nobody here learns whether there is a case: the contact person keeps a tip for its address, whatever lies there
(`address_tips.py`), and the sender hears one of four sentences, a day later.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from screening.base.civil_time import day_of, midnight
from screening.base.vocabulary import Role
from screening.base.word_lists import read_translations
from screening.casework.case_errors import NotAllowedError
from screening.casework.tips.care_contacts import ask_contact, phone_number
from screening.casework.tips.sightings import DEFAULT_POLICY, Sighting, TipError, TipPolicy, sighting_faults
from screening.casework.viewer import Viewer
from screening.store.engine import guarded, writing
from screening.store.schema.hand_overs import tip_hand_over
from screening.store.schema.partners import partner_agreement
from screening.store.schema.tips import colleague_signal, signal_decision, tip_forwarded, tip_text_removed
from screening.store.store import Store

FOR_ADDRESS, KEPT, NOT_USED, CARE = "for_address", "kept", "not_used", "care"
DECISIONS = (FOR_ADDRESS, KEPT, NOT_USED, CARE)
#: The decision of before version 0.1 that a tip joins the dossier of a case.
JOINED_DOSSIER = "joins_dossier"

#: Why a tip is not used: for the contact persons and for the figures. The sender hears nothing of it.
REASONS = read_translations("screening.casework.tips", "choices.yaml")["reasons"]
_KNOWN = "known"

#: What a sender can hear.
RECEIVED, READ, PASSED_ON, DOES_NOT_FIT = "received", "read", "passed_on", "does_not_fit"

_ATTEMPTS = 5


@dataclass(frozen=True)
class Tip:
    """A tip as the contact person sees it. `decision`, `reason`, `decided_at`: the last decision, or None.

    `is_at_address`: whether by that decision it is read where its address is judged.
    `forwarded_at`: when it was handed over last; None: to nobody. `text_removed_at`: when its text was erased.
    """

    signal_id: str
    reporter: str
    received_at: datetime
    delete_after: date
    seen: Sighting
    decision: str | None
    reason: str | None
    decided_at: datetime | None
    is_at_address: bool
    forwarded_at: datetime | None
    text_removed_at: datetime | None

    @property
    def is_unread(self) -> bool:
        """Whether nobody decided anything about it."""
        return self.decision is None and self.forwarded_at is None


@dataclass(frozen=True)
class OwnTip:
    """A tip as its sender sees it. `fate`: RECEIVED, READ, PASSED_ON or DOES_NOT_FIT, as it was at midnight.

    So whatever the contact person does with a tip, and however quickly, the sender hears it with the next day.
    """

    received_at: datetime
    delete_after: date
    seen: Sighting
    fate: str


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
    """Return the tips of this account with their fate, newest first, without those past their term."""
    mine = colleague_signal.c.reporter == viewer.account
    as_told = tips_where(store, mine, now=now, before=midnight(day_of(now)))
    return [OwnTip(tip.received_at, tip.delete_after, tip.seen, _fate(tip)) for tip in reversed(as_told)]


def _fate(tip: Tip) -> str:
    """What its sender hears of a tip. That something was known already would tell of a case: it is taken along."""
    if tip.forwarded_at is not None or tip.decision == CARE:
        return PASSED_ON
    if tip.decision is None:
        return RECEIVED
    return DOES_NOT_FIT if tip.decision == NOT_USED and tip.reason != _KNOWN else READ


def inbox(store: Store, viewer: Viewer, *, now: datetime) -> list[Tip]:
    """Every signal, oldest first, for the contact person. NotAllowedError for anybody else."""
    require_contact_person(viewer)
    return tips_where(store, now=now)


def get_tip(store: Store, viewer: Viewer, signal_id: str, *, now: datetime) -> Tip:
    """Return one signal for the contact person. NotAllowedError: unknown, past its term, or asked for by another."""
    require_contact_person(viewer)
    tips = tips_where(store, colleague_signal.c.signal_id == signal_id, now=now)
    if not tips:
        raise NotAllowedError("There is no such signal. Its term may be over.")
    return tips[0]


def decide_tip(
    store: Store,
    viewer: Viewer,
    signal_id: str,
    decision: str,
    *,
    now: datetime,
    reason: str | None = None,
    phone: str = "",
) -> None:
    """Record the decision of the contact person on a tip; a later decision replaces an earlier one.

    `not_used` needs a `reason` of REASONS, `care` the `phone` to call: the care coordinator learns only that contact is
    wanted. `care` once more, while that wish waits for a call, changes nothing. TipError names the field that is
    missing. NotAllowedError as in `get_tip`.
    """
    get_tip(store, viewer, signal_id, now=now)
    number = phone_number(phone)
    if decision not in DECISIONS:
        raise TipError({"decision": ("none",)})
    if decision == NOT_USED and reason not in REASONS:
        raise TipError({"reason": ("none",)})
    if decision == CARE and number is None:
        raise TipError({"phone": ("form",)})
    locked = sa.select(colleague_signal.c.signal_id).where(colleague_signal.c.signal_id == signal_id).with_for_update()
    of_tip = signal_decision.c.signal_id == signal_id
    last = sa.select(signal_decision.c.decision).where(of_tip).order_by(signal_decision.c.id.desc()).limit(1)
    with guarded("deciding about a signal"), writing(store.engine) as connection:
        connection.execute(locked)  # pressed twice, the second press waits for the first
        was = connection.scalar(last)
        if decision == CARE and number is not None:
            is_new = ask_contact(connection, number, now=now, keep_days=DEFAULT_POLICY.keep_days)
            if was == CARE and not is_new:
                return
        connection.execute(
            signal_decision.insert().values(
                signal_id=signal_id,
                decision=decision,
                address_id=None,
                reason=reason if decision == NOT_USED else None,
                decided_by=viewer.account,
                decided_at=now,
            )
        )


def tips_handed_over() -> sa.CompoundSelect[tuple[str, datetime, str]]:
    """The query of every time that a tip was handed over: `signal_id`, `handed_at`, `receiver`.

    A receiver: inspectors of the municipality, or the kind of a partner.
    """
    of_partners = sa.select(tip_hand_over.c.signal_id, tip_hand_over.c.handed_at, partner_agreement.c.kind).join(
        partner_agreement, partner_agreement.c.id == tip_hand_over.c.agreement_id
    )
    inspectors = tip_forwarded.c.forwarded_at.label("handed_at"), tip_forwarded.c.receiver.label("receiver")
    return sa.select(tip_forwarded.c.signal_id, *inspectors).union_all(of_partners)


def require_contact_person(viewer: Viewer) -> None:
    """NotAllowedError for who is no contact person."""
    if Role.CONTACT_PERSON not in viewer.roles:
        raise NotAllowedError("Signals of colleagues are read by the contact person alone.")


def tips_where(
    store: Store, *conditions: sa.ColumnElement[bool], now: datetime, before: datetime | None = None
) -> list[Tip]:
    """Return the tips within their term that meet conditions on `colleague_signal`, oldest first.

    `before`: what was done with them up to that moment counts; None: all of it. Who may read them asks the caller.
    """
    newest = sa.select(signal_decision.c.signal_id, sa.func.max(signal_decision.c.id).label("last"))
    newest = newest.group_by(signal_decision.c.signal_id)
    given = tips_handed_over().subquery()
    forwarded = sa.select(sa.func.max(given.c.handed_at)).where(given.c.signal_id == colleague_signal.c.signal_id)
    if before is not None:
        newest = newest.where(signal_decision.c.decided_at < before)
        forwarded = forwarded.where(given.c.handed_at < before)
    last = newest.subquery()
    query = (
        sa.select(
            colleague_signal,
            *(signal_decision.c[name] for name in ("decision", "reason", "decided_at")),
            forwarded.scalar_subquery().label("forwarded_at"),
            tip_text_removed.c.removed_at.label("text_removed_at"),
        )
        .select_from(
            colleague_signal.outerjoin(last, last.c.signal_id == colleague_signal.c.signal_id)
            .outerjoin(signal_decision, signal_decision.c.id == last.c.last)
            .outerjoin(tip_text_removed, tip_text_removed.c.signal_id == colleague_signal.c.signal_id)
        )
        .where(*conditions, colleague_signal.c.delete_after >= day_of(now))
        .order_by(colleague_signal.c.received_at, colleague_signal.c.signal_id)
    )
    with guarded("reading signals"), store.engine.connect() as connection:
        rows = [dict(row._mapping) for row in connection.execute(query)]
    of_sighting, of_tip = Sighting.__dataclass_fields__, Tip.__dataclass_fields__.keys() - {"seen", "is_at_address"}
    return [
        Tip(
            seen=Sighting(**{name: row[name] for name in of_sighting}),
            **{name: row[name] for name in of_tip}
            # to a contact person, a tip that joined a dossier of before is as one that was kept
            | {"decision": KEPT if row["decision"] == JOINED_DOSSIER else row["decision"]},
            is_at_address=row["decision"] in {FOR_ADDRESS, JOINED_DOSSIER},
        )
        for row in rows
    ]
