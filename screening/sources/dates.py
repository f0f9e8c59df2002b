"""Dates and timestamps in the forms that registers use, rewritten in one form. What cannot be read stays as it was."""

from __future__ import annotations

import polars as pl

ZONE = "Europe/Amsterdam"
#: Excel's day numbers from 18-05-1927 to 31-12-2099. Below 10000 a number of four digits is a year.
SERIAL_FIRST, SERIAL_LAST = 10_000, 73_050
#: Day 0 of Excel's 1900 system, such that its imagined 29-02-1900 does no harm from 01-03-1900 on.
_SERIAL_EPOCH = pl.date(1899, 12, 30)
YEAR_FIRST, YEAR_LAST = 1800, 2200

_SERIAL = r"^[1-7][0-9]{4}$"
_SERIAL_TIME = r"^[1-7][0-9]{4}\.[0-9]+$"
_MIDNIGHT = r"[T ]0?0:00(?::00(?:[.,]0+)?)?"
_TIMESTAMP = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?([.,][0-9]+)?"
#: What reading leaves as it is, whether there is such a day or not.
_READ_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_READ_TIMESTAMP = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-5][0-9]:[0-5][0-9]$"
_OFFSET = r"(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)$"


def read_dates(column: pl.Series) -> pl.Series:
    """Text to `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; other text as it was. Distinct values are read once.

    Read are YYYY-MM-DD, D-M-YYYY, an Excel serial, YYYY, YYYY-MM, YYYYMMDD with 00 for what is not known, and a
    timestamp at midnight. A date that does not exist (30 February) is not read.
    """
    return column if _is_all(column, _READ_DATE) else by_distinct(column, _date(pl.col("text")))


def read_timestamps(column: pl.Series, *, bare_dates: bool) -> pl.Series:
    """Text to `YYYY-MM-DDTHH:MM:SS` in Amsterdam local time; other text as it was.

    With an offset it is converted, without one it is local already. `bare_dates`: a full date stands for its first
    moment; elsewhere a date without a time is not read, since a time would be invented.
    """
    if _is_all(column, _READ_TIMESTAMP):
        return column
    return by_distinct(column, _timestamp(pl.col("text"), bare_dates=bare_dates))


def _is_all(column: pl.Series, pattern: str) -> bool:
    """Whether every text is of a form that stays as it is: most registers write dates in it."""
    return bool(column.str.contains(pattern).all())


def by_distinct(column: pl.Series, read: pl.Expr) -> pl.Series:
    """The column with each distinct text read once by an expression over `text`."""
    texts = pl.DataFrame({"text": column.unique().drop_nulls()}, schema={"text": pl.String})
    readings = texts.with_columns(read.alias("reading"))
    read_all = pl.DataFrame({"text": column}).join(readings, on="text", how="left", maintain_order="left")
    return read_all["reading"].alias(column.name)


def _full_date(text: pl.Expr) -> pl.Expr:
    """A full date as Date, else null."""
    day_first = text.str.extract_groups(r"^([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})$")
    turned = pl.concat_str(
        [
            day_first.struct.field("3"),
            day_first.struct.field("2").str.zfill(2),
            day_first.struct.field("1").str.zfill(2),
        ],
        separator="-",
    )
    serial = pl.when(text.str.contains(_SERIAL)).then(text).cast(pl.Int64, strict=False)
    serial_date = pl.when(serial.is_between(SERIAL_FIRST, SERIAL_LAST)).then(
        _SERIAL_EPOCH + pl.duration(days=serial.fill_null(0))
    )
    compact = text.str.extract(r"^((?:1[89]|2[01])[0-9]{6})$")
    return pl.coalesce(
        pl.when(text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(text).str.to_date("%Y-%m-%d", strict=False),
        turned.str.to_date("%Y-%m-%d", strict=False),
        serial_date,
        compact.str.to_date("%Y%m%d", strict=False),
    )


def _date(text: pl.Expr) -> pl.Expr:
    year = pl.when(
        text.str.extract(r"^([0-9]{4})(?:0000)?$", 1).cast(pl.Int64, strict=False).is_between(YEAR_FIRST, YEAR_LAST)
    ).then(text.str.slice(0, 4))
    month = pl.coalesce(
        text.str.extract(r"^([0-9]{4}-(?:0[1-9]|1[0-2]))$"),
        text.str.extract(r"^((?:1[89]|2[01])[0-9]{2}(?:0[1-9]|1[0-2]))00$").str.replace(r"^(.{4})", "${1}-"),
    )
    local_midnight = text.str.replace(rf"{_MIDNIGHT}(?:Z|z|[+-]00(?::?00)?)?$", "")
    moved = _converted(text)
    moved_midnight = pl.when(moved.dt.time() == pl.time(0, 0, 0)).then(moved.dt.date())
    return pl.coalesce(
        _full_date(text).dt.to_string("%Y-%m-%d"),
        year,
        month,
        pl.when(local_midnight != text).then(_full_date(local_midnight)).dt.to_string("%Y-%m-%d"),
        moved_midnight.dt.to_string("%Y-%m-%d"),
        text,
    )


def _converted(text: pl.Expr) -> pl.Expr:
    """A timestamp with an offset as Amsterdam local time without zone, else null."""
    parts = text.str.extract_groups(_TIMESTAMP + _OFFSET)
    offset = parts.struct.field("5").str.to_uppercase().str.replace("^Z$", "+00:00").str.replace(":", "")
    whole = pl.concat_str(
        [
            parts.struct.field("1"),
            pl.lit("T"),
            parts.struct.field("2"),
            parts.struct.field("3").fill_null(":00"),
            pl.when(offset.str.len_chars() == 3).then(offset + "00").otherwise(offset),
        ]
    )
    return (
        whole.str.to_datetime("%Y-%m-%dT%H:%M:%S%z", strict=False, time_unit="us")
        .dt.convert_time_zone(ZONE)
        .dt.replace_time_zone(None)
    )


def _timestamp(text: pl.Expr, *, bare_dates: bool) -> pl.Expr:
    day_first = text.str.replace(r"^([0-9]{2})-([0-9]{2})-([0-9]{4})([T ])", "${3}-${2}-${1}${4}")
    parts = day_first.str.extract_groups(_TIMESTAMP + "$")
    local = pl.concat_str(
        [parts.struct.field("1"), pl.lit("T"), parts.struct.field("2"), parts.struct.field("3").fill_null(":00")]
    ).str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
    serial = pl.when(text.str.contains(_SERIAL_TIME)).then(text).cast(pl.Float64, strict=False)
    seconds = (serial.fill_null(0) * 86_400).round().cast(pl.Int64)
    serial_moment = pl.when(serial.is_between(SERIAL_FIRST, SERIAL_LAST + 1)).then(
        _SERIAL_EPOCH.cast(pl.Datetime("us")) + pl.duration(seconds=seconds)
    )
    readings = [_converted(day_first), local, serial_moment]
    if bare_dates:
        readings.append(_full_date(text).cast(pl.Datetime("us")))
    return pl.coalesce(pl.coalesce(readings).dt.to_string("%Y-%m-%dT%H:%M:%S"), text)
