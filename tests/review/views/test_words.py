"""Every code and role that a dossier can hold has words in both languages."""

from __future__ import annotations

import pytest

from screening.base.code_words import code_words
from screening.base.datasets import datasets
from screening.base.vocabulary import LinkLevel, PartyKind
from screening.review.views import words


def test_every_code_of_a_register_is_named_once() -> None:
    # the BAG writes its own sentences ("Verblijfsobject in gebruik"); SBI versions are years
    codes = {
        code
        for name, dataset in datasets().items()
        if name != "bag_adressen"
        for column in dataset.columns.values()
        for code in column.codes
        if column.name != "sbi_versie"
    }
    assert len(codes) > 80
    assert codes <= set(code_words())
    columns = [column for dataset in datasets().values() for column in dataset.columns.values()]
    named = [code for column in columns for code in column.code_words]
    assert sorted(named) == sorted(set(named))


def test_words_stand_at_codes_of_their_own_column() -> None:
    for dataset in datasets().values():
        for column in dataset.columns.values():
            assert set(column.code_words) <= set(column.codes), column.name


def test_every_level_and_kind_is_named() -> None:
    assert set(words._words()["levels"]) == set(LinkLevel)
    assert set(words._words()["kinds"]) == set(PartyKind)


@pytest.mark.parametrize("group", sorted(words._words()))
def test_each_word_is_there_in_both_languages(group: str) -> None:
    for name, texts in words._words()[group].items():
        assert set(texts) == {"nl", "en"}, name
        assert all(isinstance(text, str) and text.strip() == text != "" for text in texts.values()), name


def test_an_unknown_name_is_shown_as_it_is() -> None:
    assert words.code_name("een_nieuwe_code", "nl") == "een_nieuwe_code"
    assert words.status_name("een_nieuwe_code", "nl") == "een nieuwe code"


def test_yes_and_no_and_the_roles_of_parties_have_words() -> None:
    assert [words.code_name(code, "en") for code in ("ja", "nee", "houder")] == ["yes", "no", "holder"]
