"""What was tried of a rule, on how much, and what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class TrialQuestion:
    """What a trial asks of a rule: its name in Dutch, and a sentence in both languages."""

    name_nl: str
    nl: str
    en: str


#: Every trial, in the order in which a rule undergoes them.
TRIALS: dict[str, TrialQuestion] = {
    "cases": TrialQuestion(
        "gevallen",
        "De gevallen kloppen, met beide kanten van elke grens en elke verklaring.",
        "The cases hold, with both sides of each threshold and each explanation.",
    ),
    "texts": TrialQuestion(
        "teksten", "De teksten zijn goed te lezen en beschuldigen niemand.", "The texts are plain and accuse nobody."
    ),
    "name_swap": TrialQuestion(
        "andere namen",
        "Namen van een andere herkomst veranderen geen treffer, en geen treffer zegt wie het is.",
        "Names of another origin change no hit, and no hit tells a name, a birth date, a token or an id.",
    ),
    "name_alone": TrialQuestion(
        "alleen een naam", "Een gelijke naam alleen geeft geen treffer.", "An equal name alone makes no hit."
    ),
    "proxy": TrialQuestion(
        "woorden van herkomst",
        "Woorden van keuken of herkomst in een handelsnaam veranderen geen treffer.",
        "Words of cuisine or origin in a trade name change no hit.",
    ),
    "poisoning": TrialQuestion(
        "meldingen van één persoon",
        "Eén melder maakt met veel meldingen geen treffer.",
        "One reporter makes no hit with many reports.",
    ),
    "ablation": TrialQuestion(
        "weglaten",
        "Een treffer staat op de gegevens die hij noemt, en raakt geen andere regel.",
        "A hit stands on the records that it cites, and touches no other rule.",
    ),
}


PASSED, FAILED, NOT_CONCERNED = "passed", "failed", "not_concerned"
#: How a trial ended, in Dutch and in English.
STATES: dict[str, tuple[str, str]] = {
    PASSED: ("geslaagd", "passed"),
    FAILED: ("niet geslaagd", "did not pass"),
    NOT_CONCERNED: ("gaat niet over deze regel", "does not concern this rule"),
}


@dataclass(frozen=True)
class Trial:
    """One trial of one rule. `tried`: how many cases, hits or addresses; `faults`: a sentence each, none if it held."""

    code: str
    name: str
    tried: int
    faults: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        """Whether nothing was wrong."""
        return not self.faults

    @property
    def state(self) -> str:
        """How it ended, as one of STATES."""
        return FAILED if self.faults else PASSED if self.tried else NOT_CONCERNED

    def told(self, language: str) -> tuple[str, str, str]:
        """Its name, what it asks, and how it ended."""
        question, (state_nl, state_en) = TRIALS[self.name], STATES[self.state]
        if language == "nl":
            return question.name_nl, question.nl, state_nl
        return self.name.replace("_", " "), question.en, state_en


def trial_of(code: str, name: str, faults_by_try: Iterable[Iterable[str]]) -> Trial:
    """The trial of which each try gives its faults."""
    tried, faults = 0, []
    for faults_of_try in faults_by_try:
        tried += 1
        faults += list(faults_of_try)
    return Trial(code, name, tried, tuple(faults))


def prefixed(place: str, faults: Iterable[str]) -> Iterator[str]:
    """The faults, each with the case that showed it."""
    return (f"{place}: {fault}" for fault in faults)
