"""For the care coordinator: who wants to be called, and what came of it. A number to call and a day, nothing of a case.

The contact person sees here what is late, and can answer it.
"""

from __future__ import annotations

import re

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, Purpose, Role
from screening.casework.case_errors import ConflictError, NotAllowedError, NotReadyError
from screening.casework.tips.care_contacts import STEPS, Wish, care_contacts, record_care_step
from screening.review.page import Page
from screening.review.pages.queue import form_version
from screening.review.pages_registry import Pages
from screening.store.schema.tips import GAVE_UP, TAKEN_ON

router = Pages()

#: Whoever answers wishes: the care coordinator and a deputy with the same role, and late the contact person.
ANSWERS = frozenset({Role.CARE_COORDINATOR, Role.CONTACT_PERSON})
_NUMBER = re.compile(r"[1-9]\d{0,8}")


@router.page(
    "GET", "/contactwensen", may=ANSWERS, reads="signals", purpose=Purpose.OO, nav="contacts.nav", hint="contacts.hint"
)
def list_wishes_for_contact(page: Page) -> Response:
    """Show the wishes that wait, the oldest first, each with what can be done now."""
    policy = page.settings.care
    wishes = [
        (wish, wish.is_late(now=page.now, policy=policy), wish.due_on(policy), _steps(page, wish))
        for wish in care_contacts(page.store, page.viewer, now=page.now, policy=policy)
    ]
    return page.render("contacts.html.j2", wishes=wishes, policy=policy, is_deputy=not page.has(Role.CARE_COORDINATOR))


@router.page("POST", "/contactwensen/{number}", may=ANSWERS, reads="signals", purpose=Purpose.OO)
def answer_wish(page: Page, number: str) -> Response:
    """Record that a wish was taken on, or what came of a call."""
    kind = page.form.get("stap", "")
    if not _NUMBER.fullmatch(number) or kind not in STEPS:
        return page.redirect("/contactwensen", flash="contacts.gone", kind="warning")
    try:
        with page.logged(LedgerAction.SIGNAL, "list:signals", purpose=Purpose.OO):
            record_care_step(
                page.store,
                page.viewer,
                int(number),
                kind,
                seen=form_version(page),
                now=page.now,
                policy=page.settings.care,
            )
    except ConflictError:
        return page.redirect("/contactwensen", flash="contacts.changed", kind="warning")
    except NotAllowedError:
        return page.redirect("/contactwensen", flash="contacts.gone", kind="warning")
    except NotReadyError as error:
        return page.redirect("/contactwensen", flash=f"contacts.not_ready.{error.reason}", kind="warning")
    return page.redirect("/contactwensen", flash=f"contacts.recorded.{kind}")


def _steps(page: Page, wish: Wish) -> list[str]:
    """The steps that this person can take now."""
    if wish.taken_on_by != page.viewer.account:
        return [TAKEN_ON]
    may_give_up = wish.tries >= page.settings.care.least_tries
    return [step for step in STEPS if step != TAKEN_ON and (step != GAVE_UP or may_give_up)]
