"""What is read or changed at the terminal is in the ledger before it is shown or done: who, what, for which case."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.configuration import Configuration
from flows.desk import open_configured_ledger
from screening.errors import BarrierError, ConfigurationError
from screening.mandate.approval import case_purposes
from screening.vocabulary import LedgerAction, LedgerResult, Purpose

if TYPE_CHECKING:
    from screening.ledger import Subject


def reason_to_read(settings: Configuration, case: str | None, purpose: str | None) -> tuple[str, Purpose] | None:
    """The case and the purpose of reading a dossier; None where the data are made up and neither was given.

    ConfigurationError where one is missing, or the purpose is none that a dossier is read for.
    """
    from screening.store.access.sessions import CASE_PURPOSES

    if settings.is_synthetic and not case and not purpose:
        return None
    stated = case_purposes(settings.governance, is_synthetic=settings.is_synthetic) or CASE_PURPOSES  # a person may ask for what is kept whatever the mandate says
    if not case or not purpose:
        raise ConfigurationError(
            "This holds personal data. Name the case that you read it for with --case, and its purpose with "
            f"--purpose: {', '.join(stated)}. Both are written in the ledger."
        )
    if purpose not in set(stated):
        raise ConfigurationError(f"--purpose must be one of those that the mandate states: {', '.join(stated)}.")
    return case, Purpose(purpose)


def note_reading(
    settings: Configuration, action: LedgerAction, what: str, *, case: str | None = None, purpose: Purpose | None = None,
    subjects: Sequence[Subject] = (),
) -> None:  # fmt: skip
    """Write a reading down. LedgerError when it is not written: then nothing may be shown.

    `what`: `kind:id`, as in `screening.ledger.Entry`. `subjects`: whom it is about, a line of the Logboek each.
    """
    from flows.audit.ledger import terminal_origin
    from screening.casework.data_subjects import note_subjects
    from screening.ledger import Entry

    entry = Entry(datetime.now(UTC), user(), action, what, origin=terminal_origin(), case=case, purpose=purpose)
    with open_configured_ledger(settings) as ledger:
        ledger.write(entry)
        note_subjects(ledger, entry, subjects)


@contextmanager
def noted(
    settings: Configuration, action: LedgerAction, what: str, *, by: str, subjects: Sequence[Subject] = ()
) -> Iterator[None]:
    """Around a change by a person: in the ledger before it is done, and when it is not done a second entry says so.

    `subjects`: whom it is about, a line of the Logboek each. LedgerError when it cannot be written down; then nothing
    was done.
    """
    from flows.audit.ledger import terminal_origin
    from screening.casework.data_subjects import note_subjects
    from screening.ledger import Entry
    from screening.store import account

    def entry(result: LedgerResult) -> Entry:
        return Entry(datetime.now(UTC), account(by), action, what, result, origin=terminal_origin())

    with open_configured_ledger(settings) as ledger:
        done = entry(LedgerResult.DONE)
        ledger.write(done)
        note_subjects(ledger, done, subjects)
        try:
            yield
        except Exception as error:
            ledger.write(entry(LedgerResult.REFUSED if isinstance(error, BarrierError) else LedgerResult.FAILED))
            raise


def user() -> str:
    """The account at work, as the system knows it: not what the environment says, which anyone can set."""
    return pwd.getpwuid(os.getuid()).pw_name.lower()
