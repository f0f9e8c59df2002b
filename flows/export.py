"""Signals to the RIEC from the command line: keys, recipients, batches, withdrawals, the register, feedback.

Every step is in the ledger before it is done; where the ledger cannot be written, it is not done.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows import mandate
from flows import settings as settings_module
from flows.audit import RUN_ACTOR, terminal_origin
from flows.export_settings import ExportSettings, export_settings, make_keys
from flows.settings import Settings
from flows.stored import open_configured_ledger, open_configured_store
from screening.errors import BarrierError, ConfigurationError, StoreError
from screening.vocabulary import LedgerAction, LedgerResult

#: A batch that is not under its own name yet.
_PART = re.compile(r"\..+\.(?:age|pgp)\.part")


@dataclass(frozen=True)
class Open:
    """What every command needs: the store, the ledger, the settings, who acts and when."""

    store: object
    ledger: object
    settings: Settings
    export: ExportSettings
    by: str
    now: datetime

    def log(
        self, action: LedgerAction, *objects: str | tuple[str, str, str], result: LedgerResult = LedgerResult.DONE
    ) -> None:
        """One entry an object, all or none. An object with a case and a purpose: (object, case, purpose)."""
        from screening.store.ledger import Entry

        entries = []
        for one in objects:
            name, case, purpose = one if isinstance(one, tuple) else (one, None, None)
            entries.append(
                Entry(
                    self.now, self.by, action, name, result, origin=terminal_origin(), case=case, purpose=purpose
                )
            )  # fmt: skip
        self.ledger.write_all(entries)


def keys(configuration: Path, *, by: str) -> dict:
    """Make the keys of the export where there are none; the fingerprint that receivers pin."""
    with _opened(configuration, by) as at:
        at.log(LedgerAction.CONFIGURATION, "list:configuration")
        return make_keys(at.export)


def propose(configuration: Path, recipient: str, key: Path, *, by: str, reason: str, openpgp: bool = False) -> dict:
    """Propose a recipient's public key, from its file; a colleague approves it."""
    from screening.export.seal import checked_recipient
    from screening.store.recipients import AGE, OPENPGP, propose_key

    try:
        text = key.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(
            f"{key}: the key cannot be read. Give the file with the receiver's public key."
        ) from None
    if openpgp:
        text = _certificate(text)
    else:
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        text = checked_recipient("\n".join(lines))
    with _opened(configuration, by) as at:
        at.log(LedgerAction.RECIPIENT_CHANGE, _recipient(recipient))
        made = propose_key(
            at.store, recipient, text, kind=OPENPGP if openpgp else AGE, by=at.by, reason=reason, now=at.now
        )
        return _key(made)


def approve(configuration: Path, fingerprint: str, *, by: str, reason: str) -> dict:
    """Pin a key that a colleague proposed, by the fingerprint that the receiver read out over another way."""
    from screening.store.recipients import approve_key

    return _decided(configuration, fingerprint, by=by, reason=reason, decide=approve_key)


def retire(configuration: Path, fingerprint: str, *, by: str, reason: str) -> dict:
    """Take a key out of use, at once and for good."""
    from screening.store.recipients import retire_key

    return _decided(configuration, fingerprint, by=by, reason=reason, decide=retire_key)


def recipients(configuration: Path) -> list[dict]:
    """Every key that was ever proposed, with who stands behind it."""
    from screening.store.recipients import keys as all_keys

    with open_configured_store(settings_module.load(configuration)) as store:
        return [_key(one) for one in all_keys(store)]


def riec(configuration: Path, recipient: str, *, out: Path | None, by: str) -> dict:
    """Make the batches that a recipient is due: what is called back for certain, corrections, and new signals.

    Signals that may not leave now are held back, and why is told. StoreError when there is nothing to send at all.
    """
    from screening.export import BatchKind

    mandate.require(settings_module.load(configuration))  # what is called back goes without: `withdraw`
    with _exporting(configuration, by, out) as (at, folder):
        told = heal(at, folder)
        made = [_withdrawals(at, recipient, folder)]
        due, held = _due(at, recipient)
        for kind in (BatchKind.CORRECTION, BatchKind.SIGNALS):
            made.append(_batch(at, recipient, folder, kind, [(one, one.reason) for one in due[kind]]))
        batches = [one for one in made if one is not None]
        if not batches and not held:
            raise StoreError(f"Nothing is approved for {recipient}, and nothing has to be called back.")
        return {"batches": batches, "held_back": held, "healed": told}


