"""For council, lead and FG: what a year yielded, errors beside gains, on one page and as one PDF."""

from __future__ import annotations

import re
from dataclasses import asdict

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.typeset import pdf
from screening.base.vocabulary import LedgerAction, Role
from screening.casework.case_errors import ConflictError
from screening.casework.figures.yearly_yield import CountedYears
from screening.casework.figures.yield_decisions import MOST_HOURS, SIGNERS, record_hours, sign_acts, year_as_told
from screening.review.i18n import long_date
from screening.review.page import Page
from screening.review.pages.printing import DOCUMENT
from screening.review.pages_registry import Pages
from screening.review.yield_blocks import YieldBlocks

router = Pages()

#: Who reads the figures of a year, and signs what is told exactly.
MAY_READ = frozenset(SIGNERS)
_YEAR, _HOURS = re.compile(r"20\d\d"), re.compile(r"\d{1,6}")


@router.page("GET", "/opbrengst", may=MAY_READ, reads="statistics", nav="yields.nav", hint="yields.hint")
def show_yield(page: Page, jaar: str = "") -> Response:
    """The figures of a year: the last one of which a month is closed, or the one that was asked for."""
    return _show(page, jaar)


@router.page("GET", "/opbrengst/jaarverslag", may=MAY_READ, reads="statistics")
def print_yield(page: Page, jaar: str = "") -> Response:
    """The same as PDF/UA, for the council: no name of anybody is in it."""
    counted = CountedYears(page.store, now=page.now)
    year = _year(page, jaar, counted)
    report = year_as_told(page.store, counted, year).report
    blocks = YieldBlocks(page.t, report).all()
    content = pdf(
        DOCUMENT,
        {
            "title": page.t("yields.title_of", year=year),
            "author": page.settings.municipality,
            "language": page.lang,
            "large": False,
            "reference": page.settings.municipality,
            "blocks": [asdict(block) for block in blocks],
            "marking": page.t("yields.nav"),
            "page": page.t("printing.page"),
            "of": page.t("printing.of"),
            "printed": page.t("yields.made_on", day=long_date(day_of(page.now), page.lang)),
            "expires": page.t("yields.how.tens"),
        },
    )
    return page.file(content, "application/pdf", f"opbrengst-{year}.pdf")


@router.page("POST", "/opbrengst/uren", may={Role.LEAD}, reads="statistics")
def estimate_hours(page: Page) -> Response:
    """Record the lead's estimate of the hours of a year."""
    text, hours = page.form.get("jaar", ""), page.form.get("uren", "").strip()
    if not _HOURS.fullmatch(hours) or int(hours) > MOST_HOURS:
        return _show(page, text, wrong={"uren": page.t("yields.hours.wrong", most=MOST_HOURS)})
    year = _year(page, text)
    with page.logged(LedgerAction.FIGURES, "list:statistics"):
        record_hours(page.store, page.viewer, year, int(hours), now=page.now)
    return page.redirect(f"/opbrengst?jaar={year}", flash="yields.hours.recorded")


@router.page("POST", "/opbrengst/tekenen", may=MAY_READ, reads="statistics", fresh=True)
def sign_yield(page: Page) -> Response:
    """Sign that the acts which the municipality publishes itself are told exactly, for town and year."""
    year = _year(page, page.form.get("jaar", ""))
    try:
        with page.logged(LedgerAction.FIGURES, "list:statistics"):
            sign_acts(page.store, page.viewer, year, page.form.get("inhoud", ""), now=page.now)
    except ConflictError:
        return page.redirect(f"/opbrengst?jaar={year}", flash="yields.sign.conflict", kind="warning")
    return page.redirect(f"/opbrengst?jaar={year}", flash="yields.sign.signed")


def _show(page: Page, text: str, wrong: dict[str, str] | None = None) -> Response:
    counted = CountedYears(page.store, now=page.now)
    year = year_as_told(page.store, counted, _year(page, text, counted))
    signed = year.decisions.signed
    open_roles = [role for role in SIGNERS if role not in signed]
    return page.render(
        "yields.html.j2",
        status=422 if wrong else 200,
        report=year.report,
        blocks=YieldBlocks(page.t, year.report).all(),
        years=counted.years,
        to_sign=year.to_sign,
        signed=[role for role in SIGNERS if role in signed],
        wrong=wrong or {},
        may_estimate=page.has(Role.LEAD),
        may_sign=page.has(*open_roles) and page.viewer.account not in signed.values(),
    )


def _year(page: Page, text: str, counted: CountedYears | None = None) -> int:
    """The year that was asked for, as far as there can be one; else the last one that is counted, or this one."""
    this_year = day_of(page.now).year
    if _YEAR.fullmatch(text) and int(text) <= this_year:
        return int(text)
    return next(iter((counted or CountedYears(page.store, now=page.now)).years), this_year)
