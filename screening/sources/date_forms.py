"""Dates in the forms that a configuration names, rewritten as `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM:SS`."""

from __future__ import annotations

import re

import polars as pl

from screening.base.frames import DateForms
from screening.sources.dates import by_distinct

#: How the months begin in Dutch and English. `ma` alone is Monday: of March three letters are asked, or `mrt`.
_MONTHS = {
    1: "jan januari january",
    2: "feb febr februari february",
    3: "mrt maart mar march",
    4: "apr april",
    5: "mei may",
    6: "jun juni june",
    7: "jul juli july",
    8: "aug augustus august",
    9: "sep sept september",
    10: "okt oct oktober october",
    11: "nov november",
    12: "dec december",
}
_MONTH_NUMBERS = {word: f"{number:02}" for number, words in _MONTHS.items() for word in words.split()}
_GROUPS = {
    "d": r"(?P<day>[0-9]{1,2})",
    "m": r"(?P<month>[0-9]{1,2})",
    "B": r"(?P<name>\p{L}{3,9})\.?",
    "b": r"(?P<name>\p{L}{3,9})\.?",
    "Y": r"(?P<year>[0-9]{4})",
    "y": r"(?P<short>[0-9]{2})",
    "H": r"(?P<hour>[0-9]{1,2})",
    "M": r"(?P<minute>[0-9]{2})",
    "S": r"(?P<second>[0-9]{2})(?:[.,][0-9]+)?",
}
#: Directives of digits. Where two of them touch, each has all its digits: 1112026 can be 1 or 11 November.
_OF_DIGITS = frozenset("dmYyHMS")
_PARTS = re.compile(r"%(.)|(\s+)|([^%\s]+)")
#: Behind a text that has a form and is no date in it: no other way of reading dates takes it for one then.
NO_DATE = " ?"


def read_forms(column: pl.Series, dates: DateForms, *, keeps_time: bool) -> pl.Series:
    """The column with the texts of these forms rewritten; other texts as they were.

    `keeps_time`: a time behind a date stays; without, the day is what counts. A text that has one of the forms and is
    no date in it (month 13) is marked, so that it is refused and not read the other way round.
    """
    text = pl.col("text")
    readings = [_reading(text, form, dates.pivot, keeps_time=keeps_time) for form in dates.forms]
    return by_distinct(column, pl.coalesce(*readings, text))


def _pattern(form: str) -> str:
    parts = _PARTS.findall(form)
    is_digits = [False, *(directive in _OF_DIGITS for directive, _, _ in parts), False]
    pattern = ""
    for place, (directive, blank, literal) in enumerate(parts):
        group = _GROUPS[directive] if directive else r"\s+" if blank else re.escape(literal)
        touches_digits = directive in _OF_DIGITS and (is_digits[place] or is_digits[place + 2])
        pattern += group.replace("{1,2}", "{2}") if touches_digits else group
    return pattern


def _reading(text: pl.Expr, form: str, pivot: int | None, *, keeps_time: bool) -> pl.Expr:
    pattern = rf"(?i)^{_pattern(form)}$"
    parts = text.str.extract_groups(pattern).struct
    names = {name for name in re.findall(r"\(\?P<(\w+)>", pattern)}
    if "short" in names:
        short = parts.field("short").cast(pl.Int64, strict=False)
        year = (pl.when(short < (pivot or 0)).then(short + 2000).otherwise(short + 1900)).cast(pl.String)
    else:
        year = parts.field("year")
    month = (
        parts.field("month").str.zfill(2)
        if "month" in names
        else parts.field("name").str.to_lowercase().replace_strict(_MONTH_NUMBERS, default=None, return_dtype=pl.String)
    )
    hour, minute, second = (
        parts.field(name).str.zfill(2) if name in names else pl.lit("00") for name in ("hour", "minute", "second")
    )
    day = parts.field("day").str.zfill(2)
    moment = pl.format("{}-{}-{}T{}:{}:{}", year, month, day, hour, minute, second).str.to_datetime(
        "%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us"
    )
    shape = "%Y-%m-%dT%H:%M:%S" if keeps_time and "hour" in names else "%Y-%m-%d"
    return pl.when(text.str.contains(pattern)).then(pl.coalesce(moment.dt.to_string(shape), text + NO_DATE))
