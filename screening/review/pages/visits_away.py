"""The walking list outside: readable on a phone for 24 hours without a network, and on paper in large type.

Kept on the phone is one page, by a press of a button, in the browser's own store and not as a file: a file stays, is
copied to a cloud and opens without a password. A guard (a service worker for this page alone) gives it out for 24 hours
and then deletes it. It holds addresses and what to look at: no name, no reason, nothing of the dossier; and no address
where an objection holds by now.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from starlette.responses import Response

from screening.base.local_formats import decimal_text
from screening.base.typeset import pdf
from screening.base.vocabulary import LedgerAction
from screening.casework.viewer import CASE_ROLES
from screening.casework.visits.findings import SITUATIONS
from screening.casework.visits.lists import VisitList
from screening.casework.visits.photo_intake import photo_subjects
from screening.casework.visits.route import walk_length
from screening.casework.visits.words import LOOK_AT
from screening.review.i18n import in_language, long_date
from screening.review.page import Page
from screening.review.pages.visit_findings import OutcomeForm, form_choices
from screening.review.pages.visits import HOME, phone_owner, read_visit_list
from screening.review.pages_registry import Pages
from screening.review.rendering import STATIC_FILES, TEMPLATES

router = Pages()

KEPT_FOR = timedelta(hours=24)
#: What the guard of a kept list shares with every page goes before it: a worker loads nothing without a line.
_STORE, _GUARD = STATIC_FILES / "visits-store.js", STATIC_FILES / "visits-guard.js"
_TEMPLATE = Path(TEMPLATES) / "visits" / "list.typ"


@router.page("GET", f"{HOME}/onderweg/wacht.js", may=CASE_ROLES)
def guard_script(page: Page) -> Response:
    """Return the service worker. A browser lets it serve only pages below its own path, so it is not in /static."""
    del page
    return Response(_STORE.read_bytes() + _GUARD.read_bytes(), media_type="text/javascript")


@router.page("GET", f"{HOME}/onderweg/{{list_id}}", may=CASE_ROLES, reads="visit", uses_camera=True)
def show_list_away(page: Page, list_id: str, bewaar: str = "") -> Response:
    """Show the list as a plain page. `bewaar`: the copy for the phone, which the ledger records separately."""
    visit_list = _to_walk(page, list_id)
    is_copy = bewaar == "ja"
    if is_copy:
        page.log(LedgerAction.PRINT, f"visit:{list_id}", purpose=page.purpose())
    until = page.now + KEPT_FOR
    response = page.render(
        "visits/away.html.j2",
        visit_list=visit_list,
        look_at=in_language(LOOK_AT, page.lang),
        asked=form_choices(page),
        filled=OutcomeForm.of_stop(page, None),
        owner=phone_owner(page),
        kept_until=until if is_copy else None,
        photo_subjects=photo_subjects(page.store, visit_list),
    )
    if is_copy:
        response.headers["X-Bewaard-Seconden"] = str(int(KEPT_FOR.total_seconds()))
    return response


@router.page("GET", f"{HOME}/{{list_id}}/afdruk", may=CASE_ROLES, reads="print")
def print_visit_list(page: Page, list_id: str) -> Response:
    """The list as PDF/UA in large type."""
    visit_list = _to_walk(page, list_id)
    t, look_at = page.t, in_language(LOOK_AT, page.lang)
    metres = walk_length([stop.place for stop in visit_list.stops])
    lines = [
        f"{line.name}: "
        + line.phone.replace(" ", "\u00a0")  # a number stays on one line
        + (f" ({when})" if (when := line.when_nl if page.lang == "nl" else line.when_en) else "")
        for line in page.settings.help_lines
    ]
    content = pdf(
        _TEMPLATE,
        {
            "language": page.lang,
            "title": t("visits.list.title", day=long_date(visit_list.for_date, page.lang)),
            "about": t("visits.list.about_one")
            if len(visit_list.stops) == 1
            else t("visits.list.about", n=len(visit_list.stops), km=decimal_text(metres / 1000, page.lang, 1)),
            "stops": [
                {"address": stop.address, "look_at": [look_at[code] for code in stop.look_at]}
                for stop in visit_list.stops
            ],
            "circle": t("visits.away.circle"),
            "situations": list(in_language(SITUATIONS, page.lang).values()),
            "door_title": t("visits.away.door_title"),
            "door": t("visits.door"),
            "danger_title": t("visits.away.danger"),
            "help": lines,
            "destroy": t("visits.away.destroy"),
        },
    )
    return page.file(content, "application/pdf", "bezoeklijst.pdf")


def _to_walk(page: Page, list_id: str) -> VisitList:
    visit_list = read_visit_list(page, list_id)
    return replace(visit_list, stops=tuple(stop for stop in visit_list.stops if stop.is_walked))
