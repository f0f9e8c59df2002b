"""Small charts as inline SVG. Each has a text equivalent (title), and colour never carries a meaning alone."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

_LABEL_WIDTH = 250
_BAR_WIDTH = 330
_VALUE_WIDTH = 84
_ROW = 26


def bars(rows: Sequence[tuple[str, int]], *, title: str, unit: str) -> Markup:
    """Horizontal bars, one a row (label, count >= 0), longest scale = largest count; "" where there are no rows."""
    if not rows:
        return Markup("")
    largest = max(count for _, count in rows) or 1
    width, height = _LABEL_WIDTH + _BAR_WIDTH + _VALUE_WIDTH, _ROW * len(rows) + 4
    parts = [_open(width, height, f"{title}: " + "; ".join(f"{label} {count} {unit}" for label, count in rows))]
    for n, (label, count) in enumerate(rows):
        y = n * _ROW + 4
        length = max(2, round(_BAR_WIDTH * count / largest)) if count else 0
        parts.append(_label(label, y))
        parts.append(f'<rect class="bar" x="{_LABEL_WIDTH}" y="{y}" width="{length}" height="16" rx="3"/>')
        parts.append(f'<text class="value" x="{_LABEL_WIDTH + length + 6}" y="{y + 13}">{thousands(count)}</text>')
    return _close(parts)


def shares(rows: Sequence[tuple[str, Sequence[int]]], parts_named: Sequence[str], *, title: str) -> Markup:
    """Stacked bars of equal length, one a row (label, counts in the order of `parts_named`); shares in the text."""
    rows = [(label, counts) for label, counts in rows if sum(counts)]
    if not rows:
        return Markup("")
    width, height = _LABEL_WIDTH + _BAR_WIDTH + _VALUE_WIDTH, _ROW * len(rows) + 4
    said = "; ".join(
        f"{label}: " + ", ".join(f"{name} {count}" for name, count in zip(parts_named, counts, strict=True) if count)
        for label, counts in rows
    )
    parts = [_open(width, height, f"{title}. {said}")]
    for n, (label, counts) in enumerate(rows):
        y, x, total = n * _ROW + 4, float(_LABEL_WIDTH), sum(counts)
        parts.append(_label(label, y))
        for k, count in enumerate(counts):
            length = _BAR_WIDTH * count / total
            if count:
                name = escape(parts_named[k])
                parts.append(
                    f'<rect class="part{k}" x="{x:.1f}" y="{y}" width="{length:.1f}" height="16">'
                    f"<title>{name}: {thousands(count)} ({percent(count, total)})</title></rect>"
                )
            x += length
        done = total - counts[-1]
        end = _LABEL_WIDTH + _BAR_WIDTH + 6
        parts.append(f'<text class="value" x="{end}" y="{y + 13}">{percent(done, total)}</text>')
    return _close(parts)


def thousands(count: int) -> str:
    """12345 -> "12.345", as Dutch writes it."""
    return f"{count:,}".replace(",", ".")


def percent(part: int, whole: int) -> str:
    """One decimal, with a decimal comma; "–" where there is no whole. Never rounds up to 100,0 %."""
    if not whole:
        return "–"
    value = 100 * part / whole
    if part < whole and value > 99.9:
        value = 99.9
    return f"{value:.1f} %".replace(".", ",")


def _open(width: int, height: int, text: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        f"<title>{escape(text)}</title>"
    )


def _close(parts: list[str]) -> Markup:
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - every label in the parts went through escape()


def _label(label: str, y: int) -> str:
    short = label if len(label) <= 36 else label[:35] + "…"
    return f'<text class="label" x="0" y="{y + 13}">{escape(short)}</text>'
