"""The powers of a municipality at an address, the lightest first: what can be done there, and under which law.

A rule names those that it serves (`screening.rules.powers`), and a case the one that was used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from screening.base.legal_facts import TO_CHECK
from screening.base.vocabulary import Barrier
from screening.base.word_lists import read_lists

_TO_CHECK = {"nl": TO_CHECK, "en": "to be checked"}


class PolicyTopic(StrEnum):
    """A field in which a municipality can have a rule of its own; its value names the table, as in `[policy.bibob]`."""

    PROSTITUTION = "prostitutie"
    NUISANCE = "woonoverlast"
    LETTING = "verhuur"
    BIBOB = "bibob"


@dataclass(frozen=True)
class PolicyRule:
    """A local rule. `duty`: who needs which licence; empty where there is none. `since`: when it came into force."""

    rule: str
    article: str
    partner: str
    since: date
    duty: str = ""


@dataclass(frozen=True)
class Power:
    """A power. `topic`: the local rule whose article says it; `law`: the national basis, to be checked by a lawyer.

    `barriers`: those at which it helps; empty: at each.
    """

    code: str
    nl: str
    en: str
    barriers: frozenset[Barrier]
    topic: PolicyTopic | None
    law: str | None

    def words(self, language: str) -> str:
        """Its name, `nl` or `en`."""
        return self.en if language == "en" else self.nl

    def with_law(self, language: str) -> str:
        """Its name and between brackets the national law, which a lawyer has to check in each municipality."""
        law = f" ({self.law}, {_TO_CHECK[language]})" if self.law else ""
        return f"{self.words(language)}{law}"


def _read_powers() -> Iterator[Power]:
    for code, power in read_lists("screening.base", "powers.yaml").items():
        barriers = frozenset(map(Barrier, power.get("barriers", "").split()))
        topic = PolicyTopic(power["topic"]) if "topic" in power else None
        yield Power(code, power["nl"], power["en"], barriers, topic, power.get("law"))


#: Code -> power, the lightest first.
POWERS: dict[str, Power] = {power.code: power for power in _read_powers()}


def served(codes: Collection[str], language: str) -> list[str]:
    """Each of these powers in words with its law, the lightest first; a code of an older version is left out."""
    return [power.with_law(language) for code, power in POWERS.items() if code in codes]


def powers_against(barriers: Collection[Barrier]) -> list[Power]:
    """The powers that help at one of these barriers, the lightest first; without barriers those that help at each."""
    return [power for power in POWERS.values() if not power.barriers or power.barriers & set(barriers)]


#: The code of the power in `screening.base.powers`: that it was used stands on the screen alone.
BIBOB_POWER = "bibob"


def rests_on_bibob(inputs: Mapping[str, Iterable[str]]) -> bool:
    """Whether a rule with these inputs (table -> columns) reads anything of Bibob: what it finds never leaves."""
    return any(column.startswith("bibob_") for columns in inputs.values() for column in columns)


def declared_on_bibob(declaration: Mapping[str, Any] | None) -> bool:
    """`rests_on_bibob` of a rule by its stored declaration; one that is not there reads nothing."""
    return rests_on_bibob((declaration or {}).get("inputs", {}))
