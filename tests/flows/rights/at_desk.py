"""`barrier retention`, `subject` and `object` at a desk of their own each: for the tests of several folders."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from flows.desk import open_desk
from flows.rights.erase import erase_approved, plan_erasure
from flows.rights.subject_access import collect_subject_data
from screening.base.frames import Row
from screening.casework.data_subject_requests import Request, subject_requests
from screening.rights.objections import Effects, register_request
from screening.rights.personal_data import person_digest
from screening.rights.requests import mentions_of_digest, settle_request
from tests.rights.approved import approve_plan


def plan(config: Path, now: datetime | None = None) -> Row:
    with open_desk(config, now=now) as desk:
        return plan_erasure(desk)


def erase(config: Path, *, by: str, now: datetime | None = None) -> Row:
    """Prepare a plan, let two people approve it, and carry it out."""
    with open_desk(config, now=now) as desk:
        before = erase_approved(desk)
        if before["plan"] is None:
            return before
        approve_plan(desk.store, by=by, now=desk.now)
        return {**erase_approved(desk), "before": before["receipts"]}


def collect(config: Path, *, now: datetime | None = None, **asked: object) -> Row:
    with open_desk(config, now=now) as desk:
        return collect_subject_data(desk, **asked)


def register(
    config: Path,
    claim: str,
    *,
    by: str,
    address: str | None = None,
    person: str | None = None,
    birth_date: date | None = None,
    **asked: object,
) -> Request:
    with open_desk(config) as desk:
        digest = person_digest(desk.workspace, person, birth_date) if person else None
        return register_request(desk.store, claim, address_id=address, person=digest, by=by, now=desk.now, **asked)


def decide(config: Path, objection_id: str, decision: str, *, by: str) -> Effects:
    with open_desk(config) as desk:
        [request] = subject_requests(desk.store, objection_id=objection_id)
        mentions = mentions_of_digest(desk.store, desk.workspace, request.person_hash)
        return settle_request(desk.store, request, decision, mentions=mentions, by=by, now=desk.now)
