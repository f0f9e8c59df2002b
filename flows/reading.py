"""A reading at the terminal is in the ledger before anything is shown: who read what, and for which case."""

from __future__ import annotations

import os
import pwd
from datetime import UTC, datetime

from flows.settings import Settings
from flows.stored import open_configured_ledger
from screening.errors import ConfigurationError
from screening.vocabulary import LedgerAction, Purpose


def reason_to_read(settings: Settings, case: str | None, purpose: str | None) -> tuple[str, Purpose] | None:
    """The case and the purpose of reading a dossier; None where the data are made up and neither was given.

    ConfigurationError where one is missing, or the purpose is none that a dossier is read for.
    """
    from screening.store.sessions import CASE_PURPOSES

    if settings.is_synthetic and not case and not purpose:
        return None
    if not case or not purpose:
        raise ConfigurationError(
            "An explanation holds personal data. Name the case that you read it for with --case, and its purpose with "
            f"--purpose: {', '.join(CASE_PURPOSES)}. Both are written in the ledger."
        )
    if purpose not in set(CASE_PURPOSES):
        raise ConfigurationError(f"--purpose must be one of {', '.join(CASE_PURPOSES)}.")
    return case, Purpose(purpose)


def note_reading(
    settings: Settings, action: LedgerAction, what: str, *, case: str | None = None, purpose: Purpose | None = None
) -> None:
    """Write a reading down. LedgerError when it is not written: then nothing may be shown.

    `what`: `kind:id`, as in `screening.store.ledger.Entry`.
    """
    from flows.audit import terminal_origin
    from screening.store.ledger import Entry

    entry = Entry(datetime.now(UTC), user(), action, what, origin=terminal_origin(), case=case, purpose=purpose)
    with open_configured_ledger(settings) as ledger:
        ledger.write(entry)


def user() -> str:
    """The account at work, as the system knows it: not what the environment says, which anyone can set."""
    return pwd.getpwuid(os.getuid()).pw_name.lower()
