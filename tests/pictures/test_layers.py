"""Columns of a network."""

from __future__ import annotations

from screening.pictures.layers import layers_of, stacked


def test_a_director_stands_behind_the_firm_that_stands_behind_the_licence() -> None:
    targets = {"director": ["firm", "licence"], "firm": ["licence"]}
    assert layers_of(["director", "firm", "alone"], targets, {"licence": 0}) == {
        "licence": 0,
        "firm": 1,
        "director": 2,
        "alone": 1,
    }


def test_a_circle_ends() -> None:
    layers = layers_of(["x", "y"], {"x": ["y"], "y": ["x"]}, {})
    assert sorted(layers.values()) == [1, 2]


def test_what_has_room_stands_where_it_wishes_and_what_has_not_makes_room() -> None:
    assert stacked([10, 10], [5, 105], 4) == [0, 100]
    assert stacked([10, 10], [50, 50], 4) == [38, 52]
    assert stacked([10, 10], [60, 50], 4) == [57, 43]