def withdraw(
    configuration: Path, signal_id: str, *, reason: str, out: Path | None, by: str, is_sent: bool = True
) -> dict:
    """Call a signal back from whoever received it; one that never left is only dropped.

    `is_sent`: make the withdrawal batch at once; else it goes with the next batch or run.
    """
    from screening.export import NoticeReason
    from screening.store.disclosures import call_back, register
    from screening.store.signals_to_riec import drop, signals

    if reason not in set(NoticeReason):
        raise ConfigurationError(f"--reason is one of {', '.join(NoticeReason)}.")
    with _exporting(configuration, by, out) as (at, folder):
        found = signals(at.store, signal_id=signal_id)
        if not found:
            raise StoreError("There is no such signal. `barrier export list` shows those that were sent.")
        last = found[-1]
        at.log(LedgerAction.WITHDRAWAL, _signal(last))
        if not register(at.store, signal_id=signal_id):
            drop(at.store, last, by=at.by, reason=reason, now=at.now)
            return {"signal_id": signal_id, "dropped": True, "batches": []}
        call_back(at.store, signal_id, reason=NoticeReason(reason), by=at.by, now=at.now)
        batch = _withdrawals(at, last.recipient, folder, only=signal_id) if is_sent else None
        return {"signal_id": signal_id, "dropped": False, "batches": [batch] if batch else []}


def preview(configuration: Path, signal_id: str, *, by: str) -> dict:
    """What of a signal leaves, field by field, and why; and what keeps it from leaving. In the ledger as a reading."""
    from screening.store.signals_to_riec import signals, stopped_codes, why_not
    from screening.store.viewer import day_of

    with _opened(configuration, by) as at:
        found = signals(at.store, signal_id=signal_id)
        if not found:
            raise StoreError("There is no such signal. `barrier export list` shows those that were prepared.")
        last = found[-1]
        mandate.require(at.settings)
        at.log(LedgerAction.READ_EXPORT, _signal(last))
        refused = [] if last.content is None else why_not(at.store, last, policy=at.export.policy(), day=day_of(at.now))
        return {
            "signal_id": last.signal_id,
            "version": last.version,
            "state": last.state,
            "recipient": last.recipient,
            "fields": [vars(one) for one in last.preview()],
            "refused": [{"code": str(one.code), "nl": one.nl, "en": one.en, "field": one.field} for one in refused],
            "stopped": stopped_codes(at.store, last),
        }


def listing(configuration: Path, *, by: str, recipient: str | None = None) -> dict:
    """Prepared signals with their state, batches, and the register of disclosures: no content of any signal."""
    from screening.store.corrections import pending_corrections
    from screening.store.disclosures import batches, register
    from screening.store.signals_to_riec import signals

    with _opened(configuration, by) as at:
        at.log(LedgerAction.READ_EXPORT, "list:disclosures")
        pending = pending_corrections(at.store, records=_records(at))
        return {
            "signals": [
                {
                    name: getattr(one, name)
                    for name in ("signal_id", "version", "case_id", "recipient", "state", "sensitive", "prepared_by",
                                 "approved_by", "extra_approval_by")
                }
                for one in signals(at.store) if recipient in {None, one.recipient}
            ],
            "batches": [
                {
                    "batch_id": one.batch_id, "recipient": one.recipient, "sequence": one.sequence,
                    "kind": str(one.kind), "made_by": one.made_by, "made_at": one.made_at.isoformat(),
                    "file": str(one.file), "is_placed": one.is_placed,
                }
                for one in batches(at.store, recipient=recipient)
            ],
            "register": [
                {
                    **{name: getattr(one, name) for name in (
                        "batch_id", "sequence", "recipient", "signal_id", "version", "reason", "case_id",
                        "prepared_by", "approved_by", "extra_approval_by", "exported_by", "content_sha256", "purpose",
                        "legal_basis")},
                    "kind": str(one.kind), "fields": list(one.fields), "keep_until": one.keep_until.isoformat(),
                    "at": one.at.isoformat(),
                    "outcomes": [[day.isoformat(), outcome, remark] for day, outcome, remark in one.outcomes],
                }
                for one in register(at.store, recipient=recipient)
            ],
            "pending": [
                {"signal_id": one.signal.signal_id, "kind": one.kind, "reason": str(one.reason),
                 "is_certain": one.is_certain}
                for one in pending if recipient in {None, one.signal.recipient}
            ],
        }  # fmt: skip


