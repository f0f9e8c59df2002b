"""Signals to the RIEC from the command line: keys, recipients, batches, withdrawals, the register, feedback.

Every step is in the ledger before it is done; where the ledger cannot be written, it is not done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flows import mandate
from flows.configuration import load_configuration
from flows.configuration.export import ExportSettings, make_keys
from flows.desk import open_configured_ledger, open_configured_store
from flows.partners import send_again
from flows.partners.make_batch import (
    Open,
    batch_of,
    due,
    folder_for,
    grounds_of,
    heal,
    no_key,
    one_at_a_time,
    pending_now,
    signal_object,
    withdrawals,
)
from screening.errors import BarrierError, ConfigurationError, StoreError
from screening.vocabulary import LedgerAction, LedgerResult


def keys(configuration: Path, *, by: str) -> dict:
    """Make the keys of the export where there are none; the fingerprint that receivers pin."""
    with _opened(configuration, by) as at:
        at.log(LedgerAction.CONFIGURATION, "list:configuration")
        return make_keys(at.export)


def propose(configuration: Path, recipient: str, key: Path, *, by: str, reason: str, openpgp: bool = False) -> dict:
    """Propose a recipient's public key, from its file; a colleague approves it."""
    from screening.partners.batch.seal import checked_recipient
    from screening.partners.desk.recipients import AGE, OPENPGP, propose_key

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
    from screening.partners.desk.recipients import approve_key

    return _decided(configuration, fingerprint, by=by, reason=reason, decide=approve_key)


def retire(configuration: Path, fingerprint: str, *, by: str, reason: str) -> dict:
    """Take a key out of use, at once and for good."""
    from screening.partners.desk.recipients import retire_key

    return _decided(configuration, fingerprint, by=by, reason=reason, decide=retire_key)


def recipients(configuration: Path) -> list[dict]:
    """Every key that was ever proposed, with who stands behind it."""
    from screening.partners.desk.recipients import recipient_keys as all_keys

    with open_configured_store(load_configuration(configuration)) as store:
        return [_key(one) for one in all_keys(store)]


def riec(configuration: Path, recipient: str, *, out: Path | None, by: str) -> dict:
    """Make the batches that a recipient is due: what is called back for certain, corrections, and new signals.

    Signals that may not leave now are held back, and why is told. Nothing to send is no error: a scheduler asks each
    week. StoreError: no key of this recipient that two people stand behind (a name that was mistyped has none).
    ConfigurationError, before anything is made: a mandate that lapsed, or terms on which no signal leaves.
    """
    from screening.partners.desk.recipients import active_key
    from screening.vocabulary import BatchKind

    mandate.require(load_configuration(configuration))  # what is called back goes without: `withdraw`
    with _exporting(configuration, by, out) as (at, folder):
        at.export.policy()
        told = heal(at, folder)
        made = [withdrawals(at, recipient, folder)]
        found, held = due(at, recipient)
        for kind in (BatchKind.CORRECTION, BatchKind.SIGNALS):
            made.append(batch_of(at, recipient, folder, kind, [(one, one.reason) for one in found[kind]]))
        batches = [one for one in made if one is not None]
        if not batches and not held and active_key(at.store, recipient) is None:
            raise no_key(recipient)
        return {"batches": batches, "held_back": held, "healed": told}


def withdraw(
    configuration: Path, signal_id: str, *, reason: str, out: Path | None, by: str, is_sent: bool = True
) -> dict:
    """Call a signal back from whoever received it; one that never left is only dropped.

    `is_sent`: make the withdrawal batch at once; else it goes with the next batch or run.
    """
    from screening.partners.desk.disclosures import call_back, disclosures
    from screening.partners.desk.signal_versions import signals
    from screening.partners.desk.signals import drop_signal
    from screening.vocabulary import NoticeReason

    if reason not in set(NoticeReason):
        raise ConfigurationError(f"--reason is one of {', '.join(NoticeReason)}.")
    with _exporting(configuration, by, out) as (at, folder):
        found = signals(at.store, signal_id=signal_id)
        if not found:
            raise StoreError("There is no such signal. `barrier export list` shows those that were sent.")
        last = found[-1]
        at.log(LedgerAction.WITHDRAWAL, signal_object(last))
        if not disclosures(at.store, signal_id=signal_id):
            drop_signal(at.store, last, by=at.by, reason=reason, now=at.now)
            return {"signal_id": signal_id, "dropped": True, "batches": []}
        call_back(at.store, signal_id, reason=NoticeReason(reason), by=at.by, now=at.now)
        batch = withdrawals(at, last.recipient, folder, only=signal_id) if is_sent else None
        return {"signal_id": signal_id, "dropped": False, "batches": [batch] if batch else []}


