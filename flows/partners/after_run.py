"""After a night: send certain withdrawals and approved corrections, and count the signals that wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from flows import mandate
from flows.audit.heads import RUN_ACTOR
from flows.configuration import Configuration
from flows.configuration.export import ExportSettings
from flows.desk import Desk
from flows.partners.due import called_back, due_signals, pending_now
from flows.partners.make_batch import SentBatch, exporting, finish_interrupted_batches, send_batch
from screening.errors import BarrierError
from screening.partners.desk.corrections import Pending, approved_corrections
from screening.partners.desk.signal_validity import CORRECT
from screening.partners.desk.signal_versions import RiecSignal
from screening.vocabulary import BatchKind


def pending_after_run(configuration: Configuration) -> tuple[dict[str, int], list[str]]:
    """Send withdrawals and approved corrections after a night, unless `[export] withdraw_automatically` is false.

    Only signals that left before are sent again: the night never sends a new signal.

    Returns:
        The number of signals withdrawn, corrected and waiting, and a line for each thing that a person must know.
    """
    terms = ExportSettings(configuration).terms
    try:
        with Desk(configuration, by=RUN_ACTOR) as desk:
            pending, approved = pending_now(desk), approved_corrections(desk.store)
            if not pending and not approved:
                return {}, []
            sent = dict.fromkeys((BatchKind.WITHDRAWAL, BatchKind.CORRECTION), 0)
            notes: list[str] = []
            if terms.withdraw_automatically and (approved or any(change.is_certain for change in pending)):
                with exporting(desk) as folder:
                    sent, notes = _send_all(desk, folder, pending, approved)
                pending, approved = pending_now(desk), approved_corrections(desk.store)
    except BarrierError as error:
        return {}, [f"The run is published; what is to be called back from the RIEC did not go through: {error}"]
    counts = _counts(sent, pending, approved)
    return counts, [*_lines(counts, ExportSettings(configuration).out), *notes]


def _counts(sent: dict[BatchKind, int], pending: Sequence[Pending], approved: Sequence[RiecSignal]) -> dict[str, int]:
    approved_ids = {signal.signal_id for signal in approved}
    waiting = [change for change in pending if change.is_certain or change.signal.signal_id not in approved_ids]
    return {
        "withdrawn": sent[BatchKind.WITHDRAWAL],
        "corrected": sent[BatchKind.CORRECTION],
        "to_withdraw": sum(change.is_certain for change in waiting),
        "to_look_at": sum(not (change.is_certain or change.is_held or change.kind == CORRECT) for change in waiting),
        "to_correct": sum(change.kind == CORRECT and not change.is_held for change in waiting),
        "in_check": sum(change.is_held for change in waiting),
        "to_export": len(approved_ids - {change.signal.signal_id for change in waiting}),
    }


def _lines(counts: dict[str, int], out: Path) -> list[str]:
    lines = [
        f"{_signals(counts[name], 'was', 'were')} {name}: send the batches in {out}."
        for name in ("withdrawn", "corrected") if counts[name]
    ]  # fmt: skip
    waiting = counts["to_withdraw"] + counts["to_look_at"] + counts["to_correct"]
    if waiting:
        lines.append(
            f"{_signals(waiting, 'at the RIEC is', 'at the RIEC are')} to be called back or corrected: "
            "barrier export list"
        )
    if counts["in_check"]:
        lines.append(
            f"{_signals(counts['in_check'], 'at the RIEC is', 'at the RIEC are')} in controle: the deliveries of one "
            "night no longer hold what was sent. Nothing was called back: that takes a second night on good "
            "deliveries, or a person: barrier export list"
        )
    if counts["to_export"]:
        lines.append(
            f"{_signals(counts['to_export'], 'has', 'have')} an approved correction that did not leave: "
            "barrier export riec sends it or says why not"
        )
    return lines


def _send_all(
    desk: Desk, folder: Path, pending: Sequence[Pending], approved: Sequence[RiecSignal]
) -> tuple[dict[BatchKind, int], list[str]]:
    """Send withdrawals, then approved corrections; return the number of signals by kind and the failures.

    A failure for one recipient does not stop the others, and a refused correction does not stop a withdrawal.
    """
    finish_interrupted_batches(desk, folder)
    sent, failed = dict.fromkeys((BatchKind.WITHDRAWAL, BatchKind.CORRECTION), 0), []

    def withdrawals(recipient: str) -> SentBatch | None:
        return send_batch(desk, recipient, folder, BatchKind.WITHDRAWAL, called_back(desk, recipient))

    def corrections(recipient: str) -> SentBatch | None:
        mandate.require_mandate(desk.configuration)  # a correction discloses data: check again, as late as possible
        due, _ = due_signals(desk, recipient)
        return send_batch(desk, recipient, folder, BatchKind.CORRECTION, due[BatchKind.CORRECTION])

    steps: list[tuple[str, Callable[[str], SentBatch | None]]] = [
        (name, withdrawals) for name in sorted({change.signal.recipient for change in pending if change.is_certain})
    ]
    steps += [(name, corrections) for name in sorted({signal.recipient for signal in approved})]
    for recipient, send in steps:
        try:
            batch = send(recipient)
        except BarrierError as error:
            failed.append(f"The run is published; a batch to {recipient} was not made: {error}")
        else:
            if batch:
                sent[BatchKind(batch["kind"])] += len(batch["signals"])
    return sent, failed


def _signals(count: int, singular: str, plural: str) -> str:
    return f"{count} signal {singular}" if count == 1 else f"{count} signals {plural}"
