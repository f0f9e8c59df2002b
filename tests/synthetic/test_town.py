"""Addresses as a matcher needs them: pins that mean one object, numbers that mean one door."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from screening.synthetic.town import _postcodes, build_town, street_names


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), addresses=st.integers(200, 4000))
def test_numbers_never_repeat_in_a_street_and_every_row_is_there(seed: int, addresses: int) -> None:
    bag = build_town(np.random.default_rng(seed), addresses).bag
    assert bag.height == addresses
    assert bag.select("straatnaam", "huisnummer", "huisletter", "huisnummertoevoeging").is_unique().all()
    assert bag["nummeraanduiding_id"].is_unique().all()
    assert bag["adresseerbaar_object_id"].is_unique().all()
    assert bag["postcode"].str.contains(r"^[1-9]\d{3}[A-Z]{2}$").all()
    assert not bag["postcode"].str.contains(r"S[ADS]$").any()
    assert bag.group_by("postcode").agg(pl.col("straatnaam").n_unique())["straatnaam"].max() == 1


def test_no_other_object_lies_near_one_that_stands_alone() -> None:
    town = build_town(np.random.default_rng(5), 20_000)
    points = town.bag.select("rd_x", "rd_y").to_numpy()
    alone = points[town.single]
    distance, _ = cKDTree(np.unique(points, axis=0)).query(alone, k=2)
    assert distance[:, 0].max() == 0
    assert distance[:, 1].min() >= 8.9


def test_coordinates_agree_with_each_other_and_lie_in_the_country() -> None:
    bag = build_town(np.random.default_rng(6), 500).bag
    assert bag["lat"].is_between(51.9, 52.3).all()
    assert bag["lon"].is_between(5.5, 6.3).all()
    east = bag.sort("rd_x")
    assert east["lon"][0] < east["lon"][-1]


def test_street_names_are_distinct_and_run_out_with_a_reason() -> None:
    names = street_names(np.random.default_rng(1), 3000)
    assert len(set(names)) == 3000
    of_millions = street_names(np.random.default_rng(1), 60_000)
    assert len(set(of_millions)) == 60_000
    with pytest.raises(ValueError, match="ask for fewer addresses"):
        street_names(np.random.default_rng(1), 1_000_000)


def test_postcodes_of_millions_of_addresses_have_four_digits() -> None:
    street = np.arange(400_000)
    codes = pl.Series(_postcodes(street, np.ones_like(street), street % 2))
    assert codes.n_unique() == len(street)
    assert codes.str.contains("^[1-9][0-9]{3}[A-Z]{2}$").all()
