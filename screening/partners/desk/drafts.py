"""Prepared batches as the store has them: written, signed by one person, approved by another, or dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from screening.base.vocabulary import BatchKind, NoticeReason
from screening.casework.case_errors import NotReadyError, or_conflict
from screening.casework.viewer import Viewer
from screening.partners.batch.manifest import BatchMeta
from screening.partners.desk.disclosures import Repeat
from screening.partners.desk.due import hands
from screening.partners.desk.signal_versions import RiecSignal, may_see_signal
from screening.partners.receiver.verify_batch import ARMOUR
from screening.signing.public_keys import holds_private_key
from screening.store.access.personal_keys import verify_personal_signature
from screening.store.account_names import account
from screening.store.engine import guarded, writing
from screening.store.schema.partners import (
    APPROVED,
    OVERTAKEN,
    SIGNED,
    riec_draft,
    riec_draft_event,
    riec_draft_line,
    riec_draft_manifest,
)
from screening.store.store import Store

_OVERTAKEN = "Somebody else did something with this batch just now. Look again."


@dataclass(frozen=True)
class BatchDraft:
    """A prepared batch. `lines`: (row of the signal, reason). `signed_by`, `signature`: once somebody signed it.

    `manifest`: what is signed, until the batch is approved or dropped. `number`: as the receiver counts.
    """

    batch_id: str
    recipient: str
    fingerprint: str
    sensitive: bool
    number: int
    kind: BatchKind
    made_by: str
    made_at: datetime
    expires_at: datetime
    manifest_sha256: str
    repeat: Repeat | None
    lines: tuple[tuple[int, NoticeReason | None], ...]
    manifest: str = field(default="", repr=False)
    signed_by: str | None = None
    signature: str | None = field(default=None, repr=False)
    key_fingerprint: str | None = None
    is_open: bool = True

    @property
    def riec_ids(self) -> frozenset[int]:
        """The rows of its signals."""
        return frozenset(riec_id for riec_id, _ in self.lines)

    @property
    def is_withdrawal(self) -> bool:
        """Whether it calls signals back; that goes first, and anybody may sign it."""
        return self.kind == BatchKind.WITHDRAWAL

    def may_sign(self, who: str, of: Collection[RiecSignal]) -> bool:
        """Whether this person may sign it. `of`: its signals."""
        return self.is_withdrawal or not any(who in hands(signal) for signal in of)


def new_draft(
    meta: BatchMeta,
    repeat: Repeat | None,
    lines: Sequence[tuple[int, NoticeReason | None]],
    manifest: bytes,
    *,
    by: str,
) -> BatchDraft:
    """Make a prepared batch that is not in the store yet."""
    return BatchDraft(
        batch_id=meta.batch_id,
        recipient=meta.recipient.name,
        fingerprint=meta.recipient.fingerprint,
        sensitive=meta.sensitive,
        number=meta.sequence,
        kind=meta.kind,
        made_by=by,
        made_at=meta.made_at,
        expires_at=meta.expires_at,
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        repeat=repeat,
        lines=tuple(lines),
        manifest=manifest.decode(),
    )


def batch_drafts(store: Store, *, batch_id: str | None = None, is_open: bool = False) -> list[BatchDraft]:
    """Every prepared batch, in the order in which they leave; `is_open`: only what is not approved or dropped."""
    query = sa.select(riec_draft, riec_draft_manifest.c.manifest).join(riec_draft_manifest, isouter=True)
    if batch_id is not None:
        query = query.where(riec_draft.c.batch_id == batch_id)
    decided = sa.exists().where(
        riec_draft_event.c.batch_id == riec_draft.c.batch_id, riec_draft_event.c.action.in_([APPROVED, OVERTAKEN])
    )
    if is_open:
        query = query.where(~decided)
    query = query.add_columns(decided.label("is_decided"))
    query = query.order_by(riec_draft.c.recipient, riec_draft.c.sensitive, riec_draft.c.number, riec_draft.c.made_at)
    with guarded("reading the prepared batches"), store.engine.connect() as connection:
        rows = list(connection.execute(query))
        ids = [row.batch_id for row in rows]
        lines: dict[str, list[tuple[int, NoticeReason | None]]] = {name: [] for name in ids}
        for line in connection.execute(riec_draft_line.select().order_by(riec_draft_line.c.riec_id)):
            if line.batch_id in lines:
                lines[line.batch_id].append((line.riec_id, NoticeReason(line.reason) if line.reason else None))
        signings = {
            row.batch_id: row
            for row in connection.execute(riec_draft_event.select().where(riec_draft_event.c.action == SIGNED))
        }
    names = (
        "batch_id",
        "recipient",
        "fingerprint",
        "sensitive",
        "number",
        "made_by",
        "made_at",
        "expires_at",
        "manifest_sha256",
    )
    drafts = []
    for row in rows:
        signing = signings.get(row.batch_id)
        drafts.append(
            BatchDraft(
                **{name: row._mapping[name] for name in names},
                kind=BatchKind(row.kind),
                repeat=Repeat(row.repeats, row.repeated_for) if row.repeats else None,
                lines=tuple(lines[row.batch_id]),
                manifest=row.manifest or "",
                signed_by=signing.actor if signing else None,
                signature=signing.signature if signing else None,
                key_fingerprint=signing.key_fingerprint if signing else None,
                is_open=not row.is_decided,
            )
        )
    return drafts


def visible_drafts(
    store: Store, viewer: Viewer, visible: Iterable[RiecSignal], *, batch_id: str | None = None, is_open: bool = False
) -> list[BatchDraft]:
    """Those of `batch_drafts` of which a viewer may see every signal. `visible`: those of `visible_signals`."""
    drafts, ids = batch_drafts(store, batch_id=batch_id, is_open=is_open), {signal.id for signal in visible}
    return [draft for draft in drafts if may_see_signal(viewer, draft.sensitive) and draft.riec_ids <= ids]


def replace_drafts(
    store: Store, dropped: Sequence[BatchDraft], added: Sequence[BatchDraft], *, by: str, now: datetime
) -> None:
    """Drop prepared batches and write others in their place, in one transaction."""
    with guarded("preparing batches"), or_conflict(_OVERTAKEN), writing(store.engine) as connection:
        for draft in dropped:
            _note(connection, draft, OVERTAKEN, by=by, now=now)
            connection.execute(riec_draft_manifest.delete().where(riec_draft_manifest.c.batch_id == draft.batch_id))
        for draft in added:
            values = {
                column.name: getattr(draft, column.name)
                for column in riec_draft.c
                if column.name not in {"repeats", "repeated_for"}
            }
            repeats = {
                "repeats": draft.repeat and draft.repeat.batch_id,
                "repeated_for": draft.repeat and draft.repeat.reason,
            }
            connection.execute(riec_draft.insert().values(**values | repeats | {"kind": str(draft.kind)}))
            connection.execute(riec_draft_manifest.insert().values(batch_id=draft.batch_id, manifest=draft.manifest))
            lines = [
                {"batch_id": draft.batch_id, "riec_id": riec_id, "reason": None if reason is None else str(reason)}
                for riec_id, reason in draft.lines
            ]
            connection.execute(riec_draft_line.insert(), lines)


def sign_draft(
    store: Store, draft: BatchDraft, *, by: str, signature: str, of: Collection[RiecSignal], now: datetime
) -> None:
    """Write down what a person signed on their own machine: the manifest, with a key of theirs.

    Args:
        store: The store.
        draft: The prepared batch.
        by: Who signed it.
        signature: What `ssh-keygen -Y sign -n barrier` wrote.
        of: The signals of the batch.
        now: The moment.

    Raises:
        NotReadyError: it was decided or signed before ("decided"), this person prepared or approved one of its signals
            ("own"), or the text is no signature of ssh-keygen ("form").
        PersonalKeyError, SignatureError: it is not over this manifest, or not with a key of this person.
    """
    if not draft.is_open or draft.signed_by is not None:
        raise NotReadyError("This batch was signed, approved or dropped already.", "decided")
    if not draft.may_sign(account(by), of):
        raise NotReadyError("Who prepared or approved a signal does not sign its batch. Ask a colleague.", "own")
    text = signature.replace("\r", "").strip() + "\n"  # a text field adds and takes away ends of lines
    if not ARMOUR.fullmatch(text.encode()) and not holds_private_key(text):
        raise NotReadyError("This is no signature of an Ed25519 key as ssh-keygen writes it.", "form")
    key_fingerprint = verify_personal_signature(store, account(by), draft.manifest.encode(), text)
    with guarded("signing a batch"), or_conflict(_OVERTAKEN), writing(store.engine) as connection:
        _note(connection, draft, SIGNED, by=account(by), now=now, signature=text, key_fingerprint=key_fingerprint)


def approve_in(connection: sa.Connection, draft: BatchDraft, *, by: str, now: datetime) -> None:
    """Note in the caller's transaction that another person approves it; its manifest goes."""
    _note(connection, draft, APPROVED, by=account(by), now=now, signed_by=draft.signed_by)
    connection.execute(riec_draft_manifest.delete().where(riec_draft_manifest.c.batch_id == draft.batch_id))


def _note(connection: sa.Connection, draft: BatchDraft, action: str, *, by: str, now: datetime, **more: object) -> None:
    values = {"batch_id": draft.batch_id, "manifest_sha256": draft.manifest_sha256, "action": action, "actor": by}
    connection.execute(riec_draft_event.insert().values(**values, at=now, **more))
