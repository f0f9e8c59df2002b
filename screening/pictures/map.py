"""A map of the premises, the neighbours and the other addresses of the network: no tile, no geocoder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from screening.base.typeface.typeface import text_width
from screening.pictures.canvas import Canvas, Frame, as_picture, wrapped
from screening.pictures.captions import bearing_text, caption, counted
from screening.pictures.map_panel import MapPanel
from screening.pictures.picture import WIDE, Picture, PictureKind
from screening.pictures.signs import draw_number, draw_own

#: Corners of a ring in metres of the Dutch grid (RD, EPSG:28992): (x, y), x to the east, y to the north.
Ring = tuple[tuple[float, float], ...]

_LEAST_HEIGHT, _MOST_HEIGHT = 170.0, 270.0
#: Of a wide map with two parts: how much of the width the neighbourhood takes, and the room between the parts.
_SHARE, _GAP = 0.6, 12.0
_HEAD, _LINE, _SIZE = 22.0, 18.0, 13.0
_NUMBER_ROOM = 26.0


@dataclass(frozen=True)
class MapPlace:
    """An address on the map.

    `name`: the whole address ("Reigerlaan 77"). `house_number`: what stands beside a neighbour ("77-A").
    `x_m`, `y_m`: RD, metres. `outline`: rings of its premises, empty where the extract has none: then a point.
    `note`: what is there, in words ("Café De Zon, horecavergunning"), for the other addresses and the own one.
    `number`: of another address, as in the network; 0: its place in the order.
    """

    name: str
    x_m: float
    y_m: float
    house_number: str = ""
    note: str = ""
    number: int = 0
    outline: tuple[Ring, ...] = ()


@dataclass(frozen=True)
class PlaceMap:
    """What the map shows. `others`: addresses of the network."""

    own: MapPlace
    neighbours: tuple[MapPlace, ...] = ()
    others: tuple[MapPlace, ...] = ()

    @property
    def numbered(self) -> list[tuple[str, MapPlace]]:
        """The others with the number that each is known by."""
        return [(str(other.number or place), other) for place, other in enumerate(self.others, start=1)]


def draw_map(place_map: PlaceMap, language: str, *, name: str = "map") -> Picture:
    """Draw the map. `name`: what the ids in it begin with."""
    own = place_map.own.name
    title = caption("map", "title", language, name=own)
    summary = caption("map", "summary_alone", language, name=own)
    if place_map.others:
        summary = counted("map", "summary", len(place_map.others), language, name=own)
    heads = (caption("map", head, language) for head in ("number", "address", "what", "distance"))
    drawn = partial(_drawn, place_map, language)
    return as_picture(drawn, (title, summary), heads, _rows(place_map, language), name=name)


def _drawn(place_map: PlaceMap, language: str, name: str, width: float) -> tuple[Canvas, float]:
    """The drawing and its height: one part or two, and under them what the numbers mean."""
    canvas = Canvas(PictureKind.MAP, name, width)
    is_wide = width == WIDE
    near, far = _parts(place_map, width * _SHARE if is_wide else width, _MOST_HEIGHT)
    left = round(width * _SHARE) if far and is_wide else width
    widths = (left, width - left - _GAP if is_wide else width)
    needed = [
        MapPanel.height(across, [_corners(place) for place in places])
        for across, places in zip(widths, (near, far), strict=True)
        if places
    ]
    tall = min(max(*needed, _LEAST_HEIGHT), _MOST_HEIGHT)
    if far and is_wide:
        frames = [Frame(0.5, _HEAD, left - 1, tall), Frame(left + _GAP, _HEAD, width - left - _GAP - 0.5, tall)]
    elif far:
        frames = [Frame(0.5, _HEAD, width - 1, tall), Frame(0.5, 2 * _HEAD + tall + _GAP, width - 1, tall)]
    else:
        frames = [Frame(0.5, 0.5, width - 1, tall)]
    for frame, head, places in zip(frames, ("near", "far"), (near, far), strict=False):
        if far:
            canvas.text("text", frame.left, frame.top - 7, caption("map", head, language), _SIZE, is_bold=True)
        panel = MapPanel(canvas, frame, [_corners(place) for place in places])
        _fill(panel, place_map, places, shows_neighbours=head == "near")
        panel.furnish(language)
    return canvas, _legend(canvas, place_map, language, frames[-1].bottom + 8)


def _parts(place_map: PlaceMap, width: float, height: float) -> tuple[list[MapPlace], list[MapPlace]]:
    """The places of the neighbourhood, and those of the second part: empty where the first shows them all."""
    near = [place_map.own, *place_map.neighbours]
    if not place_map.neighbours:
        return [place_map.own, *place_map.others], []
    view = MapPanel.view(Frame(0, 0, width, height), [_corners(place) for place in near])
    inside = [other for other in place_map.others if view.shows(other.x_m, other.y_m)]
    if len(inside) == len(place_map.others):
        return [*near, *inside], []
    return near + inside, [place_map.own, *place_map.others]


def _fill(panel: MapPanel, place_map: PlaceMap, places: Sequence[MapPlace], *, shows_neighbours: bool) -> None:
    """Draw the places: first all shapes, then the labels, the most telling first."""
    own, shown = place_map.own, set(places)
    neighbours = place_map.neighbours if shows_neighbours else ()
    spots = _spots(neighbours)
    for place in (*neighbours, *(other for other in place_map.others if other in shown)):
        panel.building("building", place.outline)
    panel.building("own-building", own.outline)
    for spot in spots:
        panel.point("neighbour", spot[0].x_m, spot[0].y_m)
    for other in place_map.others:
        if other in shown:
            panel.point("dot", other.x_m, other.y_m)
    panel.own(own.x_m, own.y_m, own.house_number if shows_neighbours else "")
    for number, other in place_map.numbered:
        if other in shown:
            panel.number_sign(other.x_m, other.y_m, number)
    firsts = sorted((spot[0] for spot in spots), key=_street)
    for street, of_street in groupby(firsts, key=_street):
        panel.street(street, [(place.x_m, place.y_m) for place in of_street])
    for spot in spots:
        panel.house_number(spot[0].x_m, spot[0].y_m, _numbers(spot))


def _corners(place: MapPlace) -> tuple[tuple[float, float], ...]:
    return ((place.x_m, place.y_m), *(corner for ring in place.outline for corner in ring))


def _spots(neighbours: Sequence[MapPlace]) -> list[list[MapPlace]]:
    """The neighbours by where they are: dwellings over each other are one point."""
    spots: dict[tuple[float, float], list[MapPlace]] = {}
    for place in neighbours:
        spots.setdefault((round(place.x_m), round(place.y_m)), []).append(place)
    return list(spots.values())


def _street(place: MapPlace) -> str:
    return place.name.removesuffix(place.house_number).strip()


def _numbers(spot: Sequence[MapPlace]) -> str:
    """`77-A`; of several `77` where they share it, else `77–81`. The text equivalent has them all."""
    numbers = [place.house_number for place in spot]
    if len(set(numbers)) == 1:
        return numbers[0]
    first, last = (re.match(r"\d*", number).group() for number in (numbers[0], numbers[-1]))  # type: ignore[union-attr]  # empty at least
    return first if first == last else f"{first}–{last}"


def _legend(canvas: Canvas, place_map: PlaceMap, language: str, top: float) -> float:
    """What the marks and numbers mean; returns where it ends. What is there and how far off, the text has."""
    left, bottom = 0.0, top
    for number, head in [("", caption("map", "own", language)), *((n, other.name) for n, other in place_map.numbered)]:
        lines = wrapped(head, canvas.width - _NUMBER_ROOM, _SIZE)
        across = _NUMBER_ROOM + max(text_width(line, _SIZE) for line in lines)
        if left and left + across > canvas.width:
            left, top = 0.0, bottom
        if number:
            draw_number(canvas, left + 11, top + _LINE / 2, number)
        else:
            draw_own(canvas, left + 11, top + _LINE / 2)
        for place, line in enumerate(lines):
            canvas.text("text", left + _NUMBER_ROOM, top + 13 + place * _LINE, line, _SIZE)
        left, bottom = left + across + _GAP, max(bottom, top + len(lines) * _LINE + 5)
    return bottom


def _distance(own: MapPlace, other: MapPlace, language: str) -> str:
    return bearing_text(other.x_m - own.x_m, other.y_m - own.y_m, language)


def _rows(place_map: PlaceMap, language: str) -> Iterator[tuple[str, str, str, str]]:
    own = place_map.own
    yield "", own.name, ", ".join(filter(None, (own.note, caption("map", "own", language)))), ""
    for number, other in place_map.numbered:
        yield number, other.name, other.note, _distance(own, other, language)
    for street, of_street in groupby(sorted(place_map.neighbours, key=_street), key=_street):
        numbers = ", ".join(dict.fromkeys(place.house_number for place in of_street))
        yield "", f"{street} {numbers}".strip(), caption("map", "neighbours", language), ""
