"""A dossier on paper: an accessible PDF of what the page shows, marked, with who printed it, when and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from starlette.responses import Response

from screening.base.civil_time import day_of, days_later
from screening.base.typeset import pdf
from screening.casework.case_errors import NotReadyError
from screening.casework.viewer import CASE_ROLES
from screening.review.blocks import Block
from screening.review.dossier_blocks import DossierBlocks
from screening.review.dossier_view import DossierView
from screening.review.i18n import long_date
from screening.review.page import Page
from screening.review.pages_registry import Pages

router = Pages()

DOCUMENT = Path(__file__).parents[1] / "documents" / "document.typ"
#: A print is destroyed after these days, or when the case is over: it says so on every page.
KEEP_DAYS = 14


@router.page("GET", "/zaken/{case_id}/afdruk", may=CASE_ROLES, reads="print", case="case_id")
def print_dossier(page: Page, case_id: str, groot: str = "") -> Response:
    """The dossier as PDF/UA, after the own reading. `groot=ja`: in large type."""
    page.require_case(case_id)
    view = DossierView.load(page, case_id)
    if view.reveal is None:
        raise NotReadyError("A dossier is printed after the own reading.", "no_reading")
    content = marked_document(
        page,
        title=view.case.address,
        reference=page.t("dossier.case", id=view.number),
        blocks=DossierBlocks(view).printed(),
        large=groot == "ja",
    )
    return page.file(content, "application/pdf", "dossier.pdf")


def marks(page: Page, keep_days: int = KEEP_DAYS) -> dict[str, str]:
    """Return the marks on each page of a print: the marking, who printed it and when, and its day of destruction."""
    t, until = page.t, days_later(day_of(page.now), keep_days)
    return {
        "marking": t("printing.marking"),
        "printed": t("printing.printed", who=page.viewer.account, when=long_date(page.now, page.lang)),
        "expires": t("printing.expires", day=long_date(until, page.lang)),
        "page": t("printing.page"),
        "of": t("printing.of"),
    }


def marked_document(page: Page, *, title: str, reference: str, blocks: Sequence[Block], large: bool = False) -> bytes:
    """A marked document as PDF/UA (see `marks`)."""
    return pdf(
        DOCUMENT,
        {
            "title": title,
            "author": page.settings.municipality,
            "language": page.lang,
            "large": large,
            "reference": reference,
            "blocks": [asdict(block) for block in blocks],
            **marks(page),
        },
    )
