"""Prepare the batches that are due, and list what was prepared, sent and answered.

Nothing here lets something leave: people sign and approve batches on the pages of the review. Every step is in the
ledger before it is done; where the ledger cannot be written, it is not done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from flows.configuration.export import ExportSettings
from flows.desk import Desk
from screening.base.vocabulary import BatchKind, LedgerAction
from screening.partners.desk.corrections import Pending
from screening.partners.desk.disclosures import Batch, Disclosure, batch_object, batches, disclosures
from screening.partners.desk.drafts import BatchDraft, batch_drafts, replace_drafts
from screening.partners.desk.due import ORDER, HeldBack, pending_now
from screening.partners.desk.feedback import InBatch, answered
from screening.partners.desk.outbox import Outbox
from screening.partners.desk.outbox_lock import locked
from screening.partners.desk.preparing import plan_batches
from screening.partners.desk.recipients import ACTIVE, recipient_keys
from screening.partners.desk.sending import finish_interrupted_batches
from screening.partners.desk.signal_versions import RiecSignal, signals


@dataclass(frozen=True)
class Prepared:
    """The batches that wait for a signature or an approval, the signals that are held back, and what was finished."""

    waiting: Sequence[BatchDraft]
    held_back: Sequence[HeldBack]
    healed: Sequence[str]


@dataclass(frozen=True)
class Exports:
    """All prepared and disclosed signals, without content. `answered`: (batch id, signal id) that have an answer.

    What the answer says is for who prepared and who approved the signal, on their pages.
    """

    signals: Sequence[RiecSignal]
    waiting: Sequence[BatchDraft]
    batches: Sequence[Batch]
    register: Sequence[Disclosure]
    pending: Sequence[Pending]
    answered: frozenset[InBatch]


def outbox_of(desk: Desk) -> Outbox:
    """The outbox of a municipality. ConfigurationError: on its terms no signal leaves."""
    return Outbox(desk.store, desk.workspace, ExportSettings(desk.configuration).policy(), desk.now)


def prepare_batches(
    desk: Desk, recipients: Iterable[str] | None = None, *, kinds: Collection[BatchKind] = ORDER
) -> Prepared:
    """Prepare what recipients are due: certain withdrawals, corrections, reversals and new signals.

    Nothing leaves. Having nothing to prepare is no error: a scheduler calls weekly. `recipients`: default all.

    Raises:
        StoreError: something is due to a recipient without an active key, or another export is under way.
        ConfigurationError: on these terms no signal leaves.
    """
    outbox, held_back = outbox_of(desk), list[HeldBack]()
    names = {key.recipient for key in recipient_keys(desk.store) if key.state == ACTIVE}
    names = names if recipients is None else set(recipients)
    with locked(outbox):
        healed = finish_interrupted_batches(outbox)
        for name in sorted(names):
            plan = plan_batches(outbox, name, by=desk.by, kinds=kinds)
            held_back += plan.held_back
            changed = [draft.batch_id for draft in (*plan.dropped, *plan.added)]
            if changed:
                desk.log(LedgerAction.EXPORT_PREPARATION, *map(batch_object, changed))
                replace_drafts(desk.store, plan.dropped, plan.added, by=desk.by, now=desk.now)
    waiting = [draft for draft in batch_drafts(desk.store, is_open=True) if draft.recipient in names]
    return Prepared(waiting, held_back, healed)


def list_exports(desk: Desk, recipient: str | None = None) -> Exports:
    """List prepared signals with their state, batches, disclosures and what must be called back."""
    desk.log(LedgerAction.READ_EXPORT, "list:disclosures")
    return Exports(
        signals=[signal for signal in signals(desk.store) if recipient in {None, signal.recipient}],
        waiting=[draft for draft in batch_drafts(desk.store, is_open=True) if recipient in {None, draft.recipient}],
        batches=batches(desk.store, recipient=recipient),
        register=disclosures(desk.store, recipient=recipient),
        pending=[
            change for change in pending_now(desk.store, desk.workspace) if recipient in {None, change.signal.recipient}
        ],
        answered=answered(desk.store),
    )
