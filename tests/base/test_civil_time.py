"""A day of the town hall begins at its own midnight, in winter and in summer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.base.civil_time import (
    day_of,
    days_later,
    is_working_day,
    midnight,
    one_working_day_later,
    working_days_later,
)
from screening.base.errors import StoreError


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 1, 22, 59, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 1, 1, 23, 0, tzinfo=UTC), date(2026, 1, 2)),
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
    ],
    ids=["before midnight in winter", "midnight in winter", "before midnight in summer", "midnight in summer"],
)
def test_the_day_turns_at_midnight_of_the_town_hall(moment: datetime, day: date) -> None:
    assert day_of(moment) == day


def test_a_time_without_a_zone_has_no_day() -> None:
    with pytest.raises(StoreError, match="time zone"):
        day_of(datetime(2026, 1, 1))  # noqa: DTZ001


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_midnight_is_the_first_moment_of_its_day(day: date) -> None:
    assert day_of(midnight(day)) == day
    assert day_of(midnight(day) - timedelta(seconds=1)) == days_later(day, -1)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_of_changing_clocks_is_an_hour_shorter_or_longer(day: date, hours: int) -> None:
    assert midnight(days_later(day, 1)) - midnight(day) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "days", "later"),
    [
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 5, 13), 2, date(2026, 5, 18)),
        (date(2025, 4, 25), 2, date(2025, 4, 29)),
        (date(2026, 11, 30), 0, date(2026, 11, 30)),
    ],
    ids=["over a weekend", "from a Saturday", "Christmas", "Easter", "Ascension", "King's day on a Saturday", "none"],
)
def test_a_term_in_working_days_passes_over_weekends_and_holidays(day: date, days: int, later: date) -> None:
    assert working_days_later(day, days) == later


def test_the_holidays_are_those_of_the_law() -> None:
    """Of 2024 to 2028 as almanacs have them; 27 April 2025 was a Sunday, so the King's day was the 26th."""
    named = {
        2024: "01-01 03-29 04-01 04-27 05-05 05-09 05-20 12-25 12-26",
        2025: "01-01 04-18 04-21 04-26 05-05 05-29 06-09 12-25 12-26",
        2026: "01-01 04-03 04-06 04-27 05-05 05-14 05-25 12-25 12-26",
        2027: "01-01 03-26 03-29 04-27 05-05 05-06 05-17 12-25 12-26",
        2028: "01-01 04-14 04-17 04-27 05-05 05-25 06-05 12-25 12-26",
    }
    for year, days in named.items():
        free = {
            f"{day:%m-%d}"
            for day in (date(year, 1, 1) + timedelta(days=n) for n in range(366))
            if day.year == year and day.weekday() < 5 and not is_working_day(day)
        }
        assert free == {day for day in days.split() if date.fromisoformat(f"{year}-{day}").weekday() < 5}


def test_the_town_hall_works_on_no_day_of_the_algemene_termijnenwet() -> None:
    off = [day for n in range(365) if not is_working_day(day := date(2026, 1, 1) + timedelta(days=n))]
    named = [day for day in off if day.weekday() < 5]
    assert [f"{day:%d-%m}" for day in named] == ["01-01", "03-04", "06-04", "27-04", "05-05", "14-05", "25-05", "25-12"]
    assert is_working_day(date(2025, 4, 28))
    assert not is_working_day(date(2025, 4, 26)), "the 27th is a Sunday: King's Day is the day before"
    assert not is_working_day(date(2030, 4, 22)), "Easter Monday of another year"


@pytest.mark.parametrize(
    ("moment", "later"),
    [
        (datetime(2026, 11, 3, 8, 30, tzinfo=UTC), datetime(2026, 11, 4, 8, 30, tzinfo=UTC)),
        (datetime(2026, 11, 6, 8, 30, tzinfo=UTC), datetime(2026, 11, 9, 8, 30, tzinfo=UTC)),
        (datetime(2026, 11, 7, 8, 30, tzinfo=UTC), datetime(2026, 11, 9, 23, 0, tzinfo=UTC)),
        (datetime(2026, 3, 27, 8, 30, tzinfo=UTC), datetime(2026, 3, 30, 7, 30, tzinfo=UTC)),
    ],
    ids=["in the week", "on a Friday", "on a Saturday: as if on Monday at midnight", "over the change to summer time"],
)
def test_a_working_day_later_is_the_same_hour_of_the_next(moment: datetime, later: datetime) -> None:
    assert one_working_day_later(moment) == later
