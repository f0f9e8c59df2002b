"""An erasure that two people decided about: for the tests of several folders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from screening.rights.due import Due
from screening.rights.erasure import Receipt, begin_erasure
from screening.rights.erasure_plan import ErasurePlan, decide_plan, plans, prepare_plan, put_plan_forward, waiting_plan
from screening.rights.terms import Terms
from screening.store import Store
from screening.store.schema.retention import APPROVED


def approve_plan(store: Store, *, by: str = "rita", now: datetime) -> ErasurePlan:
    """Let one person put the waiting plan forward, and another approve it."""
    plan = waiting_plan(store)
    assert plan is not None
    put_plan_forward(store, plan.plan_id, digest=plan.digest, by="otto", now=now)
    decide_plan(store, plan.plan_id, APPROVED, digest=plan.digest, by=by, now=now)
    return next(other for other in plans(store) if other.plan_id == plan.plan_id)


def begin(store: Store, items: Sequence[Due], terms: Terms, *, by: str = "rita", now: datetime) -> Receipt:
    """Begin the erasure of these, after two people decided about it."""
    prepare_plan(store, items, {} if items else {"sessions": 1}, terms, by="system", now=now)
    return begin_erasure(store, approve_plan(store, by=by, now=now), items, now=now)
