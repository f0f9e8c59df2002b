"""Answers to the policy checklist: seven gaps are those seven, the last answer counts, and nobody's name is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import PolicyAnswerKind
from screening.casework.case_errors import NotAllowedError
from screening.casework.policy.answers import PolicyAnswerError, answer_question, count_to_review, policy_answers
from screening.policy.checklist import GAPS, PolicyAnswer, policy_checklist, state_counts
from screening.policy.questions import policy_questions
from screening.store import Store
from screening.store.schema.policy import MAX_EVIDENCE, policy_answer
from tests.casework.policy.made_up import AUDITOR, CONTACT, DAY, LEAD, NO_GAPS, NOW, SEVEN_GAPS, fill_in, in_force
from tests.databases import on_sqlite


def test_seven_gaps_of_a_made_up_municipality_are_exactly_those(store: Store) -> None:
    fill_in(store)
    lines = policy_checklist(policy_answers(store), DAY)
    assert {line.question.id: line.state for line in lines if line.is_gap} == SEVEN_GAPS
    assert {line.question.id: line.state for line in lines if line.question.id in NO_GAPS} == NO_GAPS
    counts = state_counts(lines)
    assert sum(counts[state] for state in GAPS) == 7
    assert sum(counts.values()) == len(policy_questions())
    assert count_to_review(store, DAY) == 4  # two overdue, one older than the law, one due soon


def test_the_last_answer_counts_and_those_of_before_stay(store: Store) -> None:
    missing = PolicyAnswer("sluiten-damocles", PolicyAnswerKind.MISSING, "jurist_ov")
    answer_question(store, LEAD, missing, now=NOW, day=DAY)
    answer_question(store, CONTACT, in_force("sluiten-damocles"), now=NOW, day=DAY)
    assert policy_answers(store) == {"sluiten-damocles": in_force("sluiten-damocles")}
    with store.engine.connect() as connection:
        by = connection.scalars(sa.select(policy_answer.c.answered_by).order_by(policy_answer.c.id)).all()
        with pytest.raises(sa.exc.IntegrityError, match="only grows"):
            connection.execute(policy_answer.delete())
    assert by == ["daan", "gijs"]


@on_sqlite
def test_the_auditor_reads_and_does_not_answer(store: Store) -> None:
    with pytest.raises(NotAllowedError):
        answer_question(store, AUDITOR, in_force("sluiten-damocles"), now=NOW, day=DAY)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"owner": "Jan Jansen"}, {"owner": "missing"}),
        ({"adopted_on": None}, {"adopted_on": "missing"}),
        ({"adopted_on": DAY + timedelta(days=1)}, {"adopted_on": "future"}),
        ({"adopted_on": DAY}, {}),
        ({"review_on": None}, {"review_on": "missing"}),
        ({"review_on": date(2025, 6, 1)}, {"review_on": "order"}),
        ({"evidence": " \u200b "}, {"evidence": "missing"}),
        ({"evidence": "x" * (MAX_EVIDENCE + 1)}, {"evidence": "long"}),
        ({"evidence": "Nota van mevrouw De Vries"}, {"evidence": "name"}),
        ({"evidence": "Vraag het na: 06-12345678"}, {"evidence": "number"}),
        ({"evidence": "Dossier van 111222333"}, {"evidence": "number"}),
        ({"evidence": "j.devries@voorbeeldstad.example"}, {"evidence": "number"}),
        ({"evidence": "Gemeenteblad gmb-2023-181580, zaak Z-111222333"}, {}),
        ({"evidence": "https://lokaleregelgeving.overheid.nl/CVDR742884/1"}, {}),
        ({"evidence": "Raadsbesluit 2025-113, APV Voorbeeldstad hoofdstuk 3"}, {}),
        ({"reason": "Is er niet."}, {"reason": "superfluous"}),
        ({"question": "onbekend"}, {"question": "unknown"}),
    ],
)
@on_sqlite
def test_what_will_not_do_is_named_by_its_field(
    store: Store, changes: dict[str, object], faults: dict[str, str]
) -> None:
    answer = replace(in_force("sluiten-damocles"), **changes)  # type: ignore[arg-type]
    if not faults:
        return answer_question(store, LEAD, answer, now=NOW, day=DAY)
    with pytest.raises(PolicyAnswerError) as caught:
        answer_question(store, LEAD, answer, now=NOW, day=DAY)
    assert caught.value.fields == faults
    assert policy_answers(store) == {}


@pytest.mark.parametrize("kind", [PolicyAnswerKind.MISSING, PolicyAnswerKind.NOT_APPLICABLE])
@on_sqlite
def test_what_is_not_there_has_no_date_of_adoption(store: Store, kind: PolicyAnswerKind) -> None:
    with pytest.raises(PolicyAnswerError) as caught:
        answer_question(store, LEAD, replace(in_force("sluiten-damocles"), kind=kind), now=NOW, day=DAY)
    assert caught.value.fields["adopted_on"] == "superfluous"


@on_sqlite
def test_an_answer_on_a_question_that_is_not_asked_any_more_is_left_out(store: Store) -> None:
    with store.engine.begin() as connection:
        row = {"question": "vuurwerk", "kind": "missing", "owner": "beleid_ov", "evidence": "", "reason": ""}
        connection.execute(policy_answer.insert().values(**row, answered_by="daan", answered_at=NOW))
    assert policy_answers(store) == {}
