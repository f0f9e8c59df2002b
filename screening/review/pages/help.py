"""Pages for everybody: help lines, an introduction, and the accessibility statement."""

from __future__ import annotations

from starlette.responses import Response

from screening.review.page import Page
from screening.review.pages_registry import PUBLIC, Pages

router = Pages()


@router.page("GET", "/direct-gevaar", may=PUBLIC)
def danger(page: Page) -> Response:
    """Danger now, or perhaps a victim: stop, and call."""
    return page.render("danger.html.j2")


@router.page("GET", "/toegankelijkheid", may=PUBLIC)
def accessibility(page: Page) -> Response:
    """The accessibility statement."""
    return page.render("accessibility.html.j2")
