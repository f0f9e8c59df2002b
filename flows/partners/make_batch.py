"""Making a batch: sealed and on the disk, then in the ledger, then committed, then under its name; and healing one."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows import mandate
from flows.audit.ledger import RUN_ACTOR, terminal_origin
from flows.configuration import Configuration
from flows.configuration.export import ExportSettings
from flows.desk import open_configured_ledger, open_configured_store
from screening.errors import BarrierError, ConfigurationError, StoreError
from screening.vocabulary import LedgerAction, LedgerResult

#: A batch that is not under its own name yet.
_PART = re.compile(r"\..+\.(?:age|pgp)\.part")
#: A withdrawal holds ids and no content: nothing is lost by time, and one that expired unread would leave a
#: wrong in use. It goes whatever `[export]` says of other batches.
_CALLED_BACK_DAYS = 365


@dataclass(frozen=True)
class Open:
    """What every command needs: the store, the ledger, the settings, who acts and when."""

    store: object
    ledger: object
    settings: Configuration
    export: ExportSettings
    by: str
    now: datetime

    def log(
        self, action: LedgerAction, *objects: str | tuple[str, str, str], result: LedgerResult = LedgerResult.DONE,
        addresses: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """One entry an object, all or none. An object with a case and a purpose: (object, case, purpose).

        `addresses`: those that the data are about, a line of the Logboek Dataverwerkingen each.
        """
        from screening.casework.data_subjects import note_subjects, of_addresses
        from screening.ledger import Entry

        entries = []
        for one in objects:
            name, case, purpose = one if isinstance(one, tuple) else (one, None, None)
            entries.append(
                Entry(
                    self.now, self.by, action, name, result, origin=terminal_origin(), case=case, purpose=purpose
                )
            )  # fmt: skip
        self.ledger.write_all(entries)
        note_subjects(self.ledger, entries[0], of_addresses(addresses))


def pending_after_run(settings: Configuration) -> tuple[dict[str, int], list[str]]:
    """After a night: how many signals were called back or corrected or are to be, and what a person must know of it.

    What is certainly called back, and corrections that were approved, are sealed here and now, unless
    `[export] withdraw_automatically` is false. Only what left before: a new signal never goes by the night.
    """
    from screening.partners.desk.corrections import approved_corrections
    from screening.partners.desk.signal_validity import CORRECT, WITHDRAW

    try:
        export = ExportSettings(settings)
        with open_configured_store(settings) as store:
            pending, approved = pending_now(store, settings), approved_corrections(store)
            if not pending and not approved:
                return {}, []
            sent, notes = {WITHDRAW: 0, CORRECT: 0}, []
            if export.terms.withdraw_automatically and (approved or any(one.is_certain for one in pending)):
                with open_configured_ledger(settings) as ledger, one_at_a_time(settings):
                    at = Open(store, ledger, settings, export, RUN_ACTOR, datetime.now(UTC))
                    sent, notes = _sent_by_the_night(at, pending, approved)
                pending, approved = pending_now(store, settings), approved_corrections(store)
            waits = {one.signal_id for one in approved}
            open_ = [one for one in pending if one.is_certain or one.signal.signal_id not in waits]
            counts = {
                "withdrawn": sent[WITHDRAW],
                "corrected": sent[CORRECT],
                "to_withdraw": sum(one.is_certain for one in open_),
                "to_look_at": sum(not one.is_certain and one.kind != CORRECT for one in open_),
                "to_correct": sum(one.kind == CORRECT for one in open_),
                "to_export": len(waits - {one.signal.signal_id for one in open_}),
            }
    except BarrierError as error:
        return {}, [f"The run is published; what is to be called back from the RIEC did not go through: {error}"]
    told = [
        f"{_signals(counts[name], 'was', 'were')} {name}: send the batches in {export.out}."
        for name in ("withdrawn", "corrected") if counts[name]
    ]  # fmt: skip
    waiting = counts["to_withdraw"] + counts["to_look_at"] + counts["to_correct"]
    if waiting:
        told.append(
            f"{_signals(waiting, 'at the RIEC is', 'at the RIEC are')} to be called back or corrected: "
            "barrier export list"
        )
    if counts["to_export"]:
        told.append(
            f"{_signals(counts['to_export'], 'has', 'have')} an approved correction that did not leave: "
            "barrier export riec sends it or says why not"
        )
    return counts, [*told, *notes]


def _sent_by_the_night(at: Open, pending: Sequence, approved: Sequence) -> tuple[dict[str, int], list[str]]:
    """Seal what is certainly called back, then approved corrections: how many signals by kind, and what failed.

    One recipient that cannot be sent anything holds up no other, and a correction that may not leave no withdrawal.
    """
    from screening.vocabulary import BatchKind

    folder = folder_for(at.export.out)
    heal(at, folder)
    sent, failed = {str(BatchKind.WITHDRAWAL): 0, str(BatchKind.CORRECTION): 0}, []

    def corrections(recipient: str) -> dict | None:
        mandate.require(at.settings)  # it discloses something: asked again, as late as can be
        found, _ = due(at, recipient)
        new = found[BatchKind.CORRECTION]
        return batch_of(at, recipient, folder, BatchKind.CORRECTION, [(one, one.reason) for one in new])

    called = sorted({one.signal.recipient for one in pending if one.is_certain})
    steps = [(name, lambda name: withdrawals(at, name, folder)) for name in called]
    steps += [(name, corrections) for name in sorted({one.recipient for one in approved})]
    for name, step in steps:
        try:
            made = step(name)
        except BarrierError as error:
            failed.append(f"The run is published; a batch to {name} was not made: {error}")
        else:
            if made:
                sent[made["kind"]] += len(made["signals"])
    return sent, failed


def _signals(count: int, one: str, more: str) -> str:
    return f"{count} signal {one}" if count == 1 else f"{count} signals {more}"


def heal(at: Open, folder: Path) -> list[str]:
    """Finish what a killed export left: a committed batch gets its name, a file that was never committed goes."""
    from screening.partners.desk.disclosures import batches, note_placed
    from screening.store.files import sha256_of_file, sync_directory

    told = []
    known = batches(at.store)
    for batch in known:
        if batch.is_placed:
            continue
        part = _part_of(batch.file)
        if part.exists() and sha256_of_file(part) == batch.sealed_sha256:
            os.rename(part, batch.file)
            sync_directory(batch.file.parent)
            told.append(f"{batch.batch_id}: its file has its name now.")
        elif not batch.file.exists():
            told.append(f"{batch.batch_id}: noted as sent, and {batch.file} is not there. Was it moved?")
            continue
        note_placed(at.store, batch.batch_id, now=at.now)
    of_known = {_part_of(batch.file) for batch in known if not batch.is_placed}
    for left in folder.iterdir():
        if _PART.fullmatch(left.name) and left not in of_known:
            left.unlink()
            told.append("A batch that was never sent is taken away.")
    return told


def due(at: Open, recipient: str) -> tuple[dict, list[dict]]:
    """What may leave now, by kind of batch, and what is held back with why: asked again for each signal."""
    from screening.partners.desk.signal_versions import APPROVED_STATE, signals
    from screening.vocabulary import BatchKind

    policy, found, held = at.export.policy(), {BatchKind.CORRECTION: [], BatchKind.SIGNALS: []}, []
    waiting = [one for one in signals(at.store) if one.recipient == recipient and one.state == APPROVED_STATE]
    grounds = grounds_of(at, waiting)
    for one in waiting:
        refused = refused_now(at, one, policy, grounds)
        if refused:
            held.append({"signal_id": one.signal_id, "why": refused})
        else:
            found[BatchKind.SIGNALS if one.version == 1 else BatchKind.CORRECTION].append(one)
    return found, held


def grounds_of(at: Open, signals: Sequence):
    """What of the store and of the last run's files could hold these signals back: read once for all of them."""
    from screening.partners.desk.signal_validity import SignalValidity

    records = known_records(at.store, at.settings, signals)
    return SignalValidity.read(at.store, {(one.address_id, one.run_id) for one in signals}, records=records)


