"""Erasure of what is past its term: one person puts the plan forward, another approves it, the next night erases it.

The night does that and not this server: it takes the lock of the workspace, writes the database anew and must go on
after a crash, and none of that belongs to a process that people wait for. Numbers, terms and ids; nobody's name.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, Role
from screening.casework.case_errors import ConflictError, NotAllowedError
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.rights.due import count_by_kind, ids_by_kind
from screening.rights.erasure import receipts
from screening.rights.erasure_plan import ErasurePlan, decide_plan, put_plan_forward, waiting_plan
from screening.rights.kinds import KINDS
from screening.store.schema.retention import APPROVED, TURNED_DOWN

router = Pages()

#: A plan is of everything, and is decided about as a whole: by those who may know of everything that goes.
MAY_DECIDE = frozenset({Role.SENSITIVE_REVIEWER})
MAY_SEE = MAY_DECIDE | {Role.AUDITOR}
_DECISIONS = {"goedkeuren": APPROVED, "afwijzen": TURNED_DOWN}


@router.page("GET", "/bewaren", may=MAY_SEE, nav="retention.nav", hint="retention.hint")
def show_erasure(page: Page) -> Response:
    """Show the plan that waits, and the receipts of what was erased."""
    plan = waiting_plan(page.store)
    ids = ids_by_kind(plan.items) if plan else {}
    counts = count_by_kind(plan.items, plan.counted) if plan else {}
    kinds = [(kind, counts[kind.name], ids.get(kind.name, [])) for kind in KINDS if counts.get(kind.name)]
    return page.render(
        "rights/retention.html.j2",
        plan=plan,
        kinds=kinds,
        receipts=receipts(page.store)[::-1],
        may_decide=page.has(*MAY_DECIDE),
    )


@router.page("POST", "/bewaren/{plan_id}/voorleggen", may=MAY_DECIDE, fresh=True)
def put_forward(page: Page, plan_id: str) -> Response:
    """Put the plan before a colleague, under one's own name."""
    return _done(
        page,
        plan_id,
        "retention.put_forward",
        lambda plan, digest: put_plan_forward(
            page.store, plan.plan_id, digest=digest, by=page.viewer.account, now=page.now
        ),
    )


@router.page("POST", "/bewaren/{plan_id}/besluit", may=MAY_DECIDE, fresh=True)
def decide_erasure(page: Page, plan_id: str) -> Response:
    """Approve the plan that a colleague put forward, or turn it down."""
    decision = _DECISIONS.get(page.form.get("besluit", ""))
    if decision is None:
        return page.redirect("/bewaren", flash="retention.changed", kind="warning")
    return _done(
        page,
        plan_id,
        f"retention.{decision}",
        lambda plan, digest: decide_plan(
            page.store, plan.plan_id, decision, digest=digest, by=page.viewer.account, now=page.now
        ),
    )


def _done(page: Page, plan_id: str, flash: str, act: Callable[[ErasurePlan, str], None]) -> Response:
    """Do an act that the ledger knows first, about the plan that the form showed."""
    plan = waiting_plan(page.store)
    if plan is None or plan.plan_id != plan_id:
        return page.redirect("/bewaren", flash="retention.changed", kind="warning")
    try:
        with page.logged(LedgerAction.ERASURE, f"plan:{plan_id}"):
            act(plan, page.form.get("inhoud", ""))
    except NotAllowedError:
        return page.redirect("/bewaren", flash="retention.own", kind="warning")
    except ConflictError:
        return page.redirect("/bewaren", flash="retention.changed", kind="warning")
    return page.redirect("/bewaren", flash=flash)
