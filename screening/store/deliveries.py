"""What was judged of each delivery, and what a person decided about one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.errors import StoreError
from screening.base.frames import Row
from screening.store.engine import guarded, writing
from screening.store.schema.deliveries import (
    ACCEPTED,
    CONFIRMED,
    GOOD,
    PROPOSED,
    REJECTED,
    SUSPECT,
    delivery,
    delivery_decided,
)
from screening.store.store import Store

#: What holds for good; the other decisions can follow each other.
_FINAL = frozenset({ACCEPTED, REJECTED})
#: So far back good deliveries count for drift. What changes in a longer time is the register's own life.
DRIFT_DAYS = 92


@dataclass(frozen=True)
class JudgedDelivery:
    """A delivery as it was judged in a night; `reasons` and `fingerprint` as run.json has them."""

    delivery_sha256: str
    as_of: date
    verdict: str
    is_sealed: bool
    reference_date: date | None
    reasons: list[Row]
    fingerprint: Row


@dataclass(frozen=True)
class DeliveryDecision:
    """What a person decided about a delivery. `holds_for`: the date for which it holds, where they gave one."""

    delivery_sha256: str
    decision: str
    holds_for: date | None
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True)
class Baselines:
    """What a delivery is held against. None: there is none.

    `last`: the last good delivery of its register. `anchor`: the last one within DRIFT_DAYS that a manifest or a person
    decided about, or else the oldest good one. `first_seen`: the earlier night in which this very delivery came first.
    `doubted`: the night of what was judged last before it, where that was not good.
    """

    last: JudgedDelivery | None
    anchor: JudgedDelivery | None
    first_seen: date | None
    doubted: date | None


def delivery_digest(digests: Sequence[str]) -> str:
    """The hash of a delivery: that of its file, or of the hashes of its files in their order."""
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


def delivery_key(register: str, digest: str) -> str:
    """By which a form, the ledger and the workspace name a delivery."""
    return f"{register}-{digest[:16]}"


def last_delivery(store: Store, register: str) -> JudgedDelivery | None:
    """The delivery of a register that was judged last."""
    return _last(store, delivery.c.register == register)


def baselines(store: Store, register: str, digest: str, as_of: date) -> Baselines:
    """What a delivery of a night is held against; this very delivery is left out of that night."""
    decided = {d.delivery_sha256: d.decision for d in _decisions(store, register) if d.decision in _FINAL}
    seen: set[tuple[str, date]] = set()
    judged: list[_Verdict] = []
    for verdict in _verdicts(store, register):
        place = (verdict.delivery_sha256, verdict.as_of)
        if verdict.as_of > as_of or place in {*seen, (digest, as_of)}:
            continue
        seen.add(place)
        judged.append(verdict)
    judged.sort(key=lambda verdict: verdict.as_of, reverse=True)  # of one night the last judged stays first
    good = [
        verdict
        for verdict in judged
        if (decision := decided.get(verdict.delivery_sha256)) == ACCEPTED
        or (verdict.verdict == GOOD and decision != REJECTED)
    ]
    recent = [verdict for verdict in good if verdict.as_of >= as_of - timedelta(days=DRIFT_DAYS)]
    looked_at = [v for v in recent if v.is_sealed or decided.get(v.delivery_sha256) == ACCEPTED]
    first = min((v.as_of for v in judged if v.delivery_sha256 == digest), default=None)
    return Baselines(
        last=_whole(store, good[:1]),
        anchor=_whole(store, looked_at[:1] or recent[-1:]),
        first_seen=first,
        doubted=judged[0].as_of if judged and judged[:1] != good[:1] else None,
    )


def judged_registers(store: Store) -> list[str]:
    """The registers of which a delivery was ever judged."""
    query = sa.select(delivery.c.register).distinct().order_by(delivery.c.register)
    with guarded("reading deliveries"), store.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def pending_deliveries(store: Store) -> list[tuple[str, JudgedDelivery]]:
    """Register and delivery of each register whose delivery that was judged last is suspect and waits for a person."""
    lasts = [(name, last) for name in judged_registers(store) if (last := last_delivery(store, name)) is not None]
    return [
        (name, last)
        for name, last in lasts
        if last.verdict == SUSPECT and decision_about(store, name, last.delivery_sha256) is None
    ]


def decision_about(store: Store, register: str, digest: str) -> DeliveryDecision | None:
    """What a person decided about this delivery: accepted or rejected."""
    return next((d for d in _decisions(store, register) if d.delivery_sha256 == digest and d.decision in _FINAL), None)


def proposal_about(store: Store, register: str, digest: str) -> DeliveryDecision | None:
    """The acceptance of this delivery that was proposed last, whether or not a second person followed."""
    proposals = [d for d in _decisions(store, register) if d.delivery_sha256 == digest and d.decision == PROPOSED]
    return proposals[-1] if proposals else None


def step_of(proposal: DeliveryDecision | None, by: str, holds_for: date | None) -> str | None:
    """What it is when this person accepts a delivery: ACCEPTED after a colleague who said the same, else PROPOSED.

    None: nothing new, since they proposed the same themselves. Another date than the colleague's is a proposal again.
    """
    if proposal is None or proposal.holds_for != holds_for:
        return PROPOSED
    return None if proposal.decided_by == by else ACCEPTED


def last_confirmation(store: Store, register: str) -> date | None:
    """The day on which a person last accepted a delivery of a register, or confirmed that it still holds."""
    days = [day_of(d.decided_at) for d in _decisions(store, register) if d.decision in {ACCEPTED, CONFIRMED}]
    return max(days, default=None)


def decide(
    store: Store,
    register: str,
    judged: JudgedDelivery,
    decision: str,
    *,
    reason: str,
    by: str,
    now: datetime,
    holds_for: date | None = None,
) -> None:
    """Write down that a person accepts or rejects a delivery, once, proposes it, or confirms that it still holds.

    Raises:
        StoreError: somebody decided about it before, no reason is given, or nobody else proposed what is accepted.
    """
    assert_undecided(store, register, judged, decision, reason=reason)
    with guarded("deciding about a delivery"), writing(store.engine) as connection:
        connection.execute(
            delivery_decided.insert(),
            {
                "register": register,
                "delivery_sha256": judged.delivery_sha256,
                "decision": decision,
                "holds_for": holds_for,
                "reason": reason.strip(),
                "decided_by": by,
                "decided_at": now,
            },
        )


def assert_undecided(store: Store, register: str, judged: JudgedDelivery, decision: str, *, reason: str) -> None:
    """StoreError where `decide` would refuse: to be asked before the ledger is written.

    Raises:
        StoreError: somebody decided about it before, or no reason is given.
    """
    if not reason.strip():
        raise StoreError("A decision about a delivery needs a reason: say what you looked at.")
    if decision != CONFIRMED and (earlier := decision_about(store, register, judged.delivery_sha256)):
        raise StoreError(
            f"{register}: this delivery was {earlier.decision} before, by {earlier.decided_by}. A decision "
            "holds for good."
        )


def note_delivery(store: Store, register: str, judged: JudgedDelivery, now: datetime) -> None:
    """Write down what was judged, unless it is what was judged of this delivery in this night before."""
    c = delivery.c
    same = (c.register == register, c.delivery_sha256 == judged.delivery_sha256, c.as_of == judged.as_of)
    if _last(store, *same) == judged:
        return
    with guarded("noting a delivery"), writing(store.engine) as connection:
        connection.execute(delivery.insert(), {"register": register, "judged_at": now, **vars(judged)})


class _Verdict(NamedTuple):
    """A row of the table, without what takes long to read."""

    id: int
    delivery_sha256: str
    as_of: date
    verdict: str
    is_sealed: bool


def _verdicts(store: Store, register: str) -> list[_Verdict]:
    """What was judged of a register, the last first."""
    columns = [delivery.c[name] for name in _Verdict._fields]
    query = sa.select(*columns).where(delivery.c.register == register).order_by(delivery.c.id.desc())
    with guarded("reading deliveries"), store.engine.connect() as connection:
        return [_Verdict(**row._mapping) for row in connection.execute(query)]


def _whole(store: Store, verdicts: Sequence[_Verdict]) -> JudgedDelivery | None:
    """The first of them, whole."""
    return _last(store, delivery.c.id == verdicts[0].id) if verdicts else None


def _last(store: Store, *conditions: sa.ColumnElement[bool]) -> JudgedDelivery | None:
    """What was judged last of the deliveries under these conditions."""
    columns = [delivery.c[name] for name in JudgedDelivery.__dataclass_fields__]
    query = sa.select(*columns).where(*conditions).order_by(delivery.c.id.desc()).limit(1)
    with guarded("reading deliveries"), store.engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else JudgedDelivery(**row._mapping)


def _decisions(store: Store, register: str) -> list[DeliveryDecision]:
    c = delivery_decided.c
    columns = (c.delivery_sha256, c.decision, c.holds_for, c.reason, c.decided_by, c.decided_at)
    query = sa.select(*columns).where(c.register == register).order_by(c.id)
    with guarded("reading deliveries"), store.engine.connect() as connection:
        return [DeliveryDecision(**row._mapping) for row in connection.execute(query)]
