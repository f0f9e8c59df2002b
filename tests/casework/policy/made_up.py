"""The policy of a made-up municipality: seven gaps of five kinds, and two answers that only look like one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from screening.base.vocabulary import PolicyAnswerKind, Role
from screening.casework.policy.answers import answer_question
from screening.casework.viewer import Viewer
from screening.policy.checklist import PolicyAnswer, PolicyState
from screening.policy.questions import policy_questions
from screening.store import Store

DAY = date(2026, 11, 29)
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
LEAD = Viewer(account="daan", roles=frozenset({Role.LEAD}))
CONTACT = Viewer(account="gijs", roles=frozenset({Role.CONTACT_PERSON}))
AUDITOR = Viewer(account="hanna", roles=frozenset({Role.AUDITOR}))

#: The seven gaps: two that are not there, two that nobody answered, an overdue one, one that did not apply until its
#: day, and one that is older than the law.
SEVEN_GAPS = {
    "verhuur-handhaving": PolicyState.MISSING,
    "mensenhandel-training": PolicyState.MISSING,
    "uitzendbureaus-wtta": PolicyState.UNANSWERED,
    "recreatie-parken": PolicyState.UNANSWERED,
    "sekswerk-actueel": PolicyState.OVERDUE,
    "recreatie-toeristische-verhuur": PolicyState.OVERDUE,
    "woonoverlast-apv": PolicyState.OUTDATED,
}
#: What looks like a gap and is none: due soon, and not applicable with a reason.
NO_GAPS = {"bibob-vergunningen": PolicyState.DUE_SOON, "ondermijning-cameras": PolicyState.NOT_APPLICABLE}


def in_force(question: str, **changes: object) -> PolicyAnswer:
    """An answer that is in order on DAY."""
    answer = PolicyAnswer(
        question,
        PolicyAnswerKind.IN_FORCE,
        policy_questions()[question].owner,
        date(2025, 9, 1),
        date(2028, 6, 1),
        "Besluit van de raad, zaak Z-2025-00412",
    )
    return replace(answer, **changes)  # type: ignore[arg-type]  # fields by name


def not_applicable(question: str, review_on: date) -> PolicyAnswer:
    """An answer that says why a question does not apply."""
    return PolicyAnswer(
        question, PolicyAnswerKind.NOT_APPLICABLE, "beleid_ov", review_on=review_on, reason="Dit is er niet."
    )


def fill_in(store: Store) -> None:
    """Answer as the made-up municipality does; the one that did not apply was answered when it held."""
    said = {
        "verhuur-handhaving": PolicyAnswer("verhuur-handhaving", PolicyAnswerKind.MISSING, "toezicht"),
        "mensenhandel-training": PolicyAnswer("mensenhandel-training", PolicyAnswerKind.MISSING, "opleiding"),
        "sekswerk-actueel": in_force("sekswerk-actueel", adopted_on=date(2020, 1, 1), review_on=date(2024, 1, 1)),
        "recreatie-toeristische-verhuur": not_applicable("recreatie-toeristische-verhuur", DAY - timedelta(days=1)),
        "woonoverlast-apv": in_force("woonoverlast-apv", adopted_on=date(2018, 3, 1)),
        "bibob-vergunningen": in_force("bibob-vergunningen", review_on=DAY + timedelta(days=30)),
        "ondermijning-cameras": not_applicable("ondermijning-cameras", date(2027, 11, 1)),
    }
    a_year_ago = timedelta(days=365)
    for question in policy_questions():
        if SEVEN_GAPS.get(question) is not PolicyState.UNANSWERED:
            answer = said.get(question) or in_force(question)
            answer_question(store, LEAD, answer, now=NOW - a_year_ago, day=DAY - a_year_ago)
