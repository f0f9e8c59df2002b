"""What a person wrote and did not send yet: to go on with, or to throw away. Nobody else sees it."""

from __future__ import annotations

from starlette.responses import Response

from screening.review.page import Page
from screening.review.pages_registry import SIGNED_IN, Pages
from screening.review.unsent_forms import form_page
from screening.store.access.form_drafts import drop_draft, own_drafts

router = Pages()


@router.page("GET", "/concepten", may=SIGNED_IN)
def show_drafts(page: Page) -> Response:
    """Show the drafts of the viewer, the last one first: which form and since when, without what is in it."""
    drafts = [
        (draft, form_page(draft.form, page.application.routes), _name(page, draft.form))
        for draft in own_drafts(page.store, page.viewer.account, now=page.now)
    ]
    return page.render("own_drafts.html.j2", drafts=drafts)


@router.page("POST", "/concepten", may=SIGNED_IN)
def drop_own_draft(page: Page) -> Response:
    """Throw a draft of one's own away."""
    drop_draft(page.store, page.viewer.account, page.form.get("formulier", ""))
    return page.redirect("/concepten", flash="draft.own.dropped")


def _name(page: Page, form: str) -> str:
    """What a form is called: by the words of its path that are no ids."""
    words = [part for part in form.split("/") if part.isalpha() and part.islower()]
    key = f"draft.form.{'-'.join([*words[:1], *words[-1:]])}"
    return page.t(key if key in page.t else "draft.form.other")
