"""A batch once more, for a receiver who could not open it: the same signals as they were approved, in a new batch."""

from __future__ import annotations

from pathlib import Path

from flows import mandate
from flows.partners.make_batch import Open, batch_of, grounds_of, pending_now, refused_now
from screening.errors import ConfigurationError, StoreError
from screening.vocabulary import LedgerAction, LedgerResult


def again(at: Open, folder: Path, batch_id: str, reason: str) -> dict:
    """The new batch, and which signals were left out of it with why (`left_out`).

    The key in force of the recipient, a new number and a new expiry; what was called back, corrected or erased since,
    or may not leave now, stays here. A refusal is in the ledger too. ConfigurationError: a reason that is none.
    StoreError: no such batch, not expired yet, every rule is stopped, one person would do two steps, nothing is left.
    """
    from screening.partners.desk.disclosures import REPEATED_FOR, Repeat, batches
    from screening.vocabulary import BatchKind

    if reason not in REPEATED_FOR:
        raise ConfigurationError(f"--reason is one of {', '.join(REPEATED_FOR)}.")
    found = [one for one in batches(at.store) if one.batch_id == batch_id]
    if not found:
        raise StoreError("There is no such batch. `barrier export list` shows those that were made.")
    [batch] = found
    try:
        if batch.kind != BatchKind.WITHDRAWAL:
            mandate.require(at.settings)
        sent, left_out = _parted(at, batch, reason)
    except (ConfigurationError, StoreError):
        action = LedgerAction.WITHDRAWAL if batch.kind == BatchKind.WITHDRAWAL else LedgerAction.EXPORT
        at.log(action, f"batch:{batch_id.removeprefix('L-')}", result=LedgerResult.REFUSED)
        raise
    made = batch_of(at, batch.recipient, folder, batch.kind, sent, repeat=Repeat(batch_id, reason))
    return {"batches": [made], "left_out": left_out}


def _parted(at: Open, batch, reason: str) -> tuple[list[tuple], list[dict]]:
    """What of a batch goes once more (signal, reason of its notice), and what does not, with why."""
    from screening.partners.desk.disclosures import EXPIRED, STOPPED_SAYS, disclosures
    from screening.partners.desk.signal_versions import signals
    from screening.vocabulary import BatchKind
    from screening.store import stops
    from screening.store.schema.rules import ALL_RULES

    lines = disclosures(at.store, batch_id=batch.batch_id)
    if not lines:
        raise StoreError("What this batch held is erased: its term is over.")
    if reason == EXPIRED and at.now < batch.expires_at:
        raise StoreError(
            f"This batch can be opened until {batch.expires_at:%Y-%m-%d %H:%M} (UTC): it has not expired. "
            "Did it not arrive? --reason lost"
        )
    known = {(one.signal_id, one.version): one for one in signals(at.store)}
    if batch.kind == BatchKind.WITHDRAWAL:
        return [(known[line.signal_id, line.version], line.reason) for line in lines], []
    if ALL_RULES in stops(at.store):
        raise StoreError(STOPPED_SAYS)
    if any(at.by in {line.prepared_by, line.approved_by, line.extra_approval_by} for line in lines):
        raise StoreError("Who prepared or approved a signal does not export it. Ask a colleague to send it again.")
    sent, left_out = [], []
    reasons = _reasons(at, known)
    for line in lines:
        signal = known[line.signal_id, line.version]
        why = reasons(signal)
        if why:
            left_out.append({"signal_id": line.signal_id, "why": why})
        else:
            sent.append((signal, line.reason))
    if not sent:
        told = " ".join(f"{one['signal_id']}: {' '.join(one['why'])}" for one in left_out[:20])
        raise StoreError(f"Nothing of this batch may be sent again. {told}")
    return sent, left_out


def _reasons(at: Open, known: dict):
    """A function of a signal: every reason why it does not go once more."""
    from screening.partners.desk.signal_versions import SENT, WITHDRAWN

    policy, grounds = at.export.policy(), grounds_of(at, list(known.values()))
    pending = {one.signal.signal_id: one for one in pending_now(at.store, at.settings)}

    def why(signal) -> list[str]:
        if signal.state == WITHDRAWN:
            return ["It was withdrawn."]
        if signal.state != SENT:
            return ["A later version of it left."]
        if (signal.signal_id, signal.version + 1) in known:
            return ["A later version of it was prepared: have that one approved, and it leaves."]
        if signal.signal_id in pending:
            return [f"It is to be called back or corrected: {pending[signal.signal_id].reason}."]
        return refused_now(at, signal, policy, grounds)

    return why
