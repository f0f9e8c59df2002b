"""A map of the premises, the neighbours and the other addresses of the network: no tile, no geocoder."""

from __future__ import annotations

from dataclasses import dataclass

#: Corners of a ring in metres of the Dutch grid (RD, EPSG:28992): (x, y), x to the east, y to the north.
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class MapPlace:
    """An address on the map.

    `name`: the whole address ("Reigerlaan 77"). `house_number`: what stands beside a neighbour ("77-A").
    `x_m`, `y_m`: RD, metres. `outline`: rings of its premises, empty where the extract has none: then a point.
    `note`: what is there, in words ("Café De Zon, horecavergunning"), for the other addresses and the own one.
    """

    name: str
    x_m: float
    y_m: float
    house_number: str = ""
    note: str = ""
    outline: tuple[Ring, ...] = ()


@dataclass(frozen=True)
class PlaceMap:
    """What the map shows. `others`: addresses of the network; their numbers are 1, 2 … in this order."""

    own: MapPlace
    neighbours: tuple[MapPlace, ...] = ()
    others: tuple[MapPlace, ...] = ()
