"""The facts for the papers: those of one municipality and of the rules that it switched on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from screening.base.legal_facts import LegalFact, law_of_article

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
    """A register that is read: its Dutch name, the names of the columns that are kept, and on what ground.

    `personal`: columns about a person; `special`: those of them that only few may see. `bases`: laws that its contract
    names. `purposes`: names of the tasks that it may be used for. `reliability`: what a fact of it rests on.
    """

    dataset: str
    name: str
    columns: Sequence[str]
    personal: Sequence[str]
    special: Sequence[str] = ()
    bases: Sequence[str] = ()
    purposes: Sequence[str] = ()
    reliability: str = ""


@dataclass(frozen=True)
class RuleFacts:
    """An indicator that is switched on, in the words of its own declaration.

    `awaits`: what it does not run without yet, "" where it runs. Of a rule of an extension: `examined_on`, "" where it
    was not examined; `examined_files`, the hash of its files; `trials`, (name, outcome) of each.
    """

    code: str
    name: str
    version: int
    kind: str
    is_sensitive: bool
    why: str
    purposes: Sequence[str]
    powers: Sequence[str]
    data: Sequence[str]
    thresholds: Sequence[str]
    ruled_out: Sequence[str]
    innocent: Sequence[str]
    unseen: Sequence[str]
    feedback: str
    legal_basis: str
    dpia: str
    advice: str
    barrier: str = ""
    datasets: Sequence[str] = ()
    awaits: str = ""
    examined_on: str = ""
    examined_files: str = ""
    trials: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class RecipientFacts:
    """Who can get something. `gets`: False where only a talk by telephone is possible. `needs`: "export" or "always".

    `bases`: laws on which it goes. `annex`: an annex to an arrangement is made of it; `paper`: that arrangement.
    `themes`, `fields`: about what, and what a signal can hold beside an address. `use`: what the receiver may do.
    """

    key: str
    name: str
    full_name: str
    gets: bool
    needs: str
    annex: bool
    bases: Sequence[LegalFact]
    what: str
    never: str
    form: str
    back: str
    paper: str = ""
    themes: Sequence[str] = ()
    fields: Sequence[str] = ()
    use: str = ""


@dataclass(frozen=True)
class PoolingFacts:
    """The processor that adds up counts of several municipalities, and the number of the agreement with it."""

    processor: str
    agreement: str


@dataclass(frozen=True)
class Facts:
    """All of it. Texts of the configuration are shown as they are, never as markup; "" where nothing was said.

    `links`: name of a page -> its address. `laws`: begin of an article -> address of the local text. `terms`: (what,
    number, unit); `unstated`: of what no term was chosen. `activities`: what a line of the Logboek Dataverwerkingen may
    name. `estimate_days`, `estimate_drift_percent`: when the weights of links are learned anew. `is_example`: a made-up
    municipality. `rules`: those that run; `awaiting`: those that do once something more is decided. `trials`: name of a
    trial that rules undergo -> what it asks; `not_ablated`: codes of ours of which one trial says nothing. `lists`:
    name of a list of the municipality -> what it holds. `pooled`: rules with what the sums of several municipalities
    say of each, up to the quarter `pooled_until`.
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
    recipients: Sequence[RecipientFacts]
    terms: Sequence[tuple[str, int, str]]
    unstated: Sequence[str]
    sample_percent: int
    expiry_days: int
    snooze_days: int
    estimate_days: int
    estimate_drift_percent: int
    has_export: bool
    status: str
    begin_month: str
    source_code: str
    version: str
    is_example: bool
    awaiting: Sequence[RuleFacts] = ()
    trials: Sequence[tuple[str, str]] = ()
    not_ablated: Sequence[str] = ()
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    laws: Mapping[str, str] = field(default_factory=dict)
    activities: Sequence[str] = ()
    pooling: PoolingFacts | None = None
    pooled: Sequence[tuple[str, Sequence[str]]] = ()
    pooled_until: str = ""

    @property
    def switched_on(self) -> list[RuleFacts]:
        """The rules that run and those that will, by code."""
        return sorted([*self.rules, *self.awaiting], key=lambda rule: rule.code)

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

    @property
    def outside(self) -> list[RecipientFacts]:
        """Partners to which data can go while `[export]` is filled in."""
        return [each for each in self.recipients if each.annex and each.gets and self.has_export]

    def link_of(self, article: str) -> str | None:
        """Where an article can be read: at the address that the municipality states, else that of the national law."""
        begin = max((begin for begin in self.laws if article.startswith(begin)), key=len, default=None)
        if begin is not None:
            return self.laws[begin]
        law = law_of_article(article)
        return law.source if law else None
