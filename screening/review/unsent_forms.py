"""Forms that were not taken: what somebody wrote in one is kept for them alone, and stands in it when they come back.

A route with `drafts` keeps the fields of its form when it is refused (too long away, an older page, a colleague was
first, a field that is missing), and when its writer asks so (`concept`): by the button, or as they type. Once the form
is taken its draft goes. One place, so that no form has to think of it; `drafts.html.j2` draws the button.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from html import escape
from http import HTTPStatus

from starlette.responses import HTMLResponse, Response

from screening.base.errors import BarrierError
from screening.casework.policy.answers import person_in
from screening.casework.texts.text_problems import text_problems
from screening.casework.visits.lists import case_of_visit, may_store_note
from screening.casework.visits.words import unwelcome_in
from screening.review import cookies as jar
from screening.review import csrf
from screening.review.page import Page
from screening.review.pages_registry import SAFE_METHODS, Drafts, PageRoute
from screening.signing.public_keys import holds_private_key
from screening.store.access.form_drafts import drop_draft, keep_draft
from screening.store.access.sessions import account_of_ended_session

#: The field that asks to keep the form as it is and not to take it: "ja" of the button, another word as somebody types.
KEEP, _BY_BUTTON = "concept", "ja"
_CODE = re.compile(r"[a-z]{1,20}(?:_[a-z]{1,20}){1,4}")
_NOT_KEPT = frozenset({csrf.FIELD, KEEP, "versie", "formulier"})


def asks_to_keep(page: Page) -> bool:
    """Whether the form is to be kept as it is, and not to be taken."""
    return page.route.drafts is not None and KEEP in page.form


def keep_form(page: Page, account: str | None = None) -> bool:
    """Keep the fields of the form that was sent; False where that cannot be done. `account`: of an ended session."""
    who, workspace = account or page.viewer.account, page.settings.workspace
    fields = [(name, value) for name, value in page.form.pairs if name not in _NOT_KEPT]
    if workspace is None or not any(value.strip() for _, value in fields):
        return False
    if any(holds_private_key(value) for _, value in fields):
        return False
    if page.route.drafts is Drafts.CHECKED:
        fields = [(name, value) for name, value in fields if _is_plain(value)]
    elif page.route.drafts is Drafts.POLICY:
        fields = [(name, value) for name, value in fields if not person_in(value)]
    elif page.route.drafts is Drafts.VISIT:
        visit_id = page.request.path_params["visit_id"]
        fields = [(name, value) for name, value in fields if not _is_refused_of_visit(page, visit_id, name, value)]
    return keep_draft(page.store, workspace, who, page.request.url.path, fields, now=page.now, case_id=_case_of(page))


def _is_refused_of_visit(page: Page, visit_id: str, name: str, text: str) -> bool:
    """Whether a text on a visit holds words that its form refuses: who somebody is stands in no draft either."""
    if name == "notitie":
        return not may_store_note(page.store, visit_id, text)
    if name == "opschrift_gevel":
        return unwelcome_in(" ".join(text.split())) is not None
    return not _is_plain(text)


def _is_plain(text: str) -> bool:
    """Whether a value is a text that says nothing of anybody, or has the form of a code and says nothing either.

    A code, such as of a tick, is read as words: a name can be written in its form too.
    """
    return not text_problems(text.replace("_", " ") if _CODE.fullmatch(text) else text)


def _case_of(page: Page) -> str | None:
    """The case that a form is about, by its own id or that of a visit in its path: the draft goes with the case."""
    parameters = page.request.path_params
    if visit_id := parameters.get("visit_id"):
        return case_of_visit(page.store, visit_id)
    return parameters.get(page.route.case) if page.route.case else None


def keep_as_asked(page: Page) -> Response:
    """Answer to the button, or to what a page sends as somebody types."""
    is_kept = keep_form(page)
    if page.form.get(KEEP) == _BY_BUTTON and not page.is_htmx:
        path = form_page(page.request.url.path, page.application.routes)
        return page.redirect(path, flash="draft.done" if is_kept else "draft.nothing", kind="ok" if is_kept else "info")
    return HTMLResponse(escape(page.draft_line(page.request.url.path) if is_kept else ""))


def refuse_unfounded(page: Page) -> Response:
    """Answer a form without a token that holds: of a session that is over, or of a page from before it.

    What is written is kept where the browser says that the form is ours, and where it is of a session that ran out its
    token as well: it opens nothing.
    """
    session_id, account = page.cookie(jar.SESSION), None
    if page.route.drafts and csrf.is_own_origin(page.request, page.settings.origin):
        if page.session is not None:
            account = page.viewer.account
        elif session_id and csrf.is_valid(page.request, page.form, session_id, page.settings.origin):
            account = account_of_ended_session(page.store, session_id, now=page.now)
    if account is None or not keep_form(page, account):
        return page.error(403, "csrf")
    if page.is_htmx:
        return HTMLResponse(escape(page.t("draft.signed_out")), 403)
    target = form_page(page.request.url.path, page.application.routes)
    return page.render("unsent.html.j2", 403, target=target)


def settle_draft(page: Page, response: Response) -> None:
    """Keep what was refused, and let go what was taken. What is not there, or not theirs to see, is not kept."""
    if response.status_code == HTTPStatus.NOT_FOUND:
        return
    # the answer stands, whatever becomes of the draft
    with suppress(BarrierError):
        if response.status_code >= HTTPStatus.BAD_REQUEST or page.is_at_work:
            keep_form(page)
        else:
            drop_draft(page.store, page.viewer.account, page.request.url.path)


def form_page(form: str, routes: Iterable[PageRoute]) -> str:
    """Return the page on which a form stands: its own path where that can be read, else the one above it."""
    patterns = (re.sub(r"\{[^}]+\}", "[^/]+", route.path) for route in routes if route.method in SAFE_METHODS)
    return form if any(re.fullmatch(pattern, form) for pattern in patterns) else form.rpartition("/")[0] or "/"
