"""What the answers of a municipality make of the checklist: in order, to be reviewed, missing, or not applicable."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from screening.base.vocabulary import PolicyAnswerKind
from screening.base.word_lists import by_language, read_translations
from screening.policy.questions import PolicyQuestion, policy_questions

#: A review date within so many days is told beforehand: long enough for a council to decide.
WARN_WITHIN = timedelta(days=90)


class PolicyState(StrEnum):
    """How a question stands. The order is that of the note: what is open first."""

    MISSING = "missing"  # answered: there is no such policy
    UNANSWERED = "unanswered"  # nobody answered
    OVERDUE = "overdue"  # the review date passed
    OUTDATED = "outdated"  # adopted before the law changed
    DUE_SOON = "due_soon"  # in order, and to be reviewed within the term
    IN_ORDER = "in_order"
    NOT_APPLICABLE = "not_applicable"  # with a reason, and until its review date


#: Language -> state -> its words.
STATES = by_language(read_translations("screening.policy", "names.yaml")["states"])
#: A barrier stands open. What is due soon is in order until its day.
GAPS = frozenset({PolicyState.MISSING, PolicyState.UNANSWERED, PolicyState.OVERDUE, PolicyState.OUTDATED})
#: What somebody must look at: the review date passed or comes, or the law is newer.
TO_REVIEW = frozenset({PolicyState.OVERDUE, PolicyState.OUTDATED, PolicyState.DUE_SOON})


@dataclass(frozen=True)
class PolicyAnswer:
    """What a municipality says on a question. `owner`: a function of FUNCTIONS. `reason`: why it does not apply.

    `evidence`: a reference or link to the decision. Dates and evidence are there where there is policy; a review date
    also where it does not apply.
    """

    question: str
    kind: PolicyAnswerKind
    owner: str
    adopted_on: date | None = None
    review_on: date | None = None
    evidence: str = ""
    reason: str = ""


@dataclass(frozen=True)
class PolicyLine:
    """A question with its last answer, and how it stands."""

    question: PolicyQuestion
    answer: PolicyAnswer | None
    state: PolicyState

    @property
    def is_gap(self) -> bool:
        """Whether the barrier stands open here."""
        return self.state in GAPS


def policy_checklist(
    answers: Mapping[str, PolicyAnswer], day: date, *, warn_within: timedelta = WARN_WITHIN
) -> list[PolicyLine]:
    """Every question in its order, as it stands on a day. `answers`: the last answer by question id."""
    lines = []
    for question in policy_questions().values():
        answer = answers.get(question.id)
        lines.append(PolicyLine(question, answer, _state(question, answer, day, warn_within)))
    return lines


def _state(question: PolicyQuestion, answer: PolicyAnswer | None, day: date, warn_within: timedelta) -> PolicyState:
    if answer is None:
        return PolicyState.UNANSWERED
    if answer.kind is PolicyAnswerKind.MISSING:
        return PolicyState.MISSING
    if answer.review_on is not None and answer.review_on < day:
        return PolicyState.OVERDUE
    if answer.kind is PolicyAnswerKind.NOT_APPLICABLE:
        return PolicyState.NOT_APPLICABLE
    if question.current_since and answer.adopted_on and answer.adopted_on < question.current_since:
        return PolicyState.OUTDATED
    is_soon = answer.review_on is not None and answer.review_on <= day + warn_within
    return PolicyState.DUE_SOON if is_soon else PolicyState.IN_ORDER


def state_counts(lines: Collection[PolicyLine]) -> dict[PolicyState, int]:
    """How many of these questions stand in each state; states without any are left out."""
    counts = {state: sum(line.state is state for line in lines) for state in PolicyState}
    return {state: count for state, count in counts.items() if count}
