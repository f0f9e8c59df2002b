"""The first page after signing in: what this person can do here; and the language."""

from __future__ import annotations

from starlette.responses import Response

from screening.base.vocabulary import Purpose
from screening.casework.viewer import CASE_ROLES
from screening.review.page import Page, local_path
from screening.review.pages_registry import SIGNED_IN, Pages
from screening.review.waiting import waiting

router = Pages()


@router.page("GET", "/", may=SIGNED_IN)
def start_page(page: Page) -> Response:
    """Show what waits for the viewer, with the way to it."""
    return page.render("start.html.j2", waiting=waiting(page), may_take=page.has(*CASE_ROLES))


@router.page("POST", "/doel", may=SIGNED_IN)
def choose_purpose(page: Page) -> Response:
    """The purpose that a person states before a dossier or a list is shown."""
    target, case_id = local_path(page.form.get("naar")), page.form.get("zaak") or None
    if case_id is not None and not _is_case(case_id):
        return page.ask_purpose(None, target, 422, is_missing=True)
    chosen = page.form.get("doel", "")
    if chosen not in (page.tasks(case_id) or page.settings.purposes):
        return page.ask_purpose(case_id, target, 422, is_missing=True)
    page.state_purpose(case_id, Purpose(chosen))
    return page.redirect(target)


@router.page("GET", "/doel", may=SIGNED_IN)
def change_purpose(page: Page, naar: str = "/") -> Response:
    """Choose another task for what is read from now on."""
    return page.ask_purpose(None, local_path(naar), 200, chosen=page.purpose())


@router.page("POST", "/nog-hier", may=SIGNED_IN, without_mandate=True)
def keep_session(page: Page) -> Response:
    """Keeps the session of somebody who reads or writes for long: that it was used is noted with every request."""
    del page
    return Response(status_code=204)


def _is_case(text: str) -> bool:
    return len(text) == 16 and all(character in "0123456789abcdef" for character in text)
