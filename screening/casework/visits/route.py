"""In which order to walk: a short way past all stops, from coordinates that never leave the machine."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import pairwise
from math import hypot
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)
Point = tuple[float, float]

#: A list is a walk of a day. Beyond this the search for a shorter way would take longer than a page may.
MOST_STOPS = 40


def walking_order(places: Mapping[Name, Point | None]) -> list[Name]:
    """The names in walking order: nearest neighbour from every start, each made shorter by 2-opt, the shortest kept.

    `places`: name -> (x, y) in metres (EPSG:28992), or None where unknown; those come last, in the order given. The
    way is open: no return to the start. Ties go by the order given, so the same places give the same walk.
    Straight lines: streets are longer, but the order is for people on foot in one town, who may change it.
    """
    placed = {name: point for name, point in places.items() if point is not None}
    names = list(placed)
    points = list(placed.values())
    lost = [name for name, point in places.items() if point is None]
    if len(points) < 3:
        return names + lost
    apart = [[hypot(a[0] - b[0], a[1] - b[1]) for b in points] for a in points]
    ways = [_shortened(_nearest_first(start, apart), apart) for start in range(len(points))]
    best = min(ways, key=lambda way: (round(_length(way, apart), 3), way))
    return [names[place] for place in best] + lost


def walk_length(order: list[Point | None]) -> float:
    """Metres of the way past these points in a straight line; unknown ones are skipped."""
    placed = [point for point in order if point is not None]
    return sum(hypot(a[0] - b[0], a[1] - b[1]) for a, b in pairwise(placed))


def _length(way: list[int], apart: list[list[float]]) -> float:
    return sum(apart[a][b] for a, b in pairwise(way))


def _nearest_first(start: int, apart: list[list[float]]) -> list[int]:
    way, left = [start], set(range(len(apart))) - {start}
    while left:
        distances = apart[way[-1]]
        way.append(min(left, key=lambda place: (distances[place], place)))
        left.remove(way[-1])
    return way


def _shortened(way: list[int], apart: list[list[float]]) -> list[int]:
    """2-opt: turn a stretch round wherever that shortens the way, until it nowhere does."""
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for first in range(len(way) - 1):
            for last in range(first + 1, len(way)):
                # an open way has no edge before its first and none after its last stop
                before = apart[way[first - 1]][way[first]] if first else 0.0
                after = apart[way[last]][way[last + 1]] if last + 1 < len(way) else 0.0
                turned_before = apart[way[first - 1]][way[last]] if first else 0.0
                turned_after = apart[way[first]][way[last + 1]] if last + 1 < len(way) else 0.0
                if turned_before + turned_after < before + after - 1e-6:
                    way[first : last + 1] = reversed(way[first : last + 1])
                    is_shorter = True
    return way
