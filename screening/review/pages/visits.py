"""Visits: choosing confirmed cases, the walking list and its order, and what was found."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from screening.casework.case_errors import ConflictError, NotAllowedError, NotReadyError
from screening.casework.visits.companions import companions
from screening.casework.visits.lists import Stop, VisitList, get_visit_list, record_outcome, visit_lists
from screening.casework.visits.planning import (
    finish_list,
    move_stop,
    plan_visits,
    restore_walking_order,
    visitable_cases,
)
from screening.casework.visits.route import walk_length
from screening.casework.visits.words import DEFAULT_LOOK_AT, FINDINGS, LOOK_AT, MOST_NOTE, SITUATIONS, VisitFormError
from screening.civil_time import day_of
from screening.review.demo_access import DEMO_ACCOUNTS
from screening.review.forms import form_day
from screening.review.i18n import in_language
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.vocabulary import LedgerAction, Role

router = Pages()

OFFICERS = frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER})
HOME = "/bezoeken"


@router.page("GET", HOME, may=OFFICERS, nav="visits.nav", hint="visits.hint")
def visits_overview(page: Page) -> Response:
    """Show the viewer's own lists by day with the number of stops and of those done; no address."""
    return page.render("visits/overview.html.j2", lists=visit_lists(page.store, page.viewer))


@router.page("GET", f"{HOME}/nieuw", may=OFFICERS, reads="visit")
def new_visit_list(page: Page, zaak: str = "") -> Response:
    """The confirmed cases to choose from. `zaak`: the one that is chosen already, of a link in its dossier."""
    return _choosing(page, chosen=[zaak])


@router.page("POST", f"{HOME}/nieuw", may=OFFICERS, reads="visit")
def make_visit_list(page: Page) -> Response:
    """Make a list of the chosen cases."""
    chosen, look_at = page.form.all("zaak"), page.form.all("kijk")
    day = form_day(page.form.get("dag", ""))
    purpose = page.purpose()
    try:
        if day is None:
            raise VisitFormError("no_day", "for_date", "Fill in a day.")
        with page.logged(LedgerAction.VISIT, "list:visits", purpose=purpose):
            visit_list = plan_visits(
                page.store,
                page.viewer,
                chosen,
                for_date=day,
                companion=page.form.get("collega"),
                colleagues=_colleagues(page),
                look_at=dict.fromkeys(chosen, look_at) if look_at else None,
                now=page.now,
            )
    except VisitFormError as error:
        return _choosing(page, error, 422)
    except ConflictError:
        return page.redirect(f"{HOME}/nieuw", flash="visits.conflict.planned", kind="warning")
    except NotReadyError as error:
        return page.redirect(f"{HOME}/nieuw", flash=f"visits.not_ready.{error.reason}", kind="warning")
    for stop in visit_list.stops:
        page.log(LedgerAction.VISIT, f"visit:{stop.visit_id}", case=stop.case_id, purpose=purpose)
    page.read_object = f"visit:{visit_list.list_id}"
    return page.redirect(f"{HOME}/{visit_list.list_id}", flash="visits.made")


@router.page("GET", f"{HOME}/{{list_id}}", may=OFFICERS, reads="visit")
def show_visit_list(page: Page, list_id: str) -> Response:
    """The stops in walking order, to be changed and filled in."""
    visit_list = read_visit_list(page, list_id)
    return page.render(
        "visits/list.html.j2",
        crumbs=[(page.t("visits.title"), HOME)],
        visit_list=visit_list,
        metres=walk_length([stop.place for stop in visit_list.stops]),
        look_at=in_language(LOOK_AT, page.lang),
        situations=in_language(SITUATIONS, page.lang),
        findings=in_language(FINDINGS, page.lang),
    )


@router.page("POST", f"{HOME}/{{list_id}}/volgorde", may=OFFICERS)
def reorder_stops(page: Page, list_id: str) -> Response:
    """Move one stop up or down, or restore the shortest order; the page returns with the focus on the moved stop."""
    visit_id, way = page.form.get("halte", ""), page.form.get("richting", "")
    with page.logged(LedgerAction.VISIT, f"visit:{_known(page, list_id).list_id}", purpose=page.purpose()):
        if way == "kortste":
            restore_walking_order(page.store, page.viewer, list_id)
            return page.redirect(f"{HOME}/{list_id}", flash="visits.shortest_done")
        move_stop(page.store, page.viewer, list_id, visit_id, -1 if way == "omhoog" else 1)
    return page.redirect(f"{HOME}/{list_id}#halte-{visit_id}", flash="visits.moved")


@router.page("POST", f"{HOME}/{{list_id}}/klaar", may=OFFICERS)
def finish_visit_list(page: Page, list_id: str) -> Response:
    """The walk is over: the addresses may be planned again, and a phone that still has the list forgets it."""
    with page.logged(LedgerAction.VISIT, f"visit:{_known(page, list_id).list_id}", purpose=page.purpose()):
        finish_list(page.store, page.viewer, list_id)
    return page.redirect(HOME, flash="visits.finished")


@router.page("GET", f"{HOME}/{{list_id}}/halte/{{visit_id}}", may=OFFICERS, reads="visit")
def visit_form(page: Page, list_id: str, visit_id: str) -> Response:
    """The form for what was found at one stop."""
    visit_list, stop = _stop(page, list_id, visit_id)
    return _outcome_form(page, visit_list, stop)


