"""Send a prepared batch that one person signed and another approves: seal it on the disk, commit it, rename its file.

A batch is committed after its sealed file is on the disk, and renamed after that. Killed at any point, it is either not
sent, or registered as sent with its file on the disk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from screening.base.vocabulary import NoticeReason
from screening.casework.case_errors import ConflictError, NotReadyError, or_conflict
from screening.partners.batch.manifest import signed
from screening.partners.batch.seal import seal_openpgp, seal_to
from screening.partners.desk.disclosures import Batch, batches, next_sequence, note_placed
from screening.partners.desk.drafts import BatchDraft, approve_in, batch_drafts
from screening.partners.desk.due import SignalToSend
from screening.partners.desk.outbox import Outbox
from screening.partners.desk.outbox_lock import locked
from screening.partners.desk.preparing import content_of_draft, why_not
from screening.partners.desk.recipients import OPENPGP, RecipientKey, active_key
from screening.partners.desk.signal_versions import RiecSignal, signals
from screening.store.access.personal_keys import verify_personal_signature
from screening.store.account_names import account
from screening.store.engine import guarded, writing
from screening.store.files import sha256_of_file, sync_directory
from screening.store.rules.governance import stopped_rules
from screening.store.schema.partners import riec_batch, riec_disclosure
from screening.store.schema.rules import ALL_RULES
from screening.store.store import Store

#: A batch that does not have its own name yet.
_PART = re.compile(r"\..+\.(?:age|pgp)\.part")
#: Any number that is ours alone: one process at a time commits a batch in a PostgreSQL database.
_EXPORT_LOCK = 7_411_204_804


def send_draft(outbox: Outbox, batch_id: str, *, by: str) -> Batch:
    """Approve a signed batch as a second person, and send it.

    Raises:
        NotReadyError: nobody signed it, or it was decided ("decided"); this person prepared or signed it ("two");
            another batch comes first ("order"); or it may not leave as it is ("old", "key", "changed").
        PersonalKeyError, SignatureError: the signature is not, or not any more, one of who signed it.
        ConflictError: see `commit_batch`.
    """
    with locked(outbox):
        finish_interrupted_batches(outbox)
        draft = next(iter(batch_drafts(outbox.store, batch_id=batch_id)), None)
        if draft is None or not draft.is_open or draft.signed_by is None or draft.signature is None:
            raise NotReadyError("This batch is not signed, or was approved or dropped already.", "decided")
        if account(by) in {draft.signed_by, draft.made_by}:
            raise NotReadyError("You prepared or signed this batch, so a colleague must approve it.", "two")
        if any(earlier.number < draft.number for earlier in _series(outbox.store, draft)):
            raise NotReadyError("Another batch to this recipient comes first: the receiver counts them.", "order")
        statement = draft.manifest.encode()
        verify_personal_signature(
            outbox.store, draft.signed_by, statement, draft.signature
        )  # with a key still in force
        problem = why_not(outbox, draft)
        files, listing = ({}, b"") if problem else content_of_draft(outbox, draft)
        if problem or listing != statement:
            raise NotReadyError("This batch may not leave as it is. Prepare it again.", problem or "changed")
        folder, key = outbox.folder(), active_key(outbox.store, draft.recipient)
        assert key is not None  # noqa: S101 - `why_not` asked
        batch = _batch(outbox, draft, key, folder)
        part = _part_of(batch.file)
        try:
            _write_sealed(part, signed(files, listing, draft.signature.encode()), key)
            sync_directory(folder)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        batch = replace(batch, sealed_sha256=sha256_of_file(part))
        of = {signal.id: signal for signal in signals(outbox.store)}
        sent = [(of[riec_id], reason) for riec_id, reason in draft.lines]
        try:
            commit_batch(outbox.store, draft, batch, sent, by=by, now=outbox.now)
        except (ConflictError, NotReadyError):
            part.unlink(missing_ok=True)  # refused: nothing was registered
            raise
        # after any other error it may be committed and only the reply lost: the next call looks at the file that stays
        os.rename(part, batch.file)
        sync_directory(folder)
        note_placed(outbox.store, batch.batch_id, now=outbox.now)
        return replace(batch, is_placed=True)


def _series(store: Store, draft: BatchDraft) -> list[BatchDraft]:
    """The open batches that the receiver counts together with this one."""
    return [
        other
        for other in batch_drafts(store, is_open=True)
        if (other.recipient, other.sensitive) == (draft.recipient, draft.sensitive)
    ]


def finish_interrupted_batches(outbox: Outbox) -> list[str]:
    """Finish what was killed: rename the file of a committed batch and remove an uncommitted one.

    The caller holds the lock of the outbox.

    Returns:
        A line for each thing that was done.
    """
    notes = []
    committed = [batch for batch in batches(outbox.store) if not batch.is_placed]
    for batch in committed:
        part = _part_of(batch.file)
        if part.exists() and sha256_of_file(part) == batch.sealed_sha256:
            os.rename(part, batch.file)
            sync_directory(batch.file.parent)
            notes.append(f"{batch.batch_id}: its file has its name now.")
        elif not batch.file.exists():
            notes.append(f"{batch.batch_id}: noted as sent, and {batch.file} is not there. Was it moved?")
            continue
        note_placed(outbox.store, batch.batch_id, now=outbox.now)
    kept = {_part_of(batch.file) for batch in committed}
    for file in outbox.policy.out.iterdir() if outbox.policy.out.is_dir() else ():
        if _PART.fullmatch(file.name) and file not in kept:
            file.unlink()
            notes.append("A batch that was never sent is taken away.")
    return notes


def sealed_batch(batch: Batch) -> tuple[str, bytes] | None:
    """The name and content of the sealed file of a batch; None where it was brought over and is not here any more."""
    part = _part_of(batch.file)
    for file in (batch.file, part, batch.file):  # it may get its name meanwhile
        with suppress(FileNotFoundError):
            return file.name, file.read_bytes()
    return None


def commit_batch(
    store: Store, draft: BatchDraft, batch: Batch, sent: Sequence[SignalToSend], *, by: str, now: datetime
) -> None:
    """Register the approval, the batch and all its signals as sent, in one transaction.

    Its sealed file must be on the disk already.

    Raises:
        ConflictError: another batch came first, an approval is gone, the key was retired, or one person would do two
            steps. Nothing is registered.
        NotReadyError: every rule is stopped ("stopped").
    """
    with (
        guarded("committing a batch"),
        or_conflict("Something changed while the batch was made, or one person would do two steps. Nothing was sent."),
        writing(store.engine) as connection,
    ):
        no_batch_meanwhile(connection)
        # asked here, as late as can be: a stop that came while the batch was made holds it back
        if not draft.is_withdrawal and ALL_RULES in stopped_rules(store):
            raise NotReadyError(
                "Every rule is stopped: nothing leaves until they are resumed, but withdrawals.", "stopped"
            )
        approve_in(connection, draft, by=by, now=now)
        values = {column.name: getattr(batch, column.name) for column in riec_batch.c}
        connection.execute(riec_batch.insert().values(**values | {"kind": str(batch.kind)}))
        for line in sent:  # one by one: the ledger asks for the key of each
            connection.execute(riec_disclosure.insert().values(_line(draft, batch, *line, now)))


def no_batch_meanwhile(connection: sa.Connection) -> None:
    """Lock until the end of the transaction: nobody else commits a batch. SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_EXPORT_LOCK)))


