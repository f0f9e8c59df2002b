"""The axis of a time line: which years it shows, where a day is, and what stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from screening.base.local_formats import date_text, short_month_names
from screening.base.typeface.typeface import text_width
from screening.pictures.canvas import Canvas

_MARGIN, _SIZE = 14.0, 12.0
#: What lies farther back or ahead stands at the edge, with an arrow: its words have the date.
_MOST_YEARS_BACK, _MOST_YEARS_AHEAD, _LEAST_DAYS = 8, 5, 400
_AHEAD = 0.08
_STEPS_MONTHS, _MOST_TICKS = (1, 3, 6, 12, 24, 60), 9


class TimeAxis:
    """Days to px. `now`: where `as_of` is. `bottom`: under the words of the axis."""

    bottom = 42.0

    def __init__(self, width: float, dates: Sequence[date], as_of: date) -> None:
        back = max(as_of.year - _MOST_YEARS_BACK, date.min.year)
        ahead = min(as_of.year + _MOST_YEARS_AHEAD, date.max.year)
        self.first = max(min(*dates, as_of), date(back, 1, 1))
        self.last = min(max(*dates, as_of), date(ahead, 12, 31))
        self.first = min(self.first, self.last - timedelta(_LEAST_DAYS))
        # room behind the day of the data for what goes on
        self.last = max(self.last, as_of + (as_of - self.first) * _AHEAD)
        self._as_of = as_of
        self._width, self.left, self.right = width, _MARGIN, width - _MARGIN
        self.now = self.x(as_of)

    def x(self, day: date) -> float:
        """Where a day is; at an edge if the axis does not reach it."""
        share = (day - self.first).days / (self.last - self.first).days
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def draw(self, canvas: Canvas, bottom: float, language: str) -> None:
        """Draw lines down to `bottom` and the words over them: the years, or months, and the day of the data."""
        words = date_text(self._as_of, language)
        across = text_width(words, _SIZE, is_bold=True)
        left = max(2.0, min(self.now - across / 2, self._width - 2 - across))
        canvas.text("own-text", left, 12, words, _SIZE, is_bold=True)
        for x, label in self._ticks(language):
            canvas.path("grid", "M", x, 36, "V", bottom, is_behind=True)
            across = text_width(label, _SIZE)
            left = max(2.0, min(x - across / 2, self._width - 2 - across))
            canvas.text("muted", left, 31, label, _SIZE, has_halo=True)
        canvas.path("leader", "M", 0, 36, "H", self._width, is_behind=True)
        canvas.path("now", "M", self.now, 17, "V", bottom, is_behind=True)

    def _ticks(self, language: str) -> list[tuple[float, str]]:
        """The finest steps whose words have room beside each other."""
        ticks: list[tuple[float, str]] = []
        months = (self.last - self.first).days / 30
        for step in (step for step in _STEPS_MONTHS if months / step <= _MOST_TICKS):
            days = self._days(step)
            ticks = [(self.x(day), self._label(day, step, language, has_year=day is days[0])) for day in days]
            room = max((text_width(label, _SIZE) for _, label in ticks), default=0) + 2 * _MARGIN
            if all(after - before >= room for (before, _), (after, _) in pairwise(ticks)):
                break
        return ticks

    def _days(self, step_months: int) -> list[date]:
        months = range(self.first.year * 12, self.last.year * 12 + 12, step_months)
        days = [date(month // 12, month % 12 + 1, 1) for month in months]
        return [day for day in days if self.first <= day <= self.last]

    @staticmethod
    def _label(day: date, step_months: int, language: str, *, has_year: bool) -> str:
        """The year at its begin, else the month; the first one has both."""
        if step_months >= 12 or (day.month == 1 and not has_year):
            return str(day.year)
        month = short_month_names(language)[day.month - 1]
        return f"{month} {day.year}" if has_year else month
