"""An object has several addresses and is told of once, by its main one."""

from __future__ import annotations

import polars as pl

from screening.rules import Tables, readings


def _bag(*rows: dict) -> pl.LazyFrame:
    types = {"oppervlakte": pl.Float64, "gebruiksdoelen": pl.List(pl.String), "pand_id": pl.List(pl.String)}
    return Tables({"bag_adressen": pl.DataFrame(list(rows), schema_overrides=types)}).bag_adressen


_A = {"adresseerbaar_object_id": "a"}
TWICE = (
    {**_A, "key": "n2", "is_nevenadres": True, "oppervlakte": 80.0, "gebruiksdoelen": ["winkelfunctie"]},
    {**_A, "key": "n9", "is_nevenadres": False, "oppervlakte": 60.0, "gebruiksdoelen": ["woonfunctie"]},
)


def test_the_main_address_speaks_for_the_object_and_all_functions_count():
    assert readings.functions_of_objects(_bag(*TWICE)).collect().rows() == [
        ("a", "bag_adressen:n9", ["winkelfunctie", "woonfunctie"])
    ]
    assert readings.surely_no_dwellings(_bag(*TWICE)).collect().is_empty()
    assert readings.dwellings(_bag(*TWICE)).collect()["address_id"].to_list() == ["a"]


def test_an_object_without_a_known_function_has_none_and_may_be_a_home():
    berth = _bag({"key": "n1", "adresseerbaar_object_id": "a", "gebruiksdoelen": None})
    assert readings.functions_of_objects(berth).collect().is_empty()
    assert readings.surely_no_dwellings(berth).collect().is_empty()


def test_the_largest_known_area_counts():
    assert readings.floor_areas(_bag(*TWICE)).collect().select("address_id", "oppervlakte_m2").rows() == [("a", 80.0)]
    for unknown in (1.0, 999999.0, 0.0, None):
        row = {"key": "n1", "adresseerbaar_object_id": "a", "oppervlakte": unknown}
        assert readings.floor_areas(_bag(row)).collect().is_empty()


def test_an_object_stands_in_its_first_building_and_a_berth_in_itself():
    bag = _bag(
        {"key": "n1", "adresseerbaar_object_id": "a", "pand_id": ["q", "p"]},
        {"key": "n2", "adresseerbaar_object_id": "b", "pand_id": None},
    )
    assert dict(readings.buildings(bag).collect().rows()) == {"a": "p", "b": "b"}


def test_only_the_addresses_of_the_objects_asked_for_are_left():
    bag = _bag(*TWICE, {"key": "n3", "adresseerbaar_object_id": "b"})
    places = pl.LazyFrame({"address_id": ["a", "a", None]})
    assert readings.at_objects(bag, places).collect()["adresseerbaar_object_id"].to_list() == ["a", "a"]


def test_objects_are_in_one_building_when_panden_of_any_object_connect_them():
    panden = {"a": ["p5", "p2"], "b": ["p5"], "c": ["p7", "p5"], "d": ["p7"], "e": ["p8"], "f": ["p9", "p8"], "g": None}
    bag = pl.LazyFrame(
        {"adresseerbaar_object_id": list(panden), "pand_id": list(panden.values())},
        schema={"adresseerbaar_object_id": pl.String, "pand_id": pl.List(pl.String)},
    )
    one, other = dict.fromkeys("abcd", "p2"), dict.fromkeys("ef", "p8")
    assert dict(readings.buildings(bag).collect().rows()) == {**one, **other, "g": "g"}

    some = pl.LazyFrame({"address_id": ["b", "d"]})
    assert dict(readings.buildings(bag, objects=some).collect().rows()) == {"b": "p2", "d": "p2"}


def test_without_an_object_in_several_panden_nothing_is_connected():
    empty = pl.LazyFrame(schema={"adresseerbaar_object_id": pl.String, "pand_id": pl.List(pl.String)})
    assert readings.buildings(empty).collect().is_empty()
