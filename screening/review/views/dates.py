"""Dates of a register as words, as precise as the register has them, and how old a delivery is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from screening.base.local_formats import month_names
from screening.review.views.words import word

#: "2026", "2026-05", "2026-05-12" and "2026-05-12 21:30": what a dossier holds of a date.
_DATE = re.compile(
    r"^(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})(?:[ T](?P<time>\d{2}:\d{2})(?::\d{2})?)?)?)?$"
)
_DAYS_OF_MONTH, _DAYS_OF_YEAR = 30, 365
_FIRST_AGES = {-1: "unknown", 0: "today", 1: "day"}


@dataclass(frozen=True)
class RegisterDate:
    """A date of a register.

    `text`: in words. `iso`: for `<time datetime>`. `order`: sorts; May 2026 as a whole comes before its first day.
    `year`: for the headings of a timeline.
    """

    text: str
    iso: str
    order: str
    year: int


def register_date(value: str | None, language: str) -> RegisterDate | None:
    """Return the date in a field of a dossier, or None where it holds none or another value."""
    match = _DATE.match(value or "")
    if not match:
        return None
    year, month, day, time = (match[name] for name in ("year", "month", "day", "time"))
    if month and not 1 <= int(month) <= 12:
        return None
    parts = [str(int(day))] if day else []
    parts += [month_names(language)[int(month) - 1]] if month else []
    text = " ".join([*parts, year])
    if time:
        text += f" {time}" if language == "en" else f" om {time} uur"
    iso = "-".join(part for part in (year, month, day) if part) + (f"T{time}" if time else "")
    return RegisterDate(text=text, iso=iso, order=iso, year=int(year))


def age_words(days: int | None, language: str) -> str:
    """How old a delivery is, in words: days up to a month, weeks up to two, months up to two years, then years."""
    days = -1 if days is None else max(days, 0)
    if days in _FIRST_AGES:
        return word("age", _FIRST_AGES[days], language)
    if days <= _DAYS_OF_MONTH:
        unit, number = "days", days
    elif days <= 2 * _DAYS_OF_MONTH:
        unit, number = "weeks", days // 7
    elif days <= 2 * _DAYS_OF_YEAR:
        unit, number = "months", days // _DAYS_OF_MONTH
    else:
        unit, number = "years", days // _DAYS_OF_YEAR
    return word("age", unit, language).format(n=number)
