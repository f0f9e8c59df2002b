"""A link explained: the sum is the log-odds, both languages say what speaks for and against, the picture has words."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from screening.report.waterfall import FIELDS, from_link, link_sentence, svg

COMPARISONS = json.dumps(
    {
        "family_name": {"similarity": 1.0, "weight": 9.5},
        "given_names": {"similarity": 0.2, "weight": -4.25},
        "birth_date": {"similarity": None, "weight": 0.0},
        "business": {"similarity": 0.9, "weight": 0.1},
    }
)


def test_the_steps_add_up_to_the_log_odds_of_the_link():
    found = from_link(3.0, COMPARISONS)
    assert found["start"] == pytest.approx(3.0 - 5.35)
    assert [one["total"] for one in found["steps"]] == [7.15, 2.9, 2.9, 3.0]
    assert found["log_odds"] == 3.0


def test_the_sentence_says_in_both_languages_what_speaks_for_and_against():
    found = from_link(3.0, COMPARISONS)
    dutch = link_sentence(found, level="probable", kind="person", language="nl")
    assert dutch == (
        "Deze twee vermeldingen zijn misschien één persoon. Een mens moet dat bekijken. "
        "Ervoor: de achternaam is gelijk (telt zwaar). Ertegen: de voornaam is anders (telt mee). "
        "Dat zegt weinig: de onderneming lijkt erg op elkaar. "
        "Onbekend bij een van de twee: de geboortedatum."
    )
    english = link_sentence(found, level="strong", kind="organisation", language="en")
    assert english.startswith("These two mentions are almost certainly one organisation. For it: the family name is")
    assert "Against it: the given name differs (counts)." in english


def test_the_picture_has_a_text_equivalent_with_every_number_and_sign():
    drawn = str(svg(from_link(3.0, COMPARISONS)))
    root = ElementTree.fromstring(drawn)
    said = root[0].text
    assert root.get("role") == "img"
    assert "de achternaam +9,5" in said
    assert "de voornaam −4,2" in said
    assert "de geboortedatum +0,0 (onbekend)" in said
    shown = [one.text for one in root.iter() if one.tag.endswith("text")]
    assert "+9,5" in shown
    assert "−4,2" in shown
    assert len([one for one in root.iter() if one.tag.endswith("rect")]) == 6


def test_english_writes_points():
    assert "+9.5" in str(svg(from_link(3.0, COMPARISONS), language="en"))


def test_a_field_that_nobody_named_is_shown_under_its_own_name_and_cannot_break_the_picture():
    drawn = str(svg(from_link(1.0, json.dumps({"a<b_c": {"similarity": 1.0, "weight": 1.0}}))))
    ElementTree.fromstring(drawn)
    assert "a&lt;b c" in drawn


def test_every_field_is_named_in_both_languages():
    assert FIELDS["nl"].keys() == FIELDS["en"].keys()
