"""Opening hours: what is read, what is left alone, and when two intervals of the week overlap."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.rules.hours import MINUTES_OF_DAY, MINUTES_OF_WEEK, both_open_from, opening_hours

DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")


def week(text: str) -> list[tuple[str, str, int]]:
    """(day, "HH:MM", minutes) of each interval, in the order of the week."""
    rows = opening_hours(pl.LazyFrame({"openingstijden": [text]})).sort("opens", "open_minutes").collect()
    return [(DAYS[o // MINUTES_OF_DAY], f"{o % MINUTES_OF_DAY // 60:02}:{o % 60:02}", m) for _, o, m in rows.rows()]


def test_two_parts_with_hours_past_midnight():
    assert week("ma-di 10:00-01:00; vr-za 10:00-03:00") == [
        ("ma", "10:00", 900),
        ("di", "10:00", 900),
        ("vr", "10:00", 1020),
        ("za", "10:00", 1020),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "di-wo 9:00-17:00",
        "Di-Wo: 09:00 - 17:00",
        "di – wo 9.00–17.00 uur",
        "dinsdag t/m woensdag 09:00-17:00",
        "di, wo 09:00-17:00",
        "di en wo 09:00-17:00u",
        "di 09:00-17:00, wo 09:00-17:00",
        "di 09:00-17:00 en wo 09:00-17:00; do gesloten",
    ],
)
def test_ways_to_write_the_same_hours(text):
    assert week(text) == [("di", "09:00", 480), ("wo", "09:00", 480)]


def test_two_times_on_one_day():
    assert week("do 09:00-12:30, 14:00-18:00") == [("do", "09:00", 210), ("do", "14:00", 240)]


def test_days_around_the_end_of_the_week():
    assert [day for day, _, _ in week("za-ma 12:00-13:00")] == ["ma", "za", "zo"]


def test_every_day_until_midnight():
    assert week("dagelijks 11:00-24:00") == [(day, "11:00", 780) for day in DAYS]


def test_the_whole_day():
    assert week("zo 00:00-24:00") == [("zo", "00:00", 1440)]


@pytest.mark.parametrize(
    "text",
    [
        "op afspraak",
        "10:00-12:00",
        "ma-vr",
        "ma-vr 10:00-12:00 op afspraak",
        "ma-vr 25:00-26:00",
        "ma-vr 10:60-12:00",
        "ma-vr 00:00-00:00",
        "eerste ma van de maand 10:00-12:00",
        "december 10:00-12:00",
    ],
)
def test_what_is_not_sure_is_not_read(text):
    assert week(text) == []


def test_a_part_that_is_not_read_leaves_the_others():
    assert week("ma-do op afspraak; vr 10:00-11:00") == [("vr", "10:00", 60)]


def test_empty_texts_and_equal_texts_give_no_extra_rows():
    frame = pl.LazyFrame({"openingstijden": ["ma 10:00-11:00", None, "ma 10:00-11:00", ""]})
    assert opening_hours(frame).collect().height == 1


def overlap(one: tuple[int, int], other: tuple[int, int]) -> int | None:
    frame = pl.DataFrame(
        {"a": [one[0]], "b": [one[1]], "c": [other[0]], "d": [other[1]]}, schema=dict.fromkeys("abcd", pl.Int64)
    )
    return frame.select(both_open_from("a", "b", "c", "d"))[0, 0]


def test_touching_is_not_overlapping():
    assert overlap((600, 60), (660, 60)) is None
    assert overlap((600, 61), (660, 60)) == 660


def test_sunday_night_reaches_into_monday():
    assert overlap((MINUTES_OF_WEEK - 60, 180), (60, 600)) == 60


interval = st.tuples(st.integers(0, MINUTES_OF_WEEK - 1), st.integers(1, MINUTES_OF_DAY))


@settings(max_examples=60, deadline=None)
@given(interval, interval)
def test_overlap_is_what_counting_minutes_says(one, other):
    minutes = [{(opens + step) % MINUTES_OF_WEEK for step in range(length)} for opens, length in (one, other)]
    both = minutes[0] & minutes[1]
    found = overlap(one, other)
    assert (found is not None) == bool(both)
    assert found is None or found in both
    assert (overlap(other, one) is None) == (found is None)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 23), st.integers(0, 59), st.integers(1, 1439))
def test_what_is_written_is_read_back(first, last, hour, minute, length):
    end = (hour * 60 + minute + length) % MINUTES_OF_DAY
    text = f"{DAYS[first]}-{DAYS[last]} {hour:02}:{minute:02}-{end // 60:02}:{end % 60:02}"
    assert len(week(text)) == (last - first) % 7 + 1
    assert {(clock, span) for _, clock, span in week(text)} == {(f"{hour:02}:{minute:02}", length)}