def feedback(configuration: Path, sheet: Path, *, by: str) -> dict:
    """Read a receiver's feedback sheet and keep what it tells beside the disclosures."""
    from screening.export.feedback import read_feedback
    from screening.store.disclosures import record_feedback, sent_pairs

    try:
        content = sheet.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{sheet}: cannot be read ({error.strerror}).") from None
    with _opened(configuration, by) as at:
        rows = read_feedback(content, known=sent_pairs(at.store))
        batches = sorted({one.batch_id for one in rows})
        if batches:
            at.log(LedgerAction.FEEDBACK, *(f"batch:{one.removeprefix('L-')}" for one in batches))
        return {"rows": len(rows), "new": record_feedback(at.store, rows, by=at.by, now=at.now), "batches": batches}


def verify(batch: Path, *, identity: Path, sender: str, state: Path, into: Path) -> dict:
    """What the receiver does, by the receiver's own script. Raises its Refused (code, why, exit_code)."""
    from screening.export.receiver import verify_batch

    return verify_batch.accept(batch, identity=identity, sender=sender, state=state, into=into, now=datetime.now(UTC))


def pending_after_run(settings: Settings) -> tuple[dict[str, int], list[str]]:
    """After a night: how many signals are to be called back or corrected, and what a person must know of it.

    Where `[export] withdraw_automatically` says so, what is certain is withdrawn here and now: nothing new leaves.
    """
    from screening.store.corrections import CORRECT, pending_corrections

    try:
        export = export_settings(settings)
        with open_configured_store(settings) as store, open_configured_ledger(settings) as ledger:
            at = Open(store, ledger, settings, export, RUN_ACTOR, datetime.now(UTC))
            pending = pending_corrections(store, records=_records(at))
            if not pending:
                return {}, []
            certain = sorted({one.signal.recipient for one in pending if one.is_certain})
            sent = 0
            if export.withdraw_automatically:
                with _locked(settings):
                    heal(at, _folder(export.out))
                    made = [_withdrawals(at, name, _folder(export.out)) for name in certain]
                sent = sum(len(one["signals"]) for one in made if one)
            counts = {
                "withdrawn": sent,
                "to_withdraw": sum(one.is_certain for one in pending) - sent,
                "to_look_at": sum(not one.is_certain and one.kind != CORRECT for one in pending),
                "to_correct": sum(one.kind == CORRECT for one in pending),
            }
    except BarrierError as error:
        return {}, [f"The run is published; what must be called back from the RIEC is not known: {error}"]
    waiting = sum(counts.values()) - sent
    notes = [f"{sent} signals were withdrawn: send the batches in {export.out}."] if sent else []
    if waiting:
        notes.append(f"{waiting} signals at the RIEC are to be called back or corrected: barrier export list")
    return counts, notes


def heal(at: Open, folder: Path) -> list[str]:
    """Finish what a killed export left: a committed batch gets its name, a file that was never committed goes."""
    from screening.store.disclosures import batches, placed
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
        placed(at.store, batch.batch_id, now=at.now)
    of_known = {_part_of(batch.file) for batch in known if not batch.is_placed}
    for left in folder.iterdir():
        if _PART.fullmatch(left.name) and left not in of_known:
            left.unlink()
            told.append("A batch that was never sent is taken away.")
    return told


def _due(at: Open, recipient: str) -> tuple[dict, list[dict]]:
    """What may leave now, by kind of batch, and what is held back with why: asked again for each signal."""
    from screening.export import BatchKind
    from screening.store.signals_to_riec import APPROVED_STATE, signals, stopped_codes, why_not
    from screening.store.viewer import day_of

    policy, due, held = at.export.policy(), {BatchKind.CORRECTION: [], BatchKind.SIGNALS: []}, []
    for one in signals(at.store):
        if one.recipient != recipient or one.state != APPROVED_STATE:
            continue
        refused = [f.en for f in why_not(at.store, one, policy=policy, day=day_of(at.now))]
        if at.by in {one.prepared_by, one.approved_by, one.extra_approval_by}:
            refused.append("Who prepared or approved a signal does not export it.")
        stopped = stopped_codes(at.store, one)
        if stopped:
            refused.append(f"It rests on a rule that is stopped: {', '.join(stopped)}.")
        if refused:
            held.append({"signal_id": one.signal_id, "why": refused})
        else:
            due[BatchKind.SIGNALS if one.version == 1 else BatchKind.CORRECTION].append(one)
    return due, held


