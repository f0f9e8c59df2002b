"""The signs: each with a source or our own, and never about who somebody is."""

from __future__ import annotations

import pytest
import textstat

from screening.casework.texts.text_problems import KINDS, text_problems
from screening.casework.tips.signs import SIGN_GROUPS, drawing_texts, person_signs, signs
from tests.plain_dutch import B1, LONGEST


def test_no_sign_is_about_origin_looks_belief_or_language() -> None:
    """The check of a tip knows those words; that it is about people is what this list is for."""
    refused = {"origin", "looks", "belief", "status", "sex_work", "verdict"}  # a language is of "origin"
    assert refused <= set(KINDS), "the check knows each"
    wrong = {
        code: kinds
        for code, sign in signs().items()
        if (kinds := {problem.kind for problem in text_problems(sign.text.nl)} & refused)
    }
    # that the friend is older is the sign itself, whoever they are
    assert wrong == {"older_friend": {"looks"}}


def test_a_sign_is_in_one_group_or_in_none() -> None:
    assert {sign.group for sign in signs().values()} == {*SIGN_GROUPS, ""}
    assert sum(len(person_signs(group)) for group in SIGN_GROUPS) >= 15
    assert all(text.nl.strip() and text.en.strip() for text in (sign.text for sign in signs().values()))
    sentences = [part for sign in signs().values() for part in sign.text.nl.split(". ")]
    assert [part for part in sentences if len(part.split()) > LONGEST] == []
    assert {sign.drawing for sign in signs().values()} == {*drawing_texts(), ""}


@pytest.mark.parametrize("group", SIGN_GROUPS)
def test_the_signs_of_a_person_read_as_b1(group: str) -> None:
    textstat.set_lang("nl")
    texts = [sign.nl for sign in person_signs(group).values()]
    assert textstat.flesch_reading_ease(" ".join(texts)) >= B1
