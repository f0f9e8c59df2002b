"""Words of cuisine and origin are seen wherever they stand in a text, and ordinary lines of business are not."""

from __future__ import annotations

import pytest

from screening.origin_words import word_of_origin, words_of_origin


@pytest.mark.parametrize("text", ["Turkse bakker", "bakkerij KEBAB", "winkel: poolse supermarkt", "Halalslager"])
def test_a_word_of_origin_is_seen_wherever_it_stands(text):
    assert word_of_origin(text)


@pytest.mark.parametrize("text", ["massagesalon", "autoverhuur", "nagelstudio", "horeca", "logies", "seksinrichting"])
def test_an_ordinary_line_of_business_is_none(text):
    assert word_of_origin(text) is None


def test_no_word_stands_twice():
    assert len(set(words_of_origin())) == len(words_of_origin()) > 100
