"""The measure of plain Dutch agrees with the tool that the pages are measured with, and sees what is hard."""

from __future__ import annotations

import pytest
import textstat

from indicators.housing.hou_01_overcrowding_at_permitted_rooms import overcrowding_at_permitted_rooms
from indicators.legal_structure.org_03_phoenix_company import phoenix_company
from screening.wording.readability import READS_AS_B1, dutch_reading_ease, long_sentences

EASY = "De zaak is open. De vergunning is voorbij. Bel de houder en vraag het na."
HARD = "Administratiefrechtelijke onregelmatigheden rechtvaardigen nadere bestuursrechtelijke informatieverzameling."


@pytest.mark.parametrize("rule", [overcrowding_at_permitted_rooms, phoenix_company])
def test_it_agrees_with_the_tool_for_pages_to_a_few_points(rule):
    text = " ".join([rule.rationale_nl, *rule.innocent_nl, *rule.ruled_out_nl, *rule.limits_nl])
    textstat.set_lang("nl")
    assert dutch_reading_ease(text) == pytest.approx(textstat.flesch_reading_ease(text), abs=6)


def test_hard_dutch_is_below_b1_and_easy_dutch_above():
    assert dutch_reading_ease(HARD) < READS_AS_B1 < dutch_reading_ease(EASY)
    assert dutch_reading_ease("") == 0


def test_a_sentence_of_more_than_twenty_words_is_named():
    long = " ".join(["woord"] * 21)
    assert long_sentences(f"Kort. {long}. Kort.") == [long]
