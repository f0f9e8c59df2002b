"""Deliveries that are suspect: two people accept each, or one rejects it, with a reason and once.

The first who accepts proposes it, and a colleague who accepts the same for the same date confirms it. Rejecting stays
with one person: it keeps data out, and nothing ends because of it.

Counts and names of columns alone: nothing on these pages is about somebody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.errors import StoreError
from screening.base.vocabulary import LedgerAction, Role
from screening.review.forms import form_day
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.reasons import reason_fault, reason_of
from screening.review.views.deliveries import UnknownAge, WaitingDelivery, unknown_ages, waiting_deliveries
from screening.store.access.accounts import names
from screening.store.deliveries import JudgedDelivery, decide, delivery_key, step_of
from screening.store.schema.deliveries import ACCEPTED, CONFIRMED, PROPOSED, REJECTED

router = Pages()

#: Who answers for what comes in.
MAY_DECIDE = frozenset({Role.LEAD, Role.ANALYST})
_DECISIONS = {"aanvaarden": ACCEPTED, "afwijzen": REJECTED}


@dataclass(frozen=True)
class _Decided:
    """What a form says of one delivery. `step`: what it is to decide so: as the first, as the second, or alone."""

    waiting: WaitingDelivery
    step: str
    reason: str
    holds_for: date | None


@router.page("GET", "/leveringen", may=MAY_DECIDE, nav="deliveries.nav", hint="deliveries.hint")
def list_deliveries(page: Page) -> Response:
    """Show what waits for a person, and the registers of which nothing tells the age."""
    return _list(page, {})


@router.page("POST", "/leveringen", may=MAY_DECIDE, fresh=True)
def decide_deliveries(page: Page) -> Response:
    """Accept, as the first or the second, or reject what is ticked, each for its own reason or for the one of all."""
    waiting = {delivery.key: delivery for delivery in waiting_deliveries(page.store, page.t)}
    decision, ticked = _DECISIONS.get(page.form.get("besluit", "")), page.form.all("levering")
    if decision is None or not set(ticked) <= set(waiting):
        return page.redirect("/leveringen", flash="deliveries.changed", kind="warning")
    errors: dict[str, str] = {} if ticked else {"levering": page.t("deliveries.none_ticked")}
    decided = [_decided(page, waiting[key], decision, errors) for key in ticked]
    if errors:
        return _list(page, errors, status=422)
    try:
        for each in decided:
            waits = each.waiting
            _decide(page, waits.register, waits.judged, each.step, reason=each.reason, holds_for=each.holds_for)
    except StoreError:
        return page.redirect("/leveringen", flash="deliveries.changed", kind="warning")
    is_proposed = any(each.step == PROPOSED for each in decided)
    return page.redirect("/leveringen", flash=f"deliveries.{PROPOSED if is_proposed else decision}")


@router.page("POST", "/leveringen/bevestigen", may=MAY_DECIDE, fresh=True)
def confirm_deliveries(page: Page) -> Response:
    """Confirm that the deliveries of registers still hold, where nothing tells how old they are."""
    unknown, ticked = {age.register: age for age in _unknown(page)}, page.form.all("register")
    if not set(ticked) <= set(unknown):
        return page.redirect("/leveringen", flash="deliveries.changed", kind="warning")
    reason = reason_of(page, "waaruit")
    errors = {} if ticked else {"register": page.t("deliveries.none_ticked")}
    if fault := reason_fault(page, reason, page.t("deliveries.needs_source")):
        errors["waaruit"] = fault
    if errors:
        return _list(page, errors, status=422)
    for register in ticked:
        _decide(page, register, unknown[register].judged, CONFIRMED, reason=reason)
    return page.redirect("/leveringen", flash="deliveries.confirmed")


def _list(page: Page, errors: dict[str, str], *, status: int = 200) -> Response:
    waiting = waiting_deliveries(page.store, page.t)
    return page.render(
        "deliveries.html.j2",
        status,
        waiting=waiting,
        unknown=_unknown(page),
        errors=errors,
        filled=page.form,
        names=names(page.store, (delivery.proposal.decided_by for delivery in waiting if delivery.proposal)),
        ticked=page.form.all("levering"),
        confirming=page.form.all("register"),
    )


def _unknown(page: Page) -> list[UnknownAge]:
    return unknown_ages(page.store, page.t, page.settings.confirmed_every)


def _decided(page: Page, waiting: WaitingDelivery, decision: str, errors: dict[str, str]) -> _Decided:
    """What the form says of a delivery. Adds to `errors` what is missing or wrong."""
    reason = reason_of(page, f"reden-{waiting.key}") or reason_of(page)
    written = page.form.get(f"datum-{waiting.key}", "").strip()
    day = form_day(written) if written else None
    if fault := reason_fault(page, reason, page.t("deliveries.needs_reason", name=waiting.name)):
        errors[f"reden-{waiting.key}"] = fault
    if written and (day is None or day > day_of(page.now)):
        errors[f"datum-{waiting.key}"] = page.t("deliveries.no_day", name=waiting.name)
    if decision == REJECTED:
        return _Decided(waiting, REJECTED, reason, None)
    step = step_of(waiting.proposal, page.viewer.account, day)
    if step is None:
        errors[f"reden-{waiting.key}"] = page.t("deliveries.needs_colleague", name=waiting.name)
    return _Decided(waiting, step or PROPOSED, reason, day)


def _decide(
    page: Page, register: str, judged: JudgedDelivery, decision: str, *, reason: str, holds_for: date | None = None
) -> None:
    """Write a decision down, in the ledger first. StoreError: a colleague decided in between."""
    with page.logged(LedgerAction.DELIVERY, f"delivery:{delivery_key(register, judged.delivery_sha256)}-{decision}"):
        decide(
            page.store,
            register,
            judged,
            decision,
            reason=reason,
            by=page.viewer.account,
            now=page.now,
            holds_for=holds_for,
        )
