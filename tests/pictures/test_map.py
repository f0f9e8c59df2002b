"""The map of a case."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.pictures.canvas import single_line
from screening.pictures.map import MapPlace, PlaceMap, draw_map
from tests.pictures.boxes import assert_legible, assert_told, words
from tests.pictures.names import NAMES

OWN = MapPlace("Reigerlaan 77", 155_000.0, 463_000.0, "77", "Café De Zon")
STREET = tuple(
    MapPlace(f"Reigerlaan {number}", 155_000.0 + 7 * (number - 77), 463_000.0 + 22 * (number % 2), str(number))
    for number in range(69, 86)
    if number != 77
)
NEAR = MapPlace("Reigerlaan 80", 155_021.0, 463_000.0, "80", "Eetcafé")
FAR = MapPlace("Fuikweg 42", 152_000.0, 466_000.0, "42", "Salon Amberregen")

shift = st.floats(-300, 300)
near = st.builds(lambda name, x, y: MapPlace(f"Laan {name}", 155_000 + x, 463_000 + y, name), NAMES, shift, shift)
anywhere = st.builds(
    lambda name, note, x, y: MapPlace(name, 155_000 + 60 * x, 463_000 + 60 * y, "1", note), NAMES, NAMES, shift, shift
)


def test_a_map_needs_only_the_own_address() -> None:
    picture = draw_map(PlaceMap(OWN), "nl")
    assert_legible(picture)
    assert picture.rows == (("", "Reigerlaan 77", "Café De Zon, dit adres", ""),)


def test_the_neighbours_have_their_numbers_and_the_others_are_numbered_with_distance_and_direction() -> None:
    picture = draw_map(PlaceMap(OWN, STREET, (NEAR, FAR)), "nl")
    drawn = {text.text for text in words(picture.svg)}
    assert {place.house_number for place in STREET} | {"1", "2", "77", "Reigerlaan", "N"} <= drawn
    assert picture.rows[1:3] == (
        ("1", "Reigerlaan 80", "Eetcafé", "21 m naar het oosten"),
        ("2", "Fuikweg 42", "Salon Amberregen", "4,2 km naar het noordwesten"),
    )


def test_what_lies_far_off_gets_a_part_of_its_own_and_the_neighbourhood_stays_large() -> None:
    heads = {"De buurt", "De andere adressen"}
    both, one_part = (
        {text.text for text in words(draw_map(PlaceMap(OWN, STREET, others), "nl").svg)}
        for others in ((NEAR, FAR), (NEAR,))
    )
    assert heads <= both
    assert not heads & one_part


def test_an_outline_is_drawn_to_scale() -> None:
    square = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
    ring = tuple((155_000 + x, 463_000 + y) for x, y in square)
    picture = draw_map(PlaceMap(MapPlace("A 1", 155_005.0, 463_005.0, "1", outline=(ring,)), STREET), "nl")
    assert picture.svg.count("pic-own-building") == 1


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_same_map_is_the_same_bytes(language: str) -> None:
    scene = PlaceMap(OWN, STREET, (NEAR, FAR))
    assert draw_map(scene, language) == draw_map(scene, language)


@settings(max_examples=40, deadline=None)
@given(st.lists(near, max_size=30), st.lists(anywhere, max_size=12), NAMES)
def test_whatever_it_shows_is_legible_and_told(neighbours: list, others: list, name: str) -> None:
    scene = PlaceMap(MapPlace(name, 155_000.0, 463_000.0, "7", name), tuple(neighbours), tuple(others))
    picture = draw_map(scene, "nl")
    assert_legible(picture)
    assert_told(picture, [other.name for other in others])
    rows = " ".join(cell for row in picture.rows for cell in row)
    assert all(single_line(text) in rows for text in (name, *(other.note for other in others)))
