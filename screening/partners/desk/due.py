"""The signals that may leave to a recipient now, those held back with the reason, and those to withdraw or repeat."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from screening.base.civil_time import day_of
from screening.base.vocabulary import BatchKind, NoticeReason
from screening.casework.case_errors import NotReadyError
from screening.partners.desk.attachments import attachments_of
from screening.partners.desk.corrections import Pending, pending_corrections
from screening.partners.desk.current_refusals import current_refusals, stopped_codes
from screening.partners.desk.disclosures import Batch, disclosures
from screening.partners.desk.known_records import known_records
from screening.partners.desk.outbox import Outbox
from screening.partners.desk.signal_validity import WITHDRAW, SignalValidity
from screening.partners.desk.signal_versions import APPROVED_STATE, SENT, WITHDRAWN, RiecSignal, signals
from screening.store import Workspace
from screening.store.rules.governance import stopped_rules
from screening.store.schema.partners import EXPIRED
from screening.store.schema.rules import ALL_RULES
from screening.store.store import Store

#: A signal with the reason why it is corrected, withdrawn or in force again; None for a new one.
SignalToSend = tuple[RiecSignal, NoticeReason | None]
#: Withdrawals first: they call back what must not be used any more. New signals last.
ORDER = (BatchKind.WITHDRAWAL, BatchKind.CORRECTION, BatchKind.REVERSAL, BatchKind.SIGNALS)


@dataclass(frozen=True)
class HeldReason:
    """Why a signal is held back, in both languages."""

    nl: str
    en: str


ERASED = HeldReason(
    "De bewaartermijn is voorbij en de inhoud is gewist.", "Its term is over and its content is erased."
)
ATTACHMENT_GONE = HeldReason(
    "Een bijlage is er niet meer. Bereid het signaal opnieuw voor.", "An attachment is gone. Prepare the signal again."
)
OWN = HeldReason(
    "Wie een signaal voorbereidde of goedkeurde, ondertekent de levering ervan niet.",
    "Who prepared or approved a signal does not sign its batch.",
)
_UNDONE = HeldReason(
    "De intrekking is ongedaan gemaakt: het signaal geldt weer.", "Its withdrawal was undone: the signal holds again."
)
_WAS_WITHDRAWN = HeldReason("Het is ingetrokken.", "It was withdrawn.")
_LATER_LEFT = HeldReason("Een latere versie is verzonden.", "A later version of it left.")
_LATER_PREPARED = HeldReason(
    "Een latere versie is voorbereid: laat die goedkeuren, dan gaat die weg.",
    "A later version of it was prepared: have that one approved, and it leaves.",
)
_TO_CALL_BACK = HeldReason("Het moet worden teruggehaald of verbeterd.", "It is to be called back or corrected.")


@dataclass(frozen=True)
class HeldBack:
    """A signal that is held back, with every reason."""

    signal: RiecSignal
    why: tuple[HeldReason, ...]


def hands(signal: RiecSignal) -> frozenset[str]:
    """Who prepared or approved a signal: they do not sign a batch with it."""
    return frozenset({signal.prepared_by, signal.approved_by or "", signal.extra_approval_by or ""}) - {""}


def due_signals(
    outbox: Outbox, recipient: str, *, signer: str | None = None
) -> tuple[dict[BatchKind, list[SignalToSend]], list[HeldBack]]:
    """Find what is due to a recipient: what may leave now, by kind in ORDER, and what is held back.

    `signer`: only what this person may sign. A withdrawal may be signed by anybody.
    """
    due: dict[BatchKind, list[SignalToSend]] = {kind: [] for kind in ORDER}
    due[BatchKind.WITHDRAWAL] = called_back(outbox, recipient)
    waiting = [
        signal for signal in signals(outbox.store) if signal.recipient == recipient and signal.state == APPROVED_STATE
    ]
    validity, held_back = load_validity(outbox, waiting), []
    for signal in waiting:
        reasons = refused_now(outbox, signal, validity)
        if signer in hands(signal):
            reasons.append(OWN)
        if reasons:
            held_back.append(HeldBack(signal, tuple(reasons)))
        else:
            due[_kind(signal)].append((signal, NoticeReason(signal.reason) if signal.reason else None))
    return due, held_back


def _kind(signal: RiecSignal) -> BatchKind:
    if signal.is_reversal:
        return BatchKind.REVERSAL
    return BatchKind.SIGNALS if signal.version == 1 else BatchKind.CORRECTION


def load_validity(outbox: Outbox, asked: Sequence[RiecSignal]) -> SignalValidity:
    """Load every reason for refusal once per batch."""
    about = {(signal.address_id, signal.run_id) for signal in asked}
    return SignalValidity.read(outbox.store, about, **known_records(outbox.store, outbox.workspace, asked))


def refused_now(outbox: Outbox, signal: RiecSignal, validity: SignalValidity) -> list[HeldReason]:
    """List every reason why an approved signal may not leave now; empty when it may."""
    if signal.content is None:
        return [ERASED]
    refused = current_refusals(outbox.store, signal, policy=outbox.policy, day=day_of(outbox.now), validity=validity)
    reasons = [HeldReason(refusal.nl, refusal.en) for refusal in refused]
    if attachments_of(outbox.workspace, signal.case_id, signal.content) is None:
        reasons.append(ATTACHMENT_GONE)
    if stopped := ", ".join(stopped_codes(outbox.store, signal)):
        reasons.append(
            HeldReason(
                f"Het rust op een regel die stil staat: {stopped}.", f"It rests on a rule that is stopped: {stopped}."
            )
        )
    return reasons


def called_back(outbox: Outbox, recipient: str) -> list[SignalToSend]:
    """List the signals that must certainly be withdrawn from a recipient."""
    return [
        (pending.signal, pending.reason)
        for pending in pending_now(outbox.store, outbox.workspace)
        if pending.kind == WITHDRAW and pending.is_certain and pending.signal.recipient == recipient
    ]


def pending_now(store: Store, workspace: Workspace | None) -> list[Pending]:
    """List the signals to withdraw or correct, by the store and by the files of the last run, where they are here."""
    sent = [signal for signal in signals(store) if signal.state == SENT]
    return pending_corrections(store, **known_records(store, workspace, sent))


def due_again(
    outbox: Outbox, batch: Batch, *, reason: str, signer: str | None = None
) -> tuple[list[SignalToSend], list[HeldBack]]:
    """Split a batch that did not arrive into the signals that may leave once more and those that stay here.

    Raises:
        NotReadyError: its lines are erased ("erased"), it can still be opened ("not_expired"), every rule is stopped
            ("stopped"), or nothing of it may leave ("nothing").
    """
    lines = disclosures(outbox.store, batch_id=batch.batch_id)
    if not lines:
        raise NotReadyError("What this batch held is erased: its term is over.", "erased")
    if reason == EXPIRED and outbox.now < batch.expires_at:
        raise NotReadyError(f"This batch can be opened until {batch.expires_at:%Y-%m-%d %H:%M} (UTC).", "not_expired")
    versions = {(signal.signal_id, signal.version): signal for signal in signals(outbox.store)}
    is_withdrawal = batch.kind == BatchKind.WITHDRAWAL
    if not is_withdrawal and ALL_RULES in stopped_rules(outbox.store):
        raise NotReadyError("Every rule is stopped: nothing is disclosed until they are resumed.", "stopped")
    reasons = _stands if is_withdrawal else _reasons_against(outbox, versions, signer)
    to_send: list[SignalToSend] = []
    left_out: list[HeldBack] = []
    for line in lines:
        signal = versions[line.signal_id, line.version]
        if why := tuple(reasons(signal)):
            left_out.append(HeldBack(signal, why))
        else:
            to_send.append((signal, NoticeReason(line.reason) if line.reason else None))
    if not to_send:
        named = " ".join(f"{held.signal.signal_id}: {held.why[0].en}" for held in left_out[:20])
        raise NotReadyError(f"Nothing of this batch may be sent again. {named}", "nothing")
    return to_send, left_out


def _stands(signal: RiecSignal) -> Iterable[HeldReason]:
    return [] if signal.is_withdrawn else [_UNDONE]


def _reasons_against(
    outbox: Outbox, versions: Mapping[tuple[str, int], RiecSignal], signer: str | None
) -> Callable[[RiecSignal], Iterable[HeldReason]]:
    """Make a function that lists every reason why a signal is not sent again."""
    validity = load_validity(outbox, list(versions.values()))
    pending: Collection[str] = {change.signal.signal_id for change in pending_now(outbox.store, outbox.workspace)}

    def reasons(signal: RiecSignal) -> Iterable[HeldReason]:
        if signal.state == WITHDRAWN:
            return [_WAS_WITHDRAWN]
        if signal.state != SENT:
            return [_LATER_LEFT]
        if (signal.signal_id, signal.version + 1) in versions:
            return [_LATER_PREPARED]
        if signal.signal_id in pending:
            return [_TO_CALL_BACK]
        own = [OWN] if signer in hands(signal) else []
        return [*refused_now(outbox, signal, validity), *own]

    return reasons
