"""After a night: prepare certain withdrawals and approved corrections, and count the signals that wait for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.audit.heads import RUN_ACTOR
from flows.configuration import Configuration
from flows.configuration.export import ExportSettings
from flows.desk import Desk
from flows.partners.export import prepare_batches
from screening.base.errors import BarrierError
from screening.base.vocabulary import BatchKind
from screening.partners.desk.corrections import Pending, approved_corrections
from screening.partners.desk.drafts import BatchDraft, batch_drafts
from screening.partners.desk.due import pending_now
from screening.partners.desk.signal_validity import CORRECT
from screening.partners.desk.signal_versions import RiecSignal

#: What the night prepares: only signals that left before. A new signal and a reversal are prepared by a person.
_KINDS = (BatchKind.WITHDRAWAL, BatchKind.CORRECTION)


@dataclass(frozen=True)
class AfterRun:
    """What waits at the desk of the partners after a night.

    `counts`: numbers of signals, by what they wait for. `lines`: what a person must know. `losses`: what was not done.
    """

    counts: dict[str, int] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)


def pending_after_run(configuration: Configuration) -> AfterRun:
    """Prepare withdrawals and approved corrections after a night, unless `[export] withdraw_automatically` is false.

    Nothing leaves: one person signs what is prepared and another approves it, on the page of batches.
    """
    terms = ExportSettings(configuration).terms
    try:
        with Desk(configuration, by=RUN_ACTOR) as desk:
            pending, approved = pending_now(desk.store, desk.workspace), approved_corrections(desk.store)
            certain = [change.signal for change in pending if change.is_certain]
            losses: list[str] = []
            if terms.withdraw_automatically:
                for recipient in sorted({signal.recipient for signal in (*certain, *approved)}):
                    losses += _prepared(desk, recipient)
            waiting = batch_drafts(desk.store, is_open=True)
            if not pending and not approved and not waiting:
                return AfterRun(losses=losses)
    except BarrierError as error:
        return AfterRun(
            losses=[f"The run is published; what is to be called back from a partner was not prepared: {error}"]
        )
    counts = _counts(waiting, pending, approved)
    return AfterRun(counts, _lines(counts), losses)


def _prepared(desk: Desk, recipient: str) -> list[str]:
    """Prepare for one recipient; a failure does not stop the others."""
    try:
        prepare_batches(desk, [recipient], kinds=_KINDS)
    except BarrierError as error:
        return [f"The run is published; a batch to {recipient} was not prepared: {error}"]
    return []


def _counts(
    waiting: Sequence[BatchDraft], pending: Sequence[Pending], approved: Sequence[RiecSignal]
) -> dict[str, int]:
    in_batches = {riec_id for draft in waiting for riec_id in draft.riec_ids}
    left = [change for change in pending if not (change.is_certain and change.signal.id in in_batches)]
    approved_ids = {signal.signal_id for signal in approved}
    left = [change for change in left if change.is_certain or change.signal.signal_id not in approved_ids]
    return {
        "in_batches": len(in_batches),
        "to_withdraw": sum(change.is_certain for change in left),
        "to_look_at": sum(not (change.is_certain or change.is_held or change.kind == CORRECT) for change in left),
        "to_correct": sum(change.kind == CORRECT and not change.is_held for change in left),
        "in_check": sum(change.is_held for change in left),
        "to_prepare": sum(signal.id not in in_batches for signal in approved),
    }


def _lines(counts: dict[str, int]) -> list[str]:
    lines = []
    if counts["in_batches"]:
        lines.append(
            f"{_signals(counts['in_batches'], 'waits', 'wait')} in prepared batches: a person signs them and another "
            "approves them, on the page Batches of the review."
        )
    waiting = counts["to_withdraw"] + counts["to_look_at"] + counts["to_correct"]
    if waiting:
        lines.append(
            f"{_signals(waiting, 'at a partner is', 'at partners are')} to be called back or corrected: "
            "barrier export list"
        )
    if counts["in_check"]:
        lines.append(
            f"{_signals(counts['in_check'], 'at a partner is', 'at partners are')} in controle: the deliveries of one "
            "night no longer hold what was sent. Nothing was called back: that takes a second night on good "
            "deliveries, or a person: barrier export list"
        )
    if counts["to_prepare"]:
        lines.append(
            f"{_signals(counts['to_prepare'], 'has', 'have')} an approved correction that is in no batch: "
            "barrier export prepare makes one or says why not"
        )
    return lines


def _signals(count: int, singular: str, plural: str) -> str:
    return f"{count} signal {singular}" if count == 1 else f"{count} signals {plural}"
