"""The report of a colleague: a closed list of facts about premises, a day, an address as typed and one short text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from screening.base.errors import BarrierError
from screening.base.word_lists import read_lists, read_translations
from screening.casework.texts.text_problems import clean_text, is_town, text_problems

#: What can be reported: facts about premises and what happens there, that anybody who stood there would have seen.
#: Nothing about who people are. Order of the form: by the work in which one sees it.
_CHOICES = read_translations("screening.casework.tips", "choices.yaml")
OBSERVATIONS, WORKS, EXAMPLES = _CHOICES["observations"], _CHOICES["works"], _CHOICES["examples"]
#: Work -> the codes of what one sees at it.
OBSERVATIONS_OF_WORK: dict[str, tuple[str, ...]] = {
    work: tuple(
        code
        for code, words in read_lists("screening.casework.tips", "choices.yaml")["observations"].items()
        if words["work"] == work
    )
    for work in WORKS
}

_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")
#: As in the BAG: a letter, an addition of at most four letters and digits, or both. No room for the name of a person.
_ADDITION = re.compile(r"-?([0-9A-Za-z]{0,4}|[A-Za-z](?:[ -]|(?=[0-9]))[0-9A-Za-z]{1,4})")


@dataclass(frozen=True)
class TipPolicy:
    """The terms of tips: how many one account may send in a day, how old a sighting may be, how long all is kept."""

    per_day: int = 10
    max_age_days: int = 365
    keep_days: int = 183

    def __post_init__(self) -> None:
        """TipError for terms under which nothing could be sent."""
        if min(self.per_day, self.max_age_days, self.keep_days) < 1:
            raise TipError({"policy": ("too_small",)})


class TipError(BarrierError):
    """A tip or a decision that cannot be taken as it is. `fields`: field -> codes, never a value."""

    def __init__(self, fields: dict[str, tuple[str, ...]]) -> None:
        named = "; ".join(f"{name}: {', '.join(codes)}" for name, codes in fields.items())
        super().__init__(f"The signal was not taken ({named}). Correct it and send it again.")
        self.fields = fields


DEFAULT_POLICY = TipPolicy()


class House(NamedTuple):
    """A postcode without a space and a house number."""

    postcode: str
    number: int


def houses_in(address: str) -> frozenset[House]:
    """What the address of a register, in one line, may be called by; none without a postcode.

    More than one where the name of the street holds a number as well: which is which, the line does not tell. The name
    may hold a comma too: the place comes after the last one.
    """
    street, _, rest = address.rpartition(",")
    postcode = re.search(r"(?<!\d)(\d{4}) ?([A-Z]{2})(?![A-Za-z])", rest)
    if postcode is None:
        return frozenset()
    return frozenset(House("".join(postcode.groups()), int(number)) for number in re.findall(r"\d+", street))


@dataclass(frozen=True)
class Sighting:
    """A sighting: the form as filled in, in one spelling. The address is as typed."""

    seen_on: date
    postcode: str
    house_number: int
    addition: str = ""
    place: str = ""
    observations: tuple[str, ...] = ()
    text: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Bring fields with several spellings into one."""
        object.__setattr__(self, "postcode", "".join(self.postcode.split()).upper())
        object.__setattr__(self, "addition", " ".join(self.addition.split()))
        object.__setattr__(self, "place", " ".join(self.place.split()))
        object.__setattr__(self, "observations", tuple(code for code in OBSERVATIONS if code in set(self.observations)))
        object.__setattr__(self, "text", clean_text(self.text))

    @property
    def house(self) -> House:
        """The house without the addition: a colleague seldom writes the addition of the register."""
        return House(self.postcode, self.house_number)

    @property
    def address(self) -> str:
        """The address in one line, as it was typed."""
        number = f"{self.house_number} {self.addition}".strip()
        return f"{self.postcode[:4]} {self.postcode[4:]}, {number}{f', {self.place}' if self.place else ''}"


def sighting_faults(seen: Sighting, *, day: date, policy: TipPolicy = DEFAULT_POLICY) -> dict[str, tuple[str, ...]]:
    """Field -> codes of what is wrong with a sighting that is reported on `day`; empty when it can be sent."""
    wrong: dict[str, tuple[str, ...]] = {}
    if seen.seen_on > day:
        wrong["seen_on"] = ("future",)
    elif seen.seen_on < day - timedelta(days=policy.max_age_days):
        wrong["seen_on"] = ("too_old",)
    has_form = {
        "postcode": _POSTCODE.fullmatch(seen.postcode),
        "house_number": 1 <= seen.house_number <= 99999,
        "addition": _ADDITION.fullmatch(seen.addition),
        "place": not seen.place or is_town(seen.place),
    }
    wrong |= {name: ("form",) for name, holds in has_form.items() if not holds}
    if not seen.observations:
        wrong["observations"] = ("none",)
    kinds = tuple(dict.fromkeys(problem.kind for problem in text_problems(seen.text)))
    if kinds:
        wrong["text"] = kinds
    return wrong
