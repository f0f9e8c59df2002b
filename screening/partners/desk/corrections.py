"""What must be called back or corrected: a signal left, and afterwards the ground under it changed.

Links that people parted, records that vanished at the source or say something else there, later judgements of the same
address, objections.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from screening.civil_time import day_of
from screening.partners.desk.disclosures import disclosures
from screening.partners.desk.signal_validity import WITHDRAW, SignalValidity
from screening.partners.desk.signal_versions import APPROVED_STATE, SENT, RiecSignal, signals
from screening.vocabulary import BatchKind, NoticeReason
from screening.store.engine import guarded
from screening.store.schema.partners import riec_call_back
from screening.store.store import Store


@dataclass(frozen=True)
class Pending:
    """A signal that left and that must be called back or corrected. `kind`: withdrawal or correction.

    `is_certain`: nothing is left to weigh, so that a withdrawal can be sent at once: a person asked for it, a link was
    parted, the source took the record and the flag away. Else an officer looks first.
    """

    signal: RiecSignal
    kind: str
    reason: NoticeReason
    is_certain: bool


def pending_corrections(store: Store, *, records: Collection[str] | None = None) -> list[Pending]:
    """What is to be called back or corrected now, one a signal, by signal id: the weightiest ground first.

    `records`: "dataset:key" of every record of the last published run; None where that is not known, and then nothing
    is said of records that vanished. StoreError on database errors.
    """
    sent = [one for one in signals(store) if one.state == SENT]
    if not sent:
        return []
    withdrawn = {one.signal_id for one in disclosures(store) if one.kind == BatchKind.WITHDRAWAL}
    asked = _asked(store)
    grounds = SignalValidity.read(store, {(one.address_id, one.run_id) for one in sent}, records=records)
    found = []
    for one in sent:
        if one.signal_id in withdrawn:
            continue
        if one.signal_id in asked:
            found.append(Pending(one, WITHDRAW, asked[one.signal_id], is_certain=True))
            continue
        since = day_of(one.prepared_at)
        change = grounds.change(one.basis, one.content, run_id=one.run_id, address_id=one.address_id, since=since)
        if change is not None:
            found.append(Pending(one, change.kind, change.reason, change.is_certain))
    return found


def approved_corrections(store: Store) -> list[RiecSignal]:
    """Later versions of signals that left, approved and not sent yet: what corrects may follow in the next batch."""
    return [
        one for one in signals(store) if one.version > 1 and one.state == APPROVED_STATE and one.content is not None
    ]


def _asked(store: Store) -> dict[str, NoticeReason]:
    query = riec_call_back.select().order_by(riec_call_back.c.id.desc())
    with guarded("reading what is called back"), store.engine.connect() as connection:
        return {row.signal_id: NoticeReason(row.reason) for row in connection.execute(query)}
