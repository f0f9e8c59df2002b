"""Requests of people about their data: access, objection, correction, restriction, erasure. Two people, two steps.

An upheld objection keeps an address out of flags, sample and cases, and a person out of parties and links, from the
next run on; open cases of the address end at once, and signals sent to the RIEC are withdrawn. A record whose content
is disputed is marked as such for as long as that lasts. Access that is granted changes nothing: it is answered (AVG
art. 15 to 19 and 21).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.datasets import datasets
from screening.base.errors import StoreError
from screening.base.vocabulary import CaseState, NoticeReason
from screening.casework.case_errors import ConflictError, NotAllowedError
from screening.casework.cases.changing import NOBODY
from screening.casework.data_subject_requests import KEEPS_OUT, Request, subject_requests
from screening.partners.desk.disclosures import call_back_in, disclosures
from screening.partners.desk.sending import no_batch_meanwhile
from screening.partners.desk.signal_validity import records_of_basis
from screening.partners.desk.signal_versions import signals
from screening.partners.desk.signals import drop_signal_in
from screening.store.account_names import account
from screening.store.engine import guarded, writing
from screening.store.schema.cases import WITHDRAWN as CASE_WITHDRAWN
from screening.store.schema.cases import case_step, review_case
from screening.store.schema.retention import (
    ACCESS,
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

#: Of an upheld right, what the receiver of a signal is told.
_NOTICE = {
    OBJECTS: NoticeReason.BEZWAAR_GEGROND,
    RECTIFICATION: NoticeReason.RECHT_OP_RECTIFICATIE,
    ERASURE: NoticeReason.RECHT_OP_WISSING,
    RESTRICTION: NoticeReason.RECHT_OP_BEPERKING,
}
_CASE_FILE = re.compile(r"[A-Z]{1,6}-\d{2,4}[0-9-]{0,16}")
_ADDRESS = re.compile(r"\d{16}")


@dataclass(frozen=True)
class Effects:
    """The immediate effects of a decision.

    `cases`: ids of cases that ended. `called_back`: signals withdrawn from the RIEC. `dropped`: signals that
    waited.
    """

    cases: tuple[str, ...] = ()
    called_back: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


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
    if record and record.partition(":")[0] not in datasets():
        raise StoreError(f"A record is written dataset:key, with a data set of {', '.join(datasets())}.")
    if not _CASE_FILE.fullmatch(case_file):
        raise StoreError("The number of the case file looks like Z-2026-00123. No name belongs in it.")
    if received_on > day_of(now):
        raise StoreError("A request is received today or before.")
    row = {
        "objection_id": secrets.token_hex(8),
        "claim": claim,
        "about": given[0],
        "address_id": address_id or None,
        "person_hash": person or None,
        "record": record or None,
        "case_file": case_file,
        "received_on": received_on,
        "registered_by": account(by),
        "registered_at": now,
    }
    with guarded("registering a request"), writing(store.engine) as connection:
        connection.execute(objection.insert().values(**row))
    return Request(**row)  # type: ignore[arg-type]  # the columns are the fields, each of its own type


def decide_request(
    store: Store, objection_id: str, decision: str, *, by: str, now: datetime, cases: Iterable[str] = ()
) -> Effects:
    """Decide about a request; somebody else than who registered it. What it does at once is done with it.

    `cases`: further cases that the request touches, such as those whose dossier names the person: their signals are
    called back too. ConflictError: it was decided already and only `ended` can follow, or the reverse. NotAllowedError:
    the same person.
    """
    if decision not in DECISIONS:
        raise StoreError(f"A decision is one of {', '.join(DECISIONS)}.")
    registered = subject_requests(store, objection_id=objection_id)
    if not registered:
        raise StoreError("There is no such request. The page of requests lists them.")
    asked, who = registered[0], account(by)
    if who == asked.registered_by:
        raise NotAllowedError("Who registered a request does not decide about it: a colleague does.")
    if (decision == ENDED) != (asked.decision == UPHELD) or (asked.decision is not None and decision != ENDED):
        raise ConflictError("This request was decided already. One that was upheld can be ended, and nothing else.")
    done = Effects()
    with guarded("deciding about a request"), writing(store.engine) as connection:
        no_batch_meanwhile(connection)  # else a signal could leave that was looked at while it waited
        connection.execute(
            objection_decision.insert().values(
                objection_id=objection_id,
                registered_by=asked.registered_by,
                decision=decision,
                decided_by=who,
                decided_at=now,
            )
        )
        if decision == UPHELD and asked.claim != ACCESS:
            ended: tuple[str, ...] = ()
            if asked.claim in KEEPS_OUT and asked.address_id:
                ended = _end_cases(connection, asked.address_id, by=who, now=now)
            done = Effects(ended, *_call_back(connection, store, asked, set(cases), by=who, now=now))
    return done


def _end_cases(connection: sa.Connection, address_id: str, *, by: str, now: datetime) -> tuple[str, ...]:
    """The undecided case of an address is over, whatever officers had begun to write."""
    is_open = (review_case.c.address_id == address_id, review_case.c.concluded_on.is_(None))
    ids = tuple(connection.scalars(sa.select(review_case.c.case_id).where(*is_open)))
    for case_id in ids:
        connection.execute(
            review_case.update()
            .where(review_case.c.case_id == case_id)
            .values(
                state=str(CaseState.WITHDRAWN), concluded_on=day_of(now), version=review_case.c.version + 1, **NOBODY
            )
        )
        connection.execute(
            case_step.insert().values(case_id=case_id, kind=CASE_WITHDRAWN, actor=by, at=now, details={})
        )
    return ids


def _call_back(
    connection: sa.Connection, store: Store, asked: Request, cases: set[str], *, by: str, now: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ask back every signal about this subject that left, and drop those that wait. It discloses nothing new.

    A restriction can end: what waits is held back for as long as it lasts (`Grounds.is_under_request`), and stays.
    """
    reason = _NOTICE[asked.claim]
    touched = {
        signal.signal_id: signal
        for signal in signals(store)
        if signal.case_id in cases
        or (asked.address_id is not None and signal.address_id == asked.address_id)
        or (asked.record is not None and asked.record in records_of_basis(signal.basis))
    }
    lines = disclosures(store)
    left = {line.signal_id: line.version for line in sorted(lines, key=lambda line: line.version)}
    back = {signal_id for signal_id, signal in touched.items() if signal.is_withdrawn}
    for signal_id in sorted(set(touched) & set(left) - back):
        call_back_in(connection, signal_id, version=left[signal_id], reason=reason, by=by, now=now)
    dropped = sorted(set(touched) - set(left)) if asked.claim != RESTRICTION else []
    for signal_id in dropped:
        drop_signal_in(connection, touched[signal_id], by=by, reason=str(reason), now=now)
    return tuple(sorted(set(touched) & set(left) - back)), tuple(dropped)
