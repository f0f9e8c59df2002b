"""The queue: the next case, one's own cases oldest first, those that are closed, and choices kept under a name.

An undecided case of somebody else, or of nobody, is in a count and in no list: which of them are missing would tell
what colleagues did (docs/decisions/0062).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.vocabulary import CaseState, LedgerAction, ReviewOutcome
from screening.casework.acts.follow_up import CaseStage
from screening.casework.case_errors import ConflictError, NotAllowedError
from screening.casework.cases.case_counts import count_waiting
from screening.casework.cases.independence import JUDGED_ONCE, judged_cases
from screening.casework.cases.queue import QueueFilter, next_case, queue, release
from screening.casework.viewer import CASE_ROLES
from screening.review.forms import form_day
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.views.acts import statuses
from screening.store.access.saved_filters import FilterError, remove_filter, save_filter, saved_filters

router = Pages()

#: The choices beside the viewer's own cases to review, by the name in the address of the page. What waits for a second
#: reading, or differs, is shown to who judged it; what lapsed or was withdrawn is nobody's to see any more.
STATES: Mapping[str, QueueFilter] = {
    CaseState.FIRST_JUDGED: QueueFilter(state=CaseState.FIRST_JUDGED),
    CaseState.DIFFERS: QueueFilter(state=CaseState.DIFFERS),
    CaseState.CLOSED: QueueFilter(state=CaseState.CLOSED),
    "closed_by_me": QueueFilter(state=CaseState.CLOSED, mine=True),
    **{outcome: QueueFilter(state=CaseState.CLOSED, outcome=outcome) for outcome in ReviewOutcome},
}
#: These are on the page of what comes after the judgement.
AFTER_JUDGEMENT = (CaseStage.CONFIRMED, CaseStage.WAITING, CaseStage.DONE)
_PAGE = "zaken"
_POSTCODE = re.compile(r"[1-9]\d{3}")


@dataclass(frozen=True)
class Choice:
    """An officer's choice of cases, as the address of the page and a saved filter hold it."""

    staat: str = ""
    voor: str = ""
    gebied: str = ""

    def query(self, **more: str) -> str:
        """Return the choice as the query of an address, without empty fields."""
        return urlencode({name: value for name, value in {**vars(self), **more}.items() if value})

    def fields(self) -> list[tuple[str, str]]:
        """Return what was chosen, as fields of a form."""
        return [(name, value) for name, value in vars(self).items() if value]

    @property
    def is_any(self) -> bool:
        """Whether something was chosen at all."""
        return any(vars(self).values())


@router.page("GET", "/zaken", may=CASE_ROLES, reads="queue", nav="queue.menu", hint="queue.hint")
def show_queue(page: Page, staat: str = "", voor: str = "", gebied: str = "", na: str = "") -> Response:
    """A page of the queue, in the one order there is; of confirmed cases, the page on which these are."""
    if staat in AFTER_JUDGEMENT:
        return page.redirect(f"/na-het-oordeel?staat={staat}")
    return _queue_page(page, Choice(staat, voor, gebied), after=na)


@router.page("POST", "/zaken/volgende", may=CASE_ROLES, reads="queue")
def take_next_case(page: Page) -> Response:
    """Give the officer the next case, in their name and locked, for the task of the session."""
    purpose = page.purpose()

    def note(case_id: str) -> None:
        page.log(LedgerAction.ASSIGN, f"case:{case_id}", case=case_id, purpose=purpose)

    case = next_case(page.store, page.viewer, now=page.now, purpose=purpose, policy=page.settings.policy, note=note)
    if case is None:
        return page.redirect("/zaken", flash="queue.next.none", kind="info")
    return page.redirect(f"/zaken/{case.case_id}")


@router.page("POST", "/zaken/{case_id}/teruggeven", may=CASE_ROLES, case="case_id")
def release_case(page: Page, case_id: str) -> Response:
    """Give a case back: it is for whom it is given to next."""
    page.require_case(case_id)
    query = _choice_of(page).query()
    back = f"/zaken?{query}" if query else "/zaken"
    try:
        with page.logged(LedgerAction.RELEASE, f"case:{case_id}", case=case_id, purpose=page.purpose(case_id)):
            release(page.store, page.viewer, case_id, version=form_version(page), now=page.now)
    except ConflictError:
        return page.redirect(back, flash="queue.changed", kind="warning")
    except NotAllowedError:
        return page.redirect(back, flash="queue.not_now", kind="warning")
    return page.redirect(back, flash="queue.released")


@router.page("POST", "/zaken/keuzes", may=CASE_ROLES)
def save_choice(page: Page) -> Response:
    """Save the present choice under a name."""
    choice = _choice_of(page)
    try:
        save_filter(page.store, page.viewer.account, _PAGE, page.form.get("naam", ""), vars(choice))
    except FilterError:
        return page.redirect(f"/zaken?{choice.query()}", flash="queue.saved.refused", kind="error")
    return page.redirect(f"/zaken?{choice.query()}", flash="queue.saved.done")


@router.page("POST", "/zaken/keuzes/{filter_id}/weg", may=CASE_ROLES)
def remove_choice(page: Page, filter_id: int) -> Response:
    """Remove a saved choice of one's own."""
    remove_filter(page.store, page.viewer.account, _PAGE, filter_id)
    return page.redirect("/zaken", flash="queue.saved.removed")


def _queue_page(page: Page, choice: Choice, *, after: str = "") -> Response:
    filters, errors = _filters(page, choice)
    case_page = queue(
        page.store, page.viewer, filters=filters, after=after or None, now=page.now, policy=page.settings.policy
    )
    page.read_addresses = [case.address_id for case in case_page.cases]
    saved = [
        (saved_filter, Choice(**{name: saved_filter.query.get(name, "") for name in Choice.__dataclass_fields__}))
        for saved_filter in saved_filters(page.store, page.viewer.account, _PAGE)
    ]
    return page.render(
        "queue/queue.html.j2",
        status=422 if errors else 200,
        case_page=case_page,
        waiting=count_waiting(page.store, page.viewer, now=page.now),
        choice=choice,
        saved=saved,
        statuses=statuses(page, case_page.cases),
        judged=judged_cases(page.store, page.viewer, [case.case_id for case in case_page.cases]),
        states=[*JUDGED_ONCE, *AFTER_JUDGEMENT, *(name for name in STATES if name not in JUDGED_ONCE)],
        today=day_of(page.now),
        is_later_page=bool(after),
        errors=errors,
    )


def _filters(page: Page, choice: Choice) -> tuple[QueueFilter, dict[str, str]]:
    """Return the choice as the filter of the store, and a message for each field that cannot be read."""
    wrong: dict[str, str] = {}
    due, area = form_day(choice.voor) if choice.voor else None, choice.gebied.strip()
    if choice.voor and due is None:
        wrong["voor"] = page.t("queue.filter.wrong_date")
    if area and not _POSTCODE.fullmatch(area):
        wrong["gebied"] = page.t("queue.filter.wrong_postcode")
    chosen = STATES.get(choice.staat, QueueFilter())
    return replace(
        chosen,
        mine=chosen.mine or chosen.state is None,
        due_before=due,
        postcode4=None if "gebied" in wrong else area or None,
    ), wrong


def _choice_of(page: Page) -> Choice:
    """Return the choice of cases that the form was sent from."""
    return Choice(*(page.form.get(name, "")[:20] for name in Choice.__dataclass_fields__))


def form_version(page: Page) -> int:
    """The version that the form names; one that is no number is older than any."""
    text = page.form.get("versie", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
