"""The calendar of the town hall: its days, their midnight, and terms counted in days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from screening.errors import StoreError

#: A day of the town hall: terms end at its midnight, not at that of Greenwich.
TOWN = ZoneInfo("Europe/Amsterdam")


def day_of(now: datetime) -> date:
    """The day at the town hall. StoreError for a time without a zone."""
    if now.tzinfo is None:
        raise StoreError("The time of an act needs a time zone.")
    return now.astimezone(TOWN).date()


def midnight(day: date) -> datetime:
    """The moment at which a day of the town hall begins, in UTC."""
    return datetime.combine(day, time(), TOWN).astimezone(UTC)


def days_later(day: date, days: int) -> date:
    """The day so many days later."""
    return day + timedelta(days=days)
