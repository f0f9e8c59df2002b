"""`barrier subject`: everything about an address or a person, who saw it and who received it; requests about data.

What is shown is in the ledger before it is shown. A person is found by name and full birth date together: with a name
alone somebody would get what is of another.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.audit.ledger import terminal_origin
from flows.audit.log_read_access import reason_to_read, user
from flows.configuration import load as settings_module
from flows.configuration.load import Settings
from flows.desk import open_configured_ledger, open_configured_store
from screening.errors import ConfigurationError, StoreError
from screening.vocabulary import LedgerAction, LedgerResult, PartyKind

if TYPE_CHECKING:
    from screening.ledger import Entry, Ledger, Subject
    from screening.store import Store, Workspace

#: Entries that show somebody's data to somebody.
_SHOWN = frozenset({
    LedgerAction.READ_DOSSIER, LedgerAction.READ_EXPLANATION, LedgerAction.READ_LINK, LedgerAction.READ_VISIT,
    LedgerAction.READ_SIGNAL, LedgerAction.READ_EXPORT, LedgerAction.PRINT, LedgerAction.OWN_READING,
    LedgerAction.OPEN_EVIDENCE, LedgerAction.JUDGEMENT, LedgerAction.VISIT, LedgerAction.EXPORT_APPROVAL,
    LedgerAction.EXPORT, LedgerAction.WITHDRAWAL, LedgerAction.SUBJECT_ACCESS, LedgerAction.ASSIGN,
})  # fmt: skip


def subject(
    configuration: Path,
    *,
    address: str | None = None,
    person: str | None = None,
    birth_date: date | None = None,
    case: str | None = None,
    purpose: str | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Everything about an address (16 digits) or a role person (name and full birth date).

    In a real municipality it needs the case file and the purpose; it is in the ledger before anything is told.
    ConfigurationError: neither or both are asked for, a person without a birth date, no case or purpose.
    """
    from screening.casework.data_subjects import note_subjects

    settings, at = settings_module.load(configuration), now or datetime.now(UTC)
    reason = reason_to_read(settings, case, purpose)
    if (address is None) == (person is None):
        raise ConfigurationError("Ask for an address (--address) or for a person (--person), one of the two.")
    if address is not None and not re.fullmatch(r"\d{16}", address):
        raise ConfigurationError("--address is the 16 digits of the object. `barrier explain` finds it for an address.")
    if person is not None and birth_date is None:
        raise ConfigurationError("A person is found by name and full birth date together: give --birth-date.")
    with _opened(settings) as (store, ledger, workspace):
        digest = person_digest(workspace, person, birth_date) if person and birth_date else None
        what = f"address:{address}" if address else f"document:{digest}"
        entry = _log(ledger, LedgerAction.SUBJECT_ACCESS, what, at=at, reason=reason)
        if address:
            told = _of_address(store, ledger, workspace, address, at)
        else:
            told = _of_person(store, ledger, workspace, str(digest), at)
        about = told.pop("subjects")
        note_subjects(ledger, entry, about)
    return told


def _of_address(store: Store, ledger: Ledger, workspace: Workspace, address_id: str, at: datetime) -> dict[str, Any]:
    from screening.casework.data_subjects import of_addresses, of_houses
    from screening.casework.tips.sightings import houses_in
    from screening.rights import subject_access

    dossiers = subject_access.dossiers_of_address(store, address_id)
    cases = subject_access.cases_at(store, [address_id])
    # a signal of a colleague stands at a house as it is written, which only a dossier or a case of the address tells
    houses = {house for one in (*dossiers, *cases) for house in houses_in(one["address"] or "")}
    records = {f"{row['dataset']}:{row['key']}" for one in dossiers for row in one["records"]}
    prints = {row["fingerprint"] for one in dossiers for row in one["parties"] if row["fingerprint"]}
    signals = subject_access.signals_of_colleagues(store, address_id, houses, now=at)
    return {
        "about": {"address_id": address_id},
        "made_at": at,
        "dossiers": dossiers,
        "files_of_last_run": _in_files(store, workspace, pl.col("address_id") == address_id),
        "compared_links": subject_access.compared_links(store, prints),
        "cases": cases,
        "signals_of_colleagues": signals,
        "received": subject_access.received(store, [one["case_id"] for one in cases]),
        "seen": seen(ledger, [address_id], cases, before=at, signals=[one["signal_id"] for one in signals]),
        "processed": processed(ledger, about := [*of_addresses([address_id]), *of_houses(houses)]),
        "subjects": about,
        "requests": [vars(one) for one in subject_access.requests_about(store, addresses=[address_id], records=records)],
    }


