"""Plans of erasure: what is past its term, put forward by one person, approved by another, and then carried out.

The night or the terminal prepares a plan: kinds, numbers, terms and ids, and nobody's name. Nothing goes before two
people decided about it; what was decided is named by its digest, and exactly that goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.casework.case_errors import ConflictError, NotAllowedError, or_conflict
from screening.rights.due import Due
from screening.rights.terms import Terms
from screening.store.account_names import account
from screening.store.bundle import canonical_json
from screening.store.engine import guarded, writing
from screening.store.schema.retention import (
    APPROVED,
    PUT_FORWARD,
    TURNED_DOWN,
    erasure,
    erasure_plan,
    erasure_plan_decided,
    erasure_plan_item,
)
from screening.store.store import Store


@dataclass(frozen=True)
class PlanDecision:
    """A decision about a plan: what, by whom and when."""

    decision: str
    by: str
    decided_at: datetime


@dataclass(frozen=True)
class ErasurePlan:
    """What would go, under which terms. `counted`: kind of data -> number, of what is not listed by id.

    `put_forward`, `decided`: by one person and by another; None: not yet. `receipt_id`: of the erasure that carried it
    out.
    """

    plan_id: str
    digest: str
    terms: dict[str, int]
    counted: dict[str, int]
    items: tuple[Due, ...]
    prepared_by: str
    prepared_at: datetime
    put_forward: PlanDecision | None = None
    decided: PlanDecision | None = None
    receipt_id: str | None = None

    @property
    def is_approved(self) -> bool:
        """Whether two people decided that this goes."""
        return self.decided is not None and self.decided.decision == APPROVED

    @property
    def is_waiting(self) -> bool:
        """Whether something is still to be done about it: to decide, or to carry out."""
        return self.receipt_id is None and (self.decided is None or self.is_approved)


def prepare_plan(
    store: Store, items: Sequence[Due], counted: Mapping[str, int], terms: Terms, *, by: str, now: datetime
) -> ErasurePlan | None:
    """Prepare a plan in the place of one about which nobody decided; None where nothing is past its term.

    While a plan is put forward or approved and not carried out, it is the plan: nothing new is prepared beside it.
    """
    waiting = waiting_plan(store)
    if waiting is not None and waiting.put_forward is not None:
        return waiting
    plan = ErasurePlan("", "", asdict(terms), dict(counted), tuple(sorted(items)), account(by), now)
    digest = hashlib.sha256(
        canonical_json(
            {
                "terms": plan.terms,
                "counted": plan.counted,
                "items": [[due.kind, due.name, due.due] for due in plan.items],
            }
        ).encode()
    ).hexdigest()
    if waiting is not None and waiting.digest == digest:
        return waiting
    # the moment is part of the id: what was turned down can be due again in a year
    plan_id = hashlib.sha256(f"{digest} {now.isoformat()}".encode()).hexdigest()[:16]
    with guarded("preparing an erasure"), writing(store.engine) as connection:
        decided = sa.select(erasure_plan_decided.c.plan_id)
        for table in (erasure_plan_item, erasure_plan):
            connection.execute(table.delete().where(table.c.plan_id.not_in(decided)))
        if not plan.items and not plan.counted:
            return None
        connection.execute(
            erasure_plan.insert().values(
                plan_id=plan_id,
                digest=digest,
                terms=plan.terms,
                counted=plan.counted,
                prepared_by=plan.prepared_by,
                prepared_at=now,
            )
        )
        if plan.items:
            rows = [{"plan_id": plan_id, "kind": due.kind, "item": due.name, "due": due.due} for due in plan.items]
            connection.execute(erasure_plan_item.insert(), rows)
    return waiting_plan(store)


def plans(store: Store) -> list[ErasurePlan]:
    """Every plan, oldest first."""
    with guarded("reading plans of erasure"), store.engine.connect() as connection:
        rows = connection.execute(
            sa.select(erasure_plan, erasure.c.receipt_id)
            .outerjoin(erasure, erasure.c.plan_id == erasure_plan.c.plan_id)
            .order_by(erasure_plan.c.prepared_at, erasure_plan.c.plan_id)
        ).all()
        items: dict[str, list[Due]] = {row.plan_id: [] for row in rows}
        for row in connection.execute(erasure_plan_item.select()):
            items[row.plan_id].append(Due(row.kind, row.item, row.due))
        decisions: dict[str, dict[str, PlanDecision]] = {row.plan_id: {} for row in rows}
        for row in connection.execute(erasure_plan_decided.select()):
            which = "put_forward" if row.decision == PUT_FORWARD else "decided"
            decisions[row.plan_id][which] = PlanDecision(row.decision, row.decided_by, row.decided_at)
    return [
        ErasurePlan(**{**row._mapping, "items": tuple(sorted(items[row.plan_id])), **decisions[row.plan_id]})
        for row in rows
    ]


def waiting_plan(store: Store) -> ErasurePlan | None:
    """The plan that waits for a decision or for its erasure: there is one at most."""
    return next((plan for plan in plans(store) if plan.is_waiting), None)


def put_plan_forward(store: Store, plan_id: str, *, digest: str, by: str, now: datetime) -> None:
    """Put a plan before a colleague. `digest`: of what this person looked at. ConflictError: there is another plan."""
    plan = _looked_at(store, plan_id, digest)
    if plan.put_forward is not None:
        raise ConflictError("A colleague put this plan forward already.")
    decision = PlanDecision(PUT_FORWARD, account(by), now)
    _decide(store, plan, decision, put_forward_by=decision.by)


def decide_plan(store: Store, plan_id: str, decision: str, *, digest: str, by: str, now: datetime) -> None:
    """Approve a plan as a second person, or turn it down. `digest`: of what this person looked at.

    Raises:
        ConflictError: there is another plan, it was not put forward, or it was decided about already.
        NotAllowedError: who put it forward does not approve it.
        StoreError: no such decision.
    """
    if decision not in {APPROVED, TURNED_DOWN}:
        raise StoreError(f"A plan of erasure is {APPROVED} or {TURNED_DOWN}.")
    plan, who = _looked_at(store, plan_id, digest), account(by)
    if plan.put_forward is None or plan.decided is not None:
        raise ConflictError("This plan was not put forward, or was decided about already.")
    if decision == APPROVED and plan.put_forward.by == who:
        raise NotAllowedError("You put this plan of erasure forward, so a colleague must approve it.")
    _decide(store, plan, PlanDecision(decision, who, now), put_forward_by=plan.put_forward.by)


def _looked_at(store: Store, plan_id: str, digest: str) -> ErasurePlan:
    plan = next((plan for plan in plans(store) if (plan.plan_id, plan.digest) == (plan_id, digest)), None)
    if plan is None:
        raise ConflictError("There is another plan of erasure since this one was looked at.")
    return plan


def _decide(store: Store, plan: ErasurePlan, decision: PlanDecision, *, put_forward_by: str) -> None:
    with (
        guarded("deciding about an erasure"),
        or_conflict("A colleague decided about this plan just now."),
        writing(store.engine) as connection,
    ):
        connection.execute(
            erasure_plan_decided.insert().values(
                plan_id=plan.plan_id,
                digest=plan.digest,
                decision=decision.decision,
                decided_by=decision.by,
                decided_at=decision.decided_at,
                put_forward_by=put_forward_by,
            )
        )
