"""A slip of the keys is one, another name is another."""

from __future__ import annotations

import polars as pl
import pytest

from screening.matching.addresses import fuzzy

STREETS = pl.DataFrame(
    {
        "street_id": [0, 1, 2, 3, 4, 5],
        "town": ["dorp", "dorp", "dorp", "dorp", "anderdorp", "dorp"],
        "street_variant": [
            "herengracht",
            "kerkstraat",
            "fortdiemerdamstraat",
            "prinsesirenelaan",
            "herengracht",
            "verlengdekoninginwilhelminastraat",
        ],
    },
    schema_overrides={"street_id": pl.UInt32},
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("heerengracht", [0]),
        ("hernegracht", [0]),
        ("fortdimerdamstraatt", [2]),
        ("forthinderdamstraat", []),
        ("verlengdekoniginwilhelminastrat", [5]),
        ("verlengekoniginwilhelminastrat", []),
        ("kerklaan", []),
        ("kekrstrat", []),
        ("rozenstraat", []),
    ],
)
def test_within_a_town(written, expected):
    names = pl.DataFrame({"name": [written], "town": ["dorp"]})
    assert fuzzy.within_towns(names, STREETS)["street_id"].to_list() == expected


def test_no_street_where_two_are_as_near():
    streets = pl.DataFrame(
        {"street_id": [0, 1], "town": ["dorp", "dorp"], "street_variant": ["parkwegstraat", "perkwegstraat"]},
        schema_overrides={"street_id": pl.UInt32},
    )
    names = pl.DataFrame({"name": ["pirkwegstraat"], "town": ["dorp"]})
    assert fuzzy.within_towns(names, streets).is_empty()
    assert fuzzy.within_towns(names, streets.head(1))["street_id"].to_list() == [0]


def test_without_a_town_a_name_of_two_towns_leads_to_both():
    names = pl.DataFrame({"name": ["heerengracht"], "town": [None]}, schema={"name": pl.String, "town": pl.String})
    assert fuzzy.within_towns(names, STREETS)["street_id"].to_list() == [0, 4]


def test_beside_its_postcode_less_is_enough():
    postcodes = pl.DataFrame({"postcode": ["1234AA"], "street_id": [3]}, schema_overrides={"street_id": pl.UInt32})
    written = ["irenelaan", "prinsesirenestraat", "beatrixlaan", "laan"]
    names = pl.DataFrame({"name": written, "postcode": ["1234AA"] * 4})
    found = fuzzy.within_postcodes(names, postcodes, STREETS)
    assert found["name"].to_list() == ["irenelaan", "prinsesirenestraat"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("voorbeelstad", "voorbeeldstad"),
        ("voorbeeldtsad", "voorbeeldstad"),
        ("voorbeeldstat", "voorbeeldstad"),
        ("voorbeelddam", None),
        ("hooorn", "hoorn"),
        ("doorn", None),
        ("hoorm", None),
        ("eede", None),
        ("epe", None),
        ("elders", None),
    ],
)
def test_a_slip_in_a_town_is_not_another_town(written, expected):
    found = fuzzy.misspelt_towns(pl.Series([written]), pl.Series(["voorbeeldstad", "hoorn", "ede"]))
    assert found["slip_of"].drop_nulls().to_list() == ([expected] if expected else [])
