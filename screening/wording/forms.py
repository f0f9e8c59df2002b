"""How a value stands in a sentence: what follows the colon of a placeholder, `{afstand_m:distance}`.

A form is one of: nothing (a number, text or date as it is), `span` (days), `distance` (metres), `word` (codes of
registers and rules), `sbi` (SBI codes with their line), `sbi_or` (the same, one of them), `singular|plural` (a count
with its noun, none is "geen"), `=singular|plural` (the word that goes with a count or a list), `?` (nothing: it must be
there) and `!` (nothing: it must not).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from screening.base.code_words import code_words
from screening.base.local_formats import (
    count_en,
    count_nl,
    date_text,
    decimal_text,
    distance_words,
    joined_text,
    month_text,
    number_text,
    span_text,
)
from screening.base.word_lists import read_translations
from screening.wording.sbi import sbi_text

#: A value of a hit row, or of the JSON that is kept of it.
Value = str | float | bool | date | Sequence[str] | None

IS_THERE, IS_ABSENT = "?", "!"
#: Forms with a name; the others are nouns.
FORMS = ("", "span", "distance", "word", "sbi", "sbi_or", IS_THERE, IS_ABSENT)

UNKNOWN = {"nl": "onbekend", "en": "unknown"}
_NONE = {"nl": "geen", "en": "no"}
_YES = {"nl": "ja", "en": "yes"}
_NO = {"nl": "nee", "en": "no"}
_CODES = read_translations("screening.wording", "codes.yaml")["codes"]
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")


def is_form(form: str) -> bool:
    """Whether a placeholder can have this form: a known one, or two nouns."""
    return form in FORMS or bool(re.fullmatch(r"=?[^|=]+\|[^|=]+", form))


def is_empty(value: Value) -> bool:
    """Whether there is nothing to tell of a value: none, no text, an empty list, 0, or no."""
    return not value


def code_word(code: str, language: str, names: Mapping[str, str] | None = None) -> str:
    """A code of a register or of a rule in words; one without words is shown without underscores.

    `names`: what codes of rules are called.
    """
    if names and code in names:
        return names[code]
    if code in _CODES:
        return _CODES[code][language == "en"]
    words = code_words().get(code)
    return words[language] if words else code.replace("_", " ")


def value_text(value: Value, form: str, language: str, names: Mapping[str, str] | None = None) -> str:
    """The words of a value in a form; "onbekend" or "unknown" of one that is not there. `names`: see `code_word`."""
    if form in {IS_THERE, IS_ABSENT}:
        return ""
    if "|" in form:
        return _with_noun(value, form, language)
    if value is None or (not isinstance(value, int | float | date) and len(value) == 0):
        return UNKNOWN[language]
    if isinstance(value, Sequence) and not isinstance(value, str):
        texts = [_single(text, form, language, names) for text in value]
        return joined_text(texts, language, is_choice=form == "sbi_or")
    return _single(value, form, language, names)


def _single(value: str | float | date, form: str, language: str, names: Mapping[str, str] | None) -> str:
    if isinstance(value, str):
        if form == "word":
            return code_word(value, language, names)
        return sbi_text(value, language) if form.startswith("sbi") else value
    if isinstance(value, date):
        return date_text(value, language)
    return (_YES if value else _NO)[language] if isinstance(value, bool) else _number_text(value, form, language)


def _number_text(value: float, form: str, language: str) -> str:
    if form == "span":
        return span_text(int(value), language)
    if form == "distance":
        return distance_words(value, language)
    return decimal_text(value, language) if float(value).is_integer() else number_text(value, language)


def kept_value(value: object) -> Value:
    """A value of the JSON that is kept of a hit, as its row had it: a list again where there are several texts."""
    if isinstance(value, str) and "|" in value:
        return value.split("|")
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError("the values of a hit are flat")


def kept_date_text(text: str, language: str) -> str | None:
    """The words of a date as it is kept, as precise as it is: "2026-05" is "mei 2026"; None of what is no date."""
    date_parts = _DAY.fullmatch(text)
    if date_parts is None:
        return None
    year, month, day = date_parts.groups()
    first = date(int(year), int(month), int(day or 1))
    return date_text(first, language) if day else month_text(first, language)


def _with_noun(value: Value, form: str, language: str) -> str:
    """Write "1 melding", "12 meldingen" or "geen meldingen"; with `=` the word alone."""
    singular, plural = form.removeprefix("=").split("|")
    number = _number(value)
    if form.startswith("="):
        return singular if number == 1 else plural
    if value is None:
        return f"{UNKNOWN[language]} {plural}"
    if number == 0:
        return f"{_NONE[language]} {plural}"
    return (count_nl if language == "nl" else count_en)(int(number), singular, plural)


def _number(value: Value) -> float:
    """How many: a count itself, or the length of a list; a text is one."""
    if isinstance(value, int | float):
        return value
    return 0 if not value else 1 if isinstance(value, str | date) else len(value)
