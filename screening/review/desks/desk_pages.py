"""What each desk reads under Herkennen: its duties of secrecy first, then signs, stories and drawings; all of it data.

Two files beside this one: `stories.yaml` and `desks.yaml`. Signs are those of `screening.casework.tips.signs`; laws are
those of `screening.base.legal_facts`, which says of each where it stands, when it was read and who has to look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from screening.base.errors import ConfigurationError
from screening.base.legal_facts import LegalFact, legal_facts
from screening.base.word_lists import read_lists
from screening.casework.tips.signs import BothLanguages, Sign, signs

_PACKAGE = "screening.review.desks"
#: Signs of a counter and of an address that stand on the card and the poster of a desk.
CARD_SIGNS = (4, 2)
#: The ways to tell that fit a story.
STORY_ROUTES = ("person", "place", "none")


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
    def sources(self) -> tuple[LegalFact, ...]:
        """The public pages that its signs come from, each once."""
        return tuple(dict.fromkeys(source for sign in self.signs for source in sign.sources))


@cache
def desk_pages() -> Mapping[str, DeskPage]:
    """Key of a desk (the end of its path) -> its page. ConfigurationError: a file names what is not there."""
    lists = read_lists(_PACKAGE, "desks.yaml")
    try:
        stories = _stories()
        everybody = tuple(_duty(row) for row in lists["everybody"])
        return {key: _desk(key, row, everybody, stories) for key, row in lists["desks"].items()}
    except KeyError as error:
        raise ConfigurationError(f"Herkennen: {error} is named and is not there.") from None


def _desk(key: str, row: Mapping[str, Any], everybody: tuple[DeskDuty, ...], stories: Mapping[str, Story]) -> DeskPage:
    return DeskPage(
        key=key,
        name=BothLanguages(**row["name"]),
        work=BothLanguages(**row["work"]),
        duties=(*(_duty(duty) for duty in row["duties"]), *everybody),
        code=_duty(row["code"]),
        counter=tuple(signs()[code] for code in row["counter"]),
        address=tuple(signs()[code] for code in row["address"]),
        ordinary=BothLanguages(**row["ordinary"]),
        stories=tuple(stories[code] for code in row["stories"]),
    )


def _duty(row: Mapping[str, str]) -> DeskDuty:
    return DeskDuty(legal_facts()[row["law"]], BothLanguages(row["nl"], row["en"]))


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