def refused_now(at: Open, signal, policy, grounds) -> list[str]:
    """Every reason why this account may not send an approved signal now; none: it may leave."""
    from screening.civil_time import day_of
    from screening.partners.desk.signals import current_refusals, stopped_codes

    if signal.content is None:
        return ["Its term is over and its content is erased."]
    refused = [one.en for one in current_refusals(at.store, signal, policy=policy, day=day_of(at.now), validity=grounds)]
    if at.by in {signal.prepared_by, signal.approved_by, signal.extra_approval_by}:
        refused.append("Who prepared or approved a signal does not export it.")
    stopped = stopped_codes(at.store, signal)
    if stopped:
        refused.append(f"It rests on a rule that is stopped: {', '.join(stopped)}.")
    return refused


def withdrawals(at: Open, recipient: str, folder: Path, *, only: str | None = None) -> dict | None:
    from screening.partners.desk.signal_validity import WITHDRAW
    from screening.vocabulary import BatchKind

    called = [
        (one.signal, one.reason)
        for one in pending_now(at.store, at.settings)
        if one.kind == WITHDRAW and one.is_certain and one.signal.recipient == recipient
        and only in {None, one.signal.signal_id}
    ]  # fmt: skip
    return batch_of(at, recipient, folder, BatchKind.WITHDRAWAL, called)


