"""Days and windows: a date with its bounds, a date between two others, the first day of a window."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

#: A date column as it is, and its first and last possible day: a hit that carries all three is told as "mei 2026".
BOUNDS = ("", "_min", "_max")


def dated(column: str) -> tuple[str, ...]:
    """The columns of a date with its bounds, for a hit: the sentence then says of a partial date what is known."""
    return tuple(f"{column}{bound}" for bound in BOUNDS)


def dated_as(name: str, column: str) -> dict[str, str]:
    """The same columns under another name, for `select`."""
    return {f"{name}{bound}": f"{column}{bound}" for bound in BOUNDS}


def between(name: str, first: pl.Expr, last: pl.Expr) -> dict[str, pl.Expr]:
    """A date `name` that lies between two bounds, with these bounds: for a hit on a date made of several others."""
    return {name: pl.when(first == last).then(first), f"{name}_min": first, f"{name}_max": last}


def window_start(as_of: date, days: float) -> date:
    """First day of a window of `days` that ends on `as_of`, both ends in."""
    return as_of - timedelta(days=days)


def days_of_years(years: int | float) -> int:
    """Whole days in so many years, a leap day every fourth: 1 is 365, 2 is 730, 3 is 1095, 5 is 1826."""
    return int(years * 365.25)
