"""A barrier model as a picture: its barriers as a chain of boxes, each with what sees it, or that nothing can."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from screening.frames import Row

WIDTH, GAP, PAD, LINE = 166, 16, 9, 17
_LETTERS = 23  # letters of 12 px that fit on a line of a box


def chain(barriers: Sequence[dict[str, object]], *, title: str, words: Mapping[str, str]) -> Markup:
    """Draw the barriers as inline SVG.

    `barriers`: `name`, `reach` (covered, open, out), `state` (in words), `steps`, `indicators` (codes) and `sources`
    (lists of words). `words`: `indicators`, `sources`: the heads of these lists. Words and the border repeat
    the meaning of a colour, so that it can be read without colour.
    """
    blocks = [_lines(barrier, words) for barrier in barriers]
    height = max(map(len, blocks)) * LINE + 2 * PAD + 34
    width = len(barriers) * (WIDTH + GAP) - GAP + 4
    parts = [
        f'<svg role="img" viewBox="0 0 {width} {height + 4}" width="{width}" height="{height + 4}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
    ]
    for place, (barrier, lines) in enumerate(zip(barriers, blocks, strict=True)):
        x = 2 + place * (WIDTH + GAP)
        parts.append(f'<g class="{escape(barrier["reach"])}"><rect class="box" x="{x}" y="2" width="{WIDTH}" '
                     f'height="{height}" rx="6"/><rect class="head" x="{x}" y="2" width="{WIDTH}" height="30" rx="6"/>'
                     f'<text class="name" x="{x + PAD}" y="22">{escape(barrier["name"])}</text>')  # fmt: skip
        for number, (style, text) in enumerate(lines):
            y = 34 + PAD + LINE * number + 10
            parts.append(f'<text class="{style}" x="{x + PAD}" y="{y}">{escape(text)}</text>')
        parts.append("</g>")
        if place:
            parts.append(f'<path class="arrow" d="M{x - GAP + 3} 17h{GAP - 7}m-4 -4l4 4l-4 4"/>')
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - every text above is escaped


def _lines(barrier: Row, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """(style, text) for each line of a box."""
    lines = [("state", text) for text in textwrap.wrap(barrier["state"], _LETTERS)]
    for step in barrier["steps"]:
        lines += [("step", text) for text in textwrap.wrap(step, _LETTERS)]
    for name in ("indicators", "sources"):
        if barrier[name]:
            lines.append(("over", words[name]))
            lines += [
                (name, text) for text in textwrap.wrap(", ".join(barrier[name]), _LETTERS, break_on_hyphens=False)
            ]
    return lines
