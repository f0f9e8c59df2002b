"""Who reads the tips of colleagues, set by themselves; and what came of tips, by quarter, for the whole town."""

from __future__ import annotations

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.vocabulary import LedgerAction, Role
from screening.casework.colleagues import contact_persons
from screening.casework.figures.tip_figures import tip_quarters
from screening.casework.tips.rota import MAY_SET, rota, set_duty, turn_of
from screening.casework.tips.sightings import TipError
from screening.casework.tips.tips import DECISIONS
from screening.review.forms import form_day
from screening.review.page import Page
from screening.review.pages_registry import Pages
from screening.review.views.tip_receivers import tip_receivers

router = Pages()

_FIELDS = {"from_day": "vanaf", "contact": "contactpersoon", "deputy": "vervanger"}


@router.page(
    "GET", "/meldingen/rooster", may=MAY_SET, reads="accounts", nav="signals.rota.nav", hint="signals.rota.hint"
)
def show_rota(page: Page) -> Response:
    """Who has the turn, who comes next, and the form of a turn."""
    return _rota(page, {})


@router.page("POST", "/meldingen/rooster", may=MAY_SET, reads="accounts")
def add_turn(page: Page) -> Response:
    """Name the contact person and the deputy from a day on."""
    contact, deputy = (page.form.get(_FIELDS[name], "") for name in ("contact", "deputy"))
    try:
        with page.logged(LedgerAction.ASSIGN, "list:signals"):
            from_day = form_day(page.form.get(_FIELDS["from_day"], ""))
            set_duty(page.store, page.viewer, from_day=from_day, contact=contact, deputy=deputy, now=page.now)
    except TipError as error:
        return _rota(
            page, {_FIELDS[field]: page.t(f"signals.wrong.{field}.{codes[0]}") for field, codes in error.fields.items()}
        )
    return page.redirect("/meldingen/rooster", flash="signals.rota.saved")


def _rota(page: Page, wrong: dict[str, str]) -> Response:
    day = day_of(page.now)
    people = [(colleague.account, colleague.name) for colleague in contact_persons(page.store)]
    return page.render(
        "signals/rota.html.j2",
        status=422 if wrong else 200,
        duty=turn_of(page.store, day),
        coming=[turn for turn in rota(page.store) if turn.from_day > day],
        people=[("", page.t("signals.letter.choose")), *people],
        filled={name: page.form.get(name, "")[:100] for name in _FIELDS.values()},
        wrong={name: wrong[name] for name in _FIELDS.values() if name in wrong},
    )


@router.page(
    "GET",
    "/meldingen/cijfers",
    may={Role.CONTACT_PERSON, Role.LEAD, Role.AUDITOR},
    reads="statistics",
    nav="signals.figures.nav",
    hint="signals.figures.hint",
)
def show_tip_figures(page: Page) -> Response:
    """The quarters that are over, newest first, in tens."""
    return page.render(
        "signals/figures.html.j2",
        quarters=tip_quarters(page.store, page.viewer, now=page.now),
        decisions=DECISIONS,
        receivers=tip_receivers(page.t),
    )
