"""The questions of the policy checklist, as data: `questions.yaml`, each with laws of `screening.base.legal_facts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache

from screening.base.errors import ConfigurationError
from screening.base.legal_facts import LegalFact, legal_facts
from screening.base.vocabulary import Barrier
from screening.base.word_lists import by_language, read_lists, read_translations

_PACKAGE = "screening.policy"
#: Keys that name laws of `screening.base.legal_facts`.
_FACTS = ("laws", "read_in")
#: Keys that a question may lack: it was read nowhere else, the municipality has nothing of its own to look at, no
#: change of the law counts, no local rule is configured for it.
_OPTIONAL = {"read_in": (), "to_check": "", "current_since": None, "local_rule": None}


@dataclass(frozen=True)
class PolicyQuestion:
    """A question about what the council, the mayor or the executive decided; never about premises or a person.

    `laws`: articles and model texts; `read_in`: other pages in which it was read. `to_check`: what the municipality
    must look at beside the notes of its laws. `barrier`: which stands open without it, `open_without_*`: how.
    `owner`: the function that usually answers for it. `current_since`: what was adopted before this day does not know
    the law as it is now. `review_years`: a usual term, no law. `local_rule`: the table of
    `[policy]` whose article is about the same.
    """

    id: str
    subject: str
    barrier: Barrier
    owner: str
    question_nl: str
    question_en: str
    why_nl: str
    why_en: str
    open_without_nl: str
    open_without_en: str
    evidence_nl: str
    evidence_en: str
    laws: tuple[LegalFact, ...]
    read_in: tuple[LegalFact, ...]
    to_check: str
    current_since: date | None
    review_years: int
    local_rule: str | None

    def words(self, part: str, language: str) -> str:
        """A text of it: `question`, `why`, `open_without` or `evidence`, in `nl` or `en`."""
        return str(getattr(self, f"{part}_{language}"))

    @property
    def law(self) -> str:
        """Its articles and model texts in a line."""
        return "; ".join(law.name for law in self.laws)

    @property
    def open_points(self) -> list[str]:
        """What a lawyer or the department must look at before anybody builds on it; empty: nothing."""
        notes = [fact.note for fact in (*self.laws, *self.read_in) if fact.to_check]
        return [*notes, self.to_check] if self.to_check else notes


#: Language -> code -> words: what questions are about, and the functions that answer for a policy.
SUBJECTS = by_language(read_translations(_PACKAGE, "names.yaml")["subjects"])
FUNCTIONS = by_language(read_translations(_PACKAGE, "names.yaml")["functions"])


@cache
def policy_questions() -> Mapping[str, PolicyQuestion]:
    """Question id -> question, in the order of the file."""
    return {name: read_question(name, entry) for name, entry in read_lists(_PACKAGE, "questions.yaml").items()}


def read_question(name: str, entry: Mapping[str, object]) -> PolicyQuestion:
    """A question from its entry. Raises ConfigurationError that names the question and the key."""
    keys = {field.name for field in fields(PolicyQuestion)} - {"id"}
    given = {**_OPTIONAL, **entry}
    if wrong := sorted(set(given) ^ keys):
        raise ConfigurationError(f"{name}: {wrong[0]} is {'unknown' if wrong[0] in given else 'missing'}.")
    for key, codes in (("subject", SUBJECTS["nl"]), ("owner", FUNCTIONS["nl"]), ("barrier", set(Barrier))):
        if given[key] not in codes:
            raise ConfigurationError(f"{name}: {key} is {given[key]!r}, and there is none of that name.")
    if not given["laws"]:
        raise ConfigurationError(f"{name}: laws is empty.")
    given |= {"barrier": Barrier(str(given["barrier"])), **{key: _facts(name, key, given[key]) for key in _FACTS}}
    return PolicyQuestion(id=name, **given)  # type: ignore[arg-type]  # what YAML holds; the keys are those of the class


def _facts(name: str, key: str, laws: object) -> tuple[LegalFact, ...]:
    """The laws with these keys."""
    keys = [str(law) for law in laws] if isinstance(laws, list | tuple) else [str(laws)]
    if unknown := [law for law in keys if law not in legal_facts()]:
        raise ConfigurationError(f"{name}: {key} names {unknown[0]!r}, which legal_facts.yaml does not have.")
    return tuple(legal_facts()[law] for law in keys)


def questions_of(barrier: Barrier) -> list[PolicyQuestion]:
    """The questions without which a barrier stands open."""
    return [question for question in policy_questions().values() if question.barrier is barrier]
