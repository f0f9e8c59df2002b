"""Cases held against the run that they show: what somebody changed or took away behind the store.

A case that nobody touched has no entry of the ledger. What it is about follows from its run, so that says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import sqlalchemy as sa

from screening.casework.cases.line import is_in_line
from screening.casework.cases.opening import flagged_without_case
from screening.casework.cases.sensitive import is_sensitive
from screening.store.engine import guarded
from screening.store.schema.cases import case_sync, review_case, unseen_decision
from screening.store.schema.retention import (
    CASE,
    RUN,
    erasure,
    erasure_done,
    erasure_item,
    objection,
    objection_decision,
)
from screening.store.schema.runs import FLAGGED, dossier_address, flag
from screening.store.store import Store


def unlike_their_run(store: Store) -> list[str]:
    """Say of each case what is not as its run says, or that it is not there; nothing of this product does either.

    Of a run whose data were erased only the dossiers of its cases are left: it says of no flag that it was not there.
    """
    differences = [*_changed(store), *_gone(store)]
    return [f"review_case {case}: {why}" for case, why in differences]


def _changed(store: Store) -> list[tuple[str, str]]:
    case = review_case.c
    of_case = (flag.c.run_id == case.run_id, flag.c.address_id == case.address_id)
    is_flagged = sa.exists().where(*of_case)
    is_erased = sa.exists().where(erasure_item.c.kind == RUN, erasure_item.c.item == case.run_id)
    in_dossier = (dossier_address.c.run_id == case.run_id, dossier_address.c.address_id == case.address_id)
    address = sa.func.coalesce(dossier_address.c.address, dossier_address.c.address_id)
    wrong = {
        "it is not sensitive, and the dossier of its run is": sa.and_(
            case.sensitive.is_(False), is_sensitive(case.run_id, case.address_id)
        ),
        "it says that its address was flagged, and its run did not": sa.and_(
            case.arm == FLAGGED, ~is_flagged, ~is_erased
        ),
        "it says that its address was drawn, and its run flagged it": sa.and_(case.arm != FLAGGED, is_flagged),
        "it is at an address of which its run has no dossier of that name": ~sa.exists().where(
            *in_dossier, address == case.address
        ),
    }
    differences = []
    with guarded("comparing cases with their runs"), store.engine.connect() as connection:
        for why, is_so in wrong.items():
            ids = connection.scalars(sa.select(case.case_id).where(is_so).order_by(case.case_id))
            differences += [(case_id, why) for case_id in ids]
    return differences


def _gone(store: Store) -> list[tuple[str, str]]:
    """The flags of the last run, followed up already, that would open a case: theirs was taken away.

    Not where one was decided about since: what the last run knows beside it opens a case at the next follow-up.
    """
    last = store.last_published()
    if last is None:
        return []
    with guarded("comparing cases with their runs"), store.engine.connect() as connection:
        synced = case_sync.select().where(case_sync.c.run_id == last.run_id).order_by(case_sync.c.day.desc())
        followed_up = connection.execute(synced.limit(1)).first()
        if followed_up is None or connection.execute(_erased_since(followed_up.at)).first():
            return []
        query = flagged_without_case(connection.dialect.name, last.run_id, followed_up.day)
        query = query.where(*(~is_so for is_so in _decided_since(followed_up.day, followed_up.at)))
        query = query.where(~is_in_line(flag.c.address_id))
        addresses = connection.scalars(query.order_by(flag.c.address_id))
        return [(f"at {address}", "the last run flags this address, and its case is gone") for address in addresses]


def _erased_since(moment: datetime) -> sa.Select[tuple[str]]:
    """Receipts of cases that were under way at some time since: what was known of an address goes with its old case."""
    of_cases = sa.exists().where(erasure_item.c.receipt_id == erasure.c.receipt_id, erasure_item.c.kind == CASE)
    done = sa.exists().where(erasure_done.c.receipt_id == erasure.c.receipt_id, erasure_done.c.done_at < moment)
    return sa.select(erasure.c.receipt_id).where(of_cases, ~done).limit(1)


def _decided_since(day: date, moment: datetime) -> Iterator[sa.ColumnElement[bool]]:
    """Conditions on a flag: its case was concluded since, one that nobody saw decided about, or a request."""
    of_address = review_case.c.address_id == flag.c.address_id
    yield sa.exists().where(of_address, review_case.c.concluded_on >= day)
    of_case = unseen_decision.c.case_id == review_case.c.case_id
    yield sa.exists().where(of_address, of_case, unseen_decision.c.decided_at >= moment)
    of_request = objection_decision.c.objection_id == objection.c.objection_id
    about_it = objection.c.address_id == flag.c.address_id
    yield sa.exists().where(about_it, of_request, objection_decision.c.decided_at >= moment)
