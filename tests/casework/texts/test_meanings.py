"""The matcher of meanings: phrases with gaps, either order, misspelt words, harmless turns, clauses about people."""

from __future__ import annotations

import time

import pytest

from screening.base.word_lists import read_lists
from screening.casework.texts.meanings import categories, is_listed, meanings_of

FILE = read_lists("screening.casework.texts", "meanings.yaml")


def kinds(text: str) -> list[str]:
    return [meaning.category for meaning in meanings_of(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("De begeleider hield de papieren vast", "papers"),
        ("de papieren lagen in de kluis bij de baas", "papers"),
        ("Iemand anders deed steeds het woord", "control"),
        ("het woord werd gedaan; een ander doet het woord", "control"),
        ("niemand mocht alleen praten", "control"),
    ],
)
def test_a_meaning_is_found_in_any_order_and_with_words_between(text: str, kind: str) -> None:
    assert kind in kinds(text)


def test_a_gap_ends_with_the_sentence() -> None:
    assert "papers" in kinds("hield gisteren nog de papieren")
    assert "papers" not in kinds("De deur hield het. Papieren op de vloer")


@pytest.mark.parametrize("word", ["slachtofer", "verblijfsvergunnig", "prostitueerd", "zwangerschp", "bewindvoeder"])
def test_one_wrong_letter_in_a_long_word_hides_nothing(word: str) -> None:
    assert kinds(f"daar, {word}") != []


@pytest.mark.parametrize(
    ("harmless", "meant"),
    [
        ("Turkse bakkerij", "Turkse bezoekers"),
        ("8 man", "een man"),
        ("papieren zakken", "papieren van anderen"),
        ("kamerverhuur, huid van het pand", "donkere huid"),
        ("de deur slaat dicht", "iemand slaat"),
        ("een kinderfiets", "een kind"),
        ("babymelkpoeder in de container", "een baby"),
        ("een personeelskamer", "een personeelslid met een mes"),
        ("verdwenen huisraad", "verdiensten"),
    ],
)
def test_another_meaning_of_a_word_is_let_pass(harmless: str, meant: str) -> None:
    assert kinds(f"Daar is {harmless}") == []
    assert kinds(f"Daar is {meant}") != []


def test_of_people_one_says_how_many_when_and_where() -> None:
    assert kinds("Om 23 uur gingen 12 mensen via de achterdeur naar binnen") == []
    assert kinds("Om 23 uur moesten 12 mensen gehoorzaam knielen") != []
    # what stands in another clause is not said of them
    assert kinds("Er waren 12 mensen, het fornuis glom") == []
    # whoever does it is left out, and is somebody
    assert kinds("Leeft van giften") == ["person"]


def test_what_somebody_has_is_not_where_they_are() -> None:
    assert kinds("Acht mensen bij de voordeur") == []
    assert kinds("Acht mensen met een voorhamer") == ["person"]
    assert kinds("Huurder heeft een plantage gehad") != []


def test_the_name_of_a_street_or_a_business_means_nothing() -> None:
    text = "naast Kapsalon De Zieke Vrouw"
    assert kinds(text) != []
    assert meanings_of(text, without=[(7, len(text))]) == []


def test_a_fragment_is_a_part_of_the_text_and_those_of_one_kind_do_not_overlap() -> None:
    text = "Zij zegt dat haar moeder bang is en huilt"
    ends: dict[str, int] = {}
    for category, fragment in meanings_of(text):
        assert text.find(fragment) > ends.get(category, -1)
        ends[category] = text.find(fragment) + len(fragment) - 1


def test_a_listed_word_is_no_name() -> None:
    assert is_listed("Poolse")
    assert not is_listed("Kromhout")


def test_every_line_stands_once() -> None:
    for name, lines in (FILE["categories"] | {"harmless": FILE["harmless"]}).items():
        assert len(lines.get("phrases", [])) == len(set(lines.get("phrases", []))), name
        words = lines["words"].split()
        assert len(words) == len(set(words)), name
        assert all(isinstance(line, str) and line for line in lines.get("phrases", [])), name
    assert list(categories()) == list(FILE["categories"])


def test_a_text_of_full_length_is_read_in_a_few_milliseconds() -> None:
    text = ("Tussen 22 en 2 uur gingen verwonderlijk veel bezoekers langs de achterdeur naar binnen. " * 4)[:300]
    meanings_of(text)
    started = time.process_time()
    for _ in range(20):
        meanings_of(text)
    # measured: about 1 ms; five times as much would be felt while somebody types
    assert (time.process_time() - started) / 20 < 0.05
