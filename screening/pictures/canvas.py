"""An svg element built node by node: no text ever becomes markup, and the same calls give the same bytes.

Every shape has a class, which the style sheet of the pages colours (light, dark, forced colours, print), and the
same colours as attributes, for a document or a report that has no style sheet.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from markupsafe import Markup

from screening.base.typeface.typeface import FAMILY, text_width
from screening.pictures.picture import NARROW, WIDE, Picture, PictureKind

_INK, _MUTED, _PAPER, _ACCENT = "#1a1f24", "#55606a", "#ffffff", "#0b4f9e"
#: Class -> its colours on white. Text has 4.5:1, shapes that tell something 3:1.
STYLES: dict[str, dict[str, str]] = {
    "text": {"fill": _INK},
    "muted": {"fill": _MUTED},
    "on-own": {"fill": _PAPER},
    "on-number-sign": {"fill": _PAPER},
    "own-text": {"fill": _ACCENT},
    "land": {"fill": "#f4f6f8", "stroke": "#c5ccd2"},
    "building": {"fill": "#e1e6ea", "stroke": "#7a858f"},
    "neighbour": {"fill": "#6b7680"},
    "own": {"fill": _ACCENT, "stroke": _PAPER, "stroke-width": "2"},
    "own-building": {"fill": "#cfe0f5", "stroke": _ACCENT, "stroke-width": "2"},
    "ring": {"fill": "none", "stroke": _ACCENT, "stroke-width": "2"},
    "number-sign": {"fill": _INK, "stroke": _PAPER},
    "leader": {"fill": "none", "stroke": _MUTED},
    "rule": {"fill": "none", "stroke": _INK, "stroke-width": "1.5"},
    "grid": {"fill": "none", "stroke": "#d5dbe0"},
    "box": {"fill": _PAPER, "stroke": _MUTED},
    "own-box": {"fill": "#eef4fb", "stroke": _ACCENT, "stroke-width": "2"},
    "row": {"fill": _PAPER, "stroke": "#7a858f"},
    "edge": {"fill": "none", "stroke": "#5b6670", "stroke-width": "1.25"},
    "doubt": {"fill": "none", "stroke": _INK, "stroke-width": "1.25", "stroke-dasharray": "4 3"},
    "dot": {"fill": "#5b6670"},
    "now": {"fill": "none", "stroke": _ACCENT, "stroke-width": "1.5", "stroke-dasharray": "5 3"},
    "licence": {"fill": "#2a6db5", "stroke": "#2a6db5"},
    "establishment": {"fill": "#2f7d4f", "stroke": "#2f7d4f"},
    "office": {"fill": "#7b4fa6", "stroke": "#7b4fa6"},
    "other": {"fill": _MUTED, "stroke": _MUTED},
    "licence-ahead": {"fill": _PAPER, "stroke": "#2a6db5"},
    "establishment-ahead": {"fill": _PAPER, "stroke": "#2f7d4f"},
    "office-ahead": {"fill": _PAPER, "stroke": "#7b4fa6"},
    "other-ahead": {"fill": _PAPER, "stroke": _MUTED},
    "decision": {"fill": "#7b4fa6", "stroke": _PAPER},
    "inspection": {"fill": "#0d6e68", "stroke": _PAPER},
    "report": {"fill": "#b04a0a", "stroke": _PAPER},
    "event": {"fill": _MUTED, "stroke": _PAPER},
}
_QUOTE = {'"': "&quot;"}
#: What XML has no place for, and what would turn the order of letters round beyond its own text.
_CONTROLS = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Frame:
    """A rectangle in px. `left` and `top` are its corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its other side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower side."""
        return self.top + self.height

    def meets(self, other: Frame, margin: float = 0.0) -> bool:
        """Whether the two overlap, or come nearer to each other than `margin`."""
        return (
            self.left < other.right + margin
            and other.left < self.right + margin
            and self.top < other.bottom + margin
            and other.top < self.bottom + margin
        )

    def holds(self, other: Frame) -> bool:
        """Whether the other lies within."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


