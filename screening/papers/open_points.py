"""What a paper asks: each question with its key, marked where it stands, and listed at the end of its paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from screening.base.legal_facts import DatedRule, LegalFact, legal_facts
from screening.papers.facts import UNANSWERED


class OwnMarkdown(str):
    """Text of our own that is Markdown already."""


@dataclass(frozen=True)
class OpenPoint:
    """A question that only the municipality can answer. One key has one answer, in whichever paper it is asked.

    `about`: what it is about, where the place in the paper tells that and the list would not.
    """

    key: str
    question: str
    about: str = ""


@dataclass
class PaperRecord:
    """What a paper asked and named while it was made. `answers`: key -> what the municipality answered."""

    answers: Mapping[str, str]
    points: dict[str, OpenPoint] = field(default_factory=dict)
    laws: dict[str, LegalFact] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)

    def ask(self, key: str, question: str, answer: str = "", about: str = "") -> str:
        """The answer of the configuration or of the municipality; else the question, numbered, and in the list.

        The configuration goes first. What the municipality answered as well is asked all the same, and no odd key.
        """
        if key in self.answers:
            self.answered.add(key)
        if answer:
            return answer
        if key in self.answers:
            return self.answers[key]
        self.points.setdefault(key, OpenPoint(key, question, about))
        number = list(self.points).index(key) + 1
        return OwnMarkdown(f"**{UNANSWERED.capitalize()} ({number}):** {question}")

    def law(self, key: str) -> str:
        """The name of a law, with its mark where somebody has to check it; the paper lists it with its source."""
        return self.cite(legal_facts()[key])

    def cite(self, fact: LegalFact) -> str:
        """The name of a law that no key names, as that of a partner; listed as the others."""
        self.laws[fact.key] = fact
        return fact.marked

    def dates(self, key: str) -> tuple[DatedRule, ...]:
        """What a law says from which day on; the paper lists that law too."""
        self.law(key)
        return self.laws[key].dates
