"""Send due batches to a recipient, withdraw signals, and read: preview, list and feedback.

Every step is in the ledger before it is done; where the ledger cannot be written, it is not done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypedDict

from flows import mandate
from flows.configuration.export import ExportSettings
from flows.desk import Desk
from flows.partners.due import HeldBack, called_back, due_signals, load_validity, pending_now
from flows.partners.make_batch import (
    SentBatch,
    batch_object,
    exporting,
    finish_interrupted_batches,
    no_key,
    send_batch,
    signal_object,
)
from screening.casework.data_subjects import of_addresses
from screening.civil_time import day_of
from screening.errors import ConfigurationError, StoreError
from screening.partners.batch.feedback import read_feedback
from screening.partners.desk.corrections import Pending
from screening.partners.desk.current_refusals import current_refusals, stopped_codes
from screening.partners.desk.disclosures import Batch, Disclosure, batches, call_back, disclosures, sent_pairs
from screening.partners.desk.feedback import outcomes, record_feedback
from screening.partners.desk.policy import REASONS
from screening.partners.desk.recipients import active_key
from screening.partners.desk.signal_versions import RiecSignal, signals
from screening.partners.desk.signals import drop_signal
from screening.partners.signal.errors import FeedbackError
from screening.partners.signal.refuse import Refusal
from screening.vocabulary import BatchKind, LedgerAction, NoticeReason


class Sent(TypedDict):
    """The batches that were made, the signals that were held back, and the earlier exports that were finished."""

    batches: list[SentBatch]
    held_back: list[HeldBack]
    healed: list[str]


class Withdrawn(TypedDict):
    """The result of withdrawing a signal: it was dropped unsent, or withdrawn by these batches."""

    signal_id: str
    dropped: bool
    batches: list[SentBatch]


class FeedbackRead(TypedDict):
    """How many rows a feedback sheet had, how many of them were new, and which batches they are about."""

    rows: int
    new: int
    batches: list[str]


@dataclass(frozen=True)
class SignalPreview:
    """The fields of a signal that leave and the reasons that hold it back. `stopped`: its stopped rules."""

    signal: RiecSignal
    refused: Sequence[Refusal]
    stopped: Sequence[str]


@dataclass(frozen=True)
class Exports:
    """All prepared and disclosed signals, without content. `outcomes`: feedback by (batch id, signal id)."""

    signals: Sequence[RiecSignal]
    batches: Sequence[Batch]
    register: Sequence[Disclosure]
    pending: Sequence[Pending]
    outcomes: dict[tuple[str, str], tuple[tuple[date, str, str], ...]]


def send_due_batches(desk: Desk, recipient: str, *, out: Path | None = None) -> Sent:
    """Make the batches that a recipient is due: certain withdrawals, corrections, reversals and new signals.

    Signals that may not leave now are held back with the reason. Having nothing to send is no error: a scheduler
    calls weekly.

    Raises:
        StoreError: the recipient has no active key, a mistyped name included.
        ConfigurationError: the mandate has lapsed, or on these terms no signal leaves; nothing is made then.
    """
    mandate.require_mandate(desk.configuration)  # a withdrawal goes without it: `withdraw_signal`
    with exporting(desk, out) as folder:
        ExportSettings(desk.configuration).policy()
        notes = finish_interrupted_batches(desk, folder)
        sent = [send_batch(desk, recipient, folder, BatchKind.WITHDRAWAL, called_back(desk, recipient))]
        due, held_back = due_signals(desk, recipient)
        sent += [send_batch(desk, recipient, folder, kind, to_send) for kind, to_send in due.items()]
        sent_batches = [batch for batch in sent if batch is not None]
        if not sent_batches and not held_back and active_key(desk.store, recipient) is None:
            raise no_key(recipient)
        return {"batches": sent_batches, "held_back": held_back, "healed": notes}


def withdraw_signal(
    desk: Desk, signal_id: str, *, reason: str, out: Path | None = None, is_sent: bool = True
) -> Withdrawn:
    """Call a signal back from its recipient; one that never left is dropped.

    `is_sent`: make the withdrawal batch at once; otherwise it goes with the next batch or run.
    """
    if reason not in REASONS:
        raise ConfigurationError(f"--reason is one of {', '.join(REASONS)}.")
    with exporting(desk, out) as folder:
        last = _last_version(desk, signal_id, "sent")
        desk.log(LedgerAction.WITHDRAWAL, signal_object(last))
        if not disclosures(desk.store, signal_id=signal_id):
            drop_signal(desk.store, last, by=desk.by, reason=reason, now=desk.now)
            return {"signal_id": signal_id, "dropped": True, "batches": []}
        call_back(desk.store, signal_id, reason=NoticeReason(reason), by=desk.by, now=desk.now)
        batch = None
        if is_sent:
            due = called_back(desk, last.recipient, only=signal_id)
            batch = send_batch(desk, last.recipient, folder, BatchKind.WITHDRAWAL, due)
        return {"signal_id": signal_id, "dropped": False, "batches": [batch] if batch else []}


def preview_signal(desk: Desk, signal_id: str) -> SignalPreview:
    """Read, and log, the fields of a signal that leave and the reasons that hold it back."""
    mandate.require_mandate(desk.configuration)
    last = _last_version(desk, signal_id, "prepared")
    desk.log(LedgerAction.READ_EXPORT, signal_object(last), subjects=of_addresses([last.address_id]))
    refused = [] if last.content is None else current_refusals(
        desk.store, last, policy=ExportSettings(desk.configuration).policy(), day=day_of(desk.now),
        validity=load_validity(desk, [last]),
    )  # fmt: skip
    return SignalPreview(last, refused, stopped_codes(desk.store, last))


def list_exports(desk: Desk, recipient: str | None = None) -> Exports:
    """List prepared signals with their state, batches, disclosures and what must be called back."""
    desk.log(LedgerAction.READ_EXPORT, "list:disclosures")
    return Exports(
        signals=[signal for signal in signals(desk.store) if recipient in {None, signal.recipient}],
        batches=batches(desk.store, recipient=recipient),
        register=disclosures(desk.store, recipient=recipient),
        pending=[change for change in pending_now(desk) if recipient in {None, change.signal.recipient}],
        outcomes=outcomes(desk.store),
    )


def read_feedback_sheet(desk: Desk, sheet: Path) -> FeedbackRead:
    """Read a receiver's feedback sheet and keep its rows beside the disclosures."""
    try:
        content = sheet.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{sheet}: cannot be read ({error.strerror}).") from None
    try:
        rows = read_feedback(content, received=sent_pairs(desk.store), today=day_of(desk.now))
    except FeedbackError as error:
        raise FeedbackError(f"{sheet}: {error}") from None
    about = sorted({row.batch_id for row in rows})
    if about:
        desk.log(LedgerAction.FEEDBACK, *map(batch_object, about))
    return {"rows": len(rows), "new": record_feedback(desk.store, rows, by=desk.by, now=desk.now), "batches": about}


def _last_version(desk: Desk, signal_id: str, listed: str) -> RiecSignal:
    versions = signals(desk.store, signal_id=signal_id)
    if not versions:
        raise StoreError(f"There is no such signal. `barrier export list` shows those that were {listed}.")
    return versions[-1]
