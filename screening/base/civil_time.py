"""The calendar of the town hall: its days, their midnight, and terms counted in days and in working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from screening.base.errors import StoreError

#: A day of the town hall: terms end at its midnight, not at that of Greenwich.
TOWN = ZoneInfo("Europe/Amsterdam")
_SATURDAY, _SUNDAY = 5, 6


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


def working_days_later(day: date, days: int) -> date:
    """The day so many working days later: no weekend and no holiday of the Algemene termijnenwet, art. 3."""
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def one_working_day_later(moment: datetime) -> datetime:
    """The same hour of the next working day. What comes on a day off counts as come when the next working day begins.

    StoreError for a time without a zone.
    """
    day, hour = day_of(moment), moment.astimezone(TOWN).time()
    if not is_working_day(day):
        day, hour = working_days_later(day, 1), time()
    return datetime.combine(working_days_later(day, 1), hour, TOWN).astimezone(UTC)


def is_working_day(day: date) -> bool:
    """Whether the town hall works on a day: no weekend and no holiday of the Algemene termijnenwet, art. 3."""
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


def _holidays(year: int) -> frozenset[date]:
    easter = _easter(year)
    king = date(year, 4, 27)
    return frozenset(
        {
            date(year, 1, 1),
            king - timedelta(days=king.weekday() == _SUNDAY),
            date(year, 5, 5),
            date(year, 12, 25),
            date(year, 12, 26),
            # Good Friday, Easter Monday, Ascension, Whit Monday
            *(easter + timedelta(days=days) for days in (-2, 1, 39, 50)),
        }
    )


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the rule of 1876 in Nature 13, p. 487, also known as Butcher's)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    leap, rest = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)
