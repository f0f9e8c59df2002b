"""Signals that left and must be called back or corrected, because something changed afterwards.

Links that people rejected, records that vanished or changed at the source, later judgements of the same address,
objections.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import BatchKind, NoticeReason
from screening.partners.desk.signal_validity import WITHDRAW, SignalValidity
from screening.partners.desk.signal_versions import APPROVED_STATE, SENT, RiecSignal, signals
from screening.store.engine import guarded
from screening.store.schema.partners import riec_call_back, riec_disclosure
from screening.store.store import Store


@dataclass(frozen=True)
class Pending:
    """A signal that left and must be called back or corrected. `kind`: withdrawal or correction.

    `is_certain`: a withdrawal that needs no judgement and can be sent at once: a person asked for it, a link was
    rejected, or two nights agree that the source dropped the record and that the flag is gone. Otherwise an officer
    looks first. `is_held`: in controle: one night says so, and nothing is sent until another one or a person agrees.
    """

    signal: RiecSignal
    kind: str
    reason: NoticeReason
    is_certain: bool
    is_held: bool = False


def pending_corrections(
    store: Store, *, records: Collection[str] | None = None, records_before: Collection[str] | None = None
) -> list[Pending]:
    """List what must be called back or corrected now.

    Args:
        store: The store.
        records: "dataset:key" of every record of the last published run; None where that is not known: then records
            that vanished go unnoticed.
        records_before: The same of the night before.

    Returns:
        One a signal, by signal id, with the weightiest reason.

    Raises:
        StoreError: the database failed.
    """
    sent = [signal for signal in signals(store) if signal.state == SENT]
    if not sent:
        return []
    called_back = _called_back(store)
    about = {(signal.address_id, signal.run_id) for signal in sent}
    validity = SignalValidity.read(store, about, records=records, records_before=records_before)
    pending = []
    for signal in sent:
        if signal.signal_id in called_back:
            pending.append(Pending(signal, WITHDRAW, called_back[signal.signal_id], is_certain=True))
            continue
        since = day_of(signal.prepared_at)
        change = validity.change(
            signal.basis,
            signal.content,
            run_id=signal.run_id,
            address_id=signal.address_id,
            since=since,
            sensitive=signal.sensitive,
        )
        if change is not None:
            pending.append(Pending(signal, change.kind, change.reason, change.is_certain, change.is_held))
    return pending


def approved_corrections(store: Store) -> list[RiecSignal]:
    """List the approved corrections of signals that left: they go with the next batch.

    Not the reversal of a withdrawal: that leaves when a person sends it, never by the night alone.
    """
    return [
        signal
        for signal in signals(store)
        if signal.version > 1 and signal.state == APPROVED_STATE and signal.content is not None
        if not signal.is_reversal
    ]


def _called_back(store: Store) -> dict[str, NoticeReason]:
    """Map a signal to the reason of its first call-back, of those that no reversal followed."""
    is_undone = sa.exists().where(
        riec_disclosure.c.signal_id == riec_call_back.c.signal_id,
        riec_disclosure.c.kind == BatchKind.REVERSAL,
        riec_disclosure.c.version > riec_call_back.c.version,
    )
    query = riec_call_back.select().where(~is_undone).order_by(riec_call_back.c.id.desc())
    with guarded("reading what is called back"), store.engine.connect() as connection:
        return {row.signal_id: NoticeReason(row.reason) for row in connection.execute(query)}
