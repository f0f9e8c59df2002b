"""Telling of a person who may be a victim: ticks, then whom to call. Nothing is kept but a number a quarter."""

from __future__ import annotations

from contextlib import suppress

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.errors import StoreError
from screening.casework.colleagues import contact_persons
from screening.casework.tips.person_route import count_person_route
from screening.casework.tips.rota import on_duty
from screening.casework.tips.signs import SIGN_GROUPS, person_signs, signs
from screening.review.i18n import in_language
from screening.review.page import Page
from screening.review.pages_registry import PUBLIC, SIGNED_IN, Pages

router = Pages()

PERSON_ROUTE = "/meldingen/persoon"
CALLS = f"{PERSON_ROUTE}/bellen"
#: The role of a help line that is the contact person's own.
CONTACT_LINE = "contact_person"


@router.page("GET", PERSON_ROUTE, may=SIGNED_IN, untraced=True)
def ask_person_signs(page: Page) -> Response:
    """What can be noticed of people, to tick. No field for words, and nothing that says where or who."""
    return _signs(page)


@router.page("POST", PERSON_ROUTE, may=SIGNED_IN, untraced=True, instead=CALLS)
def count_and_answer(page: Page) -> Response:
    """Count one, and go on to whom to call. What was ticked is looked at for nothing but that something was."""
    offered = {code for code, sign in signs().items() if sign.group}
    if not offered & set(page.form.all("teken")):
        return _signs(page, wrong=page.t("person_route.wrong"))
    # whom to call matters more than the number
    with suppress(StoreError):
        count_person_route(page.store, now=page.now)
    return page.redirect(CALLS)


@router.page("GET", CALLS, may=PUBLIC, untraced=True)
def show_whom_to_call(page: Page) -> Response:
    """Whom to call now, what to say and what not to do: for anybody, and also where the store does not answer.

    Who noticed something and was away too long still has to call. Names of colleagues are for who is signed in.
    """
    contacts: tuple[list[str], str] = ([], "")
    try:
        if page.session is not None:
            contacts = contacts_today(page)
    except StoreError:
        page.session = None  # the frame of a page of somebody reads the store as well
    return page.render("person_route/calls.html.j2", crumbs=_crumbs(page), contacts=contacts)


def contacts_today(page: Page) -> tuple[list[str], str]:
    """Names of the contact person and the deputy of today; without a rota those of every contact person, and none."""
    turn = on_duty(page.store, day_of(page.now))
    people = {person.account: person.name for person in contact_persons(page.store)}
    if turn is None:
        return list(people.values()), ""
    return [people[turn.contact]], people.get(turn.deputy, "")


def _signs(page: Page, wrong: str = "") -> Response:
    groups = [
        (group, name, list(in_language(person_signs(group), page.lang).items()))
        for group, name in in_language(SIGN_GROUPS, page.lang).items()
    ]
    return page.render(
        "person_route/signs.html.j2", status=422 if wrong else 200, crumbs=_crumbs(page)[:1], groups=groups, wrong=wrong
    )


def _crumbs(page: Page) -> list[tuple[str, str]]:
    return [(page.t("signals.nav"), "/meldingen"), (page.t("person_route.title"), PERSON_ROUTE)]
