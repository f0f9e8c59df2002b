"""The points of a map: one an object, and in one strip those that lie beside each other."""

from __future__ import annotations

import polars as pl
import pytest

from screening.base.frames import PLACES
from screening.matching.addresses.display import DISPLAY
from screening.matching.addresses.places import CELL_M, cells_around, map_places


def bag(*numbers: int, **more: object) -> pl.DataFrame:
    """Address designations."""
    return pl.DataFrame(
        {
            "nummeraanduiding_id": [f"n{n}" for n in numbers],
            "huisnummer": list(numbers),
            "huisletter": ["a"] * len(numbers),
            "huisnummertoevoeging": [None, "2"][: len(numbers)],
            "gebruiksdoelen": [["woonfunctie"]] * len(numbers),
            "status": ["in gebruik"] * len(numbers),
            **more,
        },
        schema_overrides={"huisnummertoevoeging": pl.String},
    )


def display(*points: tuple[int, float | None, float | None]) -> pl.DataFrame:
    """Objects at these points."""
    rows = [
        {
            "address_id": f"o{n}",
            "address": f"Laan, de {n}, 1234 AB Dorp",
            "nummeraanduiding_id": f"n{n}",
            "rd_x": x,
            "rd_y": y,
        }
        for n, x, y in points
    ]
    return pl.DataFrame(rows, schema=DISPLAY)


def test_an_object_without_a_point_is_on_no_map() -> None:
    placed = map_places(bag(1, 2).lazy(), display((1, 10.0, 20.0), (2, None, None)).lazy()).collect()
    assert dict(placed.schema) == PLACES
    assert placed.rows(named=True) == [
        {
            "cell": 0,
            "address_id": "o1",
            "place": "Laan, de 1",
            "house_number": "1a",
            "uses": ["woonfunctie"],
            "status": "in gebruik",
            "rd_x": 10.0,
            "rd_y": 20.0,
            "outline": None,
        }
    ]


def test_the_outline_of_the_delivery_is_kept() -> None:
    addresses, shown = bag(1, 2, omtrek=["0 0,1 0,1 1", "0 0, 1"]), display((1, 1.0, 1.0), (2, 2.0, 2.0))
    assert map_places(addresses.lazy(), shown.lazy()).collect()["outline"].to_list() == ["0 0,1 0,1 1", None]


@pytest.mark.parametrize("x", [CELL_M * 700.0, CELL_M * 700.5])
@pytest.mark.parametrize("y", [CELL_M * 1800.0, CELL_M * 1800.5])
def test_a_window_holds_every_point_in_it(x: float, y: float) -> None:
    near = [(1, x - 75.0, y), (2, x + 75.0, y + 75.0)]
    cells = map_places(bag(1, 2).lazy(), display(*near).lazy()).collect()["cell"].to_list()
    strips = cells_around(x, y, 75.0)
    assert len(strips) <= 2
    assert all(any(first <= cell <= last for first, last in strips) for cell in cells)
