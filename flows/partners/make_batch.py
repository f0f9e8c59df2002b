"""Make one batch: seal it on the disk, log it, commit it and rename its file; finish a batch that was interrupted."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypedDict

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.configuration.export import ExportSettings
from flows.desk import Desk
from screening.casework.case_errors import ConflictError
from screening.casework.data_subjects import of_addresses
from screening.civil_time import day_of
from screening.errors import BarrierError, ConfigurationError, StoreError
from screening.partners.batch.batch import make_batch
from screening.partners.batch.manifest import BatchMeta, Recipient, new_batch_id, sender_fingerprint
from screening.partners.batch.notices import Notice, later_version, withdrawal
from screening.partners.batch.seal import seal_openpgp, seal_to
from screening.partners.desk.disclosures import Batch, Repeat, batches, commit_batch, next_sequence, note_placed
from screening.partners.desk.recipients import OPENPGP, RecipientKey, active_key
from screening.partners.desk.signal_versions import RiecSignal
from screening.partners.signal.signal import Signal
from screening.store.files import make_directory, sha256_of_file, sync_directory
from screening.vocabulary import BatchKind, LedgerAction, LedgerResult, NoticeReason

#: A batch that does not have its own name yet.
_PART = re.compile(r"\..+\.(?:age|pgp)\.part")
#: The term of a withdrawal. It holds ids and no content, so a long term is safe, and one that expired unread would
#: leave wrong data in use. It does not follow the term in `[export]`.
_WITHDRAWAL_VALID_DAYS = 365

#: A signal with the reason why it is corrected, withdrawn or in force again; None for a new one.
SignalToSend = tuple[RiecSignal, NoticeReason | None]


class SentBatch(TypedDict):
    """A batch that was made, as the commands print it."""

    batch_id: str
    sequence: int
    kind: str
    recipient: str
    file: str
    signals: list[str]
    sender: str
    expires_at: str


@contextmanager
def exporting(desk: Desk, out: Path | None = None) -> Iterator[Path]:
    """Hold the lock of exports in this workspace, so that no other export cleans up the files of this one.

    Returns:
        The folder for the batches: `out`, or that of the configuration.

    Raises:
        StoreError: another export is under way.
        ConfigurationError: the folder cannot be made.
    """
    _ = desk.ledger  # without a log entry nothing is made
    lock = os.open(desk.workspace.path / "export.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError("Another export is under way. Try again when it is done.") from None
        yield _folder(out or ExportSettings(desk.configuration).out)
    finally:
        os.close(lock)


def finish_interrupted_batches(desk: Desk, folder: Path) -> list[str]:
    """Finish a killed export: rename the file of a committed batch and remove an uncommitted one.

    Returns:
        A line for each thing that was done.
    """
    notes = []
    committed = [batch for batch in batches(desk.store) if not batch.is_placed]
    for batch in committed:
        part = _part_of(batch.file)
        if part.exists() and sha256_of_file(part) == batch.sealed_sha256:
            os.rename(part, batch.file)
            sync_directory(batch.file.parent)
            notes.append(f"{batch.batch_id}: its file has its name now.")
        elif not batch.file.exists():
            notes.append(f"{batch.batch_id}: noted as sent, and {batch.file} is not there. Was it moved?")
            continue
        note_placed(desk.store, batch.batch_id, now=desk.now)
    kept = {_part_of(batch.file) for batch in committed}
    for file in folder.iterdir():
        if _PART.fullmatch(file.name) and file not in kept:
            file.unlink()
            notes.append("A batch that was never sent is taken away.")
    return notes


def no_key(recipient: str) -> StoreError:
    """Return the error for a recipient without an active key; a mistyped name is one too."""
    return StoreError(f"{recipient} has no key that two people stand behind: barrier export recipient propose")


def batch_object(batch_id: str) -> str:
    """Return the name of a batch in the ledger."""
    return f"batch:{batch_id.removeprefix('L-')}"


def signal_object(signal: RiecSignal) -> tuple[str, str, str]:
    """Return the name of a signal in the ledger, with its case and its purpose."""
    return f"signal:{signal.signal_id.removeprefix('S-')}", signal.case_id, signal.purpose


def action_of(kind: BatchKind) -> LedgerAction:
    """Return the action of the ledger for a batch."""
    return LedgerAction.WITHDRAWAL if kind == BatchKind.WITHDRAWAL else LedgerAction.EXPORT


def send_batch(
    desk: Desk, recipient: str, folder: Path, kind: BatchKind, sent: Sequence[SignalToSend], *,
    repeat: Repeat | None = None,
) -> SentBatch | None:  # fmt: skip
    """Seal a batch on the disk, then log it, then commit it, then rename its file.

    Args:
        desk: The desk of the command.
        recipient: The name of the recipient.
        folder: Where the file is put.
        kind: The kind of batch.
        sent: The signals.
        repeat: The earlier batch that is sent again.

    Returns:
        None when there is nothing to send.

    Raises:
        StoreError: the recipient has no active key, or the batch cannot be committed; nothing is registered then.
        LedgerError: it cannot be logged; nothing is made then.
    """
    if not sent:
        return None
    key = active_key(desk.store, recipient)
    if key is None:
        raise no_key(recipient)
    meta, batch, signing_key = _describe(desk, key, folder, kind, repeat)
    contents = [] if kind == BatchKind.WITHDRAWAL else [_content(signal) for signal, _ in sent]
    files = make_batch(contents, meta, notices=_notices(desk, kind, sent), processes=os.cpu_count() or 1)
    part, action, name = _part_of(batch.file), action_of(kind), batch_object(meta.batch_id)
    names = [name, *([batch_object(repeat.batch_id)] if repeat else [])]
    try:
        _write_sealed(part, files, meta, signing_key, is_openpgp=key.kind == OPENPGP)
        sync_directory(folder)
        batch = replace(batch, sealed_sha256=sha256_of_file(part))
        desk.log(
            action, *names, *(signal_object(signal) for signal, _ in sent),
            subjects=of_addresses(signal.address_id for signal, _ in sent),
        )  # fmt: skip
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    try:
        commit_batch(desk.store, batch, sent, now=desk.now, repeat=repeat)
    except ConflictError:
        part.unlink(missing_ok=True)  # refused: nothing was registered
        desk.log(action, name, result=LedgerResult.REFUSED)
        raise
    except BarrierError:
        # the batch may be committed and only the reply lost: the next export checks the file that stays
        desk.log(action, name, result=LedgerResult.FAILED)
        raise
    os.rename(part, batch.file)
    sync_directory(folder)
    note_placed(desk.store, batch.batch_id, now=desk.now)
    return {
        "batch_id": batch.batch_id, "sequence": batch.sequence, "kind": str(kind), "recipient": recipient,
        "file": str(batch.file), "signals": [signal.signal_id for signal, _ in sent],
        "sender": batch.sender_fingerprint, "expires_at": batch.expires_at.isoformat(),
    }  # fmt: skip


def _describe(
    desk: Desk, key: RecipientKey, folder: Path, kind: BatchKind, repeat: Repeat | None
) -> tuple[BatchMeta, Batch, Ed25519PrivateKey]:
    """Describe the batch for its manifest and for the register, and return the key that signs it."""
    export, recipient = ExportSettings(desk.configuration), key.recipient
    signing_key = export.signing_key()
    days = _WITHDRAWAL_VALID_DAYS if kind == BatchKind.WITHDRAWAL else export.terms.valid_days
    meta = BatchMeta(
        batch_id=new_batch_id(), sequence=next_sequence(desk.store, recipient), kind=kind,
        municipality=desk.configuration.municipality.name, municipality_code=desk.configuration.municipality.code,
        recipient=Recipient(recipient, key.key), made_at=desk.now, expires_at=desk.now + timedelta(days=days),
        repeats=repeat.batch_id if repeat else None,
    )  # fmt: skip
    ending = "pgp" if key.kind == OPENPGP else "age"
    batch = Batch(
        batch_id=meta.batch_id, recipient=recipient, fingerprint=key.fingerprint, sequence=meta.sequence, kind=kind,
        made_by=desk.by, made_at=meta.made_at, expires_at=meta.expires_at,
        sender_fingerprint=sender_fingerprint(signing_key), sealed_sha256="", folder=str(folder),
        file_name=f"{recipient}-{meta.sequence:04d}-{meta.batch_id}.{ending}", is_placed=False,
    )  # fmt: skip
    return meta, batch, signing_key


def _write_sealed(
    part: Path, files: dict[str, bytes], meta: BatchMeta, signing_key: Ed25519PrivateKey, *, is_openpgp: bool
) -> None:
    """Write the sealed batch to a new file, 0600, and flush it to the disk."""
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if is_openpgp:
            file.write(seal_openpgp(files, meta, signing_key=signing_key))
        else:
            seal_to(file, files, meta, signing_key=signing_key)
        file.flush()
        os.fsync(file.fileno())


def _content(signal: RiecSignal) -> Signal:
    if signal.content is None:
        raise StoreError("The content of a signal is erased. It does not leave.")
    return signal.content


def _notices(desk: Desk, kind: BatchKind, sent: Sequence[SignalToSend]) -> list[Notice]:
    """A notice for each signal of any batch but one of new signals."""
    if kind == BatchKind.SIGNALS:
        return []
    on = day_of(desk.now).isoformat()
    notices = []
    for signal, reason in sent:
        if reason is None:
            raise StoreError("A signal is called back, corrected or in force again without a reason.")
        notices.append(
            withdrawal(signal.signal_id, version=signal.version, batches=signal.batches, reason=reason, on=on)
            if kind == BatchKind.WITHDRAWAL
            else later_version(
                kind, signal.signal_id, version=signal.version - 1, new_version=signal.version,
                batches=signal.batches, reason=reason, on=on,
            )
        )  # fmt: skip
    return notices


def _part_of(file: Path) -> Path:
    return file.with_name(f".{file.name}.part")


def _folder(out: Path) -> Path:
    try:
        if not out.exists():
            make_directory(out)
        return out.resolve(strict=True)
    except OSError as error:
        raise ConfigurationError(f"{out}: no folder to put a batch in ({error.strerror}).") from None
