"""Links to judge: two mentions side by side, the number hidden until one has read them; and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from starlette.responses import Response

from screening.base.vocabulary import LedgerAction, Purpose, Role
from screening.casework.links.link_readings import (
    LinkConflictError,
    reading_result,
    record_link_reading,
    undo_last_reading,
)
from screening.casework.links.links_to_judge import (
    LinkPair,
    get_link_pair,
    my_readings,
    next_link_pair,
    reading_progress,
)
from screening.review.i18n import long_date
from screening.review.page import Page
from screening.review.pages_registry import Pages

router = Pages()

ANALYSTS = frozenset({Role.ANALYST})
#: What the form says -> what the store keeps.
READINGS = {"zelfde": "positive", "verschillend": "negative", "weet_niet": "unsure"}
#: Compared fields in the order in which they are shown.
COMPARED = ("name", "trade_names", "birth_year", "kvk_nummer", "address")
#: Told of one kind of party alone.
OF_KIND = {"trade_names": "organisation", "birth_year": "person"}
#: Below this likeness (0-1) a value is underlined as a whole: letters that happen to agree say nothing.
_ALIKE = 0.6


@dataclass(frozen=True)
class Row:
    """One field of both mentions. `verdict`: same, differs, left, right (known there alone) or unknown.

    `left`, `right`: (text, is different) pieces, so that a difference can be marked within the value.
    """

    field: str
    verdict: str
    left: list[tuple[str, bool]]
    right: list[tuple[str, bool]]


@router.page("GET", "/koppelingen", may=ANALYSTS, nav="links.nav", hint="links.hint")
def links_overview(page: Page) -> Response:
    """How far the work is, how it goes, and what one read before; nobody's data."""
    return page.render(
        "links/start.html.j2",
        progress=reading_progress(page.store, page.viewer),
        readings=my_readings(page.store, page.viewer),
    )


@router.page("GET", "/koppelingen/volgende", may=ANALYSTS)
def next_link(page: Page, na: str = "") -> Response:
    """To the next pair, or the next behind `na`."""
    return _to_next(page, after=na or None)


@router.page("POST", "/koppelingen/terug", may=ANALYSTS)
def undo_reading(page: Page) -> Response:
    """Undo one's last reading, and back to that pair."""
    own = my_readings(page.store, page.viewer, limit=1)
    try:
        with page.logged(
            LedgerAction.LINK_JUDGEMENT, f"link:{own[0].link_id}" if own else "list:links", purpose=Purpose.REG
        ):
            link_id = undo_last_reading(page.store, page.viewer, now=page.now)
    except LinkConflictError as error:
        return page.redirect("/koppelingen", flash=f"links.conflict.{error.code}", kind="warning")
    return page.redirect(f"/koppelingen/{link_id}", flash="links.undone", kind="info")


@router.page("GET", "/koppelingen/{link_id}", may=ANALYSTS, reads="link", purpose=Purpose.REG)
def show_pair(page: Page, link_id: str) -> Response:
    """Two mentions side by side, and three answers."""
    pair = page.require(get_link_pair(page.store, page.viewer, link_id))
    page.read_object = f"link:{link_id}"
    own = my_readings(page.store, page.viewer, limit=1)
    return page.render(
        "links/pair.html.j2",
        crumbs=[(page.t("links.title"), "/koppelingen")],
        pair=pair,
        rows=compared_rows(pair),
        contexts=[mention_place(page, pair.left), mention_place(page, pair.right)],
        progress=reading_progress(page.store, page.viewer),
        can_undo=bool(own) and own[0].can_undo,
    )