def _of_person(store: Store, ledger: Ledger, workspace: Workspace, digest: str, at: datetime) -> dict[str, Any]:
    from screening.casework.data_subjects import of_mentions, of_people
    from screening.rights import subject_access

    mentions = subject_access.mentions_of_person(store, is_this_person(workspace, digest))
    addresses = {one for mention in mentions for one in mention["addresses"]}
    cases = subject_access.cases_at(store, addresses)
    records = {f"{one['dataset']}:{one['key']}" for one in mentions}
    parties = {one["party_id"] for one in mentions}
    prints = {one["fingerprint"] for one in mentions if one["fingerprint"]}
    hits = [
        {"run_id": one["run_id"], **hit}
        for address_id in sorted(addresses)
        for one in subject_access.dossiers_of_address(store, address_id)
        for hit in one["hits"]
        if records & set(hit["record_ids"] or ())
    ]
    return {
        "about": {"person": digest},
        "made_at": at,
        "mentions": mentions,
        "files_of_last_run": _in_files(store, workspace, pl.col("party_id").is_in(sorted(parties))),
        "hits": hits,
        "compared_links": subject_access.compared_links(store, prints),
        "cases": cases,
        "received": subject_access.received(store, [one["case_id"] for one in cases]),
        "seen": seen(ledger, sorted(addresses), cases, before=at, documents=[digest]),
        "processed": processed(ledger, about := [*of_people(parties), *of_mentions(prints)]),
        "subjects": about,
        "requests": [vars(one) for one in subject_access.requests_about(store, person=digest, records=records)],
    }


def _in_files(store: Store, workspace: Workspace, which: pl.Expr) -> dict[str, list[dict[str, Any]]]:
    """What stands in the files of the last run about the subject, also where there is no dossier. File -> rows."""
    from screening.store import read_run_file

    last, found = store.last_published(), {}
    names = which.meta.root_names()
    for name in ("flags", "evidence", "records", "sample", "parties") if last else ():
        frame = read_run_file(store, workspace, last.run_id, f"{name}.parquet")  # type: ignore[union-attr]
        if set(names) <= set(frame.columns):
            found[name] = frame.filter(which).to_dicts()
    return {name: rows for name, rows in found.items() if rows}


