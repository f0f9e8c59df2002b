"""Requests of people about their data, and their effect: excluded subjects and disputed records."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from screening.base.datasets import datasets_with_sensitive_rows
from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.retention import (
    ERASURE,
    OBJECTS,
    RECTIFICATION,
    RESTRICTION,
    UPHELD,
    objection,
    objection_decision,
)
from screening.store.store import Store

#: Rights that keep their subject out of the next run once they are upheld.
KEEPS_OUT = (OBJECTS, ERASURE)


@dataclass(frozen=True)
class Request:
    """A request and its decision. `decision` is None while nobody has decided.

    `about` says which of `address_id`, `person_hash` and `record` ("dataset:key") is filled. `case_file` is the number
    under which the municipality keeps the letters: the store holds no name and no reason.
    """

    objection_id: str
    claim: str
    about: str
    address_id: str | None
    person_hash: str | None
    record: str | None
    case_file: str
    received_on: date
    registered_by: str
    registered_at: datetime
    decision: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


def subject_requests(store: Store, *, objection_id: str | None = None) -> list[Request]:
    """Return every request with its last decision, oldest first."""
    decided = sa.select(objection_decision).where(_is_last_decision()).subquery()
    query = (
        sa.select(objection, decided.c.decision, decided.c.decided_by, decided.c.decided_at)
        .outerjoin(decided, decided.c.objection_id == objection.c.objection_id)
        .order_by(objection.c.registered_at, objection.c.objection_id)
    )
    if objection_id is not None:
        query = query.where(objection.c.objection_id == objection_id)
    with guarded("reading requests"), store.engine.connect() as connection:
        return [Request(**row._mapping) for row in connection.execute(query)]


@dataclass(frozen=True)
class ExcludedSubjects:
    """The subjects that the next run leaves out: addresses by id, people by `person_hash`."""

    addresses: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()

    def digest(self) -> str | None:
        """Return the digest for the run id. It is None when nobody is kept out, so that such a run keeps its id."""
        if not self.addresses and not self.persons:
            return None
        content = "\n".join([*sorted(self.addresses), "", *sorted(self.persons)])
        return hashlib.sha256(content.encode()).hexdigest()


def visible_requests(store: Store, viewer: Viewer) -> list[Request]:
    """The requests that somebody may see: one about a record that can be sensitive only who may see that."""
    requests = subject_requests(store)
    if viewer.may_see_sensitive:
        return requests
    hidden = datasets_with_sensitive_rows()
    return [request for request in requests if (request.record or "").partition(":")[0] not in hidden]


def load_excluded_subjects(store: Store) -> ExcludedSubjects:
    """Return the subjects of requests that were upheld and that keep them out of the next run."""
    holding = [
        request for request in subject_requests(store) if request.decision == UPHELD and request.claim in KEEPS_OUT
    ]
    return ExcludedSubjects(
        frozenset(request.address_id for request in holding if request.address_id),
        frozenset(request.person_hash for request in holding if request.person_hash),
    )


def is_kept_out(address_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return the SQL condition that an upheld request keeps this address out; for a query or a transaction."""
    return sa.exists().where(
        objection.c.address_id == address_id,
        objection.c.claim.in_(KEEPS_OUT),
        objection_decision.c.objection_id == objection.c.objection_id,
        _is_last_decision(),
        objection_decision.c.decision == UPHELD,
    )


def _is_last_decision() -> sa.ColumnElement[bool]:
    """Return the SQL condition that a decision is the last one of its request: only the last one counts."""
    last = sa.select(sa.func.max(objection_decision.c.id)).group_by(objection_decision.c.objection_id)
    return objection_decision.c.id.in_(last)


def upheld_records(store: Store) -> frozenset[str]:
    """Return the records that were decided to be wrong or restricted: no signal that uses one leaves."""
    return frozenset(
        request.record
        for request in subject_requests(store)
        if request.record and request.claim in (RECTIFICATION, RESTRICTION) and request.decision == UPHELD
    )
