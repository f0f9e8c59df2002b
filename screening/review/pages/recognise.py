"""Herkennen: a page for each desk, its card and its poster. Everybody who is signed in opens them on their own."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response

from screening.base.typeset import pdf
from screening.casework.colleagues import contact_persons
from screening.casework.tips.signs import drawing_texts
from screening.review.desks.desk_pages import DeskPage, desk_pages
from screening.review.page import Page
from screening.review.pages.person_route import CONTACT_LINE, contacts_today
from screening.review.pages_registry import SIGNED_IN, Pages
from screening.review.rendering import TEMPLATES

router = Pages()

RECOGNISE = "/herkennen"
_FOLDER = Path(TEMPLATES) / "recognise"
_SHEET = _FOLDER / "sheet.typ"
#: Size of paper -> how large it is beside the largest of its sheet: each is half of the one before it.
CARDS: dict[str, float] = {"a5": 1.0, "a6": 0.7071}
POSTERS: dict[str, float] = {"a3": 1.0, "a4": 0.7071}
_TOGETHER = "\u00a0"  # a number stays on one line
#: Help lines on a card, beside the one for danger: there is room for so many.
_MOST_LINES = 4


@router.page("GET", RECOGNISE, may=SIGNED_IN, nav="recognise.nav", hint="recognise.hint")
def list_desks(page: Page) -> Response:
    """Where somebody works: a page for each desk."""
    return page.render("recognise/desks.html.j2", desks=desk_pages().values())


@router.page("GET", f"{RECOGNISE}/{{desk}}", may=SIGNED_IN)
def show_desk(page: Page, desk: str) -> Response:
    """What one desk may tell, what it may notice, and three stories to think about."""
    shown = page.require(desk_pages().get(desk))
    return page.render(
        "recognise/desk.html.j2",
        crumbs=[(page.t("recognise.nav"), RECOGNISE)],
        desk=shown,
        drawings=drawing_texts(),
        contacts=contacts_today(page),
        card_sizes=list(CARDS),
        poster_sizes=list(POSTERS),
    )


@router.page("GET", f"{RECOGNISE}/{{desk}}/kaart.pdf", may=SIGNED_IN)
def print_card(page: Page, desk: str, formaat: str = "a5") -> Response:
    """The card of a desk as PDF/UA, of A5 or A6."""
    return _sheet(page, page.require(desk_pages().get(desk)), "kaart", page.require(_sized(CARDS, formaat)))


@router.page("GET", f"{RECOGNISE}/{{desk}}/poster.pdf", may=SIGNED_IN)
def print_poster(page: Page, desk: str, formaat: str = "a3") -> Response:
    """The poster of a desk as PDF/UA, of A3 or A4."""
    return _sheet(page, page.require(desk_pages().get(desk)), "poster", page.require(_sized(POSTERS, formaat)))


def _sized(sizes: dict[str, float], name: str) -> tuple[str, float] | None:
    return (name, sizes[name]) if name in sizes else None


def _sheet(page: Page, desk: DeskPage, kind: str, size: tuple[str, float]) -> Response:
    t, language = page.t, page.lang
    paper, scale = size
    help_lines = page.settings.help_lines
    others = [line for line in help_lines if not line.is_emergency and line.role != CONTACT_LINE][:_MOST_LINES]
    own = [f"{line.name}: {line.phone}" for line in help_lines if line.role == CONTACT_LINE]
    names = ", ".join(person.name for person in contact_persons(page.store))
    content = pdf(
        _SHEET,
        {
            "language": language,
            "kind": kind,
            "paper": paper,
            "scale": scale,
            "title": t("recognise.sheet.title"),
            "desk": desk.name.in_language(language),
            "drawing": (_FOLDER / "drawings" / f"{desk.card_drawing}.svg").read_text(encoding="utf-8"),
            "drawing_text": drawing_texts()[desk.card_drawing].in_language(language),
            "signs_title": t("recognise.sheet.signs"),
            "signs": [sign.text.in_language(language) for sign in desk.card_signs],
            "often": t("recognise.often"),
            "do_title": t("recognise.sheet.do"),
            "do": [t(f"recognise.sheet.{key}") for key in ("danger", "discuss", "tell")],
            "not_title": t("recognise.sheet.not"),
            "not": [t(f"recognise.sheet.{key}") for key in ("no_question", "no_name", "no_search")],
            "secret_title": t("recognise.sheet.secret"),
            "secret": f"{desk.duties[0].text.in_language(language)} {t('recognise.without_name')}",
            "emergency": [line.phone for line in help_lines if line.is_emergency][:1],
            "danger_word": t("recognise.sheet.danger_word"),
            "contact_title": t("recognise.sheet.contact"),
            "contact": [names, *own] if names else own,
            "fill_in": t("recognise.sheet.fill_in"),
            "lines": [f"{line.name}: {line.phone.replace(' ', _TOGETHER)}" for line in others],
            "municipality": page.settings.municipality,
        },
    )
    return page.file(content, "application/pdf", f"{kind}-{desk.key}-{paper}.pdf", inline=True)
