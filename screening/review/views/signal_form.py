"""The form in which an officer prepares a signal: it is read into a draft, with a message at each incomplete field."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from screening.partners.desk.fact_verification import Opened
from screening.partners.desk.signal_source import SignalSource

_MOST = 2000
#: Who can have verified a fact: whoever prepares the signal, or one of the two who judged the case and opened it.
CHECKERS = ("ik", "eerste", "tweede")
DELAYED = "uitgesteld"
#: What means the same whatever material the form shows. Every other field names a record, or a place in one run.
_LASTING = (
    "ontvanger",
    "thema",
    "contact",
    "reden",
    "herstel",
    "toch",
    "partner",
    "interventie",
    "vraag",
    "urgentie",
    "urgentie_reden",
    "twijfels",
    "kennisgeving",
    "informeren_vanaf",
)
_LASTING_LISTS = ("afwijking", "procedure", "bijlage")
#: Fields of which several values can be chosen.
LISTS = ("afwijking", "feit", "organisatie", "procedure", "bijlage")


class Follows(Enum):
    """What a version follows: nothing that left, a version that it corrects, or a withdrawal that it undoes.

    REVERSAL_UNFLAGGED: and the last run does not flag the address again.
    """

    NOTHING = auto()
    CORRECTION = auto()
    REVERSAL = auto()
    REVERSAL_UNFLAGGED = auto()


@dataclass
class SignalForm:
    """The form as it was sent, and what is wrong with it: name of the field -> key of a text."""

    values: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    wrong: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The value of a field, trimmed and no longer than any may be."""
        return self.values.get(name, "").strip()[:_MOST]

    def chosen(self, name: str) -> tuple[str, ...]:
        """The chosen values of a list."""
        return self.lists.get(name, ())


@dataclass(frozen=True)
class Checkers:
    """Who can have verified a fact. `people`: each of CHECKERS -> the account. `opened`: see `opened_by_judges`."""

    people: Mapping[str, str]
    opened: Opened

    def known(self, record_id: str) -> dict[str, date | None]:
        """Return who can have verified this record, each with the first day; None for the preparer."""
        own, *judges = CHECKERS
        since = {who: self.opened.get((self.people[who], record_id)) for who in judges}
        return {own: None} | {who: day for who, day in since.items() if day is not None}


def first_choice(material: SignalSource) -> SignalForm:
    """Return the first form: the rules that flagged and the records that they cite, without a person or a reason."""
    return SignalForm(
        {},
        {
            "afwijking": tuple(sorted({deviation["code"] for deviation in material.deviations})),
            "feit": tuple(fact.record_id for fact in material.facts if fact.is_cited),
        },
    )


def shows_material(filled: SignalForm, material: SignalSource) -> bool:
    """Whether the form showed this very material, so that its places and records mean what the officer chose."""
    return filled.get("run") == material.dossier.run.run_id


def lasting_choices(filled: SignalForm, material: SignalSource) -> SignalForm:
    """A form of other material: what was written about the case stays, what names a fact or a party is gone."""
    names = (*_LASTING, *(name for name, _, _ in questions(material)))
    names += tuple(name for name in filled.values if name.startswith("bijlage-"))
    return SignalForm(
        {name: filled.get(name) for name in names}, {name: filled.chosen(name) for name in _LASTING_LISTS}
    )


def questions(material: SignalSource) -> list[tuple[str, str, str]]:
    """(field, code, innocent explanation) of each explanation that must be weighed, each once.

    The field is named for what the explanation says: another version of the rule may have it in another place.
    """
    names: dict[tuple[str, str], str] = {}
    for deviation in material.deviations:
        for text in deviation["verklaringen"]:
            digest = hashlib.sha256(text.encode()).hexdigest()[:16]
            names[deviation["code"], text] = f"verklaring-{deviation['code']}-{digest}"
    return [(name, code, text) for (code, text), name in names.items()]
