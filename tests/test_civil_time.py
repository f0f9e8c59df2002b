"""A day of the town hall begins at its own midnight, in winter and in summer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.civil_time import day_of, days_later, midnight
from screening.errors import StoreError


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