def _withdrawals(at: Open, recipient: str, folder: Path, *, only: str | None = None) -> dict | None:
    from screening.export import BatchKind
    from screening.store.corrections import WITHDRAW, pending_corrections

    called = [
        (one.signal, one.reason)
        for one in pending_corrections(at.store, records=_records(at))
        if one.kind == WITHDRAW and one.is_certain and one.signal.recipient == recipient
        and only in {None, one.signal.signal_id}
    ]  # fmt: skip
    return _batch(at, recipient, folder, BatchKind.WITHDRAWAL, called)


def _batch(at: Open, recipient: str, folder: Path, kind, sent: Sequence[tuple]) -> dict | None:
    """One batch: sealed and on the disk, then committed, then renamed. None when there is nothing to send."""
    from screening.export import NoticeReason
    from screening.export.batch import make_batch
    from screening.export.manifest import BatchMeta, Recipient, new_batch_id, sender_fingerprint
    from screening.store.disclosures import Batch, commit_batch, next_sequence, placed
    from screening.store.files import sha256_of_file, sync_directory
    from screening.store.recipients import OPENPGP, active_key

    if not sent:
        return None
    key = active_key(at.store, recipient)
    if key is None:
        raise StoreError(f"{recipient} has no key that two people stand behind: barrier export recipient propose")
    signing_key = at.export.signing_key()
    valid = timedelta(days=_valid_days(at.export))
    meta = BatchMeta(
        batch_id=new_batch_id(), sequence=next_sequence(at.store, recipient), kind=kind,
        municipality=at.export.municipality, municipality_code=at.export.code,
        recipient=Recipient(recipient, key.key), made_at=at.now, expires_at=at.now + valid,
    )  # fmt: skip
    content = [signal.content for signal, _ in sent] if kind != "withdrawal" else []
    files = make_batch(content, meta, notices=_notices(kind, sent, at.now))
    ending = "pgp" if key.kind == OPENPGP else "age"
    batch = Batch(
        batch_id=meta.batch_id, recipient=recipient, fingerprint=key.fingerprint, sequence=meta.sequence, kind=kind,
        made_by=at.by, made_at=meta.made_at, expires_at=meta.expires_at,
        sender_fingerprint=sender_fingerprint(signing_key), sealed_sha256="", folder=str(folder),
        file_name=f"{recipient}-{meta.sequence:04d}-{meta.batch_id}.{ending}", is_placed=False,
    )  # fmt: skip
    part = _part_of(batch.file)
    try:
        _sealed(part, files, meta, signing_key, is_openpgp=key.kind == OPENPGP)
        sync_directory(folder)
        batch = Batch(**{**vars(batch), "sealed_sha256": sha256_of_file(part)})
        action = LedgerAction.WITHDRAWAL if kind == "withdrawal" else LedgerAction.EXPORT
        objects = [f"batch:{meta.batch_id.removeprefix('L-')}", *(_signal(signal) for signal, _ in sent)]
        at.log(action, *objects)
        try:
            commit_batch(at.store, batch, [(one, reason and NoticeReason(reason)) for one, reason in sent], now=at.now)
        except BarrierError:
            at.log(action, objects[0], result=LedgerResult.FAILED)
            raise
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    os.rename(part, batch.file)
    sync_directory(folder)
    placed(at.store, batch.batch_id, now=at.now)
    return {
        "batch_id": batch.batch_id, "sequence": batch.sequence, "kind": str(kind), "recipient": recipient,
        "file": str(batch.file), "signals": [one.signal_id for one, _ in sent],
        "sender": batch.sender_fingerprint, "expires_at": batch.expires_at.isoformat(),
    }  # fmt: skip


def _sealed(part: Path, files: dict[str, bytes], meta, signing_key, *, is_openpgp: bool) -> None:
    """The sealed batch in a new file, 0600, on the disk when this returns."""
    from screening.export.seal import seal_openpgp, seal_to

    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if is_openpgp:
            file.write(seal_openpgp(files, meta, signing_key=signing_key))
        else:
            seal_to(file, files, meta, signing_key=signing_key)
        file.flush()
        os.fsync(file.fileno())


