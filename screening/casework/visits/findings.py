"""What can be recorded of a visit, as the contract of the register *controles* declares it, and the checks on it.

The form, the store, the dossier, the letter to a data subject and the row of the register all take it from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from screening.base.datasets import Column, datasets
from screening.casework.visits.words import VisitFormError, unwelcome_in

#: The column that holds what was seen, and that which holds what follows.
FINDING, FOLLOW_UP = "bevinding", "vervolg"
#: The columns of details: each can be left open.
DETAILS = (
    "aantal_kamers",
    "aantal_personen",
    "opschrift_gevel",
    "openingstijden_gezien",
    "vergunning_getoond",
    FOLLOW_UP,
)
#: What can be seen from the street, without anybody letting one in: findings and details. What follows is no sight.
SEEN_FROM_OUTSIDE = ("in_bedrijf", "gesloten", "opschrift_gevel", "openingstijden_gezien", FOLLOW_UP)
LET_IN = "toegang_verleend"

#: The value of a detail: a count, or a text or code.
Detail = int | str


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@cache
def _columns() -> Mapping[str, Column]:
    return datasets()["controles"].columns


def _words(column: str) -> dict[str, tuple[str, str]]:
    """Code -> its words in Dutch and in English, with a capital, of a column of codes."""
    words = _columns()[column].code_words
    return {code: (_capital(words[code].nl), _capital(words[code].en)) for code in _columns()[column].codes}


#: What an inspector met at the door, and what was found: code -> (nl, en).
SITUATIONS, FINDINGS = _words("situatie"), _words(FINDING)


@dataclass(frozen=True)
class DetailField:
    """How a detail is asked for. `smallest` and `largest` of a count, `longest` of a text, `codes` of a choice."""

    name: str
    label: tuple[str, str]
    smallest: int | None
    largest: int | None
    longest: int | None
    codes: Mapping[str, tuple[str, str]]

    @property
    def is_count(self) -> bool:
        """Whether it is a whole number."""
        return self.largest is not None


@cache
def detail_fields() -> tuple[DetailField, ...]:
    """Every detail in the order in which it is asked."""
    fields = []
    for name in DETAILS:
        column = _columns()[name]
        longest = re.search(r",(\d+)\}\$$", column.options.get("pattern", ""))
        fields.append(
            DetailField(
                name=name,
                label=(column.label.nl, _capital(column.label.en)),
                smallest=column.options.get("minimum"),
                largest=column.options.get("maximum"),
                longest=int(longest[1]) if longest else None,
                codes=_words(name) if column.codes else {},
            )
        )
    return tuple(fields)


def checked_details(situatie: str, given: Mapping[str, str]) -> dict[str, Detail]:
    """What was filled in, by column, without what was left open. VisitFormError: the field and what is wrong with it.

    Args:
        situatie: how the visit went; who was not let in saw the outside alone.
        given: column -> what was typed or chosen.

    """
    details: dict[str, Detail] = {}
    for field in detail_fields():
        text = " ".join(given.get(field.name, "").split())
        if not text:
            continue
        if situatie != LET_IN and field.name not in SEEN_FROM_OUTSIDE:
            raise VisitFormError("detail_from_outside", field.name, "Without being let in, nothing inside is recorded.")
        details[field.name] = _count(field, text) if field.is_count else _text(field, text)
    return details


def checked_findings(situatie: str, bevindingen: Iterable[str], *, has_details: bool = False) -> tuple[str, ...]:
    """The findings in the order of FINDINGS. VisitFormError when they or the situation do not go together."""
    findings = set(bevindingen)
    if situatie not in SITUATIONS:
        raise VisitFormError("situation", "situatie", "Choose how the visit went.")
    if findings - set(FINDINGS):
        raise VisitFormError("unknown_finding", "bevindingen", "Choose findings from the list.")
    if situatie != LET_IN and findings - set(SEEN_FROM_OUTSIDE):
        raise VisitFormError(
            "from_outside", "bevindingen", "Without being let in, only running or closed can be recorded."
        )
    if situatie == LET_IN and not findings and not has_details:
        raise VisitFormError("no_finding", "bevindingen", "Choose what was seen, or: nothing in particular.")
    if "geen_bijzonderheden" in findings and len(findings) > 1:
        raise VisitFormError("nothing_and_more", "bevindingen", "Nothing in particular goes with no other finding.")
    if {"in_bedrijf", "gesloten"} <= findings:
        raise VisitFormError("open_and_closed", "bevindingen", "Running and closed exclude each other.")
    return tuple(code for code in FINDINGS if code in findings)


def detail_lines(details: Mapping[str, Detail], language: str) -> list[tuple[str, str]]:
    """(label, value) of each detail that was recorded, in words of a language."""
    place = 1 if language == "en" else 0
    lines = []
    for field in detail_fields():
        if field.name in details:
            value = str(details[field.name])
            lines.append((field.label[place], field.codes[value][place] if field.codes else value))
    return lines


def _count(field: DetailField, text: str) -> int:
    """A whole number within its limits."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
    if not (field.smallest or 0) <= number <= (field.largest or 0):
        raise VisitFormError("count", field.name, "Fill in a whole number within the limits.", str(field.largest))
    return number


def _text(field: DetailField, text: str) -> str:
    """A code of the list, or a short text that is not about people."""
    if field.codes:
        if text not in field.codes:
            raise VisitFormError("unknown_finding", field.name, "Choose from the list.")
        return text
    if not re.fullmatch(_columns()[field.name].options["pattern"], text):
        raise VisitFormError(f"text.{field.name}", field.name, "This text is too long or has signs that do not belong.")
    if field.name == "opschrift_gevel" and (code := unwelcome_in(text)):
        raise VisitFormError(code, field.name, "A name on the front holds no e-mail address, number or date.")
    return text
