"""`barrier subject`: everything about an address or a person, who saw it and who received it.

The ledger records the reading before anything is shown.
"""

from __future__ import annotations

import re
from datetime import date

from flows.audit.log_read_access import reason_to_read
from flows.desk import Desk
from screening.casework.data_subjects import note_subjects
from screening.errors import ConfigurationError
from screening.frames import Row
from screening.rights.personal_data import Sources, data_of_address, data_of_person, normalised_name, person_digest
from screening.vocabulary import LedgerAction


def collect_subject_data(
    desk: Desk,
    *,
    address: str | None = None,
    person: str | None = None,
    birth_date: date | None = None,
    case: str | None = None,
    purpose: str | None = None,
) -> Row:
    """Collect everything about an address or a role person, after writing the reading to the ledger.

    Args:
        desk: The desk of the command.
        address: 16 digits of the object; or `person` with `birth_date`.
        person: The name as the registers write it.
        birth_date: The full birth date.
        case: The case file of the request, needed in a real municipality.
        purpose: The purpose of the request, needed in a real municipality.

    Raises:
        ConfigurationError: neither or both are asked for, a person without a birth date, no case or purpose.

    """
    reason = reason_to_read(desk.configuration, case, purpose)
    if (address is None) == (person is None):
        raise ConfigurationError("Ask for an address (--address) or for a person (--person), one of the two.")
    if address is not None and not re.fullmatch(r"\d{16}", address):
        raise ConfigurationError("--address is the 16 digits of the object. `barrier explain` finds it for an address.")
    if person is not None and birth_date is None:
        raise ConfigurationError("A person is found by name and full birth date together: give --birth-date.")
    digest = person_digest(desk.workspace, person, birth_date) if person and birth_date else ""
    entry = desk.log(
        LedgerAction.SUBJECT_ACCESS,
        (f"address:{address}" if address else f"document:{digest}", *(reason or (None, None))),
    )
    sources = Sources(desk.store, desk.workspace, desk.ledger, desk.now)
    if address:
        data, subjects = data_of_address(sources, address)
    else:
        data, subjects = data_of_person(sources, digest, normalised_name(person or ""), birth_date)
    note_subjects(desk.ledger, entry, subjects)
    return data
