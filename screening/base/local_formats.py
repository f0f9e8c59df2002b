"""Dates and numbers as Dutch and English write them (`nl`, `en`), by the data of the Unicode CLDR."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, localcontext
from functools import cache
from itertools import pairwise
from typing import Literal

from babel.dates import format_date, get_month_names
from babel.lists import format_list
from babel.numbers import format_decimal

#: Room for every float: Babel rounds in the decimal context, and raises where its usual 28 digits are too few.
_MOST_DIGITS = 400
_DAYS_OF_YEAR, _DAYS_OF_YEAR_ON_AVERAGE = 365, 365.25
_METRES_OF_KILOMETRE = 1000


@cache
def month_names(language: str) -> tuple[str, ...]:
    """The twelve months in words."""
    return tuple(get_month_names("wide", locale=language).values())


@cache
def short_month_names(language: str) -> tuple[str, ...]:
    """The twelve months shortened: `jan`, `mrt`."""
    return tuple(name.rstrip(".") for name in get_month_names("abbreviated", locale=language).values())


def date_text(day: date, language: str) -> str:
    """`1 november 2026` (nl) or `1 November 2026` (en)."""
    return format_date(day, "d MMMM y", locale=language)


def month_text(day: date, language: str) -> str:
    """`november 2026` (nl) or `November 2026` (en)."""
    return format_date(day, "MMMM y", locale=language)


def without_repeated_years(dates: Sequence[str]) -> list[str]:
    """Dates in words, each without its year where the next has the same: `5 maart`, `8 april 2026`."""
    years = [day.rpartition(" ")[2] if " " in day else None for day in dates]
    is_repeated = [year is not None and year.isdigit() and year == after for year, after in pairwise(years)]
    return [
        day.rpartition(" ")[0] if drops_year else day
        for day, drops_year in zip(dates, [*is_repeated, False][: len(dates)], strict=True)
    ]


def moment_text(moment: datetime, language: str) -> str:
    """`13 augustus 2026, 18:34` (nl) or `13 August 2026, 18:34` (en). In the time zone that the moment is in."""
    return f"{date_text(moment, language)}, {moment:%H:%M}"


def decimal_text(value: float, language: str, digits: int = 0, *, is_grouped: bool = True) -> str:
    """A number with so many decimals: 1.234,5 in Dutch, 1,234.5 in English. Not `is_grouped`: 1234,5."""
    pattern = ("#,##0" if is_grouped else "0") + f".{'0' * digits}" * bool(digits)
    return format_decimal(Decimal(f"{value:.{digits}f}"), pattern, locale=language)


def number_text(value: float, language: str, most_digits: int = 2) -> str:
    """A number with at most so many decimals, none when it is whole, and thousands not grouped."""
    text = f"{value:.{most_digits}f}" if isinstance(value, float) else str(value)
    with localcontext(prec=_MOST_DIGITS):
        return format_decimal(Decimal(text), f"0.{'#' * most_digits}", locale=language)


def percent_text(percentage: float, language: str, digits: int = 0) -> str:
    """`98,8 %` (nl) or `98.8%` (en)."""
    return decimal_text(percentage, language, digits) + (" %" if language == "nl" else "%")


def span_text(days: int, language: str) -> str:
    """So many days as people say it: "90 dagen", "12 maanden", "ruim 3,5 jaar"; a year or more in halves, never up."""
    if days < _DAYS_OF_YEAR:
        return count_nl(days, "dag", "dagen") if language == "nl" else count_en(days, "day", "days")
    if days <= _DAYS_OF_YEAR + 1:
        return "12 maanden" if language == "nl" else "12 months"
    halves = int((days + 1) / (_DAYS_OF_YEAR_ON_AVERAGE / 2))
    years = number_text(halves / 2, language)
    # a whole number of years is one or two days more or less, by its leap days
    is_more = days - halves * _DAYS_OF_YEAR_ON_AVERAGE / 2 > 2
    if language == "nl":
        return f"ruim {years} jaar" if is_more else f"{years} jaar"
    noun = "year" if halves == 2 else "years"
    return f"more than {years} {noun}" if is_more else f"{years} {noun}"


def distance_words(metres: float, language: str) -> str:
    """So many metres as people say it: "900 meter", "11,9 kilometer"; kilometres with one decimal, never up."""
    if metres < _METRES_OF_KILOMETRE:
        return f"{number_text(int(metres), language)} " + ("meter" if language == "nl" else "metres")
    kilometres = int(metres / 100) / 10
    return f"{number_text(kilometres, language)} " + ("kilometer" if language == "nl" else "kilometres")


def joined_text(texts: Sequence[str], language: str, *, is_choice: bool = False) -> str:
    """Texts one after the other: "a, b en c"; `is_choice`: "a, b of c"."""
    style: Literal["or", "standard"] = "or" if is_choice else "standard"
    return format_list(list(texts), style=style, locale={"nl": "nl", "en": "en_GB"}[language])


def count_nl(number: int, singular: str, plural: str) -> str:
    """The number as Dutch writes it, and its noun: "1 rij", "1.234 rijen"."""
    return f"{decimal_text(number, 'nl')} {singular if number == 1 else plural}"


def count_en(number: int, singular: str, plural: str) -> str:
    """The number as English writes it, and its noun: "1 row", "1,234 rows"."""
    return f"{decimal_text(number, 'en')} {singular if number == 1 else plural}"
