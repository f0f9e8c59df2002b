"""A hit in words: what was seen, against which threshold, what it can also mean, and what the data cannot tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from screening.rules.wording import date_text, number_text, parts, placeholders

_UNITS_NL = {
    "days": "dagen",
    "months": "maanden",
    "years": "jaar",
    "reports": "meldingen",
    "reporters": "melders",
    "addresses": "adressen",
    "buildings": "panden",
    "holders": "houders",
    "permits": "vergunningen",
    "licences": "vergunningen",
    "similarity": "gelijkenis",
    "times": "maal",
    "ratio": "maal",
    "m2": "m²",
    "m": "meter",
    "keys": "kenmerken",
    "changes": "wijzigingen",
    "companies": "bedrijven",
    "percent": "procent",
    "dates": "data",
    "visits": "bezoeken",
    "measures": "maatregelen",
}


def explain_hit(declaration: Mapping[str, object], evidence_row: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """`{"nl": {...}, "en": {...}}` for one row of evidence under the declaration that was in force when it was made.

    Each language has `title`, `seen` (sentence), `window` (or None), `thresholds`, `ruled_out`, `can_also_mean` and
    `unknown` (lists of sentences) and `records` (list of `dataset:key`).
    """
    return {language: _in(language, declaration, evidence_row) for language in ("nl", "en")}


def explain_lines(declaration: Mapping[str, object], evidence_row: Mapping[str, object], language: str) -> list[str]:
    """The same as plain lines of text, for a terminal."""
    part = _in(language, declaration, evidence_row)
    heads = _HEADS[language]
    lines = [str(part["title"]), f"  {heads['seen']}: {part['seen']}"]
    if part["window"]:
        lines.append(f"  {heads['window']}: {part['window']}")
    for name in ("thresholds", "ruled_out", "can_also_mean", "unknown", "records"):
        items = part[name]
        if items:
            lines.append(f"  {heads[name]}:")
            lines += [f"    - {item}" for item in items]  # type: ignore[union-attr]
    return lines


_HEADS = {
    "nl": {
        "seen": "Gezien",
        "window": "Periode",
        "thresholds": "Grens",
        "ruled_out": "Al uitgesloten",
        "can_also_mean": "Dit kan ook betekenen",
        "unknown": "Niet bekend",
        "records": "Gegevens",
    },
    "en": {
        "seen": "Seen",
        "window": "Period",
        "thresholds": "Threshold",
        "ruled_out": "Already ruled out",
        "can_also_mean": "It can also mean",
        "unknown": "Not known",
        "records": "Records",
    },
}


def _in(language: str, declaration: Mapping[str, object], row: Mapping[str, object]) -> dict[str, object]:
    values = json.loads(str(row.get("values") or "{}"))
    return {
        "title": f"{declaration['code']} {declaration[f'name_{language}']}",
        "seen": row[f"explanation_{language}"],
        "window": _window(row.get("window_start"), row.get("window_end"), language),
        "thresholds": [
            _threshold(name, param, language)
            for name, param in declaration["params"].items()  # type: ignore[attr-defined]
        ],
        "ruled_out": list(declaration[f"ruled_out_{language}"]),  # type: ignore[call-overload]
        "can_also_mean": list(declaration[f"innocent_{language}"]),  # type: ignore[call-overload]
        "unknown": _unknown(str(declaration[f"evidence_{language}"]), values, language),
        "records": list(row["record_ids"]),  # type: ignore[call-overload]
    }


def _threshold(name: str, param: Mapping[str, object], language: str) -> str:
    label = param.get(f"label_{language}") or name
    unit = str(param["unit"])
    unit = _UNITS_NL.get(unit, unit) if language == "nl" else unit
    value = number_text(param["value"], language)  # type: ignore[arg-type]
    text = f"{label}: {value} {unit}"
    if param["value"] != param["default"]:
        usual = number_text(param["default"], language)  # type: ignore[arg-type]
        text += f" (standaard {usual})" if language == "nl" else f" (default {usual})"
    return text


def _window(start: object, end: object, language: str) -> str | None:
    if not isinstance(start, date) or not isinstance(end, date):
        return None
    joint = "tot en met" if language == "nl" else "to"
    return f"{date_text(start, language)} {joint} {date_text(end, language)}"


def _unknown(template: str, values: Mapping[str, object], language: str) -> list[str]:
    always = {name for text, is_optional in parts(template) if not is_optional for name in placeholders(text)}
    empty = sorted(name for name in always if name in values and values[name] is None)
    general = {
        "nl": "Of een van de andere verklaringen klopt. Dat staat niet in de registers; daar is een mens voor nodig.",
        "en": "Whether one of the other explanations holds. The registers do not say; that takes a person.",
    }
    blank = {"nl": "Niet ingevuld in het register: {}.", "en": "Not filled in in the register: {}."}
    return [general[language], *(blank[language].format(name) for name in empty)]
