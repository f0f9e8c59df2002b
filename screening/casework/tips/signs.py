"""What may be noticed of people who are perhaps exploited: one list, for the desks and for the page for a person.

It is read and, on the page for a person, ticked; no tick is kept, and no rule of the screening reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from screening.base.legal_facts import LegalFact, legal_facts
from screening.base.word_lists import read_lists

#: A sign that no source tells: from the practice of the work.
OWN = "own"


class BothLanguages(NamedTuple):
    """A text in both languages."""

    nl: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in one of them."""
        return self.en if language == "en" else self.nl


@dataclass(frozen=True)
class Sign:
    """Something that may be noticed. `drawing`: the name of its picture, empty without one.

    `sources`: public pages that it comes from; none: our own. `group`: of SIGN_GROUPS, where it can be ticked on the
    page for a person; empty where it cannot.
    """

    text: BothLanguages
    drawing: str
    sources: tuple[LegalFact, ...]
    group: str


_PACKAGE, _FILE = "screening.casework.tips", "signs.yaml"
#: Group of the page for a person -> its name in both languages.
SIGN_GROUPS = {group: BothLanguages(**row) for group, row in read_lists(_PACKAGE, _FILE)["groups"].items()}


@cache
def signs() -> Mapping[str, Sign]:
    """Code -> sign, in the order of the file. KeyError: it names a source that is not there."""
    return {
        code: Sign(
            BothLanguages(row["nl"], row["en"]),
            row.get("drawing", ""),
            tuple(legal_facts()[key] for key in row["from"] if key != OWN),
            row.get("group", ""),
        )
        for code, row in read_lists(_PACKAGE, _FILE)["signs"].items()
    }


def person_signs(group: str) -> dict[str, BothLanguages]:
    """Code -> text in Dutch and in English, of what can be ticked under a heading of the page for a person."""
    return {code: sign.text for code, sign in signs().items() if sign.group == group}


@cache
def drawing_texts() -> Mapping[str, BothLanguages]:
    """Name of a drawing -> what it shows, for who does not see it."""
    return {name: BothLanguages(**row) for name, row in read_lists(_PACKAGE, _FILE)["drawings"].items()}
