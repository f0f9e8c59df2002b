"""For the team lead: the cases that lapsed because nobody decided. Each opens again, or is closed with a reason.

As on the board of the work, neither an address nor why a case is there.
"""

from __future__ import annotations

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, Role
from screening.casework.case_errors import ConflictError, NotReadyError
from screening.casework.cases.unseen import close_unseen, reopen_unseen, unseen_cases
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.reasons import reason_fault, reason_of

router = Pages()

_LEADS = frozenset({Role.LEAD})


@router.page("GET", "/niet-gezien", may=_LEADS, reads="queue", nav="unseen.nav", hint="unseen.hint")
def list_unseen_cases(page: Page) -> Response:
    """Show the list, the longest waiting first."""
    cases = unseen_cases(page.store, page.viewer)
    return page.render("queue/unseen.html.j2", cases=cases)


@router.page("POST", "/niet-gezien/{lapsed_id}", may=_LEADS, reads="queue")
def decide_unseen_case(page: Page, lapsed_id: str) -> Response:
    """Open the case again, or close it with a reason."""
    policy, now, reason = page.settings.policy, page.now, reason_of(page)
    is_closed = page.form.get("besluit") == "sluiten"
    cases = {case.case_id: case for case in unseen_cases(page.store, page.viewer)}
    page.read_addresses = [page.require(cases.get(lapsed_id)).address_id]
    if is_closed and reason_fault(page, reason, "", is_of_case=True):
        return page.redirect("/niet-gezien", flash="errors.reason_of_case", kind="warning")
    try:
        with page.logged(LedgerAction.RELEASE, f"case:{lapsed_id}"):
            if is_closed:
                close_unseen(page.store, page.viewer, lapsed_id, reason=reason, now=now, policy=policy)
            else:
                reopen_unseen(page.store, page.viewer, lapsed_id, now=now, policy=policy)
    except NotReadyError:
        return page.redirect("/niet-gezien", flash="unseen.needs_reason", kind="warning")
    except ConflictError:
        return page.redirect("/niet-gezien", flash="unseen.changed", kind="warning")
    return page.redirect("/niet-gezien", flash="unseen.closed" if is_closed else "unseen.reopened")
