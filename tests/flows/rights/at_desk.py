"""`barrier retention`, `subject` and `object` at a desk of their own each: for the tests of several folders."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flows.desk import open_desk
from flows.rights.erase import erase_approved, plan_erasure
from flows.rights.requests import settle_request, take_request
from flows.rights.subject_access import collect_subject_data
from screening.casework.data_subject_requests import Request
from screening.frames import Row
from screening.rights.objections import Effects
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


def register(config: Path, claim: str, *, by: str, **asked: object) -> Request:
    with open_desk(config, by=by) as desk:
        return take_request(desk, claim, **asked)


def decide(config: Path, objection_id: str, decision: str, *, by: str) -> Effects:
    with open_desk(config, by=by) as desk:
        return settle_request(desk, objection_id, decision)
