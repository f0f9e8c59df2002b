"""For the team lead: everything that waits for an approval or a decision, as counts with the way to each."""

from __future__ import annotations

from starlette.responses import Response

from screening.base.vocabulary import Role
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.waiting import waiting_approvals

router = Pages()


@router.page("GET", "/goedkeuren", may={Role.LEAD}, nav="approvals.nav", hint="approvals.hint")
def show_approvals(page: Page) -> Response:
    """Show what waits; of what a person began themselves, another approves it."""
    return page.render("approvals.html.j2", entries=waiting_approvals(page))