def again(configuration: Path, batch_id: str, *, reason: str, out: Path | None, by: str) -> dict:
    """Send a batch again that the receiver could not open: the same signals, in a new batch that names the old one."""
    with _exporting(configuration, by, out) as (at, folder):
        told = heal(at, folder)
        return {**send_again.again(at, folder, batch_id, reason), "healed": told}


def preview(configuration: Path, signal_id: str, *, by: str) -> dict:
    """What of a signal leaves, field by field, and why; and what keeps it from leaving. In the ledger as a reading."""
    from screening.civil_time import day_of
    from screening.partners.desk.signal_versions import signals
    from screening.partners.desk.signals import current_refusals, stopped_codes

    with _opened(configuration, by) as at:
        mandate.require(at.settings)
        found = signals(at.store, signal_id=signal_id)
        if not found:
            raise StoreError("There is no such signal. `barrier export list` shows those that were prepared.")
        last = found[-1]
        at.log(LedgerAction.READ_EXPORT, signal_object(last), addresses=[last.address_id])
        refused = [] if last.content is None else current_refusals(
            at.store, last, policy=at.export.policy(), day=day_of(at.now), validity=grounds_of(at, [last])
        )  # fmt: skip
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
    from screening.partners.desk.disclosures import batches, disclosures
    from screening.partners.desk.feedback import outcomes
    from screening.partners.desk.signal_versions import signals

    with _opened(configuration, by) as at:
        at.log(LedgerAction.READ_EXPORT, "list:disclosures")
        pending, told = pending_now(at.store, at.settings), outcomes(at.store)
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
                        "legal_basis", "repeats", "repeated_for")},
                    "kind": str(one.kind), "fields": list(one.fields), "keep_until": one.keep_until.isoformat(),
                    "at": one.at.isoformat(),
                    "outcomes": [[day.isoformat(), outcome, remark] for day, outcome, remark
                                 in told.get((one.batch_id, one.signal_id), ())],
                }
                for one in disclosures(at.store, recipient=recipient)
            ],
            "pending": [
                {"signal_id": one.signal.signal_id, "kind": one.kind, "reason": str(one.reason),
                 "is_certain": one.is_certain}
                for one in pending if recipient in {None, one.signal.recipient}
            ],
        }  # fmt: skip


def feedback(configuration: Path, sheet: Path, *, by: str) -> dict:
    """Read a receiver's feedback sheet and keep what it tells beside the disclosures."""
    from screening.civil_time import day_of
    from screening.partners.batch.feedback import read_feedback
    from screening.partners.desk.disclosures import sent_pairs
    from screening.partners.desk.feedback import record_feedback
    from screening.partners.signal.errors import FeedbackError

    try:
        content = sheet.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{sheet}: cannot be read ({error.strerror}).") from None
    with _opened(configuration, by) as at:
        try:
            rows = read_feedback(content, received=sent_pairs(at.store), today=day_of(at.now))
        except FeedbackError as error:
            raise FeedbackError(f"{sheet}: {error}") from None
        batches = sorted({one.batch_id for one in rows})
        if batches:
            at.log(LedgerAction.FEEDBACK, *(f"batch:{one.removeprefix('L-')}" for one in batches))
        return {"rows": len(rows), "new": record_feedback(at.store, rows, by=at.by, now=at.now), "batches": batches}


def verify(batch: Path, *, identity: Path, sender: str, state: Path, into: Path) -> dict:
    """What the receiver does, by the receiver's own script. Raises its Refused (code, why, exit_code)."""
    from screening.partners.receiver import verify_batch

    return verify_batch.accept(batch, identity=identity, sender=sender, state=state, into=into, now=datetime.now(UTC))


def _decided(configuration: Path, fingerprint: str, *, by: str, reason: str, decide: Callable) -> dict:
    from screening.partners.desk.recipients import recipient_keys as all_keys

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


def _recipient(name: str) -> str:
    return f"recipient:{name}" if re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){0,6}", name) else "list:recipients"


@contextmanager
def _opened(configuration: Path, by: str) -> Iterator[Open]:
    from screening.store import account

    who = account(by)
    settings = load_configuration(configuration)
    with open_configured_store(settings) as store, open_configured_ledger(settings) as ledger:
        yield Open(store, ledger, settings, ExportSettings(settings), who, datetime.now(UTC))


@contextmanager
def _exporting(configuration: Path, by: str, out: Path | None) -> Iterator[tuple[Open, Path]]:
    with _opened(configuration, by) as at, one_at_a_time(at.settings):
        yield at, folder_for(out or at.export.out)
