"""What a person sees of an address, and what a person's question finds."""

from __future__ import annotations

import polars as pl
import pytest

from screening.matching.addresses import AddressIndex, display_addresses, find_address


@pytest.mark.parametrize(
    ("object_id", "line"),
    [
        ("kerk3", "Kerkstraat 3, 1234 AA Dorp"),
        ("kerk5a", "Kerkstraat 5 A, 1234 AA Dorp"),
        ("kerk7-2", "Kerkstraat 7-2, 1234 AA Dorp"),
        ("kerk11a2", "Kerkstraat 11 A-2, 1234 AA Dorp"),
        ("grav2b", "'s-Gravelandseweg 2 b, Dorp"),
        ("hoek", "Sint Jansplein 2, 1234 CA Dorp"),
    ],
)
def test_one_line(index, object_id, line):
    shown = display_addresses(index)
    assert shown.filter(pl.col("address_id") == object_id)["address"].to_list() == [line]


def test_one_row_an_object_in_order(index, bag):
    shown = display_addresses(index)
    assert shown["address_id"].to_list() == sorted(set(bag["adresseerbaar_object_id"]))
    assert shown.filter(pl.col("address_id") == "hoek")["nummeraanduiding_id"].to_list() == ["num25"]


def test_a_postcode_with_a_space_in_the_bag_is_the_same_postcode(bag):
    """As GIS programs write it."""
    spaced = bag.with_columns(pl.col("postcode").str.replace(r"^(\d{4})([A-Z]{2})$", "${1} ${2}").str.to_lowercase())
    assert (spaced["postcode"] != bag["postcode"]).any()
    assert display_addresses(AddressIndex.build(spaced)).equals(display_addresses(AddressIndex.build(bag)))


def test_several_panden_are_one_text(bag):
    several = bag.with_columns(pand_id=pl.lit(["b", "a"]))
    assert display_addresses(AddressIndex.build(several))["pand_id"].unique().to_list() == ["a|b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kerkstraat 3, Dorp", ["kerk3"]),
        ("kerkstr 7", ["kerk7-1", "kerk7-2", "kerk7hs"]),
        ("Kerkstraat 14-18", ["kerk14"]),
        ("Rozenstraat 3", []),
        ("", []),
    ],
)
def test_a_typed_line_finds(index, text, expected):
    found = find_address(index, text)
    assert found["address_id"].to_list() == expected
    if len(expected) > 1:
        assert found["address_method"].to_list() == [None] * len(expected)


def test_sixteen_digits_find_an_object_a_nummeraanduiding_and_a_pand(bag):
    numbered = bag.head(3).with_columns(
        adresseerbaar_object_id=pl.format("999901000000000{}", pl.int_range(pl.len())),
        nummeraanduiding_id=pl.format("999920000000000{}", pl.int_range(pl.len())),
        pand_id=pl.lit(["9999100000000000"]),
    )
    index = AddressIndex.build(numbered)
    assert find_address(index, "9999010000000001")["address_id"].to_list() == ["9999010000000001"]
    assert find_address(index, " 9999 2000 0000 0001 ")["address_id"].to_list() == ["9999010000000001"]
    assert find_address(index, "9999100000000000").height == 3
    assert find_address(index, "9999010000000009").is_empty()
