"""The questions of the policy checklist, as data: `questions.yaml`, with the law or model text behind each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache

from screening.errors import ConfigurationError
from screening.vocabulary import Barrier
from screening.word_lists import by_language, read_lists, read_translations

_PACKAGE = "screening.policy"
#: Keys that a question may lack: nobody has to look, no change of the law counts, no local rule is configured for it.
_OPTIONAL = {"to_check": "", "current_since": None, "local_rule": None}


@dataclass(frozen=True)
class PolicyQuestion:
    """A question about what the council, the mayor or the executive decided; never about premises or a person.

    `law`: the article or the model text; `sources`: where it was read and `checked` when (None: no source was seen);
    `to_check`: what a lawyer must look at first, empty where nothing is open. `barrier`: which stands open without it,
    `open_without_*`: how. `owner`: the function that usually answers for it. `current_since`: what was adopted before
    this day does not know the law as it is now. `review_years`: a usual term, no law. `local_rule`: the table of
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
    law: str
    sources: tuple[str, ...]
    checked: date | None
    to_check: str
    current_since: date | None
    review_years: int
    local_rule: str | None

    def words(self, part: str, language: str) -> str:
        """A text of it: `question`, `why`, `open_without` or `evidence`, in `nl` or `en`."""
        return str(getattr(self, f"{part}_{language}"))


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
    if not given["to_check"] and not given["checked"]:
        raise ConfigurationError(f"{name}: no source was seen (checked is empty), so to_check must say what is open.")
    sources = given["sources"]
    given |= {"barrier": Barrier(str(given["barrier"])), "sources": tuple(sources if isinstance(sources, list) else ())}
    return PolicyQuestion(id=name, **given)  # type: ignore[arg-type]  # what YAML holds; the keys are those of the class


def questions_of(barrier: Barrier) -> list[PolicyQuestion]:
    """The questions without which a barrier stands open."""
    return [question for question in policy_questions().values() if question.barrier is barrier]
