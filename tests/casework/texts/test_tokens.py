"""The words of a text as they are compared."""

from __future__ import annotations

from screening.casework.texts.tokens import is_adjective, plain_word, tokens_of


def test_words_are_compared_plain_and_articles_count_for_nothing() -> None:
    assert plain_word("Foto’s") == "fotos"
    assert [token.word for token in tokens_of("De oost-Europese bar, 12.30 uur. Dicht!")] == [
        "oost",
        "europese",
        "bar",
        "9",
        "uur",
        ".",
        "dicht",
        ".",
    ]


def test_a_comma_and_the_end_of_a_sentence_part_clauses() -> None:
    assert [token.clause for token in tokens_of("Open, vol: druk. Dicht")] == [0, 1, 2, 3, 3]


def test_a_token_knows_its_place() -> None:
    text = "’t Raam (achter) is dicht"
    assert [text[token.start : token.end] for token in tokens_of(text)] == ["Raam", "achter", "is", "dicht"]


def test_words_as_people_say_them_are_compared_as_they_are_written() -> None:
    assert [token.word for token in tokens_of("Nie open, da weet ie; gin licht")] == [
        "niet",
        "open",
        "dat",
        "weet",
        "hij",
        ".",
        "geen",
        "licht",
    ]


def test_an_adjective_is_no_noun_with_the_same_end() -> None:
    assert is_adjective("grote")
    assert not is_adjective("plantage")
    assert not is_adjective("kamer")
