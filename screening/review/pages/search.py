"""Searching for a case: one whole address, KVK number or case number, for a task; so many times a day."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, Purpose
from screening.casework.cases.search import (
    MOST_FOUND,
    FoundCase,
    SearchError,
    SearchTarget,
    find_cases,
    note_found,
    search_hash,
    search_target,
    searches_of_day,
)
from screening.casework.person_hashes import subject_key
from screening.casework.viewer import CASE_ROLES
from screening.review.page import Page
from screening.review.pages_registry import Pages

router = Pages()

#: Fields of the form, and what they are called where they are read.
FIELDS = {"postcode": "postcode", "huisnummer": "number", "toevoeging": "addition", "kvk": "kvk", "zaaknummer": "case"}
_MAX_FIELD = 40
#: Two searches at once would both be the last of the day.
_one_at_a_time = threading.Lock()


@router.page("GET", "/zoeken", may=CASE_ROLES, nav="search.link", hint="search.intro")
def search_form(page: Page) -> Response:
    """Show the form. Nothing is filled in: what was searched for is kept nowhere but as a hash in the ledger."""
    left = page.settings.policy.searches_per_day - searches_of_day(page.ledger, page.viewer, now=page.now)
    return _page(page, {}, left=max(left, 0))


@router.page("POST", "/zoeken", may=CASE_ROLES)
def search_cases(page: Page) -> Response:
    """Search, and write that down before the answer is sent."""
    written = {name: page.form.get(name, "")[:_MAX_FIELD] for name in FIELDS}
    errors: dict[str, str] = {}
    target = None
    try:
        target = search_target(**{FIELDS[name]: text for name, text in written.items()})
    except SearchError as error:
        names = {field: name for name, field in FIELDS.items()} | {"none": "postcode"}
        errors[names[error.field]] = page.t(f"search.wrong.{error.field}")
    chosen = page.form.get("doel", "")
    if chosen not in set(page.settings.purposes):
        errors["doel"] = page.t("queue.next.no_purpose")
    if errors or target is None:
        return _page(page, written, errors=errors, status=422)
    purpose = Purpose(chosen)
    with _one_at_a_time:
        return _searched(page, target, purpose)


def _searched(page: Page, target: SearchTarget, purpose: Purpose) -> Response:
    workspace = page.settings.workspace
    name = f"search:{search_hash(subject_key(workspace), target)}" if workspace else "list:queue"
    if searches_of_day(page.ledger, page.viewer, now=page.now) >= page.settings.policy.searches_per_day:
        page.log(LedgerAction.SEARCH, name, purpose=purpose, result="refused")
        return _page(page, {}, status=429, is_spent=True)
    cases = find_cases(page.store, page.viewer, target, now=page.now)
    shown = cases[:MOST_FOUND]
    # before it is sent: what is not in the ledger was not shown; one line where there is nothing to show
    for case in shown:
        page.log(LedgerAction.SEARCH, name, case=case.case_id, purpose=purpose)
    if not shown:
        page.log(LedgerAction.SEARCH, name, purpose=purpose)
    return _page(page, {}, cases=shown, has_more=len(cases) > len(shown), purpose=purpose)


@router.page("POST", "/zoeken/{case_id}", may=CASE_ROLES, case="case_id")
def open_found_case(page: Page, case_id: str) -> Response:
    """Open a case that was found, for the task of the search; it is left out of the comparison with the sample.

    Where the law of that task does not cover the case, its page asks for which task it is read.
    """
    page.require_case(case_id)
    if (chosen := page.form.get("doel", "")) in page.tasks(case_id):
        page.state_purpose(case_id, Purpose(chosen))
    note_found(page.store, page.viewer, case_id, now=page.now)
    return page.redirect(f"/zaken/{case_id}")


def _page(
    page: Page,
    written: dict[str, str],
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    cases: Sequence[FoundCase] | None = None,
    has_more: bool = False,
    purpose: Purpose | None = None,
    left: int | None = None,
    is_spent: bool = False,
) -> Response:
    chosen = purpose or page.purpose()
    return page.render(
        "search.html.j2",
        status,
        crumbs=[(page.t("queue.nav"), "/zaken")],
        written=written,
        errors=errors or {},
        cases=cases,
        has_more=has_more,
        purposes=page.settings.purposes,
        left=left,
        is_spent=is_spent,
        chosen=page.form.get("doel") or (chosen.value if chosen else ""),
    )
