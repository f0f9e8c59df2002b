"""What is read or changed at the terminal is in the ledger before it is shown or done: who, what, for which case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flows.configuration import Configuration
from flows.desk import Desk
from screening.base.errors import BarrierError, ConfigurationError
from screening.base.vocabulary import LedgerAction, LedgerResult, Purpose
from screening.casework.data_subjects import note_subjects
from screening.ledger import Entry, Subject, terminal_origin
from screening.ledger.notary import Act, acting
from screening.mandate.approval import case_purposes
from screening.store import account
from screening.store.access.sessions import CASE_PURPOSES


def reason_to_read(configuration: Configuration, case: str | None, purpose: str | None) -> tuple[str, Purpose] | None:
    """The case and the purpose of reading a dossier; None where the data are made up and neither was given.

    Raises:
        ConfigurationError: one is missing, or the purpose is none that a dossier is read for.
    """
    is_synthetic = configuration.is_synthetic
    if is_synthetic and not case and not purpose:
        return None
    # a person may ask for what is kept whatever the mandate says
    stated = case_purposes(configuration.governance, is_synthetic=is_synthetic) or CASE_PURPOSES
    if not case or not purpose:
        raise ConfigurationError(
            "This holds personal data. Name the case that you read it for with --case, and its purpose with "
            f"--purpose: {', '.join(stated)}. Both are written in the ledger."
        )
    if purpose not in set(stated):
        raise ConfigurationError(f"--purpose must be one of those that the mandate states: {', '.join(stated)}.")
    return case, Purpose(purpose)


def note_reading(
    configuration: Configuration,
    action: LedgerAction,
    what: str,
    *,
    case: str | None = None,
    purpose: Purpose | None = None,
    subjects: Sequence[Subject] = (),
) -> None:
    """Write in the ledger that the person at the terminal reads `what` (`kind:id`), with a line for each subject.

    Raises:
        LedgerError: it cannot be written; then nothing may be shown.
    """
    with Desk(configuration) as desk:
        desk.log(action, (what, case, purpose), subjects=subjects)


@contextmanager
def noted(
    configuration: Configuration, action: LedgerAction, what: str, *, by: str, subjects: Sequence[Subject] = ()
) -> Iterator[None]:
    """Write a change in the ledger before it can be seen, with the hashes of the rows that it decides; or its refusal.

    Raises:
        LedgerError: it cannot be written; then nothing was done.
    """
    with Desk(configuration, by=account(by)) as desk:
        entry = Entry(desk.now, desk.by, action, what, origin=terminal_origin())
        act = Act(
            desk.by,
            desk.now,
            entry.origin,
            entry=entry,
            has_written=lambda: note_subjects(desk.ledger, entry, subjects),
        )
        try:
            with acting(act):
                yield
            if not act.is_written:  # nothing was changed in the store
                desk.log(action, what, subjects=subjects)
        except Exception as error:
            is_refused = isinstance(error, BarrierError)
            desk.log(action, what, result=LedgerResult.REFUSED if is_refused else LedgerResult.FAILED)
            raise
