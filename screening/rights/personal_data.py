"""Everything about an address or a person, who saw it and who received it (AVG art. 15).

Whoever asks for it writes the reading in the ledger first. A person is found by name and full birth date together: a
name alone would show the data of a namesake.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from screening.base.errors import ConfigurationError
from screening.base.frames import PREPARED_FILES, Row
from screening.base.vocabulary import LedgerAction, LedgerResult, PartyKind
from screening.casework.cases.search import search_hash, target_of_address
from screening.casework.data_subjects import of_addresses, of_houses, of_mentions, of_people
from screening.casework.person_hashes import person_hash, subject_key
from screening.casework.tips.care_contacts import wishes_at
from screening.casework.tips.sightings import House, houses_in
from screening.casework.visits.photos import case_photos
from screening.ledger import Ledger, Subject
from screening.matching.parties.names import normalise_names
from screening.matching.parties.prepared import person_as_linked
from screening.rights.subject_access import (
    cases_of_addresses,
    compared_links,
    disclosures_of_cases,
    dossiers_of_address,
    links_of_mentions,
    mentions_of_parties,
    mentions_of_person,
    named_elsewhere,
    parties_with_birth_date,
    requests_about,
    tips_at,
    tips_at_partners,
    with_rule_names,
)
from screening.store import PublishedRun, Store, Workspace, read_run_file
from screening.store.access.form_drafts import drafts_of_cases

#: Actions that showed data about a person or an address.
SHOWING = frozenset(
    {
        LedgerAction.READ_DOSSIER,
        LedgerAction.READ_EXPLANATION,
        LedgerAction.READ_LINK,
        LedgerAction.READ_VISIT,
        LedgerAction.READ_SIGNAL,
        LedgerAction.READ_EXPORT,
        LedgerAction.PRINT,
        LedgerAction.OWN_READING,
        LedgerAction.OPEN_EVIDENCE,
        LedgerAction.JUDGEMENT,
        LedgerAction.VISIT,
        LedgerAction.EXPORT_APPROVAL,
        LedgerAction.EXPORT,
        LedgerAction.WITHDRAWAL,
        LedgerAction.SUBJECT_ACCESS,
        LedgerAction.ASSIGN,
        LedgerAction.NOTE,
        LedgerAction.SEARCH,
        LedgerAction.CASE_ACT,
        LedgerAction.HAND_OVER,
    }
)


@dataclass(frozen=True)
class Sources:
    """Where data of people are, and the moment of the question."""

    store: Store
    workspace: Workspace
    ledger: Ledger
    now: datetime


def data_of_address(
    sources: Sources, address_id: str, named_houses: Collection[House] = ()
) -> tuple[Row, list[Subject]]:
    """Return everything about an address, and whom it is about. `named_houses`: what else it is called by."""
    dossiers = dossiers_of_address(sources.store, address_id)
    cases = cases_of_addresses(sources.store, [address_id])
    # a colleague's tip names a house as written, and only a dossier or a case links that to the address
    houses = {house for document in (*dossiers, *cases) for house in houses_in(document["address"] or "")}
    houses |= set(named_houses)
    records = {f"{row['dataset']}:{row['key']}" for dossier in dossiers for row in dossier["records"]}
    prints = {party["fingerprint"] for dossier in dossiers for party in dossier["parties"] if party["fingerprint"]}
    tips = tips_at(sources.store, houses, now=sources.now)
    at_partners = tips_at_partners(sources.store, houses)
    named = named_elsewhere(sources.store, address_id=address_id)
    subjects = [*of_addresses([address_id]), *of_houses(houses)]
    return {
        "about": {"address_id": address_id},
        "made_at": sources.now,
        "dossiers": dossiers,
        "files_of_last_run": _rows_of_address(sources, address_id),
        "compared_links": compared_links(sources.store, prints),
        "named_in_other_dossiers": named,
        "cases": cases,
        "signals_of_colleagues": tips,
        "signals_at_partners": at_partners,
        "photos": _photos(sources, cases),
        "drafts": _drafts(sources, cases),
        "received": disclosures_of_cases(sources.store, [case["case_id"] for case in cases]),
        "seen": read_access(
            sources.ledger,
            [address_id],
            [*cases, *_cases_of(named)],
            before=sources.now,
            signals=sorted({tip["signal_id"] for tip in (*tips, *at_partners)}),
            searches=_searches(sources, [document["address"] for document in (*dossiers, *cases)]),
        ),
        "processed": processing_of(sources.ledger, subjects),
        "requests": [
            vars(request) for request in requests_about(sources.store, addresses=[address_id], records=records)
        ],
    }, subjects


def data_of_person(
    sources: Sources, digest: str, name: str | None, birth_date: date | None
) -> tuple[Row, list[Subject]]:
    """Return everything about a person (a `person_hash`), and whom it is about. `name`: as the matching compares it."""
    mentions = mentions_of_parties(
        sources.store, mentions_of_person(sources.store, is_this_person(sources.workspace, digest))
    )
    addresses = {address for mention in mentions for address in mention["addresses"]}
    cases = cases_of_addresses(sources.store, addresses)
    records = {f"{mention['dataset']}:{mention['key']}" for mention in mentions}
    of_run = {(mention["run_id"], f"{mention['dataset']}:{mention['key']}") for mention in mentions}
    parties = {mention["party_id"] for mention in mentions}
    prints = {mention["fingerprint"] for mention in mentions if mention["fingerprint"]}
    hits = [
        {"run_id": dossier["run_id"], **hit}
        for address_id in sorted(addresses)
        for dossier in dossiers_of_address(sources.store, address_id)
        for hit in dossier["hits"]
        if any((dossier["run_id"], record) in of_run for record in hit["record_ids"] or ())
    ]
    subjects = [*of_people(parties), *of_mentions(prints)]
    of_last_run = _rows_of_person(sources, parties, name, birth_date)
    named = _named(sources, mentions, of_last_run.get("parties", ()), parties)
    return {
        "about": {"person": digest},
        "made_at": sources.now,
        "mentions": mentions,
        "files_of_last_run": of_last_run,
        "named_in_other_dossiers": named,
        "hits": hits,
        "links": links_of_mentions(sources.store, mentions),
        "compared_links": compared_links(sources.store, prints),
        "cases": cases,
        "photos": _photos(sources, cases),
        "drafts": _drafts(sources, cases),
        "received": disclosures_of_cases(sources.store, [case["case_id"] for case in cases]),
        "seen": read_access(
            sources.ledger, sorted(addresses), [*cases, *_cases_of(named)], before=sources.now, documents=[digest]
        ),
        "processed": processing_of(sources.ledger, subjects),
        "requests": [vars(request) for request in requests_about(sources.store, person=digest, records=records)],
    }, subjects


def data_of_phone(sources: Sources, phone: str) -> Row:
    """Return the wishes for contact at a number (digits) that are kept, with their steps and not who took them.

    A wish names nobody and no address, so it is in no answer about these. Once it ended its number is gone.
    """
    return {
        "about": {"phone": phone},
        "made_at": sources.now,
        "wishes_for_contact": [
            {
                "asked_at": wish.asked_at,
                "delete_after": wish.delete_after,
                "steps": [{"kind": kind, "at": done_at} for kind, _, done_at in wish.steps],
            }
            for wish in wishes_at(sources.store, phone, now=sources.now)
        ],
    }


def _searches(sources: Sources, addresses: Iterable[str | None]) -> set[str]:
    """Return under which hashes the ledger has a search for one of these addresses, in one line each."""
    key = subject_key(sources.workspace)
    targets = {target for address in addresses if address and (target := target_of_address(address))}
    return {search_hash(key, target) for target in targets}


def _photos(sources: Sources, cases: Collection[Row]) -> list[Row]:
    """Return what photos of visits show and since when; an officer hands out the picture itself, after a look at it."""
    return [
        {"visit_id": photo.visit_id, "photo_id": photo.photo_id, "shows": photo.shows, "kept_on": photo.kept_on}
        for case in cases
        for photo in case_photos(sources.workspace, case["case_id"])
    ]


def _drafts(sources: Sources, cases: Collection[Row]) -> list[Row]:
    """Return what officers wrote of these cases and did not send yet, without who."""
    ids = [case["case_id"] for case in cases]
    drafts = drafts_of_cases(sources.store, sources.workspace, ids, now=sources.now)
    return [{"case_id": draft.case_id, "kept_at": draft.kept_at, "fields": dict(draft.fields)} for draft in drafts]


def _named(
    sources: Sources, mentions: Collection[Row], of_last_run: Collection[Row], parties: Collection[str]
) -> list[Row]:
    """Return what the dossiers of other addresses tell of the records of a person, and not of a namesake."""
    of_run: dict[str, set[tuple[str, str]]] = {}
    last = sources.store.last_published()
    for mention in mentions:
        of_run.setdefault(mention["run_id"], set()).add((mention["dataset"], mention["key"]))
    if last is not None:
        own = {(row["dataset"], row["key"]) for row in of_last_run if row["party_id"] in parties}
        of_run.setdefault(last.run_id, set()).update(own)
    return [
        row
        for run_id, records in sorted(of_run.items())
        for row in named_elsewhere(sources.store, records=records, run_id=run_id)
    ]


def _cases_of(named: Collection[Row]) -> list[Row]:
    """The cases of other addresses that show this: who read one of them saw it."""
    case_ids = sorted({row["case_id"] for row in named if row["case_id"]})
    return [{"case_id": case_id, "visits": []} for case_id in case_ids]


def _rows_of_address(sources: Sources, address_id: str) -> dict[str, list[Row]]:
    """Return by file the rows of the last run about an address, also where it has no dossier."""
    frames = _files_of_last_run(sources, "flags", "evidence", "records", "sample")
    return _rows(sources, {name: frame.filter(pl.col("address_id") == address_id) for name, frame in frames.items()})


def _rows_of_person(
    sources: Sources, parties: Collection[str], name: str | None, birth_date: date | None
) -> dict[str, list[Row]]:
    """Return the rows of the last run about these parties and a name, and the hits that cite a record of the parties.

    A row with the name counts unless a dossier shows that it is a namesake's: only what the next night links by
    ("linking") has a birth date.
    """
    frames = _files_of_last_run(sources, "parties", "evidence")
    last = sources.store.last_published()
    if last is None:
        return {}
    others = parties_with_birth_date(sources.store, last.run_id) - set(parties)
    is_named = (pl.col("name_normalised") == name) & ~pl.col("party_id").is_in(sorted(others))
    is_theirs = pl.col("party_id").is_in(sorted(parties))
    rows = frames["parties"].filter(is_theirs | ((pl.col("kind") == PartyKind.PERSON.value) & is_named))
    own = rows.filter(is_theirs).select(pl.concat_str("dataset", "key", separator=":")).to_series().to_list()
    cited = pl.col("record_ids").list.eval(pl.element().is_in(own)).list.any()
    linked = _linked_records(sources, last, name, birth_date)
    return _rows(sources, {"evidence": frames["evidence"].filter(cited), "parties": rows, "linking": linked})


def _linked_records(sources: Sources, run: PublishedRun, name: str | None, birth_date: date | None) -> pl.DataFrame:
    """Return the records of a person in what a run left for the next: a row each, as it is compared.

    A run of a version that left nothing has none.
    """
    files = [file for file in PREPARED_FILES if file.startswith("linking_persons_")]
    if name is None or birth_date is None or not set(files) <= set(sources.store.files(run.run_id)):
        return pl.DataFrame()
    frames = {file: read_run_file(sources.store, sources.workspace, run.run_id, file) for file in files}
    return person_as_linked(frames, name, birth_date)


def _files_of_last_run(sources: Sources, *names: str) -> dict[str, pl.DataFrame]:
    last = sources.store.last_published()
    if last is None:
        return {}
    return {name: read_run_file(sources.store, sources.workspace, last.run_id, f"{name}.parquet") for name in names}


def _rows(sources: Sources, frames: dict[str, pl.DataFrame]) -> dict[str, list[Row]]:
    """Return the rows by file, without empty files; hits carry the name of their rule."""
    rows = {name: frame.to_dicts() for name, frame in frames.items() if frame.height}
    last = sources.store.last_published()
    if last is not None and "evidence" in rows:
        rows["evidence"] = with_rule_names(frames["evidence"], sources.store.declarations(last.run_id))
    return rows


def read_access(
    ledger: Ledger,
    addresses: Collection[str],
    cases: Collection[Row],
    *,
    before: datetime,
    documents: Collection[str] = (),
    signals: Collection[str] = (),
    searches: Collection[str] = (),
) -> list[Row]:
    """Return who saw the data, when, by which action and for which purpose, oldest first; without refused attempts."""
    objects = [f"address:{address}" for address in addresses] + [f"case:{case['case_id']}" for case in cases]
    objects += [f"visit:{visit['visit_id']}" for case in cases for visit in case["visits"]]
    objects += [f"document:{digest}" for digest in documents] + [f"signal:{signal_id}" for signal_id in signals]
    objects += [f"search:{digest}" for digest in searches]
    rows = {row.seq: row for name in objects for row in ledger.entries(object=name)}
    rows |= {row.seq: row for case in cases for row in ledger.entries(case=case["case_id"])}
    return [
        {"seq": row.seq, **row.entry.fields()}
        for _, row in sorted(rows.items())
        if row.entry.action in SHOWING and row.entry.result == LedgerResult.DONE and row.entry.done_at < before
    ]


def processing_of(ledger: Ledger, subjects: Collection[Subject]) -> list[Row]:
    """Return the processing in the Logboek Dataverwerkingen by activity and action: how often and when."""
    if ledger.logboek is None:
        return []
    lines = [line for subject in subjects for line in ledger.logboek.of_subject(subject)]
    activities: dict[tuple[str, str], Row] = {}
    for line in sorted(lines, key=lambda line: line["start_time"]):
        key = line["attributes"]["dpl.core.processing_activity_id"], line["name"]
        begun = {"activity": key[0], "action": key[1], "times": 0, "first": line["start_time"]}
        activity = activities.setdefault(key, begun)
        activity["times"] += 1
        activity["last"] = line["start_time"]
    return [activities[key] for key in sorted(activities)]


def person_digest(workspace: Workspace, name: str, birth_date: date) -> str:
    """Return the keyed hash of a person, by the name as the registers write it. ConfigurationError without a name."""
    normalised = normalised_name(name)
    if normalised is None:
        raise ConfigurationError("--person needs a name as the registers write it: initials or first names, surname.")
    return person_hash(subject_key(workspace), normalised, birth_date)


def is_this_person(workspace: Workspace, digest: str) -> Callable[[str, date], bool]:
    """Return a test that says whether a name as written and a birth date are the person of this hash."""
    key = subject_key(workspace)
    normalised: dict[str, str | None] = {}

    def test(name: str, born: date) -> bool:
        if name not in normalised:
            normalised[name] = normalised_name(name)
        plain = normalised[name]
        return plain is not None and person_hash(key, plain, born) == digest

    return test


def normalised_name(name: str) -> str | None:
    """Return a name in the form in which the matching compares it; None for what is no name."""
    frame = pl.DataFrame({"name": [name], "kind": [str(PartyKind.PERSON)]})
    plain: str | None = normalise_names(frame)["name_normalised"].item()
    return plain
