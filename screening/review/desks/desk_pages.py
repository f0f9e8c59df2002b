"""What each desk reads under Herkennen: its duties of secrecy first, then signs, stories and drawings; all of it data.

Three files beside this one: `signs.yaml`, `stories.yaml` and `desks.yaml`; laws are those of `screening.legal_facts`,
which says of each where it stands, when it was read and whether a lawyer has to look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from screening.errors import ConfigurationError
from screening.legal_facts import LegalFact, legal_facts
from screening.word_lists import read_lists

_PACKAGE = "screening.review.desks"
#: A sign that no source tells: from the practice of the work.
OWN = "own"
#: Signs of a counter and of an address that stand on the card and the poster of a desk.
CARD_SIGNS = (4, 2)
#: The ways to tell that fit a story.
STORY_ROUTES = ("person", "place", "none")


class BothLanguages(NamedTuple):
    """A text in both languages."""

    nl: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in one of them."""
        return self.en if language == "en" else self.nl


@dataclass(frozen=True)
class SignSource:
    """A public page that a sign comes from. `checked`: the day on which it was read."""

    name: str
    address: str
    checked: str


@dataclass(frozen=True)
class Sign:
    """Something that may be noticed. `drawing`: the name of its picture, empty without one. No `sources`: our own."""

    text: BothLanguages
    drawing: str
    sources: tuple[SignSource, ...]


@dataclass(frozen=True)
class Story:
    """A short story to think about: nobody in it exists. `route`: of STORY_ROUTES."""

    title: BothLanguages
    story: BothLanguages
    question: BothLanguages
    ordinary: BothLanguages
    act: BothLanguages
    route: str


@dataclass(frozen=True)
class DeskDuty:
    """What a law asks of somebody at a desk."""

    law: LegalFact
    text: BothLanguages


@dataclass(frozen=True)
class DeskPage:
    """The page of one desk. `duties`: its own first, then those of everybody. `code`: the meldcode."""

    key: str
    name: BothLanguages
    work: BothLanguages
    duties: tuple[DeskDuty, ...]
    code: DeskDuty
    counter: tuple[Sign, ...]
    address: tuple[Sign, ...]
    ordinary: BothLanguages
    stories: tuple[Story, ...]

    @property
    def signs(self) -> tuple[Sign, ...]:
        """Those at the counter and those at an address."""
        return (*self.counter, *self.address)

    @property
    def drawings(self) -> tuple[str, ...]:
        """The pictures of its signs, each once."""
        return _drawings(self.signs)

    @property
    def card_signs(self) -> tuple[Sign, ...]:
        """The few that stand on its card and its poster."""
        of_counter, of_address = CARD_SIGNS
        return (*self.counter[:of_counter], *self.address[:of_address])

    @property
    def card_drawing(self) -> str:
        """The picture on its card and its poster."""
        return _drawings(self.card_signs)[0]

    @property
    def sources(self) -> tuple[SignSource, ...]:
        """The public pages that its signs come from, each once."""
        return tuple(dict.fromkeys(source for sign in self.signs for source in sign.sources))


@cache
def desk_pages() -> Mapping[str, DeskPage]:
    """Key of a desk (the end of its path) -> its page. ConfigurationError: a file names what is not there."""
    lists = read_lists(_PACKAGE, "desks.yaml")
    try:
        signs, stories = _signs(), _stories()
        everybody = tuple(_duty(row) for row in lists["everybody"])
        return {key: _desk(key, row, everybody, signs, stories) for key, row in lists["desks"].items()}
    except KeyError as error:
        raise ConfigurationError(f"Herkennen: {error} is named and is not there.") from None


@cache
def drawing_texts() -> Mapping[str, BothLanguages]:
    """Name of a drawing -> what it shows, for who does not see it."""
    return {name: BothLanguages(**row) for name, row in read_lists(_PACKAGE, "signs.yaml")["drawings"].items()}


def _desk(
    key: str, row: Mapping[str, Any], everybody: tuple[DeskDuty, ...], signs: Mapping[str, Sign],
    stories: Mapping[str, Story],
) -> DeskPage:  # fmt: skip
    return DeskPage(
        key=key,
        name=BothLanguages(**row["name"]),
        work=BothLanguages(**row["work"]),
        duties=(*(_duty(duty) for duty in row["duties"]), *everybody),
        code=_duty(row["code"]),
        counter=tuple(signs[code] for code in row["counter"]),
        address=tuple(signs[code] for code in row["address"]),
        ordinary=BothLanguages(**row["ordinary"]),
        stories=tuple(stories[code] for code in row["stories"]),
    )


def _duty(row: Mapping[str, str]) -> DeskDuty:
    return DeskDuty(legal_facts()[row["law"]], BothLanguages(row["nl"], row["en"]))


def _signs() -> dict[str, Sign]:
    lists = read_lists(_PACKAGE, "signs.yaml")
    sources = {
        key: SignSource(row["name"], row["address"], row["checked"].isoformat())
        for key, row in lists["sources"].items()
    }
    return {
        code: Sign(
            BothLanguages(row["nl"], row["en"]),
            row.get("drawing", ""),
            tuple(sources[key] for key in row["from"] if key != OWN),
        )
        for code, row in lists["signs"].items()
    }


def _stories() -> dict[str, Story]:
    rows: Mapping[str, Mapping[str, Any]] = read_lists(_PACKAGE, "stories.yaml")
    return {code: _story(**row) for code, row in rows.items()}


def _story(route: str, **texts: Mapping[str, str]) -> Story:
    title, story, question, ordinary, act = (
        BothLanguages(**texts[name]) for name in ("title", "story", "question", "ordinary", "act")
    )
    return Story(title, story, question, ordinary, act, route)


def _drawings(signs: Iterable[Sign]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sign.drawing for sign in signs if sign.drawing))