class Canvas:
    """A drawing in the making. `name`: what its ids begin with, so that a page can hold several."""

    def __init__(self, kind: PictureKind, name: str, width: float) -> None:
        self.width, self.kind = width, kind
        self.root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "data-kind": kind.value})
        self._name = name
        self._behind = ET.SubElement(self.root, "g")

    def rect(self, style: str, frame: Frame, *, corner: float = 0) -> None:
        """A rectangle."""
        box = {"x": frame.left, "y": frame.top, "width": frame.width, "height": frame.height}
        self._add("rect", style, {**box, **({"rx": corner} if corner else {})})

    def circle(self, style: str, x: float, y: float, radius: float) -> None:
        """A circle."""
        self._add("circle", style, {"cx": x, "cy": y, "r": radius})

    def path(self, style: str, *steps: str | float, is_behind: bool = False) -> None:
        """A path of letters and numbers: `path("edge", "M", 0, 0, "H", 10)`. `is_behind`: under all else."""
        element = self._add("path", style, {})
        element.set("d", " ".join(step if isinstance(step, str) else decimal(step) for step in steps))
        if is_behind:
            self.root.remove(element)
            self._behind.append(element)

    def text(
        self,
        style: str,
        x: float,
        baseline: float,
        words: str,
        size: float,
        *,
        is_bold: bool = False,
        has_halo: bool = False,
    ) -> None:
        """A line of text from `x`. `has_halo`: an edge of the paper around it, for text over lines."""
        element = self._add("text", style, {"x": x, "y": baseline, "font-size": size})
        element.text = single_line(words)
        if is_bold:
            element.set("font-weight", "600")
        if has_halo:
            element.set("class", f"{element.get('class')} pic-halo")
            halo = {"stroke": _PAPER, "stroke-width": "4", "stroke-linejoin": "round", "paint-order": "stroke"}
            for name, value in halo.items():
                element.set(name, value)

    def svg(self, title: str, summary: str, height: float) -> Markup:
        """The whole element."""
        title_id, text_id = f"{self._name}-title", f"{self._name}-summary"
        for name, value in {
            "class": f"pic pic-{self.kind.value}",
            "viewBox": f"0 0 {decimal(self.width)} {decimal(height)}",
            "width": decimal(self.width),
            "height": decimal(height),
            "role": "img",
            "aria-labelledby": title_id,
            "aria-describedby": text_id,
            "font-family": f"{FAMILY}, sans-serif",
            "focusable": "false",
        }.items():
            self.root.set(name, value)
        for place, (tag, element_id, words) in enumerate((("title", title_id, title), ("desc", text_id, summary))):
            element = ET.Element(tag, {"id": element_id})
            element.text = single_line(words)
            self.root.insert(place, element)
        return Markup(_markup(self.root))  # noqa: S704 - every text in it was escaped

    def _add(self, tag: str, style: str, numbers: dict[str, float]) -> ET.Element:
        attributes = {"class": f"pic-{style}", **STYLES[style]}
        attributes |= {name: decimal(value) for name, value in numbers.items()}
        return ET.SubElement(self.root, tag, attributes)


def as_picture(
    drawn: Callable[[str, float], tuple[Canvas, float]],
    words: tuple[str, str],
    heads: Iterable[str],
    rows: Iterable[tuple[str, ...]],
    *,
    name: str,
    has_narrow: bool = True,
) -> Picture:
    """The picture of what `drawn` draws, for a desk and for a telephone.

    `drawn`: for the beginning of its ids and a width it gives a canvas and how high it is. `words`: title and summary.
    `name`: what the ids begin with.
    """
    title, summary = words
    wide, height = drawn(name, WIDE)
    narrow = None
    if has_narrow:
        canvas, narrow_height = drawn(f"{name}-narrow", NARROW)
        narrow = canvas.svg(title, summary, narrow_height)
    return Picture(
        kind=wide.kind,
        title=title,
        summary=summary,
        svg=wide.svg(title, summary, height),
        width=round(wide.width),
        height=round(height),
        heads=tuple(heads),
        rows=tuple(rows),
        narrow=narrow,
    )


def _markup(element: ET.Element) -> str:
    """An element as etree writes it, in a fourth of the time: here are no namespaces to look for in every name."""
    attributes = "".join(f' {name}="{escape(value, _QUOTE)}"' for name, value in element.items())
    inner = escape(element.text or "") + "".join(map(_markup, element))
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>" if inner else f"<{element.tag}{attributes} />"


def decimal(value: float) -> str:
    """A number with at most one decimal, without a minus before a zero."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def single_line(words: str) -> str:
    """The words on one line, without what XML cannot hold."""
    return " ".join(_CONTROLS.sub(" ", words).split())


def wrapped(words: str, width: float, size: float, *, is_bold: bool = False) -> tuple[str, ...]:
    """The words in lines of at most this width, whole: a word that is longer is broken."""
    lines: list[str] = []
    line = ""
    for word in single_line(words).split(" "):
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, is_bold=is_bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _broken(word, width, size, is_bold=is_bold)
        lines.extend(whole)
    return (*lines, line) if line or not lines else tuple(lines)


def _broken(word: str, width: float, size: float, *, is_bold: bool) -> Sequence[str]:
    """A word in parts that fit; after a hyphen if there is one."""
    parts = [""]
    for piece in re.split(r"(?<=[-/.@])", word):
        if text_width(parts[-1] + piece, size, is_bold=is_bold) <= width:
            parts[-1] += piece
            continue
        parts.append("")
        for letter in piece:
            if parts[-1] and text_width(parts[-1] + letter, size, is_bold=is_bold) > width:
                parts.append("")
            parts[-1] += letter
    return [part for part in parts if part] or [""]
