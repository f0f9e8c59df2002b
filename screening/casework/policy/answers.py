"""Answering the policy checklist: kept for good, the last answer on a question counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

import sqlalchemy as sa

from screening.base.errors import BarrierError
from screening.base.vocabulary import PolicyAnswerKind, Role
from screening.casework.case_errors import NotAllowedError
from screening.casework.texts.text_problems import NAME, NUMBER, about_people, clean_text
from screening.casework.viewer import Viewer
from screening.policy.checklist import TO_REVIEW, PolicyAnswer, policy_checklist
from screening.policy.questions import FUNCTIONS, policy_questions
from screening.store.engine import guarded, writing
from screening.store.schema.policy import MAX_EVIDENCE, policy_answer
from screening.store.store import Store
from screening.wording.personal_numbers import personal_number_in, phone_in

#: Who answers, and who reads: the auditor reads along.
ANSWERERS = frozenset({Role.LEAD, Role.CONTACT_PERSON})
POLICY_READERS = ANSWERERS | {Role.AUDITOR}


class PolicyAnswerError(BarrierError):
    """An answer that will not do. `fields`: field of the answer -> why: `missing`, `order`, `future`, `past`, …."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(f"The answer was not taken: {', '.join(fields)}.")
        self.fields = dict(fields)


def policy_answers(store: Store) -> dict[str, PolicyAnswer]:
    """The last answer by question id. One on a question that this version does not ask is left out."""
    with guarded("reading answers on policy"), store.engine.connect() as connection:
        rows = connection.execute(policy_answer.select().order_by(policy_answer.c.id)).all()
    return {row.question: _answer(row) for row in rows if row.question in policy_questions()}


def _answer(row: sa.Row[tuple[object, ...]]) -> PolicyAnswer:
    values = {field.name: getattr(row, field.name) for field in fields(PolicyAnswer)}
    return PolicyAnswer(**values | {"kind": PolicyAnswerKind(row.kind)})


@dataclass(frozen=True)
class GivenAnswer:
    """An answer as it was given, by an account."""

    answer: PolicyAnswer
    answered_by: str
    answered_at: datetime


def answers_on(store: Store, question: str) -> list[GivenAnswer]:
    """Every answer on a question, the last one first."""
    query = policy_answer.select().where(policy_answer.c.question == question).order_by(policy_answer.c.id.desc())
    with guarded("reading answers on policy"), store.engine.connect() as connection:
        return [GivenAnswer(_answer(row), row.answered_by, row.answered_at) for row in connection.execute(query)]


def count_to_review(store: Store, day: date) -> int:
    """How many answers must be looked at: the review date passed or comes within the term, or the law is newer."""
    return sum(line.state in TO_REVIEW for line in policy_checklist(policy_answers(store), day))


def answer_question(store: Store, viewer: Viewer, answer: PolicyAnswer, *, now: datetime, day: date) -> None:
    """Keep an answer beside those of before.

    Raises:
        NotAllowedError: the viewer answers no questions on policy.
        PolicyAnswerError: a field is empty, too long, names a person, or has a date that cannot be.
    """
    if not viewer.roles & ANSWERERS:
        raise NotAllowedError("Questions on policy are answered by the lead and the contact person.")
    values = asdict(answer) | {"evidence": clean_text(answer.evidence), "reason": clean_text(answer.reason)}
    plain = PolicyAnswer(**values)
    if faults := answer_faults(plain, day):
        raise PolicyAnswerError(faults)
    row = values | {"answered_by": viewer.account, "answered_at": now}
    with guarded("answering a question on policy"), writing(store.engine) as connection:
        connection.execute(policy_answer.insert().values(**row))


def answer_faults(answer: PolicyAnswer, day: date) -> dict[str, str]:
    """Field of an answer -> what is wrong with it; empty where it may be kept."""
    is_in_force = answer.kind is PolicyAnswerKind.IN_FORCE
    is_missing = answer.kind is PolicyAnswerKind.MISSING
    faults = {
        "question": "" if answer.question in policy_questions() else "unknown",
        "owner": "" if answer.owner in FUNCTIONS["nl"] else "missing",
        "adopted_on": _adopted_fault(answer.adopted_on, day, is_asked=is_in_force),
        "review_on": _review_fault(answer, day, is_asked=not is_missing),
        "evidence": _text_fault(answer.evidence, is_asked=is_in_force),
        "reason": _text_fault(answer.reason, is_asked=answer.kind is PolicyAnswerKind.NOT_APPLICABLE),
    }
    return {field: fault for field, fault in faults.items() if fault}


def _adopted_fault(adopted_on: date | None, day: date, *, is_asked: bool) -> str:
    if not is_asked:
        return "superfluous" if adopted_on else ""
    if adopted_on is None:
        return "missing"
    return "future" if adopted_on > day else ""


def _review_fault(answer: PolicyAnswer, day: date, *, is_asked: bool) -> str:
    """A review date that passed is taken: that is how overdue policy is told."""
    if not is_asked:
        return "superfluous" if answer.review_on else ""
    if answer.review_on is None:
        return "missing"
    if answer.adopted_on and answer.review_on <= answer.adopted_on:
        return "order"
    is_past = answer.kind is PolicyAnswerKind.NOT_APPLICABLE and answer.review_on <= day
    return "past" if is_past else ""


def _text_fault(text: str, *, is_asked: bool) -> str:
    if not is_asked:
        return "superfluous" if text else ""
    if not text:
        return "missing"
    return "long" if len(text) > MAX_EVIDENCE else person_in(text)


def person_in(text: str) -> str:
    """How a text points at a person: `number` or `name`; empty where it does not. Such a text is kept nowhere."""
    text = clean_text(text)
    kinds = {problem.kind for problem in about_people(text)}
    if personal_number_in(text) or phone_in(text) or NUMBER in kinds:
        return "number"
    return "name" if NAME in kinds else ""
