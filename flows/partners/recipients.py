"""Make the keys of this municipality; propose, approve and retire the keys of its recipients.

Every step is in the ledger before it is done; where the ledger cannot be written, it is not done.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from flows.configuration.export import ExportSettings, make_keys
from flows.desk import Desk
from screening.errors import BarrierError, ConfigurationError
from screening.partners.batch.seal import checked_recipient
from screening.partners.desk.recipients import AGE, OPENPGP, RecipientKey, propose_key, recipient_keys
from screening.vocabulary import LedgerAction, LedgerResult


def make_export_keys(desk: Desk) -> dict[str, object]:
    """Make the missing keys of the export; returns the folder and the fingerprint that receivers pin."""
    desk.log(LedgerAction.CONFIGURATION, "list:configuration")
    return make_keys(ExportSettings(desk.configuration))


def propose_recipient_key(
    desk: Desk, recipient: str, file: Path, *, reason: str, is_openpgp: bool = False
) -> RecipientKey:
    """Propose the public key in a file; a colleague approves it. Raises ConfigurationError for a file without one."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(
            f"{file}: the key cannot be read. Give the file with the receiver's public key."
        ) from None
    if is_openpgp:
        text = _certificate(text)
    else:
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        text = checked_recipient("\n".join(lines))
    desk.log(LedgerAction.RECIPIENT_CHANGE, _recipient_object(recipient))
    kind = OPENPGP if is_openpgp else AGE
    return propose_key(desk.store, recipient, text, kind=kind, by=desk.by, reason=reason, now=desk.now)


def decide_recipient_key(
    desk: Desk, fingerprint: str, *, reason: str, decide: Callable[..., RecipientKey]
) -> RecipientKey:
    """Decide about a key with `approve_key` or `retire_key` of the desk of partners; a refusal is logged too."""
    digits = fingerprint.strip().lower().replace(":", "").replace(" ", "")
    names = [key.recipient for key in recipient_keys(desk.store) if key.fingerprint == digits]
    about = _recipient_object(names[0]) if names else "list:recipients"
    desk.log(LedgerAction.RECIPIENT_CHANGE, about)
    try:
        return decide(desk.store, fingerprint, by=desk.by, reason=reason, now=desk.now)
    except BarrierError:
        desk.log(LedgerAction.RECIPIENT_CHANGE, about, result=LedgerResult.REFUSED)
        raise


def _certificate(text: str) -> str:
    """Check an armoured OpenPGP certificate. Raises ConfigurationError when it is none, or holds a secret key."""
    if "PRIVATE KEY BLOCK" in text:
        raise ConfigurationError(
            "This is a secret key. Ask the receiver for the public one, and have this one replaced."
        )
    try:
        import pysequoia  # an extra that few municipalities install  # noqa: PLC0415

        pysequoia.Cert.from_bytes(text.encode())
    except ImportError:
        raise ConfigurationError("OpenPGP is not installed: pip install 'barrier-screening[openpgp]'") from None
    except Exception:
        raise ConfigurationError("This is no OpenPGP certificate. Ask for the armoured file again.") from None
    return text


def _recipient_object(name: str) -> str:
    return f"recipient:{name}" if re.fullmatch(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){0,6}", name) else "list:recipients"
