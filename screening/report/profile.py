"""Render the page of a linking profile: keys, what cannot be linked, heights, clusters. Counts and ids only."""

from __future__ import annotations

from collections import Counter

from markupsafe import Markup, escape

from screening.base.frames import Row
from screening.base.local_formats import decimal_text
from screening.base.word_lists import read_lists
from screening.report import charts
from screening.report.html import day
from screening.report.pages import page

_WORDS = read_lists("screening.report", "dutch.yaml")
#: Sizes of parties as the page groups them: (least, most, words).
_SIZES = (
    (1, 1, "1 vermelding"),
    (2, 2, "2"),
    (3, 3, "3"),
    (4, 5, "4 of 5"),
    (6, 10, "6 t/m 10"),
    (11, 20, "11 t/m 20"),
    (21, 10**9, "meer dan 20"),
)


def render_profile(document: Row) -> str:
    """One self-contained HTML page in Dutch for the document of a linking profile."""
    heights, judged = document["heights"], document["judged"]
    return page(
        "profile",
        dict(
            page=document,
            kinds=_WORDS["kinds"],
            keys=_WORDS["keys"],
            why=_WORDS["why"],
            size_chart=charts.bars(
                _sizes(document["clusters"]["sizes"]), title="Partijen naar grootte", unit="partijen"
            ),
            height_chart=height_chart(heights),
            expected=_steps(heights["expected"]),
            judged=[threshold for threshold in judged["thresholds"] if threshold["judged"]] if judged["judged"] else [],
            keyless=[kind for kind in document["unlinkable"] or () if kind["keyless"] or kind["nameless"]],
        ),
        {"day": day, "decimal": _decimal, "share": _share},
    )


def height_chart(heights: Row) -> Markup:
    """Links by log-odds (a bit a column) as inline SVG, with the two thresholds as dashed lines; "" without links."""
    by_bit: Counter[int] = Counter()
    for bin_ in heights["bins"]:
        by_bit[bin_["from_bits"]] += bin_["links"]
    if not by_bit:
        return Markup("")
    first, last = min(*by_bit, 1), max(*by_bit, 6)
    step, plot, top, bottom, margin = 26, 150, 26, 40, 100
    width, height = (last - first + 1) * step + margin + 60, top + plot + bottom
    largest = max(by_bit.values())
    alternative = "Koppelingen naar gewicht in bits: " + "; ".join(f"{bit} {by_bit[bit]}" for bit in sorted(by_bit))
    alternative += (
        f". Waarschijnlijk vanaf {_decimal(heights['probable_from_bits'])}, "
        f"sterk vanaf {_decimal(heights['strong_from_bits'])}."
    )
    parts = [
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        f"<title>{escape(alternative)}</title>"
    ]
    for bit in range(first, last + 1):
        x, count = margin + (bit - first) * step, by_bit.get(bit, 0)
        tall = max(2, round(plot * count / largest)) if count else 0
        y = top + plot - tall
        kind = "part0" if bit + 1 > heights["strong_from_bits"] else "part3"
        parts.append(f'<rect class="{kind}" x="{x + 2}" y="{y}" width="{step - 4}" height="{tall}"/>')
        if count:
            parts.append(f'<text class="tick" x="{x + step / 2}" y="{y - 4}">{charts.thousands(count)}</text>')
        if bit % 2 == 0:
            parts.append(f'<text class="tick" x="{x}" y="{top + plot + 15}">{str(bit).replace("-", "−")}</text>')
    for name, bits, row in (
        ("waarschijnlijk", heights["probable_from_bits"], 0),
        ("sterk", heights["strong_from_bits"], 1),
    ):
        x = margin + (bits - first) * step
        anchor = "end" if row == 0 else "start"
        nudge = -4 if row == 0 else 4
        parts.append(
            f'<line class="limit" x1="{x:.1f}" y1="{top - 16}" x2="{x:.1f}" y2="{top + plot}"/>'
            f'<text class="label" text-anchor="{anchor}" x="{x + nudge:.1f}" y="{top - 8}">{name}</text>'
        )
    parts.append(
        f'<line class="axis" x1="{margin}" y1="{top + plot}" x2="{width - 60}" y2="{top + plot}"/>'
        f'<text class="label" x="{margin}" y="{height - 6}">gewicht in bits</text></svg>'
    )
    return Markup("".join(parts))  # noqa: S704 - numbers, and words that went through escape()


def _steps(expected: list[dict[str, object]], most: int = 12) -> list[dict[str, object]]:
    """An even choice of rows, the loosest threshold always among them."""
    step = max(1, -(-len(expected) // most))
    return expected[::-1][::step][::-1]


def _sizes(counted: list[Row]) -> list[tuple[str, int]]:
    rows = [
        (words, sum(size["parties"] for size in counted if least <= size["mentions"] <= most))
        for least, most, words in _SIZES
    ]
    return [row for row in rows if row[1]]


def _decimal(value: float, digits: int = 2) -> str:
    return decimal_text(value, "nl", digits, is_grouped=False).replace("-", "−")


def _share(value: float | None) -> str:
    """0.98765 -> "98,8 %"; never rounds up to 100,0 %, and "–" where nothing is known."""
    if value is None:
        return "–"
    return charts.percent(round(value * 1_000_000), 1_000_000)
