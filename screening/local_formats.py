"""Dates and numbers as Dutch and English write them (`nl`, `en`), by the data of the Unicode CLDR."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, localcontext

from babel.dates import format_date, get_month_names
from babel.numbers import format_decimal

#: Room for every float: Babel rounds in the decimal context, and raises where its usual 28 digits are too few.
_MOST_DIGITS = 400


def month_names(language: str) -> list[str]:
    """The twelve months in words."""
    return list(get_month_names("wide", locale=language).values())


def short_month_names(language: str) -> list[str]:
    """The twelve months shortened: `jan`, `mrt`."""
    return [name.rstrip(".") for name in get_month_names("abbreviated", locale=language).values()]


def date_text(day: date, language: str) -> str:
    """`1 november 2026` (nl) or `1 November 2026` (en)."""
    return format_date(day, "d MMMM y", locale=language)


def month_text(day: date, language: str) -> str:
    """`november 2026` (nl) or `November 2026` (en)."""
    return format_date(day, "MMMM y", locale=language)


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


def count_nl(number: int, singular: str, plural: str) -> str:
    """The number as Dutch writes it, and its noun: "1 rij", "1.234 rijen"."""
    return f"{decimal_text(number, 'nl')} {singular if number == 1 else plural}"


def count_en(number: int, singular: str, plural: str) -> str:
    """The number as English writes it, and its noun: "1 row", "1,234 rows"."""
    return f"{decimal_text(number, 'en')} {singular if number == 1 else plural}"
