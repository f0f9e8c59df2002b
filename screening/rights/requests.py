"""Requests of people about their data: whom they are about, and what a decision does at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from screening.base.frames import Row
from screening.casework.data_subject_requests import Request
from screening.casework.data_subjects import of_addresses, of_people
from screening.ledger import Subject
from screening.rights.objections import Effects, decide_request
from screening.rights.personal_data import is_this_person
from screening.rights.subject_access import cases_of_addresses, mentions_of_person
from screening.store import Store, Workspace


def mentions_of_digest(store: Store, workspace: Workspace, digest: str | None) -> list[Row]:
    """Return the mentions of the person of a request in the kept runs; none when it is about no person."""
    return mentions_of_person(store, is_this_person(workspace, digest)) if digest else []


def subjects_of(address: str | None, mentions: Iterable[Row]) -> list[Subject]:
    """Return whom a request is about: the address, or the person under every id that the kept runs gave them."""
    return of_addresses([address]) if address else of_people(mention["party_id"] for mention in mentions)


def settle_request(
    store: Store, request: Request, decision: str, *, mentions: Iterable[Row], by: str, now: datetime
) -> Effects:
    """Decide about a request. An upheld one applies from the next run on and withdraws signals sent to the RIEC."""
    addresses = {address for mention in mentions for address in mention["addresses"]}
    cases = [case["case_id"] for case in cases_of_addresses(store, addresses)]
    return decide_request(store, request.objection_id, decision, by=by, now=now, cases=cases)


def object_of(address: str | None, digest: str | None) -> str:
    """Return what the ledger calls the subject of a request."""
    return f"address:{address}" if address else f"document:{digest}" if digest else "list:sources"
