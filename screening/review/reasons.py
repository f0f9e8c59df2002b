"""Why somebody decided so: a short text that is kept for good, so it tells of nobody."""

from __future__ import annotations

from screening.casework.policy.answers import person_in
from screening.casework.texts.text_problems import about_people
from screening.review.page import Page

#: Characters of a reason; what is longer is cut off, as the field does.
_MOST = 1000


def reason_of(page: Page, field: str = "reden") -> str:
    """The reason that a form gives in this field; empty where it gives none."""
    return page.form.get(field, "").strip()[:_MOST]


def reason_fault(page: Page, reason: str, missing: str, *, is_of_case: bool = False) -> str:
    """What is wrong with a reason, in the words of the page: `missing` where it is empty; empty where it may be kept.

    A reason points at no person. One about a case (`is_of_case`) does not describe anybody either; one about a rule may
    say which group the rule touches.
    """
    if not reason:
        return missing
    if is_of_case:
        return page.t("errors.reason_of_case") if person_in(reason) or about_people(reason) else ""
    return page.t("errors.reason_person") if person_in(reason) else ""
