"""Requests of people about their data, and their effect: whom a run leaves out and which records are disputed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from screening.base.datasets import datasets_with_sensitive_rows
from screening.base.vocabulary import PartyKind
from screening.casework.viewer import Viewer
from screening.matching.parties.names import normalise_names
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
from screening.store.workspace import Workspace

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


def subject_key(workspace: Workspace) -> bytes:
    """Derive the key that hides the people who made a request from the key of the workspace."""
    return hashlib.blake2b(b"people who ask about their data", key=workspace.reporter_key(), digest_size=32).digest()


def person_hash(key: bytes, name_normalised: str, birth_date: date) -> str:
    """Return the keyed hash (64 hexadecimal digits) of a name, as the matching writes it, and a full birth date."""
    return hmac.new(key, f"{name_normalised}\x1f{birth_date.isoformat()}".encode(), hashlib.sha256).hexdigest()


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
class KeptOut:
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


def kept_out(store: Store) -> KeptOut:
    """Return the subjects of requests that were upheld and that keep them out of the next run."""
    holding = [
        request for request in subject_requests(store) if request.decision == UPHELD and request.claim in KEEPS_OUT
    ]
    return KeptOut(
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


def without_persons(parties: pl.DataFrame, persons: frozenset[str], key: bytes) -> pl.DataFrame:
    """Remove the people who are kept out from `parties` (`name_normalised`, `birth_date`).

    A mention without a birth date stays: nobody can tell whether it is one of them, and alone it causes no hit.
    """
    if not persons:
        return parties
    persons_named = parties.select("name_normalised", "birth_date").drop_nulls().unique()
    hidden = [person_hash(key, name, born) in persons for name, born in persons_named.iter_rows()]
    return parties.join(
        persons_named.filter(pl.Series(hidden, dtype=pl.Boolean)), on=["name_normalised", "birth_date"], how="anti"
    )


def hashes_of(people: Iterable[tuple[str | None, date | None]], key: bytes) -> frozenset[str]:
    """Return the `person_hash` of every person with a name, as a register writes it, and a full birth date."""
    identified = [(name, born) for name, born in people if name and born]
    frame = pl.DataFrame({"name": [name for name, _ in identified]}, schema={"name": pl.String()})
    names = normalise_names(frame.with_columns(kind=pl.lit(str(PartyKind.PERSON))))["name_normalised"]
    return frozenset(
        person_hash(key, name, born) for name, (_, born) in zip(names, identified, strict=True) if name is not None
    )
