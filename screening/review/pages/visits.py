"""Visits: choosing confirmed cases and first looks, the walking list and its order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.vocabulary import LedgerAction, Role
from screening.casework.case_errors import ConflictError, NotAllowedError, NotReadyError
from screening.casework.colleagues import Colleague
from screening.casework.viewer import CASE_ROLES
from screening.casework.visits.companions import companions
from screening.casework.visits.lists import Stop, VisitList, get_visit_list, visit_lists
from screening.casework.visits.planning import (
    finish_list,
    move_stop,
    plan_visits,
    restore_walking_order,
    visitable_cases,
)
from screening.casework.visits.route import walk_length
from screening.casework.visits.words import DEFAULT_LOOK_AT, LOOK_AT, VisitFormError
from screening.review.demo_access import DEMO_ACCOUNTS
from screening.review.forms import form_day
from screening.review.i18n import in_language
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.views.visits import outcome_sentence
from screening.store.access.accounts import names

router = Pages()

HOME = "/bezoeken"


@router.page("GET", HOME, may=CASE_ROLES, nav="visits.nav", hint="visits.hint")
def visits_overview(page: Page) -> Response:
    """Show the viewer's own lists by day with the number of stops and of those done; no address."""
    return page.render(
        "visits/overview.html.j2",
        lists=visit_lists(page.store, page.viewer),
        owner=phone_owner(page),
        signs_out=page.request.query_params.get("afmelden") == "ja",
    )


@router.page("GET", f"{HOME}/nieuw", may=CASE_ROLES, reads="visit")
def new_visit_list(page: Page, zaak: str = "") -> Response:
    """The confirmed cases to choose from. `zaak`: the one that is chosen already, of a link in its dossier."""
    return _choosing(page, chosen=[zaak])


@router.page("POST", f"{HOME}/nieuw", may=CASE_ROLES, reads="visit")
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


@router.page("GET", f"{HOME}/{{list_id}}", may=CASE_ROLES, reads="visit")
def show_visit_list(page: Page, list_id: str) -> Response:
    """The stops in walking order, to be changed and filled in."""
    visit_list = read_visit_list(page, list_id)
    return page.render(
        "visits/list.html.j2",
        crumbs=[(page.t("visits.title"), HOME)],
        visit_list=visit_list,
        metres=walk_length([stop.place for stop in visit_list.stops]),
        look_at=in_language(LOOK_AT, page.lang),
        described={
            stop.visit_id: outcome_sentence(stop.outcome, page.lang) for stop in visit_list.stops if stop.outcome
        },
        people=walkers(page, visit_list),
        owner=phone_owner(page),
    )


@router.page("POST", f"{HOME}/{{list_id}}/volgorde", may=CASE_ROLES)
def reorder_stops(page: Page, list_id: str) -> Response:
    """Move one stop up or down, or restore the shortest order; the page returns with the focus on the moved stop."""
    visit_id, way = page.form.get("halte", ""), page.form.get("richting", "")
    with page.logged(LedgerAction.VISIT, f"visit:{_known(page, list_id).list_id}", purpose=page.purpose()):
        if way == "kortste":
            restore_walking_order(page.store, page.viewer, list_id)
            return page.redirect(f"{HOME}/{list_id}", flash="visits.shortest_done")
        move_stop(page.store, page.viewer, list_id, visit_id, -1 if way == "omhoog" else 1)
    return page.redirect(f"{HOME}/{list_id}#halte-{visit_id}", flash="visits.moved")


@router.page("POST", f"{HOME}/{{list_id}}/klaar", may=CASE_ROLES)
def finish_visit_list(page: Page, list_id: str) -> Response:
    """The walk is over: the addresses may be planned again, and a phone that still has the list forgets it."""
    with page.logged(LedgerAction.VISIT, f"visit:{_known(page, list_id).list_id}", purpose=page.purpose()):
        finish_list(page.store, page.viewer, list_id)
    return page.redirect(HOME, flash="visits.finished")


def read_visit_list(page: Page, list_id: str) -> VisitList:
    """A list for a page that shows its addresses: each stop is in the ledger under its case."""
    visit_list = page.require(get_visit_list(page.store, page.viewer, list_id))
    page.read_object = f"visit:{list_id}"
    for stop in visit_list.stops:
        page.log(LedgerAction.READ_VISIT, f"visit:{stop.visit_id}", case=stop.case_id, purpose=page.purpose())
    return visit_list


def require_stop(page: Page, list_id: str, visit_id: str) -> tuple[VisitList, Stop]:
    """One stop of a list for a page about it: in the ledger under its case. NotThereError for any other."""
    visit_list = page.require(get_visit_list(page.store, page.viewer, list_id))
    stop = page.require(next((visit for visit in visit_list.stops if visit.visit_id == visit_id), None))
    page.read_object = f"visit:{visit_id}"
    page.log(LedgerAction.READ_VISIT, f"visit:{visit_id}", case=stop.case_id, purpose=page.purpose())
    return visit_list, stop


def _known(page: Page, list_id: str) -> VisitList:
    visit_list = get_visit_list(page.store, page.viewer, list_id)
    if visit_list is None:
        raise NotAllowedError("There is no such walking list.")
    return visit_list


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
        confirmed=[case for case in cases if not case.is_first_look],
        first_looks=[case for case in cases if case.is_first_look],
        chosen=page.form.all("zaak") if sent else list(chosen),
        look_at=in_language(LOOK_AT, page.lang),
        looked_at=page.form.all("kijk") if sent else list(DEFAULT_LOOK_AT),
        day=page.form.get("dag", "") if sent else day_of(page.now).isoformat(),
        companion=page.form.get("collega", ""),
        colleagues=_colleagues(page),
        errors=form_errors(page, error),
    )


def _colleagues(page: Page) -> dict[str, Colleague]:
    """Account -> colleague of those who can come along; of the demonstration also who has not signed in yet."""
    demo = DEMO_ACCOUNTS if page.application.demo is not None else ()
    people = {
        person.account: Colleague(person.account, person.name, Role.SENSITIVE_REVIEWER in person.roles)
        for person in demo
        if person.roles & CASE_ROLES
    }
    people.pop(page.viewer.account, None)
    return dict(sorted((people | companions(page.store, page.viewer)).items()))


def phone_owner(page: Page) -> str:
    """A name of this person for the script that keeps records on a phone: no other person sends them as their own."""
    return hashlib.sha256(f"visits:{page.viewer.account}".encode()).hexdigest()[:16]


def walkers(page: Page, visit_list: VisitList) -> dict[str, str]:
    """Account -> name of who made a list and who comes along."""
    accounts = {account for account in (visit_list.made_by, visit_list.companion) if account}
    return {account: account for account in accounts} | names(page.store, accounts)


def form_errors(page: Page, error: VisitFormError | None) -> dict[str, str]:
    """Field -> what is wrong with it, in the language of the page."""
    if error is None:
        return {}
    values = {"fragment": error.fragment} if error.fragment else {}
    return {error.field: page.t(f"visits.error.{error.code}", **values)}
