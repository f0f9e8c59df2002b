"""The marks that the map and the network share: the address of the case, and the numbers of the others."""

from __future__ import annotations

from screening.base.typeface.typeface import text_width
from screening.pictures.canvas import Canvas

NUMBER_RADIUS, OWN_RADIUS = 9.0, 7.0


def draw_own(canvas: Canvas, x: float, y: float) -> None:
    """The address of the case: a disk in a ring."""
    canvas.circle("ring", x, y, OWN_RADIUS + 1)
    canvas.circle("own", x, y, OWN_RADIUS - 1)


def draw_number(canvas: Canvas, x: float, y: float, number: str, *, style: str = "number-sign") -> None:
    """A number in a disk."""
    size = 12.0 if len(number) < 3 else 9.0
    canvas.circle(style, x, y, NUMBER_RADIUS)
    width = text_width(number, size, is_bold=True)
    canvas.text("on-number-sign", x - width / 2, y + size / 3, number, size, is_bold=True)
