"""Pages for everybody: whom to call, the guide, and the accessibility statement."""

from __future__ import annotations

from starlette.responses import Response

from screening.review.guide import guide, guide_picture
from screening.review.page import Page
from screening.review.pages_registry import PUBLIC, SIGNED_IN, Pages

router = Pages()


@router.page("GET", "/direct-gevaar", may=PUBLIC)
def danger(page: Page) -> Response:
    """Danger now, or perhaps a victim: stop, and call."""
    return page.render("danger.html.j2")


@router.page("GET", "/hulp", may=SIGNED_IN, without_mandate=True)
def show_guide(page: Page) -> Response:
    """The guide, and every page that this person may use."""
    title, text = guide()
    return page.render("help.html.j2", title=title, text=text, pages=page.application.menu.pages(page.may_use))


@router.page("GET", "/hulp/handleiding/{name}", may=SIGNED_IN, without_mandate=True)
def show_guide_picture(page: Page, name: str) -> Response:
    """A picture of the guide."""
    return page.file(page.require(guide_picture(name)), "image/png", name, inline=True)


@router.page("GET", "/toegankelijkheid", may=PUBLIC)
def accessibility(page: Page) -> Response:
    """The accessibility statement."""
    return page.render("accessibility.html.j2")
