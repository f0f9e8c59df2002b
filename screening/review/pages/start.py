"""The first page after signing in: what this person can do here; and the language."""

from __future__ import annotations

from starlette.responses import Response

from screening.casework.cases.unseen import unseen_cases
from screening.civil_time import day_of
from screening.review.page import Page, local_path
from screening.review.pages.deliveries import MAY_DECIDE
from screening.review.pages_registry import SIGNED_IN, Pages
from screening.review.views.deliveries import waiting_count
from screening.vocabulary import Purpose

router = Pages()


@router.page("GET", "/", may=SIGNED_IN)
def start_page(page: Page) -> Response:
    """Show the tasks of each role of the viewer."""
    waiting = 0
    if page.has(*MAY_DECIDE):
        waiting = waiting_count(page.store, page.t, page.settings.confirmed_every, day_of(page.now))
    return page.render("start.html.j2", unseen=len(unseen_cases(page.store, page.viewer)), deliveries=waiting)


@router.page("POST", "/doel", may=SIGNED_IN)
def choose_purpose(page: Page) -> Response:
    """The purpose that a person states before a dossier or a list is shown."""
    target, case_id = local_path(page.form.get("naar")), page.form.get("zaak") or None
    chosen = page.form.get("doel", "")
    if chosen not in set(page.settings.purposes) or (case_id is not None and not _is_case(case_id)):
        return page.render(
            "purpose.html.j2", 422, case_id=case_id if case_id and _is_case(case_id) else None, target=target,
            chosen=None, purposes=page.settings.purposes, is_missing=True,
        )  # fmt: skip
    page.state_purpose(case_id, Purpose(chosen))
    return page.redirect(target)


@router.page("POST", "/nog-hier", may=SIGNED_IN, without_mandate=True)
def keep_session(page: Page) -> Response:
    """Keeps the session of somebody who reads or writes for long: that it was used is noted with every request."""
    del page
    return Response(status_code=204)


def _is_case(text: str) -> bool:
    return len(text) == 16 and all(character in "0123456789abcdef" for character in text)
