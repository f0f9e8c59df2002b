"""Why two mentions are linked: field by field, as data, as a sentence in Dutch and English, and as a picture."""

from __future__ import annotations

import json

from markupsafe import Markup, escape

from screening.base.frames import Row
from screening.base.local_formats import decimal_text
from screening.base.word_lists import by_language, read_translations

_TABLES = read_translations("screening.report", "link_words.yaml")
#: Names of the compared fields in plain words; a field that is not here is shown under its own name.
FIELDS = by_language(_TABLES["fields"])
_WORDS = by_language(_TABLES["sentences"])

#: Bits from which a field counts, and counts heavily; below the first it is said to say little.
_LITTLE, _SOME, _MUCH = 0.5, 3.0, 8.0
#: Similarity from which two values are said to be much alike, and somewhat.
_NEAR, _FAR = 0.85, 0.5


def from_link(log_odds: float, comparisons: str) -> dict[str, object]:
    """The waterfall of a row of links.parquet: `start`, `steps` (field, similarity, weight, total), `log_odds` (bits).

    `start` is what the fields do not tell: how rare a match is beforehand, and what was held back (a pair without an
    independent key stays below strong, whatever its fields weigh).
    """
    fields = json.loads(comparisons)
    start = log_odds - sum(field["weight"] or 0.0 for field in fields.values())
    total, rows = start, []
    for name, field in fields.items():
        weight = field["weight"] or 0.0
        total += weight
        row = {"field": name, "similarity": field["similarity"], "weight": round(weight, 2), "total": round(total, 2)}
        # initials that fit each other are no likeness of names
        rows.append(row | ({"relation": field["relation"]} if field.get("relation") else {}))
    return {"start": round(start, 2), "steps": rows, "log_odds": round(total, 2)}


def link_sentence(waterfall: Row, *, level: str, kind: str, language: str) -> str:
    """Describe the waterfall in words: the fields for it, against it and unknown. `level`: exact, strong, probable."""
    words = _WORDS[language]
    sides: dict[str, list[str]] = {"for": [], "against": [], "neutral": [], "nothing": []}
    for step in sorted(waterfall["steps"], key=lambda step: -abs(step["weight"])):
        weight, words_of_step = step["weight"], _step_in_words(step, language)
        if step["similarity"] is None and not step.get("relation") and abs(weight) < _LITTLE:
            sides["nothing"].append(_field(step["field"], language))
        elif abs(weight) < _LITTLE:
            sides["neutral"].append(words_of_step)
        else:
            size = "much" if abs(weight) >= _MUCH else "some" if abs(weight) >= _SOME else "little"
            sides["for" if weight > 0 else "against"].append(f"{words_of_step} ({words[size]})")
    parts = [words[level].format(kind=words[kind])]
    parts += [words[side].format(list=_listed(phrases, words["and"])) for side, phrases in sides.items() if phrases]
    return " ".join(parts)


def svg(waterfall: Row, *, language: str = "nl") -> Markup:
    """Draw the waterfall as inline SVG: a bar for each field from the total before it to the total after it.

    The sign of the number, an arrow head and the text equivalent repeat the meaning of the colour.
    """
    words = _WORDS[language]
    rows: list[tuple[str, float, float, str | None]] = [(words["start"], 0.0, waterfall["start"], None)]
    before = waterfall["start"]
    for step in waterfall["steps"]:
        note = words["missing"] if step["similarity"] is None and not step.get("relation") else None
        rows.append((_field(step["field"], language), before, step["total"], note))
        before = step["total"]
    rows.append((words["total"], 0.0, waterfall["log_odds"], None))
    low = min(0.0, *(min(a, b) for _, a, b, _ in rows))
    high = max(0.0, *(max(a, b) for _, a, b, _ in rows))
    label, plot, value, line = 190, 360, 96, 28
    scale = plot / max(high - low, 1.0)
    width, height = label + plot + value, line * len(rows) + 8
    alternative = f"{words['title']}: " + "; ".join(
        f"{name} {_number(end - begin, language)}" + (f" ({note})" if note else "") for name, begin, end, note in rows
    )
    at_zero = label + (0.0 - low) * scale
    parts = [
        f'<svg class="waterfall" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(alternative)}</title>',
        f'<line x1="{at_zero:.1f}" y1="0" x2="{at_zero:.1f}" y2="{height}" stroke="#5a6875" stroke-dasharray="3 3"/>',
    ]
    for place, (name, begin, end, note) in enumerate(rows):
        y = place * line + 6
        left, right = label + (min(begin, end) - low) * scale, label + (max(begin, end) - low) * scale
        is_sum = place in (0, len(rows) - 1)
        fill = "#5a6875" if is_sum else "#1f5a8c" if end >= begin else "#fff"
        parts.append(
            f'<text x="0" y="{y + 13}" font-size="13" font-family="Barrier Sans, sans-serif" fill="#1c2733">'
            f"{escape(name)}</text>"
            f'<rect x="{left:.1f}" y="{y}" width="{max(right - left, 1.5):.1f}" height="16" fill="{fill}" '
            f'stroke="{"#8a4b00" if fill == "#fff" else fill}" stroke-width="1.5"/>'
        )
        if not is_sum and abs(end - begin) * scale >= 12:
            x, way = (right, -6) if end >= begin else (left, 6)
            colour = "#fff" if end >= begin else "#8a4b00"
            parts.append(f'<path d="M{x + way:.1f} {y + 3}L{x:.1f} {y + 8}L{x + way:.1f} {y + 13}" fill="{colour}"/>')
        shown = note or _number(end - begin, language)
        parts.append(
            f'<text x="{label + plot + 8}" y="{y + 13}" font-size="13" font-family="Barrier Sans, sans-serif" '
            f'fill="#1c2733">{escape(shown)}</text>'
        )
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - every text in the parts went through escape()


def _field(name: str, language: str) -> str:
    return FIELDS[language].get(name, name.replace("_", " "))


def _step_in_words(step: Row, language: str) -> str:
    similarity = step["similarity"]
    key = (
        "compatible"
        if step.get("relation") == "compatible"
        else "unknown"
        if similarity is None
        else "same"
        if similarity >= 1.0
        else "near"
        if similarity >= _NEAR
        else "far"
        if similarity >= _FAR
        else "other"
    )
    return _WORDS[language][key].format(field=_field(step["field"], language))


def _listed(phrases: list[str], last: str) -> str:
    return phrases[0] if len(phrases) == 1 else ", ".join(phrases[:-1]) + last + phrases[-1]


def _number(bits: float, language: str) -> str:
    text = decimal_text(bits, language, 1, is_grouped=False)
    return text.replace("-", "−") if text.startswith("-") else f"+{text}"
