"""Reading canonical text: precision of dates is kept, only the impossible is refused."""

from __future__ import annotations

import calendar
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.contracts import reading

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
PRECISIONS = st.sampled_from(["%Y-%m-%d", "%Y-%m", "%Y"])


def one(text, *expressions):
    frame = pl.DataFrame({"c": [text]}, schema={"c": pl.String})
    return frame.select(one.alias(str(number)) for number, one in enumerate(expressions)).row(0)


def bounds(text):
    """The first and last day of a partial date, by the standard library."""
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    if day:
        return date(year, month, day), date(year, month, day)
    if month:
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date(year, 1, 1), date(year, 12, 31)


@settings(max_examples=60, deadline=None)
@given(DAYS, PRECISIONS)
def test_partial_date_keeps_its_precision(day, precision):
    text = day.strftime(precision)
    full, first, last = one(text, reading.full_date("c"), reading.first_day("c"), reading.last_day("c"))
    assert (first, last) == bounds(text)
    assert first <= day <= last
    assert full == (day if precision == "%Y-%m-%d" else None)


@settings(max_examples=60, deadline=None)
@given(DAYS, PRECISIONS, DAYS, PRECISIONS)
def test_order_fails_only_where_no_reading_of_the_two_dates_is_possible(late, late_form, early, early_form):
    late_text, early_text = late.strftime(late_form), early.strftime(early_form)
    frame = pl.DataFrame({"late": [late_text], "early": [early_text]})
    is_kept = frame.select(reading.last_day("late") >= reading.first_day("early")).item()
    assert is_kept == (bounds(late_text)[1] >= bounds(early_text)[0])


@settings(max_examples=80, deadline=None)
@given(st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True).filter(str.isascii))
def test_full_date_is_read_exactly_when_it_is_in_the_calendar(text):
    try:
        expected = date.fromisoformat(text)
    except ValueError:
        expected = None
    assert one(text, reading.full_date("c"), reading.first_day("c")) == (expected, expected)


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-30",
        "2023-13",
        "0-1-2023",
        "20230101",
        "2023-1-1",
        "2023-00",
        "2023-01-00",
        "23",
        "gisteren",
        " 2023",
        "2023-01-01\n",
        "٢٠٢٣",
        "2023-01-01T10:00:00",
    ],
)
def test_text_in_no_canonical_form_is_no_date(text):
    assert one(text, reading.first_day("c"), reading.last_day("c")) == (None, None)


def test_hour_that_occurs_twice_is_read_both_ways():
    first, last = one("2024-10-27T02:30:00", reading.first_second("c"), reading.last_second("c"))
    assert last - first == 3600


def test_hour_that_is_skipped_has_a_reading_and_no_place_in_the_order():
    moment, first = one("2024-03-31T02:30:00", reading.local_moment("c"), reading.first_second("c"))
    assert (str(moment), first) == ("2024-03-31 02:30:00", None)


def test_day_alone_is_midnight_and_may_last_until_its_last_second():
    moment, first, last = one(
        "2024-05-05", reading.local_moment("c"), reading.first_second("c"), reading.last_second("c")
    )
    assert str(moment) == "2024-05-05 00:00:00"
    assert last - first == 86399


@pytest.mark.parametrize(
    "text", ["2024-01-01T25:00:00", "2024-01-01T10:60:00", "2024-01-01T10:00", "2024-01", "2024-01-01T10:00:00Z"]
)
def test_moment_in_another_form_is_none(text):
    assert one(text, reading.local_moment("c")) == (None,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("-3", -3),
        ("12.0", 12),
        ("007", 7),
        ("1,5", None),
        ("1.5", None),
        ("12 ", None),
        ("9" * 16, None),
        ("tussen", None),
        ("", None),
        ("1e3", None),
    ],
)
def test_whole_number(text, expected):
    assert one(text, reading.whole_number("c")) == (expected,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("52.1", 52.1), ("52,1", 52.1), ("-5", -5.0), ("1.2.3", None), ("nan", None), ("inf", None), ("1e3", None)],
)
def test_number_with_point_or_comma(text, expected):
    assert one(text, reading.decimal_number("c")) == (expected,)


@pytest.mark.parametrize(
    ("text", "expected"), [("a|b", ["a", "b"]), (" a | | b|", ["a", "b"]), ("|", None), (" ", None), (None, None)]
)
def test_list_has_no_empty_elements_and_is_never_empty(text, expected):
    assert one(text, reading.list_elements("c")) == (expected,)


def test_truth_value_is_ja_or_nee_and_nothing_else():
    frame = pl.DataFrame({"c": ["ja", "nee", "J", "Ja", "true", None]})
    assert frame.select(reading.yes_no("c")).to_series().to_list() == [True, False, None, None, None, None]
