"""Gibberish, repetition and copies are seen, and the text of somebody who says something is not odd."""

from __future__ import annotations

import ast
import random
import re
from pathlib import Path
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.base.word_lists import read_lists
from screening.wording.odd_text import Oddity, likeness, oddities

ROOT = Path(__file__).parents[2]
GOOD = (
    "De APV van 2024 verbiedt nachtelijk bezoek niet, maar een vergunning is verplicht (art. 2:28).",
    "Zie de brief van 3 november: de ondernemer vroeg op tijd verlenging aan, en het besluit volgt nog.",
    "Over 214 adressen vergeleken met een toevalstrekking: 31 tegen 4 bevestigd, p < 0,01.",
    "In de zeeën van papier tussen 2019 en 2023 vonden we drieëndertig aanvragen zonder besluit.",
    "We compared reports by three independent callers with inspections of the same street; no postcode weighs.",
    "Pietje Ypma en Zbigniew Wójcik staan beiden als leidinggevende op de lijst, met een andere geboortedatum.",
    "LIC-03, LIC-06 en LIC-07 lezen dezelfde aanvraag; PER-01, PER-02 en PER-03 lezen haar niet.",
    "HET REGISTER LOOPT ACHTER EN DE ONDERNEMER HEEFT GELIJK.",
)
GIBBERISH = (
    "asdf asdf qwer zxcv hjkl",
    "qwertyqwerty poiu asdfasdf lkjhg",
    "xqkz wrtp fjdk lkjh mnbv",
    "1234 5678 9012 3456 7890",
    "a b c d e f g h i j",
    "aaaaa bbbbb ccccc ddddd eeeee",
    "!!! ??? ... --- ***",
    "sdfkjh wejkrh sdkfjh qwlekj",
    "QWERTY ASDFGH ZXCVBN LKJHGF",
    "hahahaha hihihihi hohohoho hehehehe",
    "lorem ipsum dolor sit amet consectetur",
    "dit is een test test tekst bla",
    "Lorem ipsum gezien en akkoord",
)


@pytest.mark.parametrize("text", GOOD)
def test_a_text_that_says_something_is_not_odd(text: str) -> None:
    assert oddities(text, others=[other for other in GOOD if other != text], given=["Vergunning is verlopen."]) == ()


@pytest.mark.parametrize("text", GIBBERISH)
def test_gibberish_is_seen(text: str) -> None:
    assert Oddity.NO_WORDS in oddities(text)


@pytest.mark.parametrize(
    "text",
    [
        "goed goed goed bekeken en akkoord",
        "Akkoord bevonden. Akkoord bevonden. Akkoord bevonden. Akkoord bevonden.",
        "alles bekeken alles akkoord alles bekeken alles akkoord alles bekeken alles akkoord",
    ],
)
def test_repetition_is_seen(text: str) -> None:
    assert Oddity.REPEATS in oddities(text)


def test_an_empty_page_and_a_single_letter_have_too_few_words() -> None:
    assert oddities("")[:2] == (Oddity.TOO_FEW_WORDS, Oddity.NO_WORDS)
    assert Oddity.TOO_FEW_WORDS in oddities("x")
    assert Oddity.TOO_FEW_WORDS in oddities("Akkoord bevonden door ons", least_words=5)


def test_a_copy_is_seen_whatever_its_capitals_and_spaces() -> None:
    first = GOOD[0]
    assert oddities(f"  {first.upper()} ", others=[first]) == (Oddity.COPY,)
    assert likeness(first, [first.replace("2024", "2025")]) >= 0.9
    assert oddities(" ".join(reversed(first.split())), others=[first]) == (Oddity.COPY,)
    assert likeness("", [""]) == 0.0


def test_what_the_rule_says_of_itself_adds_nothing_and_with_something_of_ones_own_it_does() -> None:
    rule = ("Vergunning verlopen, activiteit loopt door", "De vergunning liep af. Een verlenging is niet aangevraagd.")
    assert Oddity.GIVEN in oddities("De vergunning liep af; een verlenging is niet aangevraagd!", given=rule)
    assert Oddity.GIVEN in oddities(rule[0].lower(), given=rule)
    own = f"{rule[1]} De APV staat toe dat wij dit nagaan bij de jaarlijkse controle."
    assert oddities(own, given=rule) == ()


def good_texts() -> list[str]:
    """Sentences of people: every text of the review, of the rules and of the documentation, Dutch and English."""
    texts: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            for part in value.values():
                walk(part)

    for file in sorted((ROOT / "screening/review/texts").glob("*.yaml")):
        walk(read_lists("screening.review.texts", file.name))
    for file in sorted((ROOT / "indicators").rglob("*.py")):
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        texts += [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    for file in sorted((ROOT / "docs/handleiding").glob("*.md")):
        texts += file.read_text(encoding="utf-8").split("\n\n")
    return [text for text in texts if len(set(re.findall(r"[^\W\d_]+", text.casefold()))) >= 6 and "{" not in text]


def test_few_texts_of_this_product_are_odd() -> None:
    """False alarms over 1,500 and more texts: at most one in two hundred, and those are lists of codes."""
    texts = good_texts()
    assert len(texts) > 1500
    odd = [text for text in texts if oddities(text)]
    assert len(odd) <= len(texts) / 200, odd


def test_letters_at_random_are_not_taken_for_words() -> None:
    source = random.Random(13)
    words = ["".join(source.choices(ascii_lowercase, k=source.randint(3, 9))) for _ in range(12_000)]
    texts = [" ".join(words[start : start + 12]) for start in range(0, len(words), 12)]
    assert sum(Oddity.NO_WORDS in oddities(text) for text in texts) >= 0.999 * len(texts)


@given(st.text(max_size=300))
def test_any_text_at_all_has_an_answer_and_the_same_one_twice(text: str) -> None:
    assert oddities(text, others=[text[::-1]], given=["x"]) == oddities(text, others=[text[::-1]], given=["x"])
