"""What to look for, for each desk."""

from __future__ import annotations

from starlette.responses import Response

from screening.casework.tips.sightings import OBSERVATIONS
from screening.review.i18n import in_language
from screening.review.page import Page
from screening.review.pages_registry import SIGNED_IN, Pages

router = Pages()


@router.page("GET", "/herkennen", may=SIGNED_IN, nav="recognise.nav", hint="recognise.hint")
def show_signs(page: Page) -> Response:
    """What a colleague can look for at premises, as the form for a tip has it."""
    return page.render("signals/recognise.html.j2", observations=in_language(OBSERVATIONS, page.lang))
