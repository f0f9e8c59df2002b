"""Small charts as inline SVG. Each has a text equivalent (title), and colour never carries a meaning alone."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from screening.base.local_formats import decimal_text
from screening.base.typeface.typeface import text_width
from screening.pictures.canvas import wrapped
from screening.wording.quality import part_text

_BAR_WIDTH = 330
_VALUE_WIDTH = 84
#: A label is broken over lines of at most this width, never cut: bars show beside it on a telephone too.
_LABEL_WIDTH, _SIZE = 176.0, 13.0
_LINE = 16
_BAR = 16
_GAP = 10


def bars(rows: Sequence[tuple[str, int]], *, title: str, unit: str) -> Markup:
    """Horizontal bars, one a row (label, count >= 0), longest scale = largest count; "" where there are no rows."""
    if not rows:
        return Markup("")
    largest = max(count for _, count in rows) or 1
    start, tops, height = _layout([label for label, _ in rows])
    alternative = "; ".join(f"{label} {thousands(count)} {unit}" for label, count in rows)
    parts = [_open(start + _BAR_WIDTH + _VALUE_WIDTH, height, f"{title}: {alternative}")]
    for (label, count), y in zip(rows, tops, strict=True):
        length = max(2, round(_BAR_WIDTH * count / largest)) if count else 0
        parts.append(_label(label, y))
        parts.append(f'<rect class="bar" x="{start}" y="{y}" width="{length}" height="{_BAR}" rx="3"/>')
        parts.append(f'<text class="value" x="{start + length + 6}" y="{y + 13}">{thousands(count)}</text>')
    return _close(parts)


def shares(rows: Sequence[tuple[str, Sequence[int]]], parts_named: Sequence[str], *, title: str) -> Markup:
    """Stacked bars of equal length, one a row (label, counts in the order of `parts_named`); shares in the text."""
    rows = [(label, counts) for label, counts in rows if sum(counts)]
    if not rows:
        return Markup("")
    start, tops, height = _layout([label for label, _ in rows])
    alternative = "; ".join(
        f"{label}: "
        + ", ".join(f"{name} {thousands(count)}" for name, count in zip(parts_named, counts, strict=True) if count)
        for label, counts in rows
    )
    parts = [_open(start + _BAR_WIDTH + _VALUE_WIDTH, height, f"{title}. {alternative}")]
    for (label, counts), y in zip(rows, tops, strict=True):
        x, total = float(start), sum(counts)
        parts.append(_label(label, y))
        for k, count in enumerate(counts):
            length = _BAR_WIDTH * count / total
            if count:
                name = escape(parts_named[k])
                parts.append(
                    f'<rect class="part{k}" x="{x:.1f}" y="{y}" width="{length:.1f}" height="{_BAR}">'
                    f"<title>{name}: {thousands(count)} ({percent(count, total)})</title></rect>"
                )
            x += length
        done = total - counts[-1]
        end = start + _BAR_WIDTH + 6
        parts.append(f'<text class="value" x="{end}" y="{y + 13}">{percent(done, total)}</text>')
    return _close(parts)


def thousands(count: int) -> str:
    """12345 -> "12.345", as Dutch writes it."""
    return decimal_text(count, "nl")


def percent(part: int, whole: int) -> str:
    """A share as Dutch writes it; what is not all never rounds up to 100,0 %, nor what is not nothing down to 0,0 %."""
    return part_text(part, whole, "nl")


def _open(width: int, height: int, text: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        f"<title>{escape(text)}</title>"
    )


def _close(parts: list[str]) -> Markup:
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - every label in the parts went through escape()


def _layout(labels: Sequence[str]) -> tuple[int, list[int], int]:
    """Return where the bars begin (x), the top of each row (y) and the total height."""
    lines = [_lines(label) for label in labels]
    tops, y = [], 4
    for of_label in lines:
        tops.append(y)
        y += max(_BAR, _LINE * len(of_label)) + _GAP
    longest = max(text_width(line, _SIZE) for of_label in lines for line in of_label)
    return round(longest) + 12, tops, y


def _lines(label: str) -> tuple[str, ...]:
    return wrapped(label, _LABEL_WIDTH, _SIZE)


def _label(label: str, y: int) -> str:
    return "".join(
        f'<text class="label" x="0" y="{y + 13 + n * _LINE}">{escape(line)}</text>'
        for n, line in enumerate(_lines(label))
    )
