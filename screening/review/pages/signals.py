"""Tips of colleagues, for who sends them: the help lines, the form, and what became of them."""

from __future__ import annotations

from starlette.responses import Response

from screening.base.civil_time import day_of
from screening.base.vocabulary import LedgerAction, Purpose
from screening.casework.texts.text_problems import TO_PERSON, Problem, text_problems
from screening.casework.tips.sightings import (
    EXAMPLES,
    OBSERVATIONS,
    OBSERVATIONS_OF_WORK,
    WORKS,
    Sighting,
    TipError,
    sighting_faults,
)
from screening.casework.tips.tips import own_tips, report_tip
from screening.review.forms import form_day
from screening.review.i18n import in_language
from screening.review.page import Page
from screening.review.pages_registry import SIGNED_IN, Drafts, Pages
from screening.store.schema.tips import MAX_TEXT

router = Pages()

#: Fields of the form, and the fields of the store that they are for.
FIELDS: dict[str, str] = {
    "waarnemingen": "observations",
    "datum": "seen_on",
    "postcode": "postcode",
    "huisnummer": "house_number",
    "toevoeging": "addition",
    "plaats": "place",
    "tekst": "text",
}
_MAX_FIELD = 200


@router.page(
    "GET", "/meldingen", may=SIGNED_IN, reads="signals", purpose=Purpose.OO, nav="signals.nav", hint="signals.hint"
)
def show_own_tips(page: Page) -> Response:
    """Show the help lines first, then the link to the form and the fate of the viewer's own signals."""
    tips = own_tips(page.store, page.viewer, now=page.now)
    page.read_houses = [tip.seen.house for tip in tips]
    return page.render("signals/own.html.j2", signals=tips, observations=OBSERVATIONS)


@router.page("GET", "/meldingen/nieuw", may=SIGNED_IN)
def tip_form(page: Page) -> Response:
    """The form. Nothing is filled in, the day neither: who reports says when it was."""
    written = page.written("/meldingen/nieuw")
    chosen = [code for code in written.all("waarnemingen") if code in OBSERVATIONS]
    return _form(page, dict(written), chosen, agreed=written.get("geen_gevaar") == "ja")


@router.page("POST", "/meldingen/nieuw", may=SIGNED_IN, drafts=Drafts.CHECKED)
def send_tip(page: Page) -> Response:
    """Take a signal in. What is refused stays in the form of the person who wrote it, and nowhere else."""
    filled = {name: page.form.get(name, "")[:_MAX_FIELD] for name in FIELDS}
    filled["tekst"] = page.form.get("tekst", "")[: 10 * MAX_TEXT]
    chosen = [code for code in page.form.all("waarnemingen") if code in OBSERVATIONS]
    wrong: dict[str, str] = {}
    if page.form.get("geen_gevaar") != "ja":
        wrong["geen_gevaar"] = page.t("signals.wrong.danger")
    seen_on = form_day(filled["datum"])
    if seen_on is None:
        wrong["datum"] = page.t("signals.wrong.seen_on.form")
    number = filled["huisnummer"].strip()
    seen = Sighting(
        seen_on=seen_on or day_of(page.now),
        postcode=filled["postcode"],
        house_number=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0,
        addition=filled["toevoeging"],
        place=filled["plaats"],
        observations=tuple(chosen),
        text=filled["tekst"],
    )
    wrong = _fault_messages(page, sighting_faults(seen, day=day_of(page.now))) | wrong
    if not wrong:
        page.read_houses = [seen.house]
        try:
            with page.logged(LedgerAction.SIGNAL, "list:signals", purpose=Purpose.OO):
                report_tip(page.store, page.viewer, seen, now=page.now)
        except TipError as error:
            wrong = _fault_messages(page, error.fields)
        else:
            return page.redirect("/meldingen", flash="signals.sent")
    agreed = page.form.get("geen_gevaar") == "ja"
    return _form(page, filled, chosen, wrong, text_problems(seen.text), agreed=agreed)


def _form(
    page: Page,
    filled: dict[str, str],
    chosen: list[str],
    wrong: dict[str, str] | None = None,
    problems: list[Problem] | None = None,
    *,
    agreed: bool = False,
) -> Response:
    return page.render(
        "signals/form.html.j2",
        status=422 if wrong else 200,
        crumbs=[(page.t("signals.nav"), "/meldingen")],
        filled={name: filled.get(name, "") for name in FIELDS},
        chosen=chosen,
        agreed=agreed,
        wrong={name: wrong[name] for name in ("geen_gevaar", *FIELDS) if wrong and name in wrong},
        problems=problems or [],
        may_be_victim=any(problem.kind in TO_PERSON for problem in problems or []),
        works=_works(page.lang),
        max_text=MAX_TEXT,
    )


def _works(language: str) -> list[dict[str, object]]:
    """What can be reported, by the work in which one sees it, in the language of the page."""
    names, examples, words = (in_language(table, language) for table in (WORKS, EXAMPLES, OBSERVATIONS))
    return [
        {"name": names[work], "example": examples[work], "observations": [(code, words[code]) for code in codes]}
        for work, codes in OBSERVATIONS_OF_WORK.items()
    ]


def _fault_messages(page: Page, fields: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Map each field of the form to its message. That of the text is a summary: the page lists its problems."""
    names = {field: name for name, field in FIELDS.items()}
    return {
        names.get(field, "waarnemingen"): page.t(
            "signals.wrong.text.summary" if field == "text" else f"signals.wrong.{field}.{codes[0]}"
        )
        for field, codes in fields.items()
    }