def _line(
    draft: BatchDraft, batch: Batch, signal: RiecSignal, reason: NoticeReason | None, now: datetime
) -> dict[str, object]:
    return {
        "batch_id": batch.batch_id,
        "riec_id": signal.id,
        "kind": str(batch.kind),
        "reason": None if reason is None else str(reason),
        "exported_by": batch.made_by,
        "at": now,
        "repeats": draft.repeat and draft.repeat.batch_id,
        "repeated_for": draft.repeat and draft.repeat.reason,
        "fields": list(signal.fields),
        **{
            name: getattr(signal, name)
            for name in (
                "signal_id",
                "version",
                "prepared_by",
                "approved_by",
                "extra_approval_by",
                "content_sha256",
                "purpose",
                "legal_basis",
                "keep_until",
            )
        },
    }


def _batch(outbox: Outbox, draft: BatchDraft, key: RecipientKey, folder: Path) -> Batch:
    ending = "pgp" if key.kind == OPENPGP else "age"
    return Batch(
        batch_id=draft.batch_id,
        recipient=draft.recipient,
        fingerprint=draft.fingerprint,
        sequence=next_sequence(outbox.store, draft.recipient),
        kind=draft.kind,
        made_by=draft.signed_by or "",
        made_at=draft.made_at,
        expires_at=draft.expires_at,
        sender_fingerprint=draft.key_fingerprint or "",
        sealed_sha256="",
        folder=str(folder),
        file_name=f"{draft.recipient}-{draft.number:04d}-{draft.batch_id}.{ending}",
        is_placed=False,
    )


def _write_sealed(part: Path, files: dict[str, bytes], key: RecipientKey) -> None:
    """Write the sealed batch to a new file, 0600, and flush it to the disk."""
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if key.kind == OPENPGP:
            file.write(seal_openpgp(files, key.key))
        else:
            seal_to(file, files, key.key)
        file.flush()
        os.fsync(file.fileno())


def _part_of(file: Path) -> Path:
    return file.with_name(f".{file.name}.part")
