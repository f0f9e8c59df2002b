"""A sentence of a rule for one hit that is kept, or for none: what `sentence` does for a column of hits."""

from __future__ import annotations

import re
from collections.abc import Mapping

from screening.wording.forms import IS_ABSENT, IS_THERE, Value, is_empty, kept_date_text, kept_value, value_text
from screening.wording.sentence import parts, pieces, setting_text


def sentence_outline(template: str, parameters: Mapping[str, object], language: str) -> str:
    """The template as a rule is described: its settings filled in, "…" for what each hit fills in, all parts there."""
    outlined = ""
    for before, name, form in pieces(re.sub(r"[\[\]]", "", template)):
        outlined += before
        if name is not None and name in parameters:
            outlined += setting_text(parameters[name], language, form)
        elif name is not None and "|" in form:
            plural = form.split("|")[1]
            outlined += plural if form.startswith("=") else f"… {plural}"
        elif name is not None and form not in {IS_THERE, IS_ABSENT}:
            outlined += "…"
    return outlined


def filled_sentence(
    template: str, *, language: str, values: Mapping[str, object], parameters: Mapping[str, object]
) -> str | None:
    """The template filled in with the values that are kept of one hit, as `sentence` does it for a column of hits.

    `values` tells the day of the run too (`as_of`). None where a value outside brackets is not there, and where nothing
    is left: then nothing is to be said.
    """
    filled = ""
    for text, is_optional in parts(template):
        kept = {name: kept_value(values.get(name)) for _, name, _ in pieces(text) if name and name not in parameters}
        if any(is_empty(kept[name]) != (form == IS_ABSENT) for _, name, form in pieces(text) if name in kept):
            if is_optional:
                continue
            return None
        for before, name, form in pieces(text):
            filled += before
            if name in kept:
                filled = _with_kept(filled, kept[name], form, language)
            elif name is not None:
                filled += setting_text(parameters[name], language, form)
    return filled or None


def _with_kept(filled: str, value: Value, form: str, language: str) -> str:
    """A text with a kept value behind it; "op" before a month or a year is "in"."""
    day = kept_date_text(value, language) if isinstance(value, str) and not form else None
    if day is None:
        return filled + value_text(value, form, language)
    is_whole = len(str(value)) == len("2026-11-01")
    preposition = "op " if language == "nl" else "on "
    if not is_whole and filled.lower().endswith(preposition):
        filled = f"{filled[: -len(preposition)]}{'In' if filled[-len(preposition)].isupper() else 'in'} "
    return filled + day
