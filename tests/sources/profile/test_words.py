"""The names of columns and the spellings of codes by which a foreign file is understood."""

from __future__ import annotations

import pytest

from screening.base.datasets import datasets
from screening.sources.profile.words import (
    code_columns,
    fold_code,
    hinted_register,
    is_known_name,
    is_like_known_spelling,
    is_of_codes,
    is_of_somebody,
    is_personal,
    is_time_of_day,
    name_part,
    names_alike,
    spellings_of,
    words_of,
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("zaaknr", ("zaak", "nummer")),
        ("Besluitdatum", ("besluit", "datum")),
        ("datumAanvang", ("datum", "aanvang")),
        ("Geb.datum houder", ("geboorte", "datum", "houder")),
        ("HUISNR", ("huis", "nummer")),
        ("OPPERVLAKTE_M2", ("oppervlakte", "m")),
        ("2026", ()),
    ],
)
def test_the_words_of_a_name_are_written_out(name, words):
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Zaak nr.", ("vergunningen", "zaaknummer")),
        ("datum besluit", ("vergunningen", "datum_besluit")),
        ("Ontvangstdatum", ("vergunningen", "datum_aanvraag")),
        ("KvK-nummer", ("handelsregister", "kvk_nummer")),
        ("Postcde", ("meldingen", "postcode")),
    ],
)
def test_a_column_is_known_by_another_order_another_name_and_a_slip(name, place):
    assert names_alike([name])[0][place] > 0.85


def test_a_name_like_none_is_like_none():
    assert names_alike(["Kleur van de voordeur"])[0] == {}
    assert names_alike([]) == []


@pytest.mark.parametrize("value", ["Quispel", "Jan Quispel", "Voorbeeldstad", "Verleend", "van", "X", "12-03-2026"])
def test_a_value_is_not_taken_for_the_name_of_a_column(value):
    assert not is_known_name(value)


@pytest.mark.parametrize(
    "name",
    ["Naam aanvrager", "behandelaar", "Geb.dat", "toelichting", "houder_naam", "soort houder", "E-mail", "Handelsnaam"],
)
def test_a_column_about_somebody_is_known_by_its_name(name):
    assert is_of_somebody(name)


@pytest.mark.parametrize("name", ["zaaktype", "status", "rechtsvorm", "postcode", "bevinding"])
def test_a_column_of_a_register_is_not_about_somebody(name):
    assert not is_of_somebody(name)


def test_every_column_that_a_contract_calls_personal_is_about_somebody():
    for dataset, about in datasets().items():
        for name in about.delivered_columns:
            assert not is_personal(dataset, name) or is_of_somebody(name), (dataset, name)


def test_columns_of_codes_are_known_by_their_name():
    assert [name for name in ("Soort zaak", "zaakstatus", "Reden einde", "straat") if is_of_codes(name)] == [
        "Soort zaak",
        "zaakstatus",
        "Reden einde",
    ]


def test_every_other_spelling_belongs_to_a_code_and_no_other_code_of_the_column():
    assert spellings_of("vergunningen", "status")["toegekend"] == "verleend"
    assert spellings_of("meldingen", "status")["gesloten"] == "afgehandeld"
    assert spellings_of("controles", "bevinding")["gesloten"] == "gesloten"
    for place in code_columns():
        codes = datasets()[place[0]].columns[place[1]].codes
        assert {*spellings_of(*place).values()} == {*codes}
        assert all(spellings_of(*place)[fold_code(code)] == code for code in codes)


def test_a_spelling_is_compared_without_case_accents_and_signs():
    assert fold_code("  Privé-Huis ") == "prive huis"
    assert is_like_known_spelling("Verleent")
    assert not is_like_known_spelling("Quispel")


def test_parts_of_names_and_times_of_day():
    assert [name_part(name) for name in ("Voorletters", "tussenvoegsel", "ACHTERNAAM", "naam")] == [
        "first",
        "infix",
        "last",
        None,
    ]
    assert [is_time_of_day(name) for name in ("Tijd melding", "datum")] == [True, False]


@pytest.mark.parametrize(
    ("name", "register"),
    [
        ("export_exploitatievergunning.csv", "vergunningen"),
        ("Meldingen 2026.xlsx", "meldingen"),
        ("sex establishments.csv", "seksinrichtingen"),
        ("kvk_functies.tsv", None),
        ("uitvoer.csv", None),
    ],
)
def test_the_name_of_a_file_hints_at_one_register_or_at_none(name, register):
    assert hinted_register(name) == register
