"""What people ask about their data: objection, rectification, restriction, erasure. One registers, another decides.

An upheld objection keeps an address out of flags, sample and cases, and a person out of parties and links, from the
next run on; open cases of the address end at once, and what left for the RIEC is called back. A record whose content is
disputed is told as such for as long as that lasts (AVG art. 16, 17, 18, 19 and 21).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from screening.errors import StoreError
from screening.export import BatchKind, NoticeReason
from screening.store.account_names import account
from screening.store.case_errors import ConflictError, NotAllowedError
from screening.store.engine import guarded, writing
from screening.store.riec.disclosures import call_back, register
from screening.store.riec.signals import drop, signals
from screening.store.schema.cases import WITHDRAWN as CASE_WITHDRAWN
from screening.store.schema.cases import case_step, review_case
from screening.store.schema.retention import (
    ADDRESS,
    DECISIONS,
    ENDED,
    ERASURE,
    OBJECTS,
    PERSON,
    RECORD,
    RECTIFICATION,
    RESTRICTION,
    RIGHTS,
    UPHELD,
    objection,
    objection_decision,
)
from screening.store.store import Store
from screening.store.viewer import day_of
from screening.store.workspace import Workspace
from screening.vocabulary import CaseState, Dataset

#: Of an upheld right, what the receiver of a signal is told.
_NOTICE = {
    OBJECTS: NoticeReason.BEZWAAR_GEGROND,
    RECTIFICATION: NoticeReason.RECHT_OP_RECTIFICATIE,
    ERASURE: NoticeReason.RECHT_OP_WISSING,
}
#: Rights that keep their subject out of the next run once they are upheld.
_KEEPS_OUT = (OBJECTS, ERASURE)
_CASE_FILE = re.compile(r"[A-Z]{1,6}-\d{2,4}[0-9-]{0,16}")
_ADDRESS = re.compile(r"\d{16}")


@dataclass(frozen=True)
class Request:
    """A request and what became of it. `decision`: None while nobody decided.

    `address_id`, `person_hash`, `record` ("dataset:key"): the one that `about` names. `case_file`: where the
    municipality keeps the letters: no name and no reason stands here.
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


@dataclass(frozen=True)
class Effects:
    """What a decision did at once. `cases`: ids of cases that ended. Signals to the RIEC: `called_back` are those that
    left, `dropped` those that waited.
    """

    cases: tuple[str, ...] = ()
    called_back: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def subject_key(workspace: Workspace) -> bytes:
    """The key under which people who asked something are hidden: made from that of the workspace."""
    return hashlib.blake2b(b"people who ask about their data", key=workspace.reporter_key(), digest_size=32).digest()


def person_hash(key: bytes, name_normalised: str, birth_date: date) -> str:
    """The keyed hash of a person: name as the matching writes it, and full birth date. 64 hexadecimal digits."""
    return hmac.new(key, f"{name_normalised}\x1f{birth_date.isoformat()}".encode(), hashlib.sha256).hexdigest()


def register_request(
    store: Store,
    claim: str,
    *,
    address_id: str | None = None,
    person: str | None = None,
    record: str | None = None,
    case_file: str,
    received_on: date,
    by: str,
    now: datetime,
) -> Request:
    """Register a request about an address, a person (a `person_hash`) or a record. StoreError: which field is wrong."""
    subjects = {ADDRESS: address_id, PERSON: person, RECORD: record}
    given = [name for name, value in subjects.items() if value]
    if claim not in RIGHTS:
        raise StoreError(f"A request is one of {', '.join(RIGHTS)}.")
    if len(given) != 1:
        raise StoreError("A request is about one thing: an address, a person or a record.")
    if (claim in (RECTIFICATION, RESTRICTION)) != (given == [RECORD]):
        raise StoreError(f"{claim}: rectification and restriction are about a record, the others about who or where.")
    if address_id and not _ADDRESS.fullmatch(address_id):
        raise StoreError("An address is given by the 16 digits of its object.")
    if record and record.partition(":")[0] not in set(Dataset):
        raise StoreError(f"A record is written dataset:key, with a data set of {', '.join(Dataset)}.")
    if not _CASE_FILE.fullmatch(case_file):
        raise StoreError("The number of the case file looks like Z-2026-00123. No name belongs in it.")
    if received_on > day_of(now):
        raise StoreError("A request is received today or before.")
    row = {
        "objection_id": secrets.token_hex(8), "claim": claim, "about": given[0], "address_id": address_id or None,
        "person_hash": person or None, "record": record or None, "case_file": case_file, "received_on": received_on,
        "registered_by": account(by), "registered_at": now,
    }  # fmt: skip
    with guarded("registering a request"), writing(store.engine) as connection:
        connection.execute(objection.insert().values(**row))
    return Request(**row)  # type: ignore[arg-type]


def requests(store: Store, *, objection_id: str | None = None) -> list[Request]:
    """Every request with its last decision, oldest first."""
    newest = sa.select(sa.func.max(objection_decision.c.id)).group_by(objection_decision.c.objection_id)
    decided = sa.select(objection_decision).where(objection_decision.c.id.in_(newest)).subquery()
    query = (
        sa.select(objection, decided.c.decision, decided.c.decided_by, decided.c.decided_at)
        .outerjoin(decided, decided.c.objection_id == objection.c.objection_id)
        .order_by(objection.c.registered_at, objection.c.objection_id)
    )
    if objection_id is not None:
        query = query.where(objection.c.objection_id == objection_id)
    with guarded("reading requests"), store.engine.connect() as connection:
        return [Request(**row._mapping) for row in connection.execute(query)]


