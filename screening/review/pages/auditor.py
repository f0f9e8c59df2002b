"""For the auditor: who did what, when and why, as the ledger has it; and whether the ledger is whole."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta

from starlette.responses import Response

from screening.civil_time import TOWN
from screening.ledger import verify_ledger
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.vocabulary import LedgerAction, Role

router = Pages()

ROWS = 100
_MAX_TEXT = 120


@router.page("GET", "/logboek", may={Role.AUDITOR}, reads="audit", nav="ledger.nav", nav_order=70, hint="ledger.hint")
def show_ledger(  # noqa: PLR0917 - the fields of the filter
    page: Page, wie: str = "", wat: str = "", object: str = "", van: str = "", tot: str = "", na: int = -1
) -> Response:
    """Entries, newest first; after a number (`na`) in their own order, so that all can be read through."""
    asked = {"wie": wie.strip().lower(), "wat": wat, "object": object.strip(), "van": van, "tot": tot}
    errors = [
        (page.t("ledger.bad_date"), f"f-{name}") for name in ("van", "tot") if asked[name] and _day(asked[name]) is None
    ]
    if any(len(text) > _MAX_TEXT for text in asked.values()) or (wat and wat not in set(LedgerAction)):
        return page.error(422)
    since, until = _day(van), _day(tot)
    entries = [] if errors else page.ledger.entries(
        after=max(na, 0), limit=ROWS + 1, actor=asked["wie"] or None, action=wat or None,
        object=asked["object"] or None, since=since, until=until + timedelta(days=1) if until else None,
        is_newest_first=na < 0,
    )  # fmt: skip
    shown = entries[:ROWS]
    more = shown[-1].seq if len(entries) > ROWS and na >= 0 else None
    return page.render(
        "ledger.html.j2", 422 if errors else 200, rows=shown, asked=asked, errors=errors, actions=sorted(LedgerAction),
        more=more, is_newest_first=na < 0, is_cut=len(entries) > ROWS, head=page.ledger.head(),
    )  # fmt: skip


def _day(text: str) -> datetime | None:
    """The beginning of a day in the municipality; None for what is no day, or at an end of the calendar."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day, time.min, TOWN) if MINYEAR < day.year < MAXYEAR else None


@router.page("GET", "/logboek/controle", may={Role.AUDITOR}, reads="audit")
def show_ledger_check(page: Page) -> Response:
    """Every entry against its hash and the one before it. Heads of outside are for `barrier audit verify`."""
    crumbs = [(page.t("ledger.title"), "/logboek")]
    return page.render("ledger_control.html.j2", crumbs=crumbs, result=verify_ledger(page.ledger, (), ()))
