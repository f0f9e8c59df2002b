"""What came in over the last nights, by register and rule, for who looks after registers: counts, and no person.

The analyst downloads what the owner of a register is to look at, and hands it on: where and why, never a value.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.responses import Response

from screening.base.datasets import datasets, datasets_with_sensitive_rows
from screening.base.frames import Row
from screening.base.vocabulary import Purpose, Role
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.store.runs.nights import last_summaries
from screening.store.runs.quality_list import codes_for_owners, quality_lists
from screening.wording.quality import NIGHTS, quality_body, quality_document

router = Pages()

#: Who hands the list of a register to its owner. Not the lead: register hygiene is no work of who enforces.
MAY_HAND_ON = frozenset({Role.ANALYST})
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

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
    "link": "utrecht-link",
}


@router.page("GET", "/kwaliteit", may={Role.ANALYST, Role.LEAD, Role.AUDITOR}, nav="quality.nav", hint="quality.hint")
def show_quality(page: Page) -> Response:
    """The same tables as in the file of `barrier contracts quality`."""
    runs = last_summaries(page.store, NIGHTS)
    document = quality_document(runs, codes=codes_for_owners(page.store, runs), closed=_closed(page))
    lists = {
        register["name"]: f"/kwaliteit/lijst?register={register['name']}"
        for register in document["registers"]
        if _has_list(page, register)
    }
    return page.render("quality.html.j2", body=quality_body(document, page.lang, _LOOK, lists))


@router.page("GET", "/kwaliteit/lijst", may=MAY_HAND_ON, reads="quality", purpose=Purpose.REG)
def download_quality_list(page: Page, register: str = "") -> Response:
    """The quality list of one register in the last night, as a spreadsheet; the same as `barrier intake rejects`."""
    workspace, run = page.settings.workspace, page.store.last_published()
    if workspace is None or run is None or register not in datasets() or register in _closed(page):
        return page.not_found()
    page.read_object = f"register:{register}"
    quality = next(quality_lists(page.store, workspace, run, {register}), None)
    if quality is None or quality.is_empty:
        return page.not_found()
    return page.file(quality.workbook(), _XLSX, quality.file_name)


def _closed(page: Page) -> Collection[str]:
    """The registers of which this person may see counts alone: some of their rows are sensitive."""
    return () if page.viewer.may_see_sensitive else datasets_with_sensitive_rows()


def _has_list(page: Page, register: Row) -> bool:
    """Whether this person can download the list of a register: the last night left something in it."""
    night, findings = register["nights"][-1], register["findings"]
    if not night or findings is None or page.settings.workspace is None or not page.has(*MAY_HAND_ON):
        return False
    return bool(night["rejected"] or any(kind["nights"][-1] for kind in findings))