def _notices(kind, sent: Sequence[tuple], now: datetime) -> list:
    from screening.export import BatchKind, NoticeReason
    from screening.export.notices import correction, withdrawal
    from screening.store.viewer import day_of

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


def _records(at: Open) -> frozenset[str] | None:
    """Of the records that signals rest on, those that the last run still had; None when its files are not there."""
    import polars as pl

    from screening.store import Workspace, read_run_file
    from screening.store.signals_to_riec import SENT, signals

    wanted = {record for one in signals(at.store) if one.state == SENT for record in one.basis["records"]}
    last = at.store.last_published()
    if not wanted or last is None:
        return frozenset()
    try:
        rows = read_run_file(at.store, Workspace(at.settings.workspace), last.run_id, "records.parquet")
    except StoreError:
        return None  # kept for a term only: then nothing is said of what vanished
    ids = rows.select(pl.concat_str(["dataset", "key"], separator=":").alias("id"))["id"]
    return frozenset(ids.filter(ids.is_in(sorted(wanted))).to_list())


def _decided(configuration: Path, fingerprint: str, *, by: str, reason: str, decide: Callable) -> dict:
    from screening.store.recipients import keys as all_keys

    with _opened(configuration, by) as at:
        plain = fingerprint.strip().lower().replace(":", "").replace(" ", "")
        named = [one.recipient for one in all_keys(at.store) if one.fingerprint == plain]
        at.log(LedgerAction.RECIPIENT_CHANGE, _recipient(named[0]) if named else "list:recipients")
        try:
            return _key(decide(at.store, fingerprint, by=at.by, reason=reason, now=at.now))
        except BarrierError:
            refused = _recipient(named[0]) if named else "list:recipients"
            at.log(LedgerAction.RECIPIENT_CHANGE, refused, result=LedgerResult.REFUSED)
            raise


def _key(one) -> dict:
    return {
        "recipient": one.recipient, "fingerprint": one.fingerprint, "kind": one.kind, "state": one.state,
        "proposed_by": one.proposed_by, "approved_by": one.approved_by, "retired_by": one.retired_by,
    }  # fmt: skip


def _certificate(text: str) -> str:
    """An armoured OpenPGP certificate, checked. ConfigurationError when it is none, or holds a secret key."""
    if "PRIVATE KEY BLOCK" in text:
        raise ConfigurationError(
            "This is a secret key. Ask the receiver for the public one, and have this one replaced."
        )
    try:
        import pysequoia

        pysequoia.Cert.from_bytes(text.encode())
    except ImportError:
        raise ConfigurationError("OpenPGP is not installed: pip install 'barrier-screening[openpgp]'") from None
    except Exception:
        raise ConfigurationError("This is no OpenPGP certificate. Ask for the armoured file again.") from None
    return text


def _valid_days(export: ExportSettings) -> int:
    days = export.terms.get("valid_days", 30)
    return days if isinstance(days, int) and not isinstance(days, bool) and 1 <= days <= 90 else 30


def _signal(signal) -> tuple[str, str, str]:
    return f"signal:{signal.signal_id.removeprefix('S-')}", signal.case_id, signal.purpose


def _recipient(name: str) -> str:
    return f"recipient:{name}" if re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){0,6}", name) else "list:recipients"


def _part_of(file: Path) -> Path:
    return file.with_name(f".{file.name}.part")


def _folder(out: Path) -> Path:
    from screening.store.files import make_directory

    try:
        if not out.exists():
            make_directory(out)
        return out.resolve(strict=True)
    except OSError as error:
        raise ConfigurationError(f"{out}: no folder to put a batch in ({error.strerror}).") from None


@contextmanager
def _opened(configuration: Path, by: str) -> Iterator[Open]:
    from screening.store import account

    who = account(by)
    settings = settings_module.load(configuration)
    with open_configured_store(settings) as store, open_configured_ledger(settings) as ledger:
        yield Open(store, ledger, settings, export_settings(settings), who, datetime.now(UTC))


@contextmanager
def _exporting(configuration: Path, by: str, out: Path | None) -> Iterator[tuple[Open, Path]]:
    with _opened(configuration, by) as at, _locked(at.settings):
        yield at, _folder(out or at.export.out)


@contextmanager
def _locked(settings: Settings) -> Iterator[None]:
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
