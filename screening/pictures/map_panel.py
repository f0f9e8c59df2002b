"""One part of a map: metres to px, its shapes, and labels that never stand on each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from screening.base.typeface.typeface import text_width
from screening.pictures.canvas import Canvas, Frame
from screening.pictures.captions import caption, distance_text
from screening.pictures.signs import NUMBER_RADIUS, OWN_RADIUS, draw_number, draw_own

Corner = tuple[float, float]

#: The least that is shown, so that two doors beside each other are not drawn a map apart; and the room around.
_LEAST_M, _ROOM = 60.0, 30.0
#: Under the map, within its frame: the scale and the north.
_STRIP = 28.0
_SMALL, _BOLD = 12.0, 13.0
_POINT = 3.5
#: Where a label may stand: beside its point, over it, under it and askew, then farther off.
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
_REACHES = (3.0, 14.0, 28.0, 44.0, 64.0, 90.0, 130.0, 180.0)
_SCALES_M = tuple(digit * 10**power for power in range(6) for digit in (1, 2, 5))


@dataclass(frozen=True)
class View:
    """Metres to px: the middle of the map lies in the middle of the frame."""

    frame: Frame
    middle_x_m: float
    middle_y_m: float
    px_per_m: float

    def point(self, x_m: float, y_m: float) -> Corner:
        """Where a place of the grid is in the drawing; north is up."""
        return (
            self.frame.left + self.frame.width / 2 + (x_m - self.middle_x_m) * self.px_per_m,
            self.frame.top + self.frame.height / 2 - (y_m - self.middle_y_m) * self.px_per_m,
        )

    def shows(self, x_m: float, y_m: float) -> bool:
        """Whether a place lies well within the frame."""
        x, y = self.point(x_m, y_m)
        return self.frame.holds(Frame(x - NUMBER_RADIUS, y - NUMBER_RADIUS, 2 * NUMBER_RADIUS, 2 * NUMBER_RADIUS))


class MapPanel:
    """One part of a map on a canvas. What is drawn and labelled takes its place; labels go where there is room."""

    def __init__(self, canvas: Canvas, frame: Frame, places: Iterable[Sequence[Corner]]) -> None:
        self._canvas, self._whole = canvas, frame
        self._frame = Frame(frame.left, frame.top, frame.width, frame.height - _STRIP)
        self._view = self.view(self._frame, places)
        self._taken = _Taken()
        canvas.rect("land", frame, corner=4)

    @staticmethod
    def view(frame: Frame, places: Iterable[Sequence[Corner]]) -> View:
        """The view that shows all these corners."""
        corners = [corner for place in places for corner in place]
        (left, right), (low, high) = ((min(axis), max(axis)) for axis in zip(*corners, strict=True))
        px_per_m = min(
            (frame.width - 2 * _ROOM) / max(right - left, _LEAST_M), (frame.height - 2 * _ROOM) / max(high - low, 1.0)
        )
        return View(frame, (left + right) / 2, (low + high) / 2, px_per_m)

    @classmethod
    def height(cls, width: float, places: Iterable[Sequence[Corner]]) -> float:
        """How high a part of this width must be to show all these corners as large as the width lets them be."""
        corners = [corner for place in places for corner in place]
        view = cls.view(Frame(0, 0, width, 1e9), [corners])
        return (max(y for _, y in corners) - min(y for _, y in corners)) * view.px_per_m + 2 * _ROOM + _STRIP

    def building(self, style: str, outline: Iterable[Sequence[Corner]]) -> None:
        """The outline of premises."""
        for ring in outline:
            points = [self._view.point(*corner) for corner in ring]
            steps: list[str | float] = ["M", *points[0]]
            for point in points[1:]:
                steps += ["L", *point]
            self._canvas.path(style, *steps, "Z")

    def point(self, style: str, x_m: float, y_m: float) -> None:
        """A dot."""
        x, y = self._view.point(x_m, y_m)
        self._canvas.circle(style, x, y, _POINT)
        self._taken.add(Frame(x - _POINT, y - _POINT, 2 * _POINT, 2 * _POINT))

    def own(self, x_m: float, y_m: float, house_number: str) -> None:
        """The address of the case: a dot in a ring, with its number in bold."""
        x, y = self._view.point(x_m, y_m)
        draw_own(self._canvas, x, y)
        spot = Frame(x - OWN_RADIUS - 3, y - OWN_RADIUS - 3, 2 * OWN_RADIUS + 6, 2 * OWN_RADIUS + 6)
        self._taken.add(spot)
        if house_number:
            self._label("own-text", spot, house_number, _BOLD, is_bold=True)

    def number_sign(self, x_m: float, y_m: float, number: str) -> None:
        """The number of another address beside its dot, tied to it by a line where it stands farther off."""
        x, y = self._view.point(x_m, y_m)
        spot = Frame(x - _POINT, y - _POINT, 2 * _POINT, 2 * _POINT)
        frame = self._free(spot, 2 * NUMBER_RADIUS, 2 * NUMBER_RADIUS, _REACHES) or self._anywhere(
            2 * NUMBER_RADIUS, 2 * NUMBER_RADIUS
        )
        self._taken.add(frame)
        sign_x, sign_y = frame.left + NUMBER_RADIUS, frame.top + NUMBER_RADIUS
        self._canvas.path("leader", "M", x, y, "L", sign_x, sign_y)
        draw_number(self._canvas, sign_x, sign_y, number)

    def street(self, name: str, points_m: Sequence[Corner]) -> None:
        """The name of a street amid its points, where there are at least two and there is room."""
        points = [self._view.point(*point) for point in points_m]
        if not name or len(points) < 2:
            return
        middle_x, middle_y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
        spot = Frame(middle_x - text_width(name, _SMALL) / 2, middle_y - 8, 0, 16)
        width = text_width(name, _SMALL)
        tries = [
            Frame(spot.left + across, spot.top + down, width, 16)
            for down in (0, 24, -24, 48, -48)
            for across in (0, 30, -30, 60, -60)
        ]
        frame = next((frame for frame in tries if self._is_free(frame, 2)), None)
        if frame is not None:
            self._taken.add(frame)
            self._canvas.text("muted", frame.left, frame.top + 12, name, _SMALL, is_bold=True, has_halo=True)

    def house_number(self, x_m: float, y_m: float, number: str) -> None:
        """The number of a neighbour beside its dot; none where there is no room, the text has it."""
        x, y = self._view.point(x_m, y_m)
        self._label("muted", Frame(x - _POINT, y - _POINT, 2 * _POINT, 2 * _POINT), number, _SMALL)

    def furnish(self, language: str) -> None:
        """The scale and the arrow to the north, in the strip under the map."""
        fitting = [metres for metres in _SCALES_M if metres * self._view.px_per_m <= self._whole.width / 3]
        metres = fitting[-1] if fitting else _SCALES_M[0]
        left, low = self._whole.left + 10, self._whole.bottom - 9
        right = left + metres * self._view.px_per_m
        self._canvas.path("rule", "M", left, low - 5, "V", low, "H", right, "V", low - 5)
        self._canvas.text("text", right + 8, low + 1, distance_text(metres, language), _SMALL)
        north, x = caption("map", "north", language), self._whole.right - 14
        self._canvas.path(
            "number-sign", "M", x, low - 13, "L", x + 5, low + 1, "L", x, low - 2, "L", x - 5, low + 1, "Z"
        )
        self._canvas.text(
            "text", x - 10 - text_width(north, _SMALL, is_bold=True), low + 1, north, _SMALL, is_bold=True
        )

    def _label(self, style: str, spot: Frame, words: str, size: float, *, is_bold: bool = False) -> None:
        width = text_width(words, size, is_bold=is_bold)
        frame = self._free(spot, width, size + 2, _REACHES if is_bold else _REACHES[:1])
        if frame is not None:
            self._taken.add(frame)
            self._canvas.text(style, frame.left, frame.top + size - 1, words, size, is_bold=is_bold, has_halo=True)

    def _free(self, spot: Frame, width: float, height: float, reaches: Sequence[float]) -> Frame | None:
        """The nearest free place for a label around a spot."""
        middle_x, middle_y = spot.left + spot.width / 2, spot.top + spot.height / 2
        for reach in reaches:
            for across, down in _SIDES:
                x = middle_x + across * (spot.width / 2 + reach + width / 2)
                y = middle_y + down * (spot.height / 2 + reach + height / 2)
                frame = Frame(x - width / 2, y - height / 2, width, height)
                if self._is_free(frame, 1):
                    return frame
        return None

    def _anywhere(self, width: float, height: float) -> Frame:
        """The first free place from the top; the corner of a map that is full, which no network of a case makes."""
        inner = self._frame
        for top in range(int(inner.top) + 4, int(inner.bottom - height), int(height) + 2):
            for left in range(int(inner.left) + 4, int(inner.right - width), int(width) + 2):
                frame = Frame(left, top, width, height)
                if self._is_free(frame, 1):
                    return frame
        return Frame(inner.left + 4, inner.top + 4, width, height)

    def _is_free(self, frame: Frame, margin: float) -> bool:
        return self._frame.holds(frame) and not self._taken.meets(frame, margin)


class _Taken:
    """What is taken of a panel, by squares of it: a label asks its own surroundings and not the whole map."""

    _SIDE_PX = 24

    def __init__(self) -> None:
        self._frames: dict[tuple[int, int], list[tuple[float, float, float, float]]] = defaultdict(list)

    def add(self, frame: Frame) -> None:
        """Take a place."""
        sides = (frame.left, frame.right, frame.top, frame.bottom)
        for square in self._squares(*sides):
            self._frames[square].append(sides)

    def meets(self, frame: Frame, margin: float) -> bool:
        """Whether something lies there, or nearer than `margin`. Asked ten thousand times for a map: no calls in it."""
        left, right = frame.left - margin, frame.right + margin
        top, bottom = frame.top - margin, frame.bottom + margin
        for square in self._squares(left, right, top, bottom):
            for other_left, other_right, other_top, other_bottom in self._frames.get(square, ()):
                if left < other_right and other_left < right and top < other_bottom and other_top < bottom:
                    return True
        return False

    def _squares(self, left: float, right: float, top: float, bottom: float) -> Iterator[tuple[int, int]]:
        side = self._SIDE_PX
        downs = range(int(top // side), int(bottom // side) + 1)
        for across in range(int(left // side), int(right // side) + 1):
            for down in downs:
                yield across, down
