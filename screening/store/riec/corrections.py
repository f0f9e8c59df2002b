"""What must be called back or corrected: a signal left, and afterwards the ground under it changed.

Links that people parted, records that vanished at the source, later judgements of the same address, objections.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from screening.export import BatchKind, NoticeReason
from screening.store.engine import guarded
from screening.store.links.judgements import NEGATIVE, judgements
from screening.store.riec.disclosures import register
from screening.store.riec.signals import APPROVED_STATE, SENT, RiecSignal, signals
from screening.store.schema.cases import case_fact, review_case
from screening.store.schema.riec import riec_call_back
from screening.store.schema.runs import FLAGGED
from screening.store.store import Store
from screening.vocabulary import KEY_COLUMN, CaseState, Dataset, ReviewOutcome

WITHDRAW, CORRECT = "withdrawal", "correction"

#: A later judgement of the same address about the same rule, and what it says of a signal that left.
_LATER = {
    ReviewOutcome.ONJUISTE_KOPPELING: NoticeReason.ONJUISTE_KOPPELING,
    ReviewOutcome.DATA_FOUT: NoticeReason.GEGEVENS_ONJUIST,
    ReviewOutcome.VERKLAARD: NoticeReason.VERKLAARD,
}
#: Registers whose rows have no name of their own: a row number says nothing of another delivery.
_NUMBERED = frozenset(str(one) for one in Dataset) - {str(one) for one in KEY_COLUMN}


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
    withdrawn = {one.signal_id for one in register(store) if one.kind == BatchKind.WITHDRAWAL}
    parted = {
        (row[0], row[1])
        for row in judgements(store).select("left_fingerprint", "right_fingerprint", "judgement").rows()
        if row[2] == NEGATIVE
    }
    asked = _asked(store)
    seen = _seen_in_last_run(store)
    later = _judged_later(store, sent)
    found = []
    for one in sent:
        if one.signal_id in withdrawn:
            continue
        pending = (
            _called(one, asked) or _parted(one, parted) or _vanished(one, records, seen) or later.get(one.signal_id)
        )
        if pending is not None:
            found.append(pending)
    return found


def approved_corrections(store: Store) -> list[RiecSignal]:
    """Later versions of signals that left, approved and not sent yet: what corrects may follow in the next batch."""
    return [
        one
        for one in signals(store)
        if one.version > 1 and one.state == APPROVED_STATE and one.content is not None
    ]


def _called(signal: RiecSignal, asked: dict[str, NoticeReason]) -> Pending | None:
    reason = asked.get(signal.signal_id)
    return None if reason is None else Pending(signal, WITHDRAW, reason, is_certain=True)


def _parted(signal: RiecSignal, parted: set[tuple[str, str]]) -> Pending | None:
    """A link that the signal rests on was parted by people after it left."""
    if not any(tuple(pair) in parted for pair in signal.basis["links"]):
        return None
    return Pending(signal, WITHDRAW, NoticeReason.ONJUISTE_KOPPELING, is_certain=True)


def _vanished(signal: RiecSignal, records: Collection[str] | None, seen: _LastRun | None) -> Pending | None:
    """A record that the signal cites is not at the source any more, in a run that had that register.

    With the flag gone too, the source took back what the signal says: it is withdrawn. With the flag still there, the
    signal says too much: it is corrected, by an officer.
    """
    if records is None or seen is None or seen.run_id == signal.run_id:
        return None
    gone = {
        record
        for record in signal.basis["records"]
        if record.partition(":")[0] not in _NUMBERED
        and record.partition(":")[0] in seen.datasets
        and record not in records
    }
    if not gone:
        return None
    if signal.address_id in seen.flagged or not set(signal.basis["indicators"]) <= seen.codes:
        return Pending(signal, CORRECT, NoticeReason.GEGEVENS_ONJUIST, is_certain=False)
    return Pending(signal, WITHDRAW, NoticeReason.BRON_INGETROKKEN, is_certain=True)


@dataclass(frozen=True)
class _LastRun:
    run_id: str
    flagged: frozenset[str]
    datasets: frozenset[str]
    codes: frozenset[str]


def _seen_in_last_run(store: Store) -> _LastRun | None:
    """The last run: whom it flags, which registers it had, and which rules ran. A stopped rule takes nothing back."""
    last = store.last_published()
    if last is None:
        return None
    told = store.summary(last.run_id)
    absent = {str(one["dataset"]) for one in told.get("unavailable", [])}  # type: ignore[attr-defined]
    inputs = {str(one["dataset"]) for one in told.get("inputs", [])}  # type: ignore[attr-defined]
    ran = told.get("indicators", {}).get("run", [])  # type: ignore[attr-defined]
    return _LastRun(
        run_id=last.run_id,
        flagged=frozenset(store.flags(last.run_id)["address_id"].to_list()),
        datasets=frozenset(inputs - absent),
        codes=frozenset(one["code"] if isinstance(one, dict) else str(one) for one in ran),
    )


def _asked(store: Store) -> dict[str, NoticeReason]:
    query = riec_call_back.select().order_by(riec_call_back.c.id.desc())
    with guarded("reading what is called back"), store.engine.connect() as connection:
        return {row.signal_id: NoticeReason(row.reason) for row in connection.execute(query)}


def _judged_later(store: Store, sent: list[RiecSignal]) -> dict[str, Pending]:
    """Signals whose address was judged otherwise in a later case that rests on one of the same rules."""
    query = (
        sa.select(review_case.c.address_id, review_case.c.outcome, review_case.c.concluded_on, case_fact.c.indicator)
        .join(case_fact, case_fact.c.case_id == review_case.c.case_id)
        .where(
            review_case.c.state == CaseState.CLOSED,
            review_case.c.arm == FLAGGED,
            review_case.c.outcome.in_([str(one) for one in _LATER]),
            review_case.c.address_id.in_({one.address_id for one in sent}),
        )
        .order_by(review_case.c.concluded_on, review_case.c.case_id)
    )
    with guarded("reading later judgements"), store.engine.connect() as connection:
        rows = list(connection.execute(query))
    found = {}
    for one in sent:
        for row in rows:
            is_later = row.concluded_on >= one.prepared_at.date()
            if row.address_id == one.address_id and is_later and row.indicator in one.basis["indicators"]:
                reason = _LATER[ReviewOutcome(row.outcome)]
                found[one.signal_id] = Pending(one, WITHDRAW, reason, is_certain=False)
    return found
