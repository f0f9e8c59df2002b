"""Whom an action is about, as the Logboek Dataverwerkingen names them: addresses, people in a role, contents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from screening.base.vocabulary import PartyKind
from screening.casework.tips.sightings import House
from screening.ledger import Entry, Ledger, Subject, SubjectKind
from screening.store.engine import guarded
from screening.store.schema.cases import review_case
from screening.store.schema.runs import cited_record, dossier_party, dossier_record, link_to_judge, network_tie
from screening.store.store import Store


def of_addresses(addresses: Iterable[str]) -> list[Subject]:
    """Return the data subjects of these addresses."""
    return [Subject(SubjectKind.ADDRESS, address_id) for address_id in addresses]


def of_houses(houses: Iterable[House]) -> list[Subject]:
    """Return the data subjects of a house that a colleague named. No register gave it, so it has no id of one."""
    return [Subject(SubjectKind.HOUSE, f"{house.postcode}:{house.number}") for house in sorted(set(houses))]


def of_people(party_ids: Iterable[str]) -> list[Subject]:
    """People in a role, by the ids that a run gives them."""
    return [Subject(SubjectKind.PARTY, party_id) for party_id in sorted(set(party_ids))]


def of_mentions(fingerprints: Iterable[str]) -> list[Subject]:
    """Whom a record names, by the digest of its content's fingerprint."""
    prints = (hashlib.sha256(fingerprint.encode()).hexdigest() for fingerprint in sorted(set(fingerprints)))
    return [Subject(SubjectKind.MENTION, digest) for digest in prints]


def of_dossier(store: Store, run_id: str, address_id: str) -> list[Subject]:
    """Return the address and every person in its dossier, also those that a hit cites from another address."""
    with guarded("reading whom a dossier is about"), store.engine.connect() as connection:
        return [*of_addresses([address_id]), *_people_of_dossier(connection, run_id, address_id)]


def of_case(store: Store, case_id: str) -> list[Subject]:
    """The same of the dossier that a case shows, and the addresses of its network; nobody where there is no such case.

    As much is read for a case that is not there: how long an answer takes says nothing about what exists.
    """
    query = sa.select(review_case.c.run_id, review_case.c.address_id).where(review_case.c.case_id == case_id)
    with guarded("reading whom a case is about"), store.engine.connect() as connection:
        case = connection.execute(query).first()
        place = (case.run_id, case.address_id) if case else ("", "")
        people = _people_of_dossier(connection, *place)
        elsewhere = sa.select(network_tie.c.place_id).distinct().order_by(network_tie.c.place_id)
        named = connection.scalars(
            elsewhere.where(network_tie.c.run_id == place[0], network_tie.c.address_id == place[1])
        ).all()
    return [*of_addresses([case.address_id, *named]), *people] if case else []


def of_link(store: Store, link_id: str) -> list[Subject]:
    """The two contents that a link compares; nobody where no run asks about it."""
    ends = link_to_judge.c.left_fingerprint, link_to_judge.c.right_fingerprint
    query = sa.select(*ends).where(link_to_judge.c.link_id == link_id).limit(1)
    with guarded("reading whom a link is about"), store.engine.connect() as connection:
        pair = connection.execute(query).first()
    return of_mentions(pair or ())


def note_subjects(ledger: Ledger, entry: Entry, subjects: Iterable[Subject]) -> None:
    """The lines of the Logboek Dataverwerkingen beside an entry. LedgerError when they are not written."""
    if ledger.logboek is not None:
        ledger.logboek.log_entry(entry, subjects, end=datetime.now(UTC))


def note_many_subjects(ledger: Ledger, entry: Entry, subjects: Mapping[SubjectKind, Iterable[str]]) -> None:
    """The same of very many, by the ids of each kind: in blocks."""
    if ledger.logboek is not None:
        ledger.logboek.log_entry_of_many(entry, subjects, end=datetime.now(UTC))


def _people_of_dossier(connection: sa.Connection, run_id: str, address_id: str) -> list[Subject]:
    people: set[str] = set()
    for table in (dossier_record, cited_record):
        # Not as a join: SQLite would begin at the parties, and read those of a whole run for each page.
        records = sa.select(table.c.dataset, table.c.key).where(
            table.c.run_id == run_id, table.c.address_id == address_id
        )
        query = sa.select(dossier_party.c.party_id).where(
            dossier_party.c.run_id == run_id,
            sa.tuple_(dossier_party.c.dataset, dossier_party.c.key).in_(records),
            dossier_party.c.kind == PartyKind.PERSON.value,
        )
        people |= set(connection.scalars(query))
    return of_people(people)
