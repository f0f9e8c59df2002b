"""The facts for the papers: those of one municipality and of the rules that it switched on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: Stands where only the municipality can answer.
UNANSWERED = "te beantwoorden door de gemeente"


@dataclass(frozen=True)
class PurposeFacts:
    """A task for which registers are used: its code, its name, and the basis that the municipality states."""

    code: str
    name: str
    legal_basis: str
    articles: Sequence[str]


@dataclass(frozen=True)
class SourceFacts:
    """A register that is read: its Dutch name, what a row is, and the names of the columns that are kept."""

    name: str
    columns: Sequence[str]
    personal: Sequence[str]


@dataclass(frozen=True)
class RuleFacts:
    """An indicator that is switched on, in the words of its own declaration."""

    code: str
    name: str
    version: int
    kind: str
    is_sensitive: bool
    why: str
    purposes: Sequence[str]
    data: Sequence[str]
    thresholds: Sequence[str]
    ruled_out: Sequence[str]
    innocent: Sequence[str]
    unseen: Sequence[str]
    feedback: str
    legal_basis: str
    dpia: str
    advice: str


@dataclass(frozen=True)
class Facts:
    """All of it. Texts of the configuration are shown as they are, never as markup; "" where nothing was said.

    `links`: name of a page -> its address. `terms`: (what, number, unit); `unstated`: of what no term was chosen.
    `activities`: what a line of the Logboek Dataverwerkingen may name.
    `is_example`: a made-up municipality.
    """

    municipality: str
    code: str
    controller: str
    contact: str
    given_by: str
    document: str
    dpia_id: str
    dpia_date: str
    dpia_valid_until: str
    advice_id: str
    purposes: Sequence[PurposeFacts]
    sources: Sequence[SourceFacts]
    rules: Sequence[RuleFacts]
    terms: Sequence[tuple[str, int, str]]
    unstated: Sequence[str]
    sample_percent: int
    expiry_days: int
    snooze_days: int
    has_export: bool
    status: str
    begin_month: str
    source_code: str
    version: str
    is_example: bool
    links: Mapping[str, str] = field(default_factory=dict)
    activities: Sequence[str] = ()

    @property
    def bases(self) -> list[str]:
        """The legal bases of all purposes, each once."""
        return list(dict.fromkeys(purpose.legal_basis for purpose in self.purposes))

    @property
    def articles(self) -> list[str]:
        """The articles of all purposes, each once: purposes often share them."""
        return list(dict.fromkeys(article for purpose in self.purposes for article in purpose.articles))

    @property
    def reads_sex_licences(self) -> bool:
        """Whether a rule looks at sex establishments: premises and operators, never workers."""
        return any(rule.is_sensitive for rule in self.rules)
