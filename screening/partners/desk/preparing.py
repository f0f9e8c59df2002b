"""Prepare the batches that a recipient is due. Nothing leaves: a person signs what is prepared, another approves it."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import BatchKind, NoticeReason
from screening.casework.case_errors import NotReadyError
from screening.partners.batch.batch import make_batch
from screening.partners.batch.manifest import BatchMeta, Recipient, manifest, new_batch_id
from screening.partners.batch.notices import Notice, later_version, withdrawal
from screening.partners.desk.agreements import agreement_in_force, kind_of_recipient
from screening.partners.desk.attachments import attachments_of
from screening.partners.desk.disclosures import Batch, Repeat, batches
from screening.partners.desk.drafts import BatchDraft, batch_drafts, new_draft
from screening.partners.desk.due import ORDER, HeldBack, SignalToSend, due_again, due_signals
from screening.partners.desk.kept_files import keep_files, kept_files
from screening.partners.desk.outbox import Outbox
from screening.partners.desk.recipients import RecipientKey, active_key
from screening.partners.desk.signal_versions import RiecSignal, signals
from screening.partners.signal.signal import Signal
from screening.store.engine import guarded
from screening.store.schema.partners import riec_batch, riec_draft
from screening.store.store import Store

#: A prepared batch older than this is prepared again: its content may have changed, and its term runs.
LONGEST = timedelta(days=7)
#: The term of a withdrawal. It holds ids and no content, so a long term is safe, and one that expired unread would
#: leave wrong data in use. It does not follow the term in `[export]`.
_WITHDRAWAL_VALID_DAYS = 365


@dataclass(frozen=True)
class Plan:
    """What preparing changes: prepared batches that are dropped, new ones, and the signals that are held back."""

    dropped: tuple[BatchDraft, ...] = ()
    added: tuple[BatchDraft, ...] = ()
    held_back: tuple[HeldBack, ...] = ()


@dataclass(frozen=True)
class _Group:
    """What one batch is to hold."""

    kind: BatchKind
    sent: Sequence[SignalToSend]
    repeat: Repeat | None = None

    @property
    def lines(self) -> tuple[tuple[int, NoticeReason | None], ...]:
        return tuple(sorted((signal.id, reason) for signal, reason in self.sent))


def plan_batches(
    outbox: Outbox,
    recipient: str,
    *,
    by: str,
    kinds: Collection[BatchKind] = ORDER,
    signer: str | None = None,
    sensitive: Collection[bool] = (False, True),
) -> Plan:
    """Work out which batches to prepare for a recipient, in the order in which they leave.

    A prepared batch that somebody signed stays, with its number; the others give way to what is due now, unless that
    is the same. Sensitive signals go in batches of their own.

    Args:
        outbox: What to work with.
        recipient: The name of the recipient.
        by: Who prepares: a person, or the night.
        kinds: These kinds of batch, and those of what gives way.
        signer: Leave out what this person may not sign.
        sensitive: Which of the two kinds of signals.

    Raises:
        NotReadyError: something is due and the recipient has no active key ("no_key").
    """
    due, held_back = due_signals(outbox, recipient, signer=signer)
    planner = _Planner(outbox, recipient, by, frozenset(kinds), signer, due)
    plans = [planner.plan(sensitive=is_sensitive) for is_sensitive in sorted(sensitive)]
    return Plan(
        dropped=tuple(draft for plan in plans for draft in plan.dropped),
        added=tuple(draft for plan in plans for draft in plan.added),
        held_back=tuple(held for held in held_back if held.signal.sensitive in sensitive),
    )


def plan_repeat(outbox: Outbox, batch: Batch, reason: str, *, by: str) -> Plan:
    """Work out the batch that repeats one that the receiver could not open: the same signals, for the key in force.

    A signal that was withdrawn, corrected or erased since, or may not leave now, is left out.

    Raises:
        NotReadyError: see `due_again`; the same is prepared already ("decided"), or its recipient has no active key
            ("no_key").
    """
    sent, left_out = due_again(outbox, batch, reason=reason)
    opened = [draft for draft in batch_drafts(outbox.store, is_open=True) if draft.recipient == batch.recipient]
    if any(draft.repeat and draft.repeat.batch_id == batch.batch_id for draft in opened):
        raise NotReadyError("This batch is prepared once more already.", "decided")
    is_sensitive = sent[0][0].sensitive
    number = next_number(outbox.store, batch.recipient, sensitive=is_sensitive)
    number += sum(draft.sensitive == is_sensitive for draft in opened)
    group = _Group(batch.kind, sent, Repeat(batch.batch_id, reason))
    return Plan(
        added=(_draft(outbox, _key(outbox.store, batch.recipient), group, number, by),), held_back=tuple(left_out)
    )


@dataclass(frozen=True)
class _Planner:
    """What is planned with, for one recipient. `due`: what may leave now, by kind."""

    outbox: Outbox
    recipient: str
    by: str
    kinds: frozenset[BatchKind]
    signer: str | None
    due: dict[BatchKind, list[SignalToSend]]

    def plan(self, *, sensitive: bool) -> Plan:
        """The plan for the signals of one confidentiality: they are numbered by themselves."""
        opened = [
            draft
            for draft in batch_drafts(self.outbox.store, is_open=True)
            if (draft.recipient, draft.sensitive) == (self.recipient, sensitive)
        ]
        first = number = next_number(self.outbox.store, self.recipient, sensitive=sensitive)
        for draft in opened:
            if draft.signed_by is None or draft.number != number or why_not(self.outbox, draft) is not None:
                break
            number += 1
        kept, replaced = opened[: number - first], opened[number - first :]
        groups = self._groups(kept, replaced, sensitive=sensitive)
        key = _key(self.outbox.store, self.recipient) if groups else None
        if self._is_the_same(replaced, groups, number, key):
            return Plan()
        if key is None:
            return Plan(tuple(replaced))
        added = [_draft(self.outbox, key, group, place, self.by) for place, group in enumerate(groups, start=number)]
        return Plan(tuple(replaced), tuple(added))

    def _groups(self, kept: Sequence[BatchDraft], replaced: Sequence[BatchDraft], *, sensitive: bool) -> list[_Group]:
        """What the new batches are to hold: all that is due and not in a batch that stays."""
        taken = frozenset(riec_id for draft in kept for riec_id in draft.riec_ids)
        kinds = {*self.kinds, *(draft.kind for draft in replaced)}
        groups = []
        for kind in ORDER:
            due = [
                (signal, reason)
                for signal, reason in self.due[kind]
                if signal.sensitive == sensitive and signal.id not in taken
            ]
            if due and kind in kinds:
                groups.append(_Group(kind, due))
        return groups + _repeats(self.outbox, replaced, self.signer)

    def _is_the_same(
        self, replaced: Sequence[BatchDraft], groups: Sequence[_Group], number: int, key: RecipientKey | None
    ) -> bool:
        """Whether the batches that would give way hold just what the new ones would, and are fresh enough."""
        contents = [(group.kind, group.lines, group.repeat, key and key.fingerprint) for group in groups]
        numbers = list(range(number, number + len(groups)))
        is_fresh = all(self.outbox.now - draft.made_at <= LONGEST for draft in replaced)
        return (
            is_fresh
            and contents == [_content_of(draft) for draft in replaced]
            and numbers == [draft.number for draft in replaced]
        )


def _content_of(draft: BatchDraft) -> tuple[object, ...]:
    return draft.kind, tuple(sorted(draft.lines)), draft.repeat, draft.fingerprint


def _repeats(outbox: Outbox, replaced: Sequence[BatchDraft], signer: str | None) -> list[_Group]:
    """What the replaced batches repeat, as far as it may still be sent again."""
    groups = []
    sent_before = {batch.batch_id: batch for batch in batches(outbox.store)}
    for draft in replaced:
        if draft.repeat is not None:
            try:
                again = due_again(outbox, sent_before[draft.repeat.batch_id], reason=draft.repeat.reason, signer=signer)
            except NotReadyError:
                continue
            groups.append(_Group(draft.kind, again[0], draft.repeat))
    return groups


def why_not(outbox: Outbox, draft: BatchDraft) -> str | None:
    """The reason why a prepared batch may not leave as it is: "old", "key" or "changed"; None where it may."""
    key = active_key(outbox.store, draft.recipient)
    if outbox.now - draft.made_at > LONGEST:
        return "old"
    if key is None or key.fingerprint != draft.fingerprint:
        return "key"
    if draft.repeat is None:
        sent = due_signals(outbox, draft.recipient)[0][draft.kind]
    else:
        batch = next(batch for batch in batches(outbox.store) if batch.batch_id == draft.repeat.batch_id)
        try:
            sent = due_again(outbox, batch, reason=draft.repeat.reason)[0]
        except NotReadyError:
            return "changed"
    return None if draft.lines and set(draft.lines) <= {(signal.id, reason) for signal, reason in sent} else "changed"


def content_of_draft(outbox: Outbox, draft: BatchDraft) -> tuple[dict[str, bytes], bytes]:
    """Return the files of a prepared batch and its manifest: as they were kept, where they are what was signed.

    Otherwise they are made once more: the same signals give the same bytes.
    """
    statement = draft.manifest.encode()
    kept = kept_files(outbox.workspace, draft.batch_id, statement)
    if kept is not None:
        return kept, statement
    of = {signal.id: signal for signal in signals(outbox.store)}
    key = _key(outbox.store, draft.recipient)
    return _files(outbox, _meta(outbox, key, draft), [(of[riec_id], reason) for riec_id, reason in draft.lines])


def _draft(outbox: Outbox, key: RecipientKey, group: _Group, number: int, by: str) -> BatchDraft:
    days = _WITHDRAWAL_VALID_DAYS if group.kind == BatchKind.WITHDRAWAL else outbox.policy.valid_days
    meta = BatchMeta(
        batch_id=new_batch_id(),
        sequence=number,
        kind=group.kind,
        municipality=outbox.policy.municipality,
        municipality_code=outbox.policy.code,
        recipient=_recipient(outbox.store, key),
        made_at=outbox.now,
        expires_at=outbox.now + timedelta(days=days),
        answers_to=outbox.policy.answers_to,
        sensitive=group.sent[0][0].sensitive,
        repeats=group.repeat.batch_id if group.repeat else None,
    )
    files, listing = _files(outbox, meta, group.sent)
    keep_files(outbox.workspace, meta.batch_id, files)
    lines = [(signal.id, reason) for signal, reason in group.sent]
    return new_draft(meta, group.repeat, sorted(lines), listing, by=by)


def _meta(outbox: Outbox, key: RecipientKey, draft: BatchDraft) -> BatchMeta:
    return BatchMeta(
        batch_id=draft.batch_id,
        sequence=draft.number,
        kind=draft.kind,
        municipality=outbox.policy.municipality,
        municipality_code=outbox.policy.code,
        recipient=_recipient(outbox.store, key),
        made_at=draft.made_at,
        expires_at=draft.expires_at,
        answers_to=outbox.policy.answers_to,
        sensitive=draft.sensitive,
        repeats=draft.repeat.batch_id if draft.repeat else None,
    )


def _files(outbox: Outbox, meta: BatchMeta, sent: Sequence[SignalToSend]) -> tuple[dict[str, bytes], bytes]:
    leaving = [] if meta.kind == BatchKind.WITHDRAWAL else [signal for signal, _ in sent]
    attachments = [attachments_of(outbox.workspace, signal.case_id, _content(signal)) for signal in leaving]
    if None in attachments:  # held back before; gone while the batch was made
        raise NotReadyError("An attachment of a signal is gone: prepare the signal again.", "changed")
    on = day_of(meta.made_at).isoformat()
    notices = (
        [] if meta.kind == BatchKind.SIGNALS else [_notice(meta.kind, signal, reason, on) for signal, reason in sent]
    )
    files = make_batch(
        [_content(signal) for signal in leaving],
        meta,
        notices=notices,
        processes=os.cpu_count() or 1,
        attachments={name: content for of_one in attachments for name, content in (of_one or {}).items()},
    )
    return files, manifest(files, meta)


def _content(signal: RiecSignal) -> Signal:
    assert signal.content is not None  # noqa: S101 - one that is erased is held back before
    return signal.content


def _notice(kind: BatchKind, signal: RiecSignal, reason: NoticeReason | None, on: str) -> Notice:
    assert reason is not None  # noqa: S101 - new signals alone have none
    if kind == BatchKind.WITHDRAWAL:
        return withdrawal(signal.signal_id, version=signal.version, batches=signal.batches, reason=reason, on=on)
    return later_version(
        kind,
        signal.signal_id,
        version=signal.version - 1,
        new_version=signal.version,
        batches=signal.batches,
        reason=reason,
        on=on,
    )


def _recipient(store: Store, key: RecipientKey) -> Recipient:
    """The recipient with its kind. What is called back after an agreement ended names no article."""
    agreement = agreement_in_force(store, key.recipient)
    article = "" if agreement is None else agreement.terms.article
    return Recipient(key.recipient, key.key, kind_of_recipient(store, key.recipient).code, article)


def _key(store: Store, recipient: str) -> RecipientKey:
    key = active_key(store, recipient)
    if key is None:
        raise NotReadyError(f"{recipient} has no key that two people stand behind: see the page Recipients.", "no_key")
    return key


def next_number(store: Store, recipient: str, *, sensitive: bool) -> int:
    """The number of the next batch to a recipient, as it counts. What left before 0009 has its sequence for it."""
    number = sa.func.coalesce(riec_draft.c.number, riec_batch.c.sequence)
    query = (
        sa.select(sa.func.coalesce(sa.func.max(number), 0))
        .select_from(riec_batch.join(riec_draft, riec_draft.c.batch_id == riec_batch.c.batch_id, isouter=True))
        .where(
            riec_batch.c.recipient == recipient,
            sa.func.coalesce(riec_draft.c.sensitive, sa.false()) == sa.literal(sensitive, sa.Boolean),
        )
    )
    with guarded("reading the batches"), store.engine.connect() as connection:
        return int(connection.scalar(query) or 0) + 1