@router.page("POST", f"{HOME}/{{list_id}}/halte/{{visit_id}}", may=OFFICERS, reads="visit")
def record_visit(page: Page, list_id: str, visit_id: str) -> Response:
    """Record what was found, or what should have been recorded."""
    visit_list, stop = _stop(page, list_id, visit_id)
    replaces = page.form.get("vervangt", "")
    day = form_day(page.form.get("dag", ""))
    try:
        if day is None:
            raise VisitFormError("no_day", "visited_on", "Fill in a day.")
        with page.logged(LedgerAction.VISIT, f"visit:{visit_id}", case=stop.case_id, purpose=page.purpose()):
            record_outcome(
                page.store,
                page.viewer,
                list_id,
                visit_id,
                situatie=page.form.get("situatie", ""),
                bevindingen=page.form.all("bevinding"),
                note=page.form.get("notitie", ""),
                visited_on=day,
                replaces=int(replaces) if replaces.isascii() and replaces.isdigit() and len(replaces) < 10 else None,
                now=page.now,
            )
    except VisitFormError as error:
        return _outcome_form(page, visit_list, stop, error, 422)
    except ConflictError:
        return page.redirect(f"{HOME}/{list_id}/halte/{visit_id}", flash="visits.conflict.recorded", kind="warning")
    return page.redirect(f"{HOME}/{list_id}", flash="visits.recorded")


def read_visit_list(page: Page, list_id: str) -> VisitList:
    """A list for a page that shows its addresses: each stop is in the ledger under its case."""
    visit_list = page.require(get_visit_list(page.store, page.viewer, list_id))
    page.read_object = f"visit:{list_id}"
    for stop in visit_list.stops:
        page.log(LedgerAction.READ_VISIT, f"visit:{stop.visit_id}", case=stop.case_id, purpose=page.purpose())
    return visit_list


def _known(page: Page, list_id: str) -> VisitList:
    visit_list = get_visit_list(page.store, page.viewer, list_id)
    if visit_list is None:
        raise NotAllowedError("There is no such walking list.")
    return visit_list


def _stop(page: Page, list_id: str, visit_id: str) -> tuple[VisitList, Stop]:
    visit_list = page.require(get_visit_list(page.store, page.viewer, list_id))
    stop = page.require(next((visit for visit in visit_list.stops if visit.visit_id == visit_id), None))
    page.read_object = f"visit:{visit_id}"
    page.log(LedgerAction.READ_VISIT, f"visit:{visit_id}", case=stop.case_id, purpose=page.purpose())
    return visit_list, stop


def _choosing(
    page: Page, error: VisitFormError | None = None, status: int = 200, chosen: Sequence[str] = ()
) -> Response:
    cases = visitable_cases(page.store, page.viewer, now=page.now)
    page.read_addresses = [case.address_id for case in cases]
    sent = page.route.method == "POST"
    return page.render(
        "visits/new.html.j2",
        status=status,
        crumbs=[(page.t("visits.title"), HOME)],
        cases=cases,
        chosen=page.form.all("zaak") if sent else list(chosen),
        look_at=in_language(LOOK_AT, page.lang),
        looked_at=page.form.all("kijk") if sent else list(DEFAULT_LOOK_AT),
        day=page.form.get("dag", "") if sent else day_of(page.now).isoformat(),
        companion=page.form.get("collega", ""),
        colleagues=_colleagues(page),
        errors=_errors(page, error),
    )


def _colleagues(page: Page) -> dict[str, str]:
    """Account -> name of those who can come along; of the demonstration also who has not signed in yet."""
    demo = DEMO_ACCOUNTS if page.application.demo is not None else ()
    people = {person.account: person.name for person in demo if person.roles & OFFICERS}
    people.pop(page.viewer.account, None)
    return dict(sorted((people | companions(page.store, page.viewer)).items()))


def _outcome_form(
    page: Page, visit_list: VisitList, stop: Stop, error: VisitFormError | None = None, status: int = 200
) -> Response:
    sent, last = page.route.method == "POST", stop.outcome
    return page.render(
        "visits/stop.html.j2",
        status=status,
        crumbs=[(page.t("visits.title"), HOME), (page.t("visits.list.crumb"), f"{HOME}/{visit_list.list_id}")],
        visit_list=visit_list,
        stop=stop,
        look_at=in_language(LOOK_AT, page.lang),
        situations=in_language(SITUATIONS, page.lang),
        findings=in_language(FINDINGS, page.lang),
        situation=page.form.get("situatie", "") if sent else (last.situatie if last else ""),
        chosen=page.form.all("bevinding") if sent else list(last.bevindingen if last else ()),
        note=page.form.get("notitie", "") if sent else (last.note if last else ""),
        day=page.form.get("dag", "") if sent else (last.visited_on if last else day_of(page.now)).isoformat(),
        replaces=page.form.get("vervangt", "") if sent else (last.id if last else ""),
        most=MOST_NOTE,
        errors=_errors(page, error),
    )


def _errors(page: Page, error: VisitFormError | None) -> dict[str, str]:
    if error is None:
        return {}
    values = {"fragment": error.fragment} if error.fragment else {}
    return {error.field: page.t(f"visits.error.{error.code}", **values)}
