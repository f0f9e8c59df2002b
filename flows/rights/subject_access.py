"""`barrier subject`: everything about an address, a person or a number to call, who saw it and who received it.

The ledger records the reading before anything is shown.
"""

from __future__ import annotations

import re
from datetime import date

from flows.audit.log_read_access import reason_to_read
from flows.desk import Desk
from screening.base.errors import ConfigurationError
from screening.base.frames import Row
from screening.base.vocabulary import LedgerAction
from screening.casework.data_subjects import note_subjects
from screening.casework.tips.care_contacts import phone_number
from screening.casework.tips.sightings import House
from screening.rights.personal_data import (
    Sources,
    data_of_address,
    data_of_person,
    data_of_phone,
    normalised_name,
    person_digest,
)

_HOUSE = re.compile(r"\s*(\d{4})\s*([A-Za-z]{2})\s+(\d{1,5})\s*")


def collect_subject_data(
    desk: Desk,
    *,
    address: str | None = None,
    person: str | None = None,
    birth_date: date | None = None,
    case: str | None = None,
    purpose: str | None = None,
    house: str | None = None,
    phone: str | None = None,
) -> Row:
    """Collect everything about an address, a role person or a number to call, after writing the reading to the ledger.

    Args:
        desk: The desk of the command.
        address: 16 digits of the object; or `person` with `birth_date`.
        person: The name as the registers write it.
        birth_date: The full birth date.
        case: The case file of the request, needed in a real municipality.
        purpose: The purpose of the request, needed in a real municipality.
        house: Postcode and number of the address, such as "1234 AB 12": tips of colleagues name a house, and the store
            knows the one of an address from its dossiers and cases alone.
        phone: The number at which contact with the care coordinator was asked for. The ledger gets neither it nor a
            hash of it: trying all numbers would find it.

    Raises:
        ConfigurationError: not one of the three is asked for, no number to call, a person without a birth date or the
            other way round, no case or purpose, or a house that is none or of a person.

    """
    reason = reason_to_read(desk.configuration, case, purpose)
    if [address, person, phone].count(None) != 2:
        raise ConfigurationError(
            "Ask for an address (--address), a person (--person) or a number to call (--phone), one of the three."
        )
    if address is not None and not re.fullmatch(r"\d{16}", address):
        raise ConfigurationError("--address is the 16 digits of the object. `barrier explain` finds it for an address.")
    if house is not None and (address is None or not _HOUSE.fullmatch(house)):
        raise ConfigurationError("--house is postcode and number, such as '1234 AB 12', and stands beside --address.")
    if person is not None and birth_date is None:
        raise ConfigurationError("A person is found by name and full birth date together: give --birth-date.")
    if person is None and birth_date is not None:
        raise ConfigurationError("--birth-date stands beside --person: an address and a number to call have none.")
    number = phone_number(phone or "")
    if phone is not None and number is None:
        raise ConfigurationError("--phone is ten digits from 0, or + and the number of a country.")
    digest = person_digest(desk.workspace, person, birth_date) if person and birth_date else ""
    asked_for = f"address:{address}" if address else f"document:{digest}" if digest else "list:signals"
    entry = desk.log(LedgerAction.SUBJECT_ACCESS, (asked_for, *(reason or (None, None))))
    sources = Sources(desk.store, desk.workspace, desk.ledger, desk.now)
    if number:
        return data_of_phone(sources, number)
    if address:
        data, subjects = data_of_address(sources, address, _houses(house))
    else:
        data, subjects = data_of_person(sources, digest, normalised_name(person or ""), birth_date)
    note_subjects(desk.ledger, entry, subjects)
    return data


def _houses(house: str | None) -> list[House]:
    named = _HOUSE.fullmatch(house or "")
    return [] if named is None else [House(named[1] + named[2].upper(), int(named[3]))]
