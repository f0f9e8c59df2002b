"""What came in over the last nights, by register and rule, for who looks after registers: counts, and no person."""

from __future__ import annotations

from starlette.responses import Response

from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.store.runs.nights import last_summaries
from screening.vocabulary import Role
from screening.wording.quality import NIGHTS, quality_body, quality_document

router = Pages()

#: The classes of the review for the parts of the page.
_LOOK = {
    "table": "utrecht-table utrecht-table--html-table",
    "cell": "utrecht-table__cell",
    "head": "utrecht-table__header-cell",
    "number": "bs-nowrap",
    "scroll": "bs-table",
    "plot": "bs-plot",
    "wide": "bs-wide-cell",
    "h2": "utrecht-heading-2",
    "text": "utrecht-paragraph",
    "soft": "utrecht-table__caption",
}


@router.page(
    "GET", "/kwaliteit", may={Role.ANALYST, Role.LEAD, Role.AUDITOR}, nav="quality.nav",
    hint="quality.hint",
)  # fmt: skip
def show_quality(page: Page) -> Response:
    """The same tables as in the file of `barrier contracts quality`."""
    document = quality_document(last_summaries(page.store, NIGHTS))
    return page.render("quality.html.j2", body=quality_body(document, page.lang, _LOOK))
