"""Send a batch again to a receiver who could not open it: the same signals as they were approved, in a new batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypedDict

from flows import mandate
from flows.configuration.export import ExportSettings
from flows.desk import Desk
from flows.partners.due import HeldBack, load_validity, pending_now, refused_now
from flows.partners.make_batch import (
    SentBatch,
    SignalToSend,
    action_of,
    batch_object,
    exporting,
    finish_interrupted_batches,
    send_batch,
)
from screening.errors import ConfigurationError, StoreError
from screening.partners.desk.disclosures import REPEATED_FOR, STOPPED_SAYS, Batch, Repeat, batches, disclosures
from screening.partners.desk.signal_versions import SENT, WITHDRAWN, RiecSignal, signals
from screening.store.rules.governance import stopped_rules
from screening.store.schema.partners import EXPIRED
from screening.store.schema.rules import ALL_RULES
from screening.vocabulary import BatchKind, LedgerResult, NoticeReason

_UNDONE = "Its withdrawal was undone: the signal holds again."


class Repeated(TypedDict):
    """The new batch, the signals that were left out of it, and the earlier exports that were finished."""

    batches: list[SentBatch]
    left_out: list[HeldBack]
    healed: list[str]


def send_batch_again(desk: Desk, batch_id: str, *, reason: str, out: Path | None = None) -> Repeated:
    """Make a new batch, for the active key of the recipient, with a new number and a new expiry.

    A signal that was withdrawn, corrected or erased since, or may not leave now, is left out. A refusal is logged too.

    Raises:
        ConfigurationError: the reason is not one of REPEATED_FOR, or the mandate has lapsed.
        StoreError: no such batch, it has not expired, every rule is stopped, one person would do two steps, or nothing
            is left to send.
    """
    with exporting(desk, out) as folder:
        notes = finish_interrupted_batches(desk, folder)
        if reason not in REPEATED_FOR:
            raise ConfigurationError(f"--reason is one of {', '.join(REPEATED_FOR)}.")
        batch = next((batch for batch in batches(desk.store) if batch.batch_id == batch_id), None)
        if batch is None:
            raise StoreError("There is no such batch. `barrier export list` shows those that were made.")
        try:
            if batch.kind != BatchKind.WITHDRAWAL:
                mandate.require_mandate(desk.configuration)
            sent, left_out = _split(desk, batch, reason)
        except (ConfigurationError, StoreError):
            desk.log(action_of(batch.kind), batch_object(batch_id), result=LedgerResult.REFUSED)
            raise
        repeated = send_batch(desk, batch.recipient, folder, batch.kind, sent, repeat=Repeat(batch_id, reason))
        return {"batches": [repeated] if repeated else [], "left_out": left_out, "healed": notes}


def _split(desk: Desk, batch: Batch, reason: str) -> tuple[list[SignalToSend], list[HeldBack]]:
    """Split a batch into the signals that are sent again and those that are left out."""
    lines = disclosures(desk.store, batch_id=batch.batch_id)
    if not lines:
        raise StoreError("What this batch held is erased: its term is over.")
    if reason == EXPIRED and desk.now < batch.expires_at:
        raise StoreError(
            f"This batch can be opened until {batch.expires_at:%Y-%m-%d %H:%M} (UTC): it has not expired. "
            "Did it not arrive? --reason lost"
        )
    versions = {(signal.signal_id, signal.version): signal for signal in signals(desk.store)}
    to_send = [
        (versions[line.signal_id, line.version], NoticeReason(line.reason) if line.reason else None) for line in lines
    ]
    if batch.kind == BatchKind.WITHDRAWAL:
        undone = [
            HeldBack(signal_id=signal.signal_id, why=[_UNDONE]) for signal, _ in to_send if not signal.is_withdrawn
        ]
        if len(undone) == len(to_send):
            raise StoreError(f"Nothing of this batch may be sent again. {_UNDONE}")
        return [(signal, why) for signal, why in to_send if signal.is_withdrawn], undone
    if ALL_RULES in stopped_rules(desk.store):
        raise StoreError(STOPPED_SAYS)
    if any(desk.by in {line.prepared_by, line.approved_by, line.extra_approval_by} for line in lines):
        raise StoreError("Who prepared or approved a signal does not export it. Ask a colleague to send it again.")
    reasons_against = _reasons(desk, versions)
    sent, left_out = [], []
    for signal, notice_reason in to_send:
        why = reasons_against(signal)
        if why:
            left_out.append(HeldBack(signal_id=signal.signal_id, why=why))
        else:
            sent.append((signal, notice_reason))
    if not sent:
        named = " ".join(f"{signal['signal_id']}: {' '.join(signal['why'])}" for signal in left_out[:20])
        raise StoreError(f"Nothing of this batch may be sent again. {named}")
    return sent, left_out


def _reasons(desk: Desk, versions: Mapping[tuple[str, int], RiecSignal]) -> Callable[[RiecSignal], list[str]]:
    """Make a function that lists every reason why a signal is not sent again."""
    policy = ExportSettings(desk.configuration).policy()
    validity = load_validity(desk, list(versions.values()))
    pending = {change.signal.signal_id: change for change in pending_now(desk)}

    def reasons(signal: RiecSignal) -> list[str]:
        if signal.state == WITHDRAWN:
            return ["It was withdrawn."]
        if signal.state != SENT:
            return ["A later version of it left."]
        if (signal.signal_id, signal.version + 1) in versions:
            return ["A later version of it was prepared: have that one approved, and it leaves."]
        if signal.signal_id in pending:
            return [f"It is to be called back or corrected: {pending[signal.signal_id].reason}."]
        return refused_now(desk, signal, policy, validity)

    return reasons
