"""The questions of the policy checklist are whole: a law, a source with its day or what must be checked, a barrier."""

from __future__ import annotations

import re
from datetime import date

import pytest
import textstat

from screening.base.errors import ConfigurationError
from screening.base.legal_facts import legal_facts
from screening.base.vocabulary import Barrier
from screening.policy.questions import FUNCTIONS, SUBJECTS, policy_questions, questions_of, read_question
from screening.rules.suspicion_words import suspicion_word
from tests.plain_dutch import B1

#: Said of nobody in particular: that a victim may be one who lives there, or does not say so.
OF_NOBODY = {"slachtoffer", "slachtoffers"}
#: What the checklist covers (issue 16 §3), by a word of its questions or laws.
COVERED = (
    "151a",
    "151d",
    "Wet goed verhuurderschap",
    "Wet Bibob",
    "aandachtsfunctionaris",
    "zorgcoördinator",
    "veilige plek",
    "training",
    "13b",
    "Wtta",
    "recreatiepark",
    "174a",
    "Alcoholwet",
)


def entry(**changes: object) -> dict[str, object]:
    """The entry of a question as the file has it."""
    question = vars(policy_questions()["bibob-vastgoed"])
    laws = {"laws": ["bibob-2020"], "read_in": ["bibob-beleid"]}
    return {name: value for name, value in question.items() if name != "id"} | laws | changes


def test_at_least_25_questions_over_every_subject_and_barrier() -> None:
    questions = policy_questions().values()
    assert len(questions) >= 25
    assert {question.subject for question in questions} == set(SUBJECTS["nl"])
    assert {question.owner for question in questions} <= set(FUNCTIONS["nl"])
    assert {question.barrier for question in questions} == set(Barrier)
    told = " ".join(f"{question.question_nl} {question.law}" for question in questions)
    assert [word for word in COVERED if word not in told] == []


def test_each_names_laws_that_were_read_or_must_be_checked() -> None:
    facts = legal_facts()
    for question in policy_questions().values():
        assert question.laws, question.id
        assert all(facts[fact.key] is fact for fact in (*question.laws, *question.read_in)), question.id
        assert any(fact.checked for fact in question.laws) or question.open_points, question.id
        assert 1 <= question.review_years <= 4, question.id
        assert question.current_since is None or question.current_since < date(2026, 11, 29), question.id


def test_a_question_is_easy_to_read_and_suspects_nobody() -> None:
    textstat.set_lang("nl")
    for question in policy_questions().values():
        texts = [question.words(part, "nl") for part in ("question", "why", "open_without", "evidence")]
        assert textstat.flesch_reading_ease(" ".join(texts)) >= B1, question.id
        accusing = {suspicion_word(text) for text in (*texts, *question.open_points)} - {None, *OF_NOBODY}
        assert accusing == set(), question.id


def test_no_answer_asks_figures_of_bibob() -> None:
    for question in policy_questions().values():
        if question.subject == "bibob":
            assert not re.search(r"aantal|hoeveel", question.evidence_nl), question.id


def test_the_questions_of_a_barrier() -> None:
    assert [question.id for question in questions_of(Barrier.FINANCIEN)] == ["bibob-vastgoed"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"barrier": "GELD"}, "barrier is 'GELD'"),
        ({"subject": "vuurwerk"}, "subject is 'vuurwerk'"),
        ({"owner": "J. Jansen"}, "owner is 'J. Jansen'"),
        ({"score": 3}, "score is unknown"),
        ({"laws": []}, "laws is empty"),
        ({"laws": ["wet-die-er-niet-is"]}, "laws names 'wet-die-er-niet-is'"),
        ({"read_in": ["https://voorbeeld.nl"]}, "read_in names 'https://voorbeeld.nl'"),
    ],
)
def test_an_entry_that_cannot_be_meant_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_question("made-up", entry(**changes))


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ConfigurationError, match="made-up: laws is missing"):
        read_question("made-up", {name: value for name, value in entry().items() if name != "laws"})
