"""Every register, column, code and role that a dossier can hold has words in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from screening.datasets import datasets
from screening.review.views import words
from screening.review.views.facts import ORDER
from screening.vocabulary import LinkLevel, PartyKind

CONTRACTS = [
    yaml.safe_load(file.read_text(encoding="utf-8"))["schema"][0]
    for file in sorted((Path(__file__).parents[3] / "data_contracts").glob("*.odcs.yaml"))
]
#: Shown elsewhere (the parties) or nowhere (free text, tokens), so never among the fields of a record.
NOT_SHOWN = {
    "omschrijving", "termen", "melder_token", "naam", "geboortedatum", "statutaire_naam", "handelsnamen",
    "exploitant_naam", "exploitant_geboortedatum", "handelsnaam", "betrokkene_naam", "betrokkene_geboortedatum",
    "houder_naam", "houder_geboortedatum", "straatnaam", "huisnummer", "huisletter", "huisnummertoevoeging", "postcode",
    "plaats", "woonplaats", "adres_tekst",
}  # fmt: skip


def codes(field: dict) -> list[str]:
    return [
        value
        for rule in field.get("quality", [])
        for value in rule.get("arguments", {}).get("validValues", [])
    ]  # fmt: skip


def test_every_register_is_named_and_has_a_place() -> None:
    assert {one["name"] for one in CONTRACTS} == words.known_names("registers") == words.known_names("records") == set(datasets())
    assert set(ORDER) == set(datasets())


def test_every_column_that_may_be_shown_is_named() -> None:
    columns = {field["name"] for one in CONTRACTS for field in one["properties"]} - NOT_SHOWN
    assert columns <= words.known_names("fields")


def test_every_code_of_a_register_is_named() -> None:
    # the BAG writes its own sentences ("Verblijfsobject in gebruik"); SBI versions are years
    every = {
        code
        for one in CONTRACTS
        if one["name"] != "bag_adressen"
        for field in one["properties"]
        for code in codes(field)
        if field["name"] != "sbi_versie"
    }
    assert len(every) > 80
    named = words.known_names("codes") | words.known_names("roles")
    assert every <= named, sorted(every - named)


def test_every_level_and_kind_is_named() -> None:
    assert words.known_names("levels") == set(LinkLevel)
    assert words.known_names("kinds") == set(PartyKind)


@pytest.mark.parametrize("group", sorted(words._words()))
def test_each_word_is_there_in_both_languages(group: str) -> None:
    for name, texts in words._words()[group].items():
        assert set(texts) == {"nl", "en"}, name
        assert all(isinstance(text, str) and text.strip() == text != "" for text in texts.values()), name


def test_an_unknown_name_is_shown_as_it_is() -> None:
    assert words.word("codes", "een_nieuwe_code", "nl") == "een nieuwe code"
