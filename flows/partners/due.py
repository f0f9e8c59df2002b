"""The signals that may leave to a recipient now, those held back with the reason, and those to withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from flows.configuration.export import ExportSettings
from flows.desk import Desk
from flows.partners.make_batch import SignalToSend
from screening.civil_time import day_of
from screening.partners.desk.corrections import Pending, pending_corrections
from screening.partners.desk.current_refusals import current_refusals, stopped_codes
from screening.partners.desk.known_records import known_records
from screening.partners.desk.policy import ExportPolicy
from screening.partners.desk.signal_validity import WITHDRAW, SignalValidity
from screening.partners.desk.signal_versions import APPROVED_STATE, SENT, RiecSignal, signals
from screening.vocabulary import BatchKind, NoticeReason


class HeldBack(TypedDict):
    """A signal that is held back, with every reason."""

    signal_id: str
    why: list[str]


def due_signals(desk: Desk, recipient: str) -> tuple[dict[BatchKind, list[SignalToSend]], list[HeldBack]]:
    """Find the approved signals of a recipient: those that may leave now, by kind of batch, and those held back."""
    policy, held_back = ExportSettings(desk.configuration).policy(), []
    due: dict[BatchKind, list[SignalToSend]] = {
        kind: [] for kind in (BatchKind.CORRECTION, BatchKind.REVERSAL, BatchKind.SIGNALS)
    }
    waiting = [
        signal for signal in signals(desk.store) if signal.recipient == recipient and signal.state == APPROVED_STATE
    ]
    validity = load_validity(desk, waiting)
    for signal in waiting:
        reasons = refused_now(desk, signal, policy, validity)
        if reasons:
            held_back.append(HeldBack(signal_id=signal.signal_id, why=reasons))
        else:
            due[_kind(signal)].append((signal, NoticeReason(signal.reason) if signal.reason else None))
    return due, held_back


def _kind(signal: RiecSignal) -> BatchKind:
    if signal.is_reversal:
        return BatchKind.REVERSAL
    return BatchKind.SIGNALS if signal.version == 1 else BatchKind.CORRECTION


def load_validity(desk: Desk, asked: Sequence[RiecSignal]) -> SignalValidity:
    """Load every reason for refusal once per batch."""
    about = {(signal.address_id, signal.run_id) for signal in asked}
    return SignalValidity.read(desk.store, about, **known_records(desk.store, desk.workspace, asked))


def refused_now(desk: Desk, signal: RiecSignal, policy: ExportPolicy, validity: SignalValidity) -> list[str]:
    """List every reason why this account may not send an approved signal now; empty when it may leave."""
    if signal.content is None:
        return ["Its term is over and its content is erased."]
    refused = current_refusals(desk.store, signal, policy=policy, day=day_of(desk.now), validity=validity)
    reasons = [refusal.en for refusal in refused]
    if desk.by in {signal.prepared_by, signal.approved_by, signal.extra_approval_by}:
        reasons.append("Who prepared or approved a signal does not export it.")
    stopped = stopped_codes(desk.store, signal)
    if stopped:
        reasons.append(f"It rests on a rule that is stopped: {', '.join(stopped)}.")
    return reasons


def called_back(desk: Desk, recipient: str, *, only: str | None = None) -> list[SignalToSend]:
    """List the signals that must certainly be withdrawn from a recipient; `only`: this signal alone."""
    return [
        (pending.signal, pending.reason)
        for pending in pending_now(desk)
        if pending.kind == WITHDRAW and pending.is_certain and pending.signal.recipient == recipient
        and only in {None, pending.signal.signal_id}
    ]  # fmt: skip


def pending_now(desk: Desk) -> list[Pending]:
    """List the signals to withdraw or correct, by the store and by the files of the last run."""
    sent = [signal for signal in signals(desk.store) if signal.state == SENT]
    return pending_corrections(desk.store, **known_records(desk.store, desk.workspace, sent))