def no_key(recipient: str) -> StoreError:
    """What is said where a recipient has none in use; of a name that was mistyped too."""
    return StoreError(f"{recipient} has no key that two people stand behind: barrier export recipient propose")


def batch_of(at: Open, recipient: str, folder: Path, kind, sent: Sequence[tuple], *, repeat=None) -> dict | None:
    """One batch: sealed and on the disk, then committed, then renamed. None when there is nothing to send.

    `repeat`: the batch that this one says again (`screening.partners.desk.disclosures.Repeat`).
    """
    from screening.casework.case_errors import ConflictError
    from screening.partners.batch.batch import make_batch
    from screening.partners.batch.manifest import BatchMeta, Recipient, new_batch_id, sender_fingerprint
    from screening.partners.desk.disclosures import Batch, commit_batch, next_sequence, note_placed
    from screening.partners.desk.recipients import OPENPGP, active_key
    from screening.store.files import sha256_of_file, sync_directory
    from screening.vocabulary import BatchKind, NoticeReason

    if not sent:
        return None
    key = active_key(at.store, recipient)
    if key is None:
        raise no_key(recipient)
    signing_key = at.export.signing_key()
    valid = timedelta(days=_CALLED_BACK_DAYS if kind == BatchKind.WITHDRAWAL else at.export.terms.valid_days)
    meta = BatchMeta(
        batch_id=new_batch_id(), sequence=next_sequence(at.store, recipient), kind=kind,
        municipality=at.settings.municipality_name, municipality_code=at.settings.municipality_code,
        recipient=Recipient(recipient, key.key), made_at=at.now, expires_at=at.now + valid,
        repeats=repeat and repeat.batch_id,
    )  # fmt: skip
    content = [signal.content for signal, _ in sent] if kind != "withdrawal" else []
    files = make_batch(content, meta, notices=_notices(kind, sent, at.now), processes=os.cpu_count() or 1)
    ending = "pgp" if key.kind == OPENPGP else "age"
    batch = Batch(
        batch_id=meta.batch_id, recipient=recipient, fingerprint=key.fingerprint, sequence=meta.sequence, kind=kind,
        made_by=at.by, made_at=meta.made_at, expires_at=meta.expires_at,
        sender_fingerprint=sender_fingerprint(signing_key), sealed_sha256="", folder=str(folder),
        file_name=f"{recipient}-{meta.sequence:04d}-{meta.batch_id}.{ending}", is_placed=False,
    )  # fmt: skip
    part = _part_of(batch.file)
    action = LedgerAction.WITHDRAWAL if kind == "withdrawal" else LedgerAction.EXPORT
    name = f"batch:{meta.batch_id.removeprefix('L-')}"
    names = [name, *([f"batch:{repeat.batch_id.removeprefix('L-')}"] if repeat else [])]
    try:
        _sealed(part, files, meta, signing_key, is_openpgp=key.kind == OPENPGP)
        sync_directory(folder)
        batch = replace(batch, sealed_sha256=sha256_of_file(part))
        about = [signal.address_id for signal, _ in sent]
        at.log(action, *names, *(signal_object(signal) for signal, _ in sent), addresses=about)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    try:
        lines = [(one, reason and NoticeReason(reason)) for one, reason in sent]
        commit_batch(at.store, batch, lines, now=at.now, repeat=repeat)
    except ConflictError:
        part.unlink(missing_ok=True)  # refused: nothing was noted
        at.log(action, name, result=LedgerResult.REFUSED)
        raise
    except BarrierError:
        # the reply may be lost of what was noted all the same: the file stays, and the next export finds out
        at.log(action, name, result=LedgerResult.FAILED)
        raise
    os.rename(part, batch.file)
    sync_directory(folder)
    note_placed(at.store, batch.batch_id, now=at.now)
    return {
        "batch_id": batch.batch_id, "sequence": batch.sequence, "kind": str(kind), "recipient": recipient,
        "file": str(batch.file), "signals": [one.signal_id for one, _ in sent],
        "sender": batch.sender_fingerprint, "expires_at": batch.expires_at.isoformat(),
    }  # fmt: skip