def seen(
    ledger: Ledger,
    addresses: Collection[str],
    cases: Collection[dict[str, Any]],
    *,
    before: datetime,
    documents: Collection[str] = (),
    signals: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Who saw it, when, in which act and for which purpose, oldest first. Tries that were refused saw nothing."""
    objects = [f"address:{one}" for one in addresses] + [f"case:{one['case_id']}" for one in cases]
    objects += [f"visit:{visit['visit_id']}" for one in cases for visit in one["visits"]]
    objects += [f"document:{one}" for one in documents] + [f"signal:{one}" for one in signals]
    found = {}
    for what in objects:
        found.update({one.seq: one for one in ledger.entries(object=what)})
    for one in cases:
        found.update({each.seq: each for each in ledger.entries(case=one["case_id"])})
    return [
        {"seq": one.seq, **one.entry.fields()}
        for _, one in sorted(found.items())
        if one.entry.action in _SHOWN and one.entry.result == LedgerResult.DONE and one.entry.at < before
    ]


def processed(ledger: Ledger, subject_access: Collection[Subject]) -> list[dict[str, Any]]:
    """What the Logboek Dataverwerkingen says was done with data about them: by activity and action, how often, when."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    lines = [] if ledger.logboek is None else [line for one in subject_access for line in ledger.logboek.of_subject(one)]
    for line in sorted(lines, key=lambda one: one["start_time"]):
        key = line["attributes"]["dpl.core.processing_activity_id"], line["name"]
        told = found.setdefault(key, {"activity": key[0], "action": key[1], "times": 0, "first": line["start_time"]})
        told["times"] += 1
        told["last"] = line["start_time"]
    return [found[key] for key in sorted(found)]


def for_applicant(told: dict[str, Any]) -> str:
    """The answer to whoever asked, as an accessible page: no other person, no colleague by name, no free notes.

    Nor that a colleague's signal exists (art. 41 UAVG): it may be about somebody who is held at the address by whoever
    asks. Every answer says so, whether there is one or not.
    """
    from screening.report.pages import page

    shown = [one for one in told["seen"] if not str(one.get("object", "")).startswith("signal:")]
    return page("subject", {"told": told | {"seen": shown}, "lang": "nl"})


def person_digest(workspace: Workspace, name: str, birth_date: date) -> str:
    """The keyed hash of a person as the registers write the name. ConfigurationError: no name."""
    from screening.casework.upheld_requests import person_hash, subject_key

    normalised = _normalised(name)
    if normalised is None:
        raise ConfigurationError("--person needs a name as the registers write it: initials or first names, surname.")
    return person_hash(subject_key(workspace), normalised, birth_date)


def is_this_person(workspace: Workspace, digest: str):
    """A test of a name as written and a birth date: is it the person of this hash?"""
    from screening.casework.upheld_requests import person_hash, subject_key

    key, known = subject_key(workspace), {}

    def test(name: str, born: date) -> bool:
        if name not in known:
            known[name] = _normalised(name)
        return known[name] is not None and person_hash(key, known[name], born) == digest

    return test


def _normalised(name: str) -> str | None:
    from screening.matching.parties.names import normalise_names

    frame = pl.DataFrame({"name": [name], "kind": [str(PartyKind.PERSON)]})
    return normalise_names(frame)["name_normalised"].item()


def register_request(
    configuration: Path,
    claim: str,
    *,
    by: str,
    case_file: str,
    received_on: date,
    address: str | None = None,
    person: str | None = None,
    birth_date: date | None = None,
    record: str | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Register what somebody asks about their data. A colleague decides about it."""
    from screening.casework.data_subjects import note_subjects
    from screening.rights import objections

    settings, at = settings_module.load(configuration), now or datetime.now(UTC)
    if person is not None and birth_date is None:
        raise ConfigurationError("A person is told apart by name and full birth date together: give --birth-date.")
    with _opened(settings) as (store, ledger, workspace):
        digest = person_digest(workspace, person, birth_date) if person and birth_date else None
        what = _what(address, digest)
        entry = _log(ledger, LedgerAction.SUBJECT_OBJECTION, what, at=at, by=by, case_file=case_file)
        note_subjects(ledger, entry, _asking(address, _mentions(store, workspace, digest)))
        made = objections.register_request(
            store, claim, address_id=address, person=digest, record=record, case_file=case_file,
            received_on=received_on, by=by, now=at,
        )  # fmt: skip
    return vars(made)


def decide_request(
    configuration: Path, objection_id: str, decision: str, *, by: str, now: datetime | None = None
) -> dict[str, Any]:
    """Decide about a request. One that is upheld holds from the next run on, and calls back what left for the RIEC."""
    from screening.casework.data_subjects import note_subjects
    from screening.casework.upheld_requests import requests as asked_before
    from screening.rights import objections, subject_access

    settings, at = settings_module.load(configuration), now or datetime.now(UTC)
    with _opened(settings) as (store, ledger, workspace):
        found = asked_before(store, objection_id=objection_id)
        if not found:
            raise StoreError("There is no such request. `barrier object list` shows them.")
        asked = found[0]
        what = _what(asked.address_id, asked.person_hash)
        entry = _log(ledger, LedgerAction.SUBJECT_OBJECTION, what, at=at, by=by, case_file=asked.case_file)
        mentions = _mentions(store, workspace, asked.person_hash)
        note_subjects(ledger, entry, _asking(asked.address_id, mentions))
        addresses = {one for mention in mentions for one in mention["addresses"]}
        cases = [one["case_id"] for one in subject_access.cases_at(store, addresses)]
        done = objections.decide_request(store, objection_id, decision, by=by, now=at, cases=cases)
    return {"objection_id": objection_id, "decision": decision, **vars(done)}


def requests(configuration: Path) -> list[dict[str, Any]]:
    """Every request and what became of it. No name is among it."""
    from screening.casework.upheld_requests import requests as asked

    with open_configured_store(settings_module.load(configuration)) as store:
        return [vars(one) for one in asked(store)]


def _what(address: str | None, digest: str | None) -> str:
    if address:
        return f"address:{address}"
    return f"document:{digest}" if digest else "list:sources"


def _mentions(store: Store, workspace: Workspace, digest: str | None) -> list[dict[str, Any]]:
    """Where the person of a request stands in the kept runs; nowhere when it is about no person."""
    from screening.rights.subject_access import mentions_of_person

    return mentions_of_person(store, is_this_person(workspace, digest)) if digest else []


def _asking(address: str | None, mentions: list[dict[str, Any]]) -> list[Subject]:
    """Whom a request is about: its address, or the person by every id that the kept runs gave them."""
    from screening.casework.data_subjects import of_addresses, of_people

    return of_addresses([address]) if address else of_people(one["party_id"] for one in mentions)


def _log(
    ledger: Ledger, action: LedgerAction, what: str, *, at: datetime, by: str | None = None, reason=None,
    case_file: str | None = None,
) -> Entry:  # fmt: skip
    from screening.ledger import Entry
    from screening.store import account

    case, purpose = reason or (case_file, None)
    who = account(by) if by else user()
    entry = Entry(at, who, action, what, origin=terminal_origin(), case=case, purpose=purpose)
    ledger.write(entry)
    return entry


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Store, Ledger, Workspace]]:
    from screening.store import Workspace

    with open_configured_store(settings) as store, open_configured_ledger(settings) as ledger:
        yield store, ledger, Workspace(settings.workspace)