@router.page("POST", "/koppelingen/{link_id}", may=ANALYSTS)
def answer_link(page: Page, link_id: str) -> Response:
    """Record the reading, and on to the next pair."""
    reading = READINGS.get(page.form.get("oordeel", ""))
    if reading is None:
        return page.redirect(f"/koppelingen/{link_id}", flash="links.choose", kind="error")
    try:
        with page.logged(LedgerAction.LINK_JUDGEMENT, f"link:{link_id}", purpose=Purpose.REG):
            record_link_reading(page.store, page.viewer, link_id, reading, now=page.now)
    except LinkConflictError as error:
        return page.redirect("/koppelingen", flash=f"links.conflict.{error.code}", kind="warning")
    return _to_next(page, after=link_id, flash=f"links.saved.{reading}")


@router.page("GET", "/koppelingen/{link_id}/uitkomst", may=ANALYSTS, reads="link", purpose=Purpose.REG)
def show_link_outcome(page: Page, link_id: str) -> Response:
    """Show the result of a pair that the viewer has read. The reading is final from then on; the link says so."""
    result = page.require(reading_result(page.store, page.viewer, link_id, now=page.now))
    page.read_object = f"link:{link_id}"
    weighed = [
        (name, comparison.get("similarity"), comparison.get("weight"), comparison.get("relation"))
        for name, comparison in result.comparisons.items()
        if isinstance(comparison, dict)
    ]
    return page.render(
        "links/outcome.html.j2",
        crumbs=[(page.t("links.title"), "/koppelingen")],
        result=result,
        rows=compared_rows(result.pair),
        contexts=[mention_place(page, result.pair.left), mention_place(page, result.pair.right)],
        weighed=weighed,
    )


def compared_rows(pair: LinkPair) -> list[Row]:
    """The compared fields of a pair, each with its difference as a word and marked in the text."""
    return [
        _row(name, pair.left.get(name) or "", pair.right.get(name) or "")
        for name in COMPARED
        if OF_KIND.get(name, pair.kind) == pair.kind
    ]


def mention_place(page: Page, side: Mapping[str, str | None]) -> list[str]:
    """Return the context of a mention as lines: register and role, the record's key, and its period."""
    role = f"links.role.{side.get('role')}"
    place = [
        f"{page.t('links.dataset.' + (side.get('dataset') or 'unknown'))}, "
        f"{page.t(role) if role in page.t else side.get('role')}",
        side.get("key") or "",
    ]
    begin, end = (_day(page, side.get(name)) for name in ("active_from", "active_to"))
    if begin or end:
        place.append(page.t("links.period", begin=begin or page.t("links.unknown"), end=end or page.t("links.now")))
    return place


def _day(page: Page, text: str | None) -> str:
    return long_date(date.fromisoformat(text), page.lang) if text else ""


def _row(field: str, left: str, right: str) -> Row:
    if not left and not right:
        return Row(field, "unknown", [], [])
    if not left or not right:
        return Row(
            field, "left" if left else "right", [(left, False)] if left else [], [(right, False)] if right else []
        )
    if left.casefold() == right.casefold():
        return Row(field, "same", [(left, False)], [(right, False)])
    left_pieces: list[tuple[str, bool]] = []
    right_pieces: list[tuple[str, bool]] = []
    matcher = SequenceMatcher(None, left.casefold(), right.casefold(), autojunk=False)
    # ß and its like have two letters in the comparison: places do not correspond
    is_longer = len(left.casefold()) != len(left) or len(right.casefold()) != len(right)
    whole = [("replace", 0, len(left), 0, len(right))]
    steps = whole if is_longer or matcher.ratio() < _ALIKE else matcher.get_opcodes()
    for kind, a, b, c, d in steps:
        if a < b:
            left_pieces.append((left[a:b], kind != "equal"))
        if c < d:
            right_pieces.append((right[c:d], kind != "equal"))
    return Row(field, "differs", left_pieces, right_pieces)


def _to_next(page: Page, *, after: str | None, flash: str | None = None) -> Response:
    link_id = next_link_pair(page.store, page.viewer, after)
    if link_id is None:
        return page.redirect(
            "/koppelingen", flash="links.saved.last" if flash else "links.none_left", kind="ok" if flash else "info"
        )
    return page.redirect(f"/koppelingen/{link_id}", flash=flash)
