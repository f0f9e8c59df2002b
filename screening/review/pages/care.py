"""For the care coordinator: who wants to be called. A number and a day, and nothing of a case or a tip."""

from __future__ import annotations

from starlette.responses import Response

from screening.casework.tips.care_contacts import CALL_WITHIN_DAYS, care_contacts, is_overdue
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.vocabulary import Purpose, Role

router = Pages()


@router.page(
    "GET", "/contactwensen", may={Role.CARE_COORDINATOR}, reads="signals", purpose=Purpose.OO, nav="contacts.nav",
    hint="contacts.hint",
)  # fmt: skip
def list_wishes_for_contact(page: Page) -> Response:
    """Show the wishes that stand, the oldest first."""
    wishes = [
        (asked_at, phone, is_overdue(asked_at, now=page.now))
        for asked_at, phone in reversed(care_contacts(page.store, page.viewer, now=page.now))
    ]
    return page.render("contacts.html.j2", wishes=wishes, within_days=CALL_WITHIN_DAYS)
