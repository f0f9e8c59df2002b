"""Polars expressions that read canonical text: dates with their precision, moments, numbers, lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import polars as pl

#: The zone of every timestamp without an offset (formats: Europe/Amsterdam).
ZONE = "Europe/Amsterdam"

_FULL = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MONTH = r"^[0-9]{4}-[0-9]{2}$"
_YEAR = r"^[0-9]{4}$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$"
#: A day that there is, with 29 February in leap years alone; a month or a year where no more is known.
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DAY_OF_YEAR = (
    "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])"
)
_CALENDAR_DAY = f"(?:[0-9]{{4}}-(?:{_DAY_OF_YEAR})|{_LEAP_YEAR}-02-29)"
#: What `first_day` can read, and what `local_moment` can, as one expression that other tools take too.
DATE = f"^(?:{_CALENDAR_DAY}|[0-9]{{4}}(?:-(?:0[1-9]|1[0-2]))?)$"
MOMENT = f"^{_CALENDAR_DAY}(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])?$"
INTEGER = r"^-?[0-9]{1,15}(?:\.0+)?$"  # a spreadsheet writes 12 as 12.0; 15 digits are exact in a double
NUMBER = r"^-?[0-9]{1,15}(?:[.,][0-9]{1,15})?$"  # Dutch exports write the decimal comma


def whole_text(pattern: str) -> str:
    """A pattern from ^ to $ as Python must be given it: there, $ also stands before a line feed at the end."""
    return rf"^(?:{pattern[1:-1]})\Z"


def _where(text: pl.Expr, pattern: str) -> pl.Expr:
    return pl.when(text.str.contains(pattern)).then(text)


def _day(text: pl.Expr) -> pl.Expr:
    return text.str.to_date("%Y-%m-%d", strict=False)


def full_date(column: str) -> pl.Expr:
    """Date: the day, where the text is a full calendar date; null elsewhere."""
    return _day(_where(pl.col(column), _FULL))


def first_day(column: str) -> pl.Expr:
    """Date: the first day that a full or partial date (`YYYY`, `YYYY-MM`) can mean; null where it is no date."""
    text = pl.col(column)
    return pl.coalesce(full_date(column), _day(_where(text, _MONTH) + "-01"), _day(_where(text, _YEAR) + "-01-01"))


def last_day(column: str) -> pl.Expr:
    """Date: the last day that a full or partial date can mean; null where it is no date."""
    text = pl.col(column)
    month = _day(_where(text, _MONTH) + "-01").dt.month_end()
    return pl.coalesce(full_date(column), month, _day(_where(text, _YEAR) + "-12-31"))


def local_moment(column: str) -> pl.Expr:
    """Datetime (us, no zone): the local moment; a day alone is its midnight; null where the text is neither."""
    moment = _where(pl.col(column), _MOMENT).str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
    return pl.coalesce(moment, full_date(column).cast(pl.Datetime("us")))


def first_second(column: str) -> pl.Expr:
    """Int64: the earliest second (Unix time) that a local timestamp can mean: an hour repeats when summer time ends."""
    return _second(local_moment(column), "earliest")


def last_second(column: str) -> pl.Expr:
    """Int64: the latest second (Unix time) that a local timestamp, or a day alone, can mean."""
    end_of_day = full_date(column).cast(pl.Datetime("us")).dt.offset_by("86399s")
    return _second(pl.coalesce(end_of_day, local_moment(column)), "latest")


def _second(local: pl.Expr, ambiguous: Literal["earliest", "latest"]) -> pl.Expr:
    # The hour that is skipped in spring exists in registers with a wrong clock: no order can be told, so it is null.
    return local.dt.replace_time_zone(ZONE, ambiguous=ambiguous, non_existent="null").dt.epoch("s")


def whole_number(column: str) -> pl.Expr:
    """Int64: the whole number; null where the text is none."""
    return _where(pl.col(column), INTEGER).cast(pl.Float64, strict=False).cast(pl.Int64)


def decimal_number(column: str) -> pl.Expr:
    """Float64: the number, with a decimal point or comma; null where the text is none."""
    return _where(pl.col(column), NUMBER).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)


def yes_no(column: str) -> pl.Expr:
    """Boolean: `ja` is true, `nee` is false, anything else is null."""
    return pl.when(pl.col(column) == "ja").then(True).when(pl.col(column) == "nee").then(False)


def list_elements(column: str) -> pl.Expr:
    """List(String): the parts between bars, stripped, without empty ones; null where nothing is left."""
    stripped = pl.element().str.strip_chars()
    parts = pl.col(column).str.split("|").list.eval(stripped.filter(stripped != ""))
    return pl.when(parts.list.len() > 0).then(parts)


def is_readable(column: str, value: pl.Expr) -> pl.Expr:
    """Float64: 1 where the text gave a value, 0 where it did not, null where there is no text."""
    return pl.when(pl.col(column).is_not_null()).then(value.is_not_null().cast(pl.Float64))


def typed(column: str, logical_type: str) -> list[pl.Expr]:
    """The columns that a canonical text column becomes in a typed frame (a date becomes three)."""
    if logical_type == "date":
        return [
            full_date(column).alias(column),
            first_day(column).alias(f"{column}_min"),
            last_day(column).alias(f"{column}_max"),
        ]
    readers: dict[str, Callable[[str], pl.Expr]] = {
        "string": pl.col,
        "integer": whole_number,
        "number": decimal_number,
        "boolean": yes_no,
        "array": list_elements,
        "timestamp": local_moment,
    }
    return [readers[logical_type](column).alias(column)]
