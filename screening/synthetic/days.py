"""Days as whole numbers that count from `as_of` (negative = past), and their text forms."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import polars as pl


def days_to_date(column: str, as_of: date) -> pl.Expr:
    """The Date of a column of day offsets; null stays null."""
    return pl.lit(as_of).cast(pl.Date) + pl.duration(days=pl.col(column))


def days_to_text(column: str, as_of: date) -> pl.Expr:
    """`YYYY-MM-DD` of a column of day offsets; null stays null."""
    return days_to_date(column, as_of).dt.strftime("%Y-%m-%d")


def ends_of_month(day: int, as_of: date) -> tuple[int, int]:
    """The first and the last day of the month in which a day lies, all as day offsets."""
    of_day = as_of + timedelta(days=day)
    first = day - of_day.day + 1
    return first, first + monthrange(of_day.year, of_day.month)[1] - 1


def ends_of_year(day: int, as_of: date) -> tuple[int, int]:
    """The first and the last day of the year in which a day lies, all as day offsets."""
    year = (as_of + timedelta(days=day)).year
    return (date(year, 1, 1) - as_of).days, (date(year, 12, 31) - as_of).days
