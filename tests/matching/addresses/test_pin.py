"""A pin counts within ten metres of one object, with the next at least twice as far."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pytest
from scipy.spatial import cKDTree

from screening.base.vocabulary import AddressNote
from screening.matching.addresses import AddressIndex, resolve
from screening.matching.addresses import pin as pin_module
from screening.matching.addresses.pin import PIN_ERROR_M

Y = 450000.0


@pytest.mark.parametrize(
    ("reason", "x", "y", "expected"),
    [
        ("on the object", 153000.0, Y, "drk8"),
        ("at nine metres", 153000.0, Y + 9, "drk8"),
        ("at eleven metres", 153000.0, Y + 11, None),
        ("two objects equally far", 150005.0, Y, None),
        ("the next one less than twice as far", 150003.6, Y, None),
        ("the next one more than twice as far", 150003.0, Y, "kerk1"),
        ("objects on one spot", 150040.0, Y, None),
        ("far out of town", 100000.0, 400000.0, None),
        ("the living object at the place of a withdrawn one", 151021.0, Y, "goud4"),
        ("nearer to the withdrawn one of the same address", 151020.4, Y, "goud4"),
        ("a withdrawn object on the same spot", 153300.0, Y, "irene6"),
        ("a withdrawn object that nothing replaced", 151040.0, Y, "goud6gone"),
        ("a corner house with two addresses is one object", 152000.0, Y, "hoek"),
    ],
)
def test_reach_and_clearance(ask, pin_at, reason, x, y, expected):
    got = ask(**pin_at(x, y))
    assert got["address_id"] == expected, (reason, got["address_note"])
    assert got["address_method"] == ("pin" if expected else None)


def test_the_score_falls_with_the_distance(ask, pin_at):
    near, far = ask(**pin_at(153000.0, Y + 1)), ask(**pin_at(153000.0, Y + 9))
    assert near["address_score"] == pytest.approx(0.99, abs=0.01)
    assert far["address_score"] == pytest.approx(0.95, abs=0.01)
    assert far["address_note"] == AddressNote.PIN_NEAR


def test_an_object_beside_it_makes_a_pin_less_sure(ask, pin_at):
    """kerk5 with its neighbour kerk5a at three metres, drk8 alone: both pins one metre away."""
    beside, alone = ask(**pin_at(150019.0, Y)), ask(**pin_at(153001.0, Y))
    assert (beside["address_id"], alone["address_id"]) == ("kerk5", "drk8")
    assert beside["address_score"] < 0.75 < alone["address_score"]


def test_the_score_of_pins_is_the_share_that_is_right(index, bag, pin_at):
    """Pins drawn around the objects of a street with the error that the module states."""
    chance = random.Random(1108)
    objects = bag.filter(pl.col("status") == "Verblijfsobject in gebruik").unique(
        "adresseerbaar_object_id", keep="first"
    )
    drawn = [
        {"key": str(at), "drawn": name, **pin_at(x + chance.gauss(0, PIN_ERROR_M), y + chance.gauss(0, PIN_ERROR_M))}
        for at, (name, x, y) in enumerate(
            chance.choices(sorted(objects.select("adresseerbaar_object_id", "rd_x", "rd_y").rows()), k=4000)
        )
    ]
    pins = pl.DataFrame(drawn).with_columns(dataset=pl.lit("meldingen"))
    found = pins.join(resolve(pins, index), on=["dataset", "key"]).drop_nulls("address_id")
    real = (found["address_id"] == found["drawn"]).mean()
    assert found.height > 1500
    assert found["address_score"].mean() == pytest.approx(real, abs=0.04)


def test_two_near_objects_are_both_named(ask, pin_at):
    got = ask(**pin_at(150005.0, Y))
    assert got["candidates"] == ["kerk1", "kerk3"]
    assert got["address_note"] == "the pin lies between two objects"


def test_swapped_axes_are_put_right(ask, pin_at):
    pin = pin_at(153000.0, Y)
    assert ask(lat=pin["lon"], lon=pin["lat"])["address_id"] == "drk8"


@pytest.mark.parametrize("pin", [{"lat": 0.0, "lon": 0.0}, {"lat": 48.85, "lon": 2.35}, {"lat": 91.0, "lon": 500.0}])
def test_a_pin_outside_the_country_is_none(ask, pin):
    got = ask(**pin)
    assert (got["address_id"], got["address_note"]) == (None, "the pin lies outside the country")


@pytest.mark.parametrize("pin", [{"lat": 52.0}, {"lon": 5.0}, {"lat": float("nan"), "lon": 5.0}])
def test_half_a_pin_is_none(ask, pin):
    assert ask(**pin)["address_id"] is None


def test_what_is_written_goes_before_the_pin(ask, pin_at):
    pin = pin_at(153000.0, Y)
    assert ask("Kerkstraat 3, Dorp", **pin)["address_id"] == "kerk3"
    assert ask("t/o Kerkstraat 3, Dorp", **pin)["address_id"] is None
    assert ask("Kerkstraat 7, Dorp", **pin)["address_id"] is None


def test_a_town_alone_says_nothing_against_the_pin(ask, pin_at):
    assert ask("Dorp", **pin_at(153000.0, Y))["address_method"] == "pin"


def test_one_object_alone_has_no_next_one_to_be_clear_of(bag, pin_at):
    from screening.matching.addresses import resolve

    index = AddressIndex.build(bag.filter(pl.col("adresseerbaar_object_id") == "drk8"))
    asked = pl.DataFrame({"dataset": ["meldingen"], "key": ["1"], **{k: [v] for k, v in pin_at(153000.0, Y).items()}})
    assert resolve(asked, index)["address_id"].to_list() == [None]


def test_the_nearest_objects_are_those_that_a_tree_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = np.random.default_rng(4)
    objects, pins = drawn.uniform(0, 900, (1500, 2)).round(1), drawn.uniform(-90, 990, (700, 2)).round(1)
    monkeypatch.setattr(pin_module, "_PINS_AT_ONCE", 300)
    distance, nearest = pin_module._nearest(pins, objects)
    expected, _ = cKDTree(objects).query(pins, k=pin_module.RIVALS, distance_upper_bound=pin_module.SIGHT_M)
    np.testing.assert_allclose(distance, expected)
    found = np.isfinite(distance)
    metres = np.hypot(*(np.repeat(pins, found.sum(axis=1), axis=0) - objects[nearest[found]]).T)
    np.testing.assert_allclose(metres, distance[found])
    assert (nearest[~found] == len(objects)).all()
