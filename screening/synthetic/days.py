"""Days as whole numbers that count from `as_of` (negative = past), and their text forms."""

from __future__ import annotations

from datetime import date

import polars as pl


def days_to_date(column: str, as_of: date) -> pl.Expr:
    """The Date of a column of day offsets; null stays null."""
    return pl.lit(as_of).cast(pl.Date) + pl.duration(days=pl.col(column))


def days_to_text(column: str, as_of: date) -> pl.Expr:
    """`YYYY-MM-DD` of a column of day offsets; null stays null."""
    return days_to_date(column, as_of).dt.strftime("%Y-%m-%d")
