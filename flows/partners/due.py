"""The signals that may leave to a recipient now, those held back with the reason, and those to withdraw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

import polars as pl

from flows.configuration.export import ExportSettings
from flows.desk import Desk
from flows.partners.make_batch import SignalToSend
from screening.civil_time import day_of
from screening.errors import StoreError
from screening.partners.desk.corrections import Pending, pending_corrections
from screening.partners.desk.current_refusals import current_refusals, stopped_codes
from screening.partners.desk.policy import ExportPolicy
from screening.partners.desk.signal_validity import WITHDRAW, SignalValidity
from screening.partners.desk.signal_versions import APPROVED_STATE, SENT, RiecSignal, signals
from screening.store import read_run_file
from screening.store.store import PublishedRun
from screening.vocabulary import BatchKind, NoticeReason

#: Said of a signal that the sources of one night alone contradict.
IN_CHECK = (
    "In controle: only one night says so, or a delivery of it is in doubt. Nothing leaves, and nothing is called back, "
    "until a second night on good deliveries agrees."
)


class HeldBack(TypedDict):
    """A signal that is held back, with every reason."""

    signal_id: str
    why: list[str]


def due_signals(desk: Desk, recipient: str) -> tuple[dict[BatchKind, list[SignalToSend]], list[HeldBack]]:
    """Find the approved signals of a recipient: those that may leave now, by kind of batch, and those held back."""
    policy, held_back = ExportSettings(desk.configuration).policy(), []
    due: dict[BatchKind, list[SignalToSend]] = {BatchKind.CORRECTION: [], BatchKind.SIGNALS: []}
    waiting = [
        signal for signal in signals(desk.store) if signal.recipient == recipient and signal.state == APPROVED_STATE
    ]
    validity = load_validity(desk, waiting)
    for signal in waiting:
        reasons = refused_now(desk, signal, policy, validity)
        if reasons:
            held_back.append(HeldBack(signal_id=signal.signal_id, why=reasons))
        else:
            reason = NoticeReason(signal.reason) if signal.reason else None
            due[BatchKind.SIGNALS if signal.version == 1 else BatchKind.CORRECTION].append((signal, reason))
    return due, held_back


def load_validity(desk: Desk, asked: Sequence[RiecSignal]) -> SignalValidity:
    """Load every reason for refusal once per batch."""
    about = {(signal.address_id, signal.run_id) for signal in asked}
    return SignalValidity.read(desk.store, about, **_known_records(desk, asked))


def refused_now(desk: Desk, signal: RiecSignal, policy: ExportPolicy, validity: SignalValidity) -> list[str]:
    """List every reason why this account may not send an approved signal now; empty when it may leave."""
    if signal.content is None:
        return ["Its term is over and its content is erased."]
    refused = current_refusals(desk.store, signal, policy=policy, day=day_of(desk.now), validity=validity)
    reasons = [refusal.en for refusal in refused]
    change = validity.change(
        signal.basis, signal.content, run_id=signal.run_id, address_id=signal.address_id,
        since=day_of(signal.prepared_at),
    )  # fmt: skip
    if change is not None and change.is_held:
        reasons.append(IN_CHECK)
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
    return pending_corrections(desk.store, **_known_records(desk, sent))


class _KnownRecords(TypedDict):
    """The records of these signals that the last night still had, and the night before it."""

    records: frozenset[str] | None
    records_before: frozenset[str] | None


def _known_records(desk: Desk, asked: Iterable[RiecSignal]) -> _KnownRecords:
    cited = {record for signal in asked for record in signal.basis["records"]}
    last = desk.store.last_published()
    before = None if last is None else desk.store.last_published(before=last.as_of)
    return _KnownRecords(
        records=_records_of(desk, last, cited),
        records_before=None if before is None else _records_of(desk, before, cited),
    )


def _records_of(desk: Desk, of_run: PublishedRun | None, cited: set[str]) -> frozenset[str] | None:
    """Return those of these records that a run had; None when its files were deleted."""
    if not cited or of_run is None:
        return frozenset()
    try:
        rows = read_run_file(desk.store, desk.workspace, of_run.run_id, "records.parquet")
    except StoreError:
        return None  # files of a run are kept for a term only
    ids = rows.select(pl.concat_str(["dataset", "key"], separator=":").alias("id"))["id"]
    return frozenset(ids.filter(ids.is_in(sorted(cited))).to_list())
