"""`barrier object …`: requests of people about their data, registered by one person and decided by another."""

from __future__ import annotations

from datetime import date

from flows.desk import Desk
from flows.rights.subject_access import is_this_person, person_digest
from screening.casework.data_subject_requests import Request, subject_requests
from screening.casework.data_subjects import of_addresses, of_people
from screening.errors import ConfigurationError, StoreError
from screening.frames import Row
from screening.ledger import Subject
from screening.rights.objections import Effects, decide_request, register_request
from screening.rights.subject_access import cases_of_addresses, mentions_of_person
from screening.vocabulary import LedgerAction


def take_request(
    desk: Desk,
    claim: str,
    *,
    case_file: str,
    received_on: date,
    address: str | None = None,
    person: str | None = None,
    birth_date: date | None = None,
    record: str | None = None,
) -> Request:
    """Register a request about somebody's data in the ledger and in the store. A colleague decides about it."""
    if person is not None and birth_date is None:
        raise ConfigurationError("A person is told apart by name and full birth date together: give --birth-date.")
    digest = person_digest(desk.workspace, person, birth_date) if person and birth_date else None
    _log(desk, address, digest, case_file, _mentions(desk, digest))
    return register_request(
        desk.store, claim, address_id=address, person=digest, record=record, case_file=case_file,
        received_on=received_on, by=desk.by, now=desk.now,
    )  # fmt: skip


def settle_request(desk: Desk, objection_id: str, decision: str) -> Effects:
    """Decide about a request. An upheld one applies from the next run on and withdraws signals sent to the RIEC."""
    registered = subject_requests(desk.store, objection_id=objection_id)
    if not registered:
        raise StoreError("There is no such request. `barrier object list` shows them.")
    request = registered[0]
    mentions = _mentions(desk, request.person_hash)
    _log(desk, request.address_id, request.person_hash, request.case_file, mentions)
    addresses = {address for mention in mentions for address in mention["addresses"]}
    cases = [case["case_id"] for case in cases_of_addresses(desk.store, addresses)]
    return decide_request(desk.store, objection_id, decision, by=desk.by, now=desk.now, cases=cases)


def _log(desk: Desk, address: str | None, digest: str | None, case_file: str, mentions: list[Row]) -> None:
    """Write an entry, and a line for the address or for the person under every id that the kept runs gave them."""
    name = f"address:{address}" if address else f"document:{digest}" if digest else "list:sources"
    people = of_people(mention["party_id"] for mention in mentions)
    subjects: list[Subject] = of_addresses([address]) if address else people
    desk.log(LedgerAction.SUBJECT_OBJECTION, (name, case_file, None), subjects=subjects)


def _mentions(desk: Desk, digest: str | None) -> list[Row]:
    """Return the mentions of the person of a request in the kept runs; none when it is about no person."""
    return mentions_of_person(desk.store, is_this_person(desk.workspace, digest)) if digest else []
