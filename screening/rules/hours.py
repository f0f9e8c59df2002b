"""Opening hours as people write them, read into intervals of the week. Expressions on whole columns."""

from __future__ import annotations

import polars as pl

MINUTES_OF_DAY = 24 * 60
MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY

_DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
_DAY = rf"(?:{'|'.join(_DAYS)})"
_SPAN = rf"{_DAY}(?:-{_DAY})?"
_CLOCK = r"(?:(?:[01]?\d|2[0-3]):[0-5]\d|24:00)"
_TIMES = rf"{_CLOCK}-{_CLOCK}"
_BETWEEN = r"(?: ?, ?| en | )"
#: A part is read as a whole or not at all: what is left over may change what the rest means ("ma-do op afspraak").
_PART = rf"^{_SPAN}(?:{_BETWEEN}{_SPAN})*:? {_TIMES}(?:{_BETWEEN}{_TIMES})*$"


def opening_hours(hours: pl.LazyFrame) -> pl.LazyFrame:
    """One row per different `openingstijden` and interval that it says: `openingstijden`, `opens`, `open_minutes`.

    `opens` is the minute of the week (0 = Monday 00:00, below 10,080), `open_minutes` the length (at most 1,440): hours
    that end at or past midnight belong to the day on which they begin, so Sunday's last ones reach into Monday. Read
    are such as "ma-do 10:00-01:00; vr-za 10:00-03:00", "di, do 9.00 - 12.30 en 14.00 - 18.00 uur" and "dagelijks
    11:00-24:00". A part that is written otherwise gives no rows, nor do two equal times: they can mean a whole day or
    nothing.
    """
    number = {day: place for place, day in enumerate(_DAYS)}
    begin, end = _minute("times", 0), _minute("times", 1)
    part = pl.col("part")
    return (
        hours.select("openingstijden")
        .drop_nulls()
        .unique()
        .with_columns(part=_plain(pl.col("openingstijden")).str.split(";"))
        .explode("part")
        .with_columns(part.str.strip_chars(" ,"))
        .filter(part.str.contains(_PART))
        .with_columns(
            times=part.str.extract_all(_TIMES), days=part.str.extract(r"^([^0-9]+)", 1).str.extract_all(_SPAN)
        )
        .explode("times")
        .explode("days")
        .with_columns(
            first=pl.col("days").str.head(2).replace_strict(number, return_dtype=pl.Int64),
            last=pl.col("days").str.tail(2).replace_strict(number, return_dtype=pl.Int64),
            begin=begin,
            open_minutes=end - begin + pl.when(end < begin).then(MINUTES_OF_DAY).otherwise(0),
        )
        .filter(pl.col("open_minutes") > 0)
        # "vr-ma" goes round the end of the week
        .with_columns(day=pl.int_ranges(0, (pl.col("last") - pl.col("first")) % 7 + 1))
        .explode("day")
        .select(
            "openingstijden",
            opens=((pl.col("first") + pl.col("day")) % 7 * MINUTES_OF_DAY + pl.col("begin")) % MINUTES_OF_WEEK,
            open_minutes="open_minutes",
        )
        .unique()
    )


def both_open_from(opens: str, minutes: str, other_opens: str, other_minutes: str) -> pl.Expr:
    """The minute of the week from which two intervals overlap; null where they do not. Touching is not overlapping."""
    later = (pl.col(other_opens) - pl.col(opens)) % MINUTES_OF_WEEK
    earlier = (pl.col(opens) - pl.col(other_opens)) % MINUTES_OF_WEEK
    return (
        pl.when(later < pl.col(minutes))
        .then(pl.col(other_opens))
        .when(earlier < pl.col(other_minutes))
        .then(pl.col(opens))
    )


def _plain(text: pl.Expr) -> pl.Expr:
    """Lower case, two-letter days, one kind of dash, and ";" before each day that follows a time."""
    return (
        text.str.to_lowercase()
        .str.replace_all(r"[–—]|\bt/m\b|\btot en met\b", "-")
        .str.replace_all(rf"\b({'|'.join(_DAYS)})(?:andag|nsdag|ensdag|nderdag|ijdag|terdag|ndag)?\b\.?", "$1")
        .str.replace_all(r"\b(?:dagelijks|alle dagen|elke dag)\b", "ma-zo")
        .str.replace_all(r"(\d)\s*(?:uur|u)\b", "$1")
        .str.replace_all(r"(\d)\.(\d)", "$1:$2")
        .str.replace_all(r"\s+", " ")
        .str.replace_all(r" ?- ?", "-")
        .str.replace_all(rf"(\d)(?: ?, ?| en | )({_DAY})\b", "$1;$2")
    )


def _minute(column: str, place: int) -> pl.Expr:
    """Minute of the day of the first or second time of "10:00-01:00"."""
    clock = pl.col(column).str.split("-").list.get(place).str.split(":")
    return clock.list.get(0).cast(pl.Int64) * 60 + clock.list.get(1).cast(pl.Int64)
