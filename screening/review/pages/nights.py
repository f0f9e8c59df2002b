"""The last nights for who looks after them: how each ended, what came in and out, and its report. Counts, no person."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from screening.base.datasets import datasets
from screening.base.vocabulary import Role
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.store.night_reports import NightReport

router = Pages()

MAY_READ = frozenset({Role.ANALYST, Role.LEAD})
#: So many nights are shown: a month.
MOST_SHOWN = 31
_REPORT = "run.html"


@router.page("GET", "/nachten", may=MAY_READ, nav="nights.nav", hint="nights.hint")
def show_nights(page: Page) -> Response:
    """Show the last nights, the last one first, and of the last that was published each register."""
    history = page.application.nights.history()
    shown = list(reversed(history.reports))[:MOST_SHOWN]
    last = history.last_published
    labels = {name: data_set.label for name, data_set in datasets().items()}
    return page.render(
        "nights.html.j2",
        shown=shown,
        last=last,
        labels=labels,
        with_report={report.ended for report in shown if _report_file(page, report) is not None},
    )


@router.page("GET", "/nachten/verslag", may=MAY_READ)
def download_night_report(page: Page, einde: str = "") -> Response:
    """The report of a night as a file: counts, and nobody in it. `einde`: when it ended, as the list has it."""
    try:
        ended = datetime.fromisoformat(einde)
    except ValueError:
        return page.not_found()
    reports = page.application.nights.history().reports
    report = next((report for report in reports if report.ended == ended), None)
    content = None if report is None else _report_file(page, report)
    if report is None or content is None:
        return page.not_found()
    return page.file(content, "text/html; charset=utf-8", f"nacht-{report.as_of.isoformat()}.html")


def _report_file(page: Page, report: NightReport) -> bytes | None:
    """The report that a night left; None where it published nothing, or it is gone."""
    workspace = page.settings.workspace
    if workspace is None or not report.has_published or report.run_id is None:
        return None
    try:
        return (workspace.runs / report.run_id / _REPORT).read_bytes()
    except OSError:
        return None
