"""Everything that the store holds about an address or a person, from every run that is kept (AVG art. 15)."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from screening.casework.cases.history import history
from screening.casework.tips.sightings import House
from screening.casework.tips.tips import signals_about
from screening.casework.upheld_requests import Request, requests
from screening.partners.desk.disclosures import disclosures
from screening.store.engine import guarded
from screening.store.schema.cases import review_case
from screening.store.schema.runs import cited_record, dossier_address, dossier_party, dossier_record, link_to_judge
from screening.store.schema.visits import visit_outcome, visit_stop
from screening.store.store import Store

#: Whether a mention is of the person who asks: name as written, full birth date.
IsPerson = Callable[[str, date], bool]


def dossiers_of_address(store: Store, address_id: str) -> list[dict[str, Any]]:
    """A dossier of the address for each run that is kept, newest first: records, parties, flag, hits, sample, links."""
    with guarded("reading dossiers"), store.engine.connect() as connection:
        ids = list(
            connection.scalars(sa.select(dossier_address.c.run_id).where(dossier_address.c.address_id == address_id))
        )
    found = []
    for run in sorted((store.require(one) for one in ids), key=lambda one: one.published_seq, reverse=True):
        dossier = store.dossier(run.run_id, address_id)
        if dossier is None:
            continue
        found.append({
            "run_id": run.run_id,
            "as_of": run.as_of,
            "address": dossier.address,
            "drawn_at_random": dossier.kind == "sample",
            "flag": dossier.flag,
            "hits": dossier.evidence.to_dicts(),
            "records": dossier.records,
            "parties": dossier.parties.to_dicts(),
            "links": dossier.links.to_dicts(),
        })  # fmt: skip
    return found


def mentions_of_person(store: Store, is_person: IsPerson) -> list[dict[str, Any]]:
    """Each mention of the person in the dossiers that are kept, by run and mention, with the addresses it stands at.

    A mention without a full birth date is nobody's: it may be of somebody else with this name.
    """
    query = dossier_party.select().where(dossier_party.c.birth_date.is_not(None), dossier_party.c.name.is_not(None))
    with guarded("reading mentions"), store.engine.connect() as connection:
        rows = [dict(row._mapping) for row in connection.execute(query) if is_person(row.name, row.birth_date)]
        for row in rows:
            of_record = (row["run_id"], row["dataset"], row["key"])
            row["addresses"] = sorted(
                {
                    found
                    for table in (dossier_record, cited_record)
                    for found in connection.scalars(
                        sa.select(table.c.address_id).where(
                            sa.tuple_(table.c.run_id, table.c.dataset, table.c.key) == sa.tuple_(*of_record)
                        )
                    )
                }
            )
    return sorted(rows, key=lambda row: (row["run_id"], row["mention"]))


def compared_links(store: Store, fingerprints: Collection[str]) -> list[dict[str, Any]]:
    """The probable links that people were asked to judge in which one of these contents stands."""
    found = []
    with guarded("reading links"), store.engine.connect() as connection:
        for part in _parts(fingerprints):
            ends = sa.or_(link_to_judge.c.left_fingerprint.in_(part), link_to_judge.c.right_fingerprint.in_(part))
            for row in connection.execute(link_to_judge.select().where(ends)):
                told = {name: row._mapping[name] for name in ("run_id", "link_id", "kind")}
                found.append(told | {"left": json.loads(row.left_side), "right": json.loads(row.right_side)})
    return sorted({one["run_id"] + one["link_id"]: one for one in found}.values(), key=lambda one: one["link_id"])


def cases_at(store: Store, addresses: Collection[str]) -> list[dict[str, Any]]:
    """The cases of these addresses: how they went, what officers wrote and decided, visits. Oldest first."""
    told = []
    with guarded("reading cases"), store.engine.connect() as connection:
        rows = [
            row
            for part in _parts(addresses)
            for row in connection.execute(review_case.select().where(review_case.c.address_id.in_(part)))
        ]
        for row in sorted(rows, key=lambda one: (one.opened_on, one.case_id)):
            visits = connection.execute(
                sa.select(visit_outcome, visit_stop.c.visit_id.label("visit"))
                .join(visit_stop, visit_stop.c.visit_id == visit_outcome.c.visit_id)
                .where(visit_stop.c.case_id == row.case_id)
                .order_by(visit_outcome.c.id)
            )
            told.append({
                **{name: row._mapping[name] for name in ("case_id", "address_id", "address", "run_id", "state")},
                "drawn_at_random": row.arm == "sample",
                "opened_on": row.opened_on,
                "concluded_on": row.concluded_on,
                "outcome": row.outcome,
                "visits": [
                    {
                        name: one._mapping[name]
                        for name in ("visit_id", "visited_on", "situatie", "bevindingen", "note")
                    }
                    for one in visits
                ],
            })  # fmt: skip
    for one in told:
        one["steps"] = [vars(step) for step in history(store, one["case_id"])]
    return told


def received(store: Store, cases: Iterable[str]) -> list[dict[str, Any]]:
    """Who received which signal about these cases: the lines of the register of disclosures, oldest first."""
    lines = [line for case_id in sorted(set(cases)) for line in disclosures(store, case_id=case_id)]
    return [vars(one) | {"kind": str(one.kind)} for one in sorted(lines, key=lambda one: (one.at, one.batch_id))]


def signals_of_colleagues(
    store: Store, address_id: str, houses: Collection[House] = (), *, now: datetime
) -> list[dict[str, Any]]:
    """What colleagues saw there, whether it joined the dossier or not, as long as its term runs.

    Who told it is not given: nobody may be held to it.
    """
    return [
        {
            "signal_id": one.signal_id,
            "seen_on": one.seen.seen_on,
            "observations": list(one.seen.observations),
            "text": one.seen.text,
            "joined_dossier": is_joined,
        }
        for one, is_joined in signals_about(store, address_id, houses, now=now)
    ]


def requests_about(
    store: Store, *, addresses: Collection[str] = (), person: str | None = None, records: Collection[str] = ()
) -> list[Request]:
    """Requests about these addresses and records, and about the person (a `person_hash`)."""
    return [
        one
        for one in requests(store)
        if one.address_id in addresses or one.record in records or (person and one.person_hash == person)
    ]


def _parts(items: Collection[str], size: int = 500) -> Iterable[list[str]]:
    listed = sorted(items)
    return (listed[start : start + size] for start in range(0, len(listed), size))
