"""For the team lead: does an indicator find more than chance, is the work done in time, does everybody still read."""

from __future__ import annotations

from datetime import date, timedelta

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.local_formats import decimal_text
from screening.base.vocabulary import ReviewOutcome, Role
from screening.casework.figures.monthly_counts import HANDLING_DAYS
from screening.casework.figures.pooled_months import series_in_force
from screening.casework.figures.small_counts import FEW, TOO_FEW_CASES, Share
from screening.casework.figures.statistics import READING_BANDS, dashboard
from screening.partners.pooling.kept_result import kept_result
from screening.partners.pooling.result import PooledResult
from screening.partners.pooling.sentences import rule_sentences
from screening.review.i18n import long_date
from screening.review.page import Page
from screening.review.pages_registry import Pages

router = Pages()


@router.page("GET", "/overzicht", may={Role.LEAD}, reads="statistics", nav="dashboard.nav", hint="dashboard.hint")
def show_dashboard(page: Page) -> Response:
    """All figures, in tables. Nothing is ordered by a figure: indicators by code, reviewers by account."""
    shown = dashboard(page.store, page.viewer, now=page.now)
    return page.render(
        "dashboard/dashboard.html.j2",
        shown=shown,
        outcomes=list(ReviewOutcome),
        alarms=[reviewer for reviewer in shown.reviewers if reviewer.follows_always or reviewer.reads_too_fast],
        month=lambda name: _month(page, name),
        share_text=lambda share: share_text(page, share),
        days=lambda index: _days(page, index),
        reading=lambda index: _reading(page, index),
        kappa=None if shown.agreement is None else decimal_text(shown.agreement, page.lang, 1),
        next_month=_next_month(day_of(page.now)),
        capacity=page.settings.policy.capacity_per_day,
        pooled=_pooled(page),
        own_series=series_in_force(page.store),
        sentences=lambda rule: rule_sentences(rule, page.lang),
    )


def _pooled(page: Page) -> PooledResult | None:
    """The sums of several municipalities that were read in last."""
    workspace = page.settings.workspace
    return None if workspace is None else kept_result(workspace.path)


def share_text(page: Page, share: Share) -> str:
    """A share in words: with its interval, or why there is none."""
    if share.state == TOO_FEW_CASES:
        return page.t("dashboard.share.too_few", needed=share.needed)
    if share.state == FEW:
        return page.t("dashboard.share.few", high=share.high)
    return page.t("dashboard.share.shown", value=share.value, low=share.low, high=share.high)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _month(page: Page, name: str) -> str:
    """`2026-10` as "oktober 2026"."""
    return long_date(date.fromisoformat(f"{name}-01"), page.lang).partition(" ")[2]


def _days(page: Page, index: int | None) -> str:
    if index is None:
        return page.t("dashboard.days.unknown")
    if index == len(HANDLING_DAYS):
        return page.t("dashboard.days.more", n=HANDLING_DAYS[-1])
    first = 0 if index == 0 else HANDLING_DAYS[index - 1] + 1
    return page.t("dashboard.days.between", first=first, last=HANDLING_DAYS[index])


def _reading(page: Page, index: int | None) -> str:
    if index is None:
        return page.t("dashboard.reading.unknown")
    if index == 0:
        return page.t("dashboard.reading.fast")
    first = READING_BANDS[index - 1] // 60
    if index == len(READING_BANDS):
        return page.t("dashboard.reading.more", n=first)
    return page.t("dashboard.reading.between", first=first, last=READING_BANDS[index] // 60)
