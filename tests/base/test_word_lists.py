"""Lists of words in their files: whole or apart by kind, and neither taken for the other."""

from __future__ import annotations

import pytest

from screening.base.word_lists import WordLists, read_word_lists, word_of_origin, words_of_origin

LISTS = WordLists({"whole": "een twee\n drie", "kinds": {"a": "x y", "b": "z"}})


def test_words_stand_apart_by_white_space_in_the_order_of_the_file():
    assert LISTS.words("whole") == ("een", "twee", "drie")
    assert LISTS.by_kind("kinds") == {"a": ("x", "y"), "b": ("z",)}


@pytest.mark.parametrize(
    "ask", [lambda: LISTS.words("kinds"), lambda: LISTS.by_kind("whole"), lambda: LISTS.words("x")]
)
def test_a_list_that_is_not_there_or_of_the_other_form_is_an_error(ask):
    with pytest.raises(KeyError):
        ask()


def test_a_file_stands_beside_its_module():
    assert "mevrouw" in read_word_lists("screening.casework.texts", "words.yaml").words("titles")


@pytest.mark.parametrize("text", ["Turkse bakker", "bakkerij KEBAB", "winkel: poolse supermarkt", "Halalslager"])
def test_a_word_of_origin_is_seen_wherever_it_stands(text):
    assert word_of_origin(text)


@pytest.mark.parametrize("text", ["massagesalon", "autoverhuur", "nagelstudio", "horeca", "logies", "seksinrichting"])
def test_an_ordinary_line_of_business_is_none(text):
    assert word_of_origin(text) is None


def test_no_word_stands_twice():
    assert len(set(words_of_origin())) == len(words_of_origin()) > 100
