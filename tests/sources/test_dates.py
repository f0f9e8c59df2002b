"""Dates in the forms that registers use; what is no date stays as it was, so that the contract can refuse it."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.sources.dates import SERIAL_FIRST, SERIAL_LAST, read_dates, read_timestamps

DATES = {
    "iso": ("2024-05-06", "2024-05-06"),
    "day_first": ("06-05-2024", "2024-05-06"),
    "day_first_without_zeros": ("6-5-2024", "2024-05-06"),
    "serial": ("45977", "2025-11-16"),
    "first_serial": ("10000", "1927-05-18"),
    "last_serial": ("73050", "2099-12-31"),
    "past_the_last_serial": ("73051", "73051"),
    "a_year_is_no_serial": ("2024", "2024"),
    "four_digits_that_are_no_year": ("9000", "9000"),
    "month": ("2024-05", "2024-05"),
    "month_of_the_trade_register": ("20240500", "2024-05"),
    "year_of_the_trade_register": ("20240000", "2024"),
    "compact": ("20240506", "2024-05-06"),
    "midnight": ("2024-05-06T00:00:00", "2024-05-06"),
    "midnight_with_fraction": ("2024-05-06 00:00:00.000", "2024-05-06"),
    "day_first_midnight": ("06-05-2024 00:00", "2024-05-06"),
    "midnight_with_one_digit": ("6-5-2024 0:00:00", "2024-05-06"),
    "midnight_in_amsterdam": ("2024-05-05T22:00:00Z", "2024-05-06"),
    "midnight_in_utc": ("2024-05-06T00:00:00Z", "2024-05-06"),
    "midnight_with_local_offset": ("2024-05-06T00:00:00+02:00", "2024-05-06"),
    "leap_day": ("29-02-2024", "2024-02-29"),
    "no_leap_day": ("29-02-2023", "29-02-2023"),
    "no_such_day": ("2024-02-30", "2024-02-30"),
    "no_such_compact_day": ("20240230", "20240230"),
    "no_such_month": ("2024-13", "2024-13"),
    "two_digit_year": ("06-05-24", "06-05-24"),
    "slashes_may_be_american": ("06/05/2024", "06/05/2024"),
    "a_time_of_day": ("2024-05-06T13:00:00", "2024-05-06T13:00:00"),
    "fraction_of_a_day": ("45977.5", "45977.5"),
    "zeros": ("00000000", "00000000"),
    "words": ("onbekend", "onbekend"),
    "arabic_digits": ("٢٠٢٤", "٢٠٢٤"),
}


@pytest.mark.parametrize(("text", "expected"), DATES.values(), ids=DATES.keys())
def test_date(text: str, expected: str) -> None:
    column = pl.Series("datum", [None, text, text])
    assert read_dates(column).to_list() == [None, expected, expected]


TIMESTAMPS = {
    "utc_in_summer": ("2025-07-15T16:06:00Z", "2025-07-15T18:06:00"),
    "utc_in_winter": ("2025-01-15T16:06:00+00:00", "2025-01-15T17:06:00"),
    "over_midnight": ("2025-07-15T23:30:00Z", "2025-07-16T01:30:00"),
    "offset_without_colon": ("2025-07-15T16:06:00+0200", "2025-07-15T16:06:00"),
    "offset_of_hours": ("2025-07-15T16:06:00+02", "2025-07-15T16:06:00"),
    "local": ("2025-07-15T16:06:00", "2025-07-15T16:06:00"),
    "space_and_no_seconds": ("2025-07-15 16:06", "2025-07-15T16:06:00"),
    "microseconds": ("2025-01-15T16:06:00.123456+00:00", "2025-01-15T17:06:00"),
    "day_first": ("15-07-2025 16:06", "2025-07-15T16:06:00"),
    "serial_with_a_time": ("45977.75", "2025-11-16T18:00:00"),
    "hour_that_is_not": ("2025-07-15T25:00:00", "2025-07-15T25:00:00"),
    "year_alone": ("2025", "2025"),
    "words": ("gisteren", "gisteren"),
}


@pytest.mark.parametrize(("text", "expected"), TIMESTAMPS.values(), ids=TIMESTAMPS.keys())
def test_timestamp(text: str, expected: str) -> None:
    for bare_dates in (True, False):
        assert read_timestamps(pl.Series("t", [text, None]), bare_dates=bare_dates).to_list() == [expected, None]


@pytest.mark.parametrize("text", ["2025-07-15", "15-07-2025", "45853"])
def test_a_bare_date_is_a_moment_only_where_a_date_is_allowed(text: str) -> None:
    column = pl.Series("t", [text])
    assert read_timestamps(column, bare_dates=True).to_list() == ["2025-07-15T00:00:00"]
    assert read_timestamps(column, bare_dates=False).to_list() == [text]


@settings(max_examples=60, deadline=None)
@given(st.dates(dt.date(1927, 5, 18), dt.date(2099, 12, 31)))
def test_every_form_of_a_day_is_that_day(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    assert SERIAL_FIRST <= serial <= SERIAL_LAST
    forms = [day.isoformat(), f"{day:%d-%m-%Y}", f"{day.day}-{day.month}-{day.year}", f"{day:%Y%m%d}", str(serial)]
    forms.append(f"{day.isoformat()}T00:00:00")
    assert set(read_dates(pl.Series("d", forms)).to_list()) == {day.isoformat()}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20))
def test_reading_twice_changes_nothing_more(text: str) -> None:
    once = read_dates(pl.Series("d", [text]))
    assert read_dates(once).to_list() == once.to_list()
    once = read_timestamps(pl.Series("d", [text]), bare_dates=True)
    assert read_timestamps(once, bare_dates=True).to_list() == once.to_list()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.from_regex(r"[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9])?", fullmatch=True)))
def test_what_is_written_as_it_is_read_needs_no_reading(texts: list[str]) -> None:
    alone, beside = pl.Series("d", texts, dtype=pl.String), pl.Series("d", [*texts, "?"])
    assert read_dates(alone).to_list() == read_dates(beside).to_list()[:-1]
    for bare_dates in (True, False):
        read = read_timestamps(alone, bare_dates=bare_dates)
        assert read.to_list() == read_timestamps(beside, bare_dates=bare_dates).to_list()[:-1]
