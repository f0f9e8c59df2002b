"""The map of a case."""

from screening.pictures.map import MapPlace, PlaceMap


def test_a_map_needs_only_the_own_address() -> None:
    place_map = PlaceMap(own=MapPlace("Reigerlaan 77", 155_000.0, 463_000.0))
    assert place_map.neighbours == place_map.others == ()
