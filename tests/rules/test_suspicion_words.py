"""Words that would suspect someone are found wherever they stand; the field's own words and disclaimers are not."""

from __future__ import annotations

import pytest

from screening.rules.suspicion_words import suspicion_word


@pytest.mark.parametrize(
    "term",
    [
        "verdachte",
        "Verdacht",
        "slachtoffers",
        "criminele",
        "fraudeur",
        "daders",
        "misdadig",
        "malafide",
        "verdenking",
        "suspected",
        "victims",
        "Offender",
        "perpetrators",
        "criminal",
        "suspicion",
    ],
)
def test_a_term_of_suspicion_is_found(term):
    assert suspicion_word(f"Dit is een {term} op dit adres.") == term


@pytest.mark.parametrize(
    "text",
    [
        "Dat is geen verdenking: een mens beslist.",
        "That is no suspicion: a person decides.",
        "Meldingen over woonfraude of woningdelen.",
        "Een katvanger leent zijn naam uit.",
        "De huur is verschuldigd.",
    ],
)
def test_words_of_the_field_and_what_a_flag_is_not_are_left_alone(text):
    assert suspicion_word(text) is None
