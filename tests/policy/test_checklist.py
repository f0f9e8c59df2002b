"""How a question stands: both sides of every date, and what a gap is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from screening.base.vocabulary import PolicyAnswerKind
from screening.policy.checklist import GAPS, WARN_WITHIN, PolicyAnswer, PolicyState, policy_checklist, state_counts
from screening.policy.questions import policy_questions

DAY = date(2026, 11, 29)
#: Adopted before the law of 1 January 2024 holds no answer back but of its own question.
QUESTION = "sluiten-woning"


def state(**changes: object) -> PolicyState:
    """How the question stands with this answer."""
    given = {"kind": PolicyAnswerKind.IN_FORCE, "adopted_on": date(2024, 6, 1), "review_on": date(2028, 6, 1)}
    answer = PolicyAnswer(QUESTION, owner="jurist_ov", **{**given, **changes})  # type: ignore[arg-type]
    lines = policy_checklist({QUESTION: answer}, DAY)
    return next(line.state for line in lines if line.question.id == QUESTION)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, PolicyState.IN_ORDER),
        ({"review_on": DAY + WARN_WITHIN + timedelta(days=1)}, PolicyState.IN_ORDER),
        ({"review_on": DAY + WARN_WITHIN}, PolicyState.DUE_SOON),
        ({"review_on": DAY}, PolicyState.DUE_SOON),
        ({"review_on": DAY - timedelta(days=1)}, PolicyState.OVERDUE),
        ({"adopted_on": date(2024, 1, 1)}, PolicyState.IN_ORDER),
        ({"adopted_on": date(2023, 12, 31)}, PolicyState.OUTDATED),
        ({"adopted_on": date(2023, 12, 31), "review_on": DAY - timedelta(days=1)}, PolicyState.OVERDUE),
        ({"kind": PolicyAnswerKind.MISSING, "adopted_on": None, "review_on": None}, PolicyState.MISSING),
        ({"kind": PolicyAnswerKind.NOT_APPLICABLE, "adopted_on": None}, PolicyState.NOT_APPLICABLE),
        (
            {"kind": PolicyAnswerKind.NOT_APPLICABLE, "adopted_on": None, "review_on": DAY - timedelta(days=1)},
            PolicyState.OVERDUE,
        ),
    ],
)
def test_a_state_follows_from_the_answer_and_the_day(changes: dict[str, object], expected: PolicyState) -> None:
    assert state(**changes) is expected


def test_without_answers_every_question_is_unanswered_and_a_gap() -> None:
    lines = policy_checklist({}, DAY)
    assert state_counts(lines) == {PolicyState.UNANSWERED: len(policy_questions())}
    assert all(line.is_gap for line in lines)
    assert PolicyState.DUE_SOON not in GAPS


@pytest.mark.parametrize(
    ("adopted_on", "expected"), [(date(2025, 6, 30), PolicyState.OUTDATED), (date(2025, 7, 1), PolicyState.IN_ORDER)]
)
def test_a_policy_on_drug_premises_must_know_the_list_of_july_2025(adopted_on: date, expected: PolicyState) -> None:
    answer = PolicyAnswer("sluiten-damocles", PolicyAnswerKind.IN_FORCE, "jurist_ov", adopted_on, date(2028, 6, 1))
    lines = policy_checklist({answer.question: answer}, DAY)
    assert next(line.state for line in lines if line.question.id == answer.question) is expected
