"""Processor seconds by stage and size as one SVG: both scales logarithmic, so that linear growth is a line at 45°."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_LEFT, _TOP, _DECADE, _LEGEND = 70, 30, 150, 230
_COLOURS = (
    "#1b4f8f",
    "#b3372f",
    "#2f7d4f",
    "#8a5a00",
    "#6b3fa0",
    "#0b7a8a",
    "#9a2f6b",
    "#4d4d4d",
    "#7a7a00",
    "#000000",
)
_DASHES = ("", "6 3", "2 3", "8 3 2 3")


def picture(title: str, sizes: Sequence[int], lines: Mapping[str, Sequence[float]]) -> str:
    """The lines (name -> seconds by size) as SVG; what is below a hundredth of a second is drawn there."""
    values = [max(value, 0.01) for line in lines.values() for value in line]
    first, last = (math.floor(math.log10(sizes[0])), math.ceil(math.log10(sizes[-1])))
    low, high = (math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))))
    width, height = _DECADE * max(last - first, 1), _DECADE * max(high - low, 1)

    def x(size: float) -> float:
        return _LEFT + _DECADE * (math.log10(size) - first)

    def y(seconds: float) -> float:
        return _TOP + height - _DECADE * (math.log10(max(seconds, 0.01)) - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + width + _LEGEND} {_TOP + height + 50}" '
        f'role="img" font-family="sans-serif" font-size="13"><title>{escape(title)}</title>',
        f'<rect width="100%" height="100%" fill="white"/><text x="{_LEFT}" y="18">{escape(title)}</text>',
    ]
    for power in range(first, last + 1):
        parts.append(_rule(x(10**power), _TOP, x(10**power), _TOP + height))
        parts.append(f'<text x="{x(10**power):.0f}" y="{_TOP + height + 20}" text-anchor="middle">{10**power:,}</text>')
    for power in range(low, high + 1):
        label = f"{10**power:g} s"
        parts.append(_rule(_LEFT, y(10**power), _LEFT + width, y(10**power)))
        parts.append(f'<text x="{_LEFT - 8}" y="{y(10**power) + 4:.0f}" text-anchor="end">{label}</text>')
    parts.append(f'<text x="{_LEFT + width / 2:.0f}" y="{_TOP + height + 42}" text-anchor="middle">addresses</text>')
    for number, (name, line) in enumerate(lines.items()):
        colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
        points = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in zip(sizes, line, strict=True))
        style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
        parts.append(f'<polyline points="{points}" {style}/>')
        at = _TOP + 10 + 20 * number
        start = _LEFT + width + 15
        parts.append(f'<polyline points="{start},{at} {start + 30},{at}" {style}/>')
        parts.append(f'<text x="{start + 38}" y="{at + 4}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'