def decide_request(
    store: Store,
    objection_id: str,
    decision: str,
    *,
    by: str,
    now: datetime,
    cases: Iterable[str] = (),
) -> Effects:
    """Decide about a request; somebody else than who registered it. What it does at once is done with it.

    `cases`: further cases that the request touches, such as those whose dossier names the person: their signals are
    called back too. ConflictError: it was decided already and only `ended` can follow, or the reverse. NotAllowedError:
    the same person.
    """
    if decision not in DECISIONS:
        raise StoreError(f"A decision is one of {', '.join(DECISIONS)}.")
    found = requests(store, objection_id=objection_id)
    if not found:
        raise StoreError("There is no such request. `barrier object list` shows them.")
    asked, who = found[0], account(by)
    if who == asked.registered_by:
        raise NotAllowedError("Who registered a request does not decide about it: a colleague does.")
    if (decision == ENDED) != (asked.decision == UPHELD) or (asked.decision is not None and decision != ENDED):
        raise ConflictError("This request was decided already. One that was upheld can be ended, and nothing else.")
    ended: tuple[str, ...] = ()
    with guarded("deciding about a request"), writing(store.engine) as connection:
        connection.execute(
            objection_decision.insert().values(
                objection_id=objection_id, registered_by=asked.registered_by, decision=decision, decided_by=who,
                decided_at=now,
            )
        )  # fmt: skip
        if decision == UPHELD and asked.claim in _KEEPS_OUT and asked.address_id:
            ended = _end_cases(connection, asked.address_id, by=who, now=now)
    if decision != UPHELD:
        return Effects(ended)
    return Effects(ended, *_call_back(store, asked, set(cases), by=who, now=now))


def _end_cases(connection: sa.Connection, address_id: str, *, by: str, now: datetime) -> tuple[str, ...]:
    """The undecided case of an address is over, whatever officers had begun to write."""
    is_open = (review_case.c.address_id == address_id, review_case.c.concluded_on.is_(None))
    ids = tuple(connection.scalars(sa.select(review_case.c.case_id).where(*is_open)))
    for case_id in ids:
        connection.execute(
            review_case.update()
            .where(review_case.c.case_id == case_id)
            .values(
                state=str(CaseState.WITHDRAWN), concluded_on=day_of(now), assignee=None, purpose=None, locked_by=None,
                locked_until=None, version=review_case.c.version + 1,
            )
        )  # fmt: skip
        connection.execute(
            case_step.insert().values(case_id=case_id, kind=CASE_WITHDRAWN, actor=by, at=now, details={})
        )
    return ids


def _call_back(
    store: Store, asked: Request, cases: set[str], *, by: str, now: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ask back every signal about this subject that left, and drop those that wait. It discloses nothing new."""
    reason = _NOTICE.get(asked.claim)
    if reason is None:
        return (), ()
    touched = {
        one.signal_id: one
        for one in signals(store)
        if one.case_id in cases
        or (asked.address_id is not None and one.address_id == asked.address_id)
        or (asked.record is not None and asked.record in one.basis.get("records", ()))
    }
    lines = register(store)
    left = {one.signal_id for one in lines}
    back = {one.signal_id for one in lines if one.kind == BatchKind.WITHDRAWAL}
    for signal_id in sorted(set(touched) & left - back):
        call_back(store, signal_id, reason=reason, by=by, now=now)
    for signal_id in sorted(set(touched) - left):
        drop(store, touched[signal_id], by=by, reason=str(reason), now=now)
    return tuple(sorted(set(touched) & left - back)), tuple(sorted(set(touched) - left))


@dataclass(frozen=True)
class KeptOut:
    """Whom and what the next run leaves out: addresses by id, people by `person_hash`."""

    addresses: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()

    def digest(self) -> str | None:
        """What takes part in the run id; None when nobody is kept out, so that the ids of before stay."""
        if not self.addresses and not self.persons:
            return None
        content = "\n".join([*sorted(self.addresses), "", *sorted(self.persons)])
        return hashlib.sha256(content.encode()).hexdigest()


def kept_out(store: Store) -> KeptOut:
    """The subjects of objections that hold."""
    holding = [one for one in requests(store) if one.decision == UPHELD and one.claim in _KEEPS_OUT]
    return KeptOut(
        frozenset(one.address_id for one in holding if one.address_id),
        frozenset(one.person_hash for one in holding if one.person_hash),
    )


def contested(store: Store) -> frozenset[str]:
    """Records ("dataset:key") whose content somebody disputes, until that is rejected, taken back or ended."""
    return frozenset(
        one.record
        for one in requests(store)
        if one.record and one.claim in (RECTIFICATION, RESTRICTION) and one.decision in {None, UPHELD}
    )


def without_persons(parties: pl.DataFrame, persons: frozenset[str], key: bytes) -> pl.DataFrame:
    """`parties` (`name_normalised`, `birth_date`) without the people who are kept out. A mention without a birth date
    stays: nobody can say that it is them, and it makes no hit by itself.
    """
    if not persons:
        return parties
    known = parties.select("name_normalised", "birth_date").drop_nulls().unique()
    hidden = [person_hash(key, name, born) in persons for name, born in known.iter_rows()]
    return parties.join(
        known.filter(pl.Series(hidden, dtype=pl.Boolean)), on=["name_normalised", "birth_date"], how="anti"
    )
