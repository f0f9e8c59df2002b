"""What a test reads from an svg element: where its words stand, as measured with the font, and its size."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from itertools import combinations

from screening.base.typeface.typeface import text_width
from screening.pictures.canvas import Frame, single_line
from screening.pictures.picture import Picture

SVG = "{http://www.w3.org/2000/svg}"
#: Over and under the line on which letters stand, in shares of their size: what letters without accents take.
UP, DOWN = 0.75, 0.2


@dataclass(frozen=True)
class Words:
    text: str
    frame: Frame


def words(svg: str) -> list[Words]:
    """Every text of the drawing."""
    return [Words(element.text or "", _frame(element)) for element in ET.fromstring(svg).iter(f"{SVG}text")]


def _frame(element: ET.Element) -> Frame:
    size = float(element.get("font-size", "0"))
    width = text_width(element.text or "", size, is_bold=element.get("font-weight") == "600")
    left, base = float(element.get("x", "0")), float(element.get("y", "0"))
    return Frame(left, base - UP * size, width, (UP + DOWN) * size)


def drawings(picture: Picture) -> list[str]:
    return [svg for svg in (picture.svg, picture.narrow) if svg]


def assert_legible(picture: Picture) -> None:
    """No two texts meet, and nothing that is written or a box lies outside the drawing."""
    for svg in drawings(picture):
        root = ET.fromstring(svg)
        _, _, width, height = map(float, root.get("viewBox", "").split())
        whole = Frame(-0.6, -0.6, width + 1.2, height + 1.2)
        texts = words(svg)
        for text in texts:
            assert whole.holds(text.frame), (text, width, height)
        for left, right in combinations(texts, 2):
            assert not left.frame.meets(right.frame, -0.3), (left, right)
        for rect in root.iter(f"{SVG}rect"):
            frame = Frame(*(float(rect.get(name, "0")) for name in ("x", "y", "width", "height")))
            assert whole.holds(frame), frame
        for circle in root.iter(f"{SVG}circle"):
            x, y, radius = (float(circle.get(name, "0")) for name in ("cx", "cy", "r"))
            assert whole.holds(Frame(x - radius, y - radius, 2 * radius, 2 * radius))


def assert_told(picture: Picture, names: list[str]) -> None:
    """The rows hold each of these names whole, and the drawing every word of them."""
    told = " ".join(cell for row in picture.rows for cell in row)
    for svg in drawings(picture):
        drawn = "".join(text.text for text in words(svg)).replace(" ", "")
        for name in names:
            line = single_line(name)
            assert line in told, name
            assert line.replace(" ", "") in drawn or all(part in drawn for part in line.split()), name
