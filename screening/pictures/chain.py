"""A barrier model as a picture: its barriers as a chain of boxes, each with what sees it, or that nothing can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from screening.base.frames import Row
from screening.pictures.canvas import wrapped

#: Seven boxes fit on a page of 1280 px.
WIDTH, GAP, PAD, LINE = 154, 14, 9, 17
_SIZE = 12


def chain(barriers: Sequence[dict[str, object]], *, title: str, words: Mapping[str, str]) -> Markup:
    """Draw the barriers as inline SVG.

    `barriers`: `name`, `reach` (covered, open, out), `state` (in words), `steps`, `indicators` (codes), `policy`
    and `sources` (lists of words). `words`: the heads of these three lists. Words and the border repeat
    the meaning of a colour, so that it can be read without colour.
    """
    blocks = [_lines(barrier, words) for barrier in barriers]
    names = [wrapped(str(barrier["name"]), WIDTH - 2 * PAD, _SIZE, is_bold=True) for barrier in barriers]
    head = 13 + LINE * max(map(len, names))
    height = max(map(len, blocks)) * LINE + 2 * PAD + head + 4
    width = len(barriers) * (WIDTH + GAP) - GAP + 4
    parts = [
        f'<svg role="img" viewBox="0 0 {width} {height + 4}" width="{width}" height="{height + 4}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
    ]
    for place, (barrier, lines, name) in enumerate(zip(barriers, blocks, names, strict=True)):
        x = 2 + place * (WIDTH + GAP)
        box = f'x="{x}" y="2" width="{WIDTH}" rx="6"'
        parts.append(
            f'<g class="{escape(barrier["reach"])}"><rect class="box" {box} height="{height}"/>'
            f'<rect class="head" {box} height="{head}"/>'
        )
        for number, text in enumerate(name):
            parts.append(f'<text class="name" x="{x + PAD}" y="{22 + LINE * number}">{escape(text)}</text>')
        for number, (style, text) in enumerate(lines):
            y = head + 4 + PAD + LINE * number + 10
            parts.append(f'<text class="{style}" x="{x + PAD}" y="{y}">{escape(text)}</text>')
        parts.append("</g>")
        if place:
            parts.append(f'<path class="arrow" d="M{x - GAP + 3} 17h{GAP - 7}m-4 -4l4 4l-4 4"/>')
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - every text above is escaped


def _lines(barrier: Row, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """(style, text) for each line of a box."""
    width = WIDTH - 2 * PAD
    lines = [("state", text) for text in wrapped(barrier["state"], width, _SIZE, is_bold=True)]
    for step in barrier["steps"]:
        lines += [("step", text) for text in wrapped(step, width, _SIZE)]
    for name in ("indicators", "policy", "sources"):
        if barrier[name]:
            lines.append(("over", words[name]))
            lines += [(name, text) for text in wrapped(", ".join(barrier[name]), width, _SIZE)]
    return lines