def _sealed(part: Path, files: dict[str, bytes], meta, signing_key, *, is_openpgp: bool) -> None:
    """The sealed batch in a new file, 0600, on the disk when this returns."""
    from screening.partners.batch.seal import seal_openpgp, seal_to

    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if is_openpgp:
            file.write(seal_openpgp(files, meta, signing_key=signing_key))
        else:
            seal_to(file, files, meta, signing_key=signing_key)
        file.flush()
        os.fsync(file.fileno())


def _notices(kind, sent: Sequence[tuple], now: datetime) -> list:
    from screening.civil_time import day_of
    from screening.partners.batch.notices import correction, withdrawal
    from screening.vocabulary import BatchKind, NoticeReason

    day = day_of(now).isoformat()
    if kind == BatchKind.SIGNALS:
        return []
    if kind == BatchKind.WITHDRAWAL:
        return [
            withdrawal(one.signal_id, version=one.version, batches=one.batches, reason=NoticeReason(reason), on=day)
            for one, reason in sent
        ]
    return [
        correction(
            one.signal_id, version=one.version - 1, new_version=one.version, batches=one.batches,
            reason=NoticeReason(reason), on=day,
        )
        for one, reason in sent
    ]  # fmt: skip


def pending_now(store, settings: Configuration) -> list:
    """What is to be called back or corrected, asked of the store and of the files of the last run."""
    from screening.partners.desk.corrections import pending_corrections
    from screening.partners.desk.signal_versions import SENT, signals

    sent = [one for one in signals(store) if one.state == SENT]
    return pending_corrections(store, records=known_records(store, settings, sent))


def known_records(store, settings: Configuration, signals: Iterable) -> frozenset[str] | None:
    """Of the records that these signals rest on, those that the last run still had; None when its files are gone."""
    import polars as pl

    from screening.store import Workspace, read_run_file

    wanted = {record for one in signals for record in one.basis["records"]}
    last = store.last_published()
    if not wanted or last is None:
        return frozenset()
    try:
        rows = read_run_file(store, Workspace(settings.workspace), last.run_id, "records.parquet")
    except StoreError:
        return None  # kept for a term only: then nothing is said of what vanished
    ids = rows.select(pl.concat_str(["dataset", "key"], separator=":").alias("id"))["id"]
    return frozenset(ids.filter(ids.is_in(sorted(wanted))).to_list())


def signal_object(signal) -> tuple[str, str, str]:
    return f"signal:{signal.signal_id.removeprefix('S-')}", signal.case_id, signal.purpose


def _part_of(file: Path) -> Path:
    return file.with_name(f".{file.name}.part")


def folder_for(out: Path) -> Path:
    from screening.store.files import make_directory

    try:
        if not out.exists():
            make_directory(out)
        return out.resolve(strict=True)
    except OSError as error:
        raise ConfigurationError(f"{out}: no folder to put a batch in ({error.strerror}).") from None


@contextmanager
def one_at_a_time(settings: Configuration) -> Iterator[None]:
    """One export of a workspace at a time: what heals may not take away what another is making."""
    lock = os.open(settings.workspace / "export.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError("Another export is under way. Try again when it is done.") from None
        yield
    finally:
        os.close(lock)
