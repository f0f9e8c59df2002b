"""What the reports of nights say together: the last good night, and what became of those since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from screening.civil_time import day_of
from screening.store.night_reports import NightReport


@dataclass(frozen=True)
class NightHistory:
    """The reports of a workspace in the order in which the nights ended: the last one tried is the last.

    Nights that were tried again count once: a night is a day on which was run and a date as of which was screened.
    """

    reports: tuple[NightReport, ...]

    @property
    def last(self) -> NightReport | None:
        """The last night, however it ended."""
        return self.reports[-1] if self.reports else None

    @property
    def last_good(self) -> NightReport | None:
        """The last night that was published without gaps."""
        return self._last(lambda report: report.is_good)

    @property
    def last_published(self) -> NightReport | None:
        """The last night that was published, with gaps or without."""
        return self._last(lambda report: report.has_published)

    @property
    def not_good(self) -> tuple[NightReport, ...]:
        """One report a night since the last good one, the first of each: none of them is good."""
        return _one_a_night(self._since(self.last_good))

    @property
    def not_published(self) -> tuple[NightReport, ...]:
        """One report a night since the last published one, the first of each: none left a run."""
        return _one_a_night(self._since(self.last_published))

    def _last(self, counts: Callable[[NightReport], bool]) -> NightReport | None:
        return next((report for report in reversed(self.reports) if counts(report)), None)

    def _since(self, report: NightReport | None) -> Sequence[NightReport]:
        return self.reports if report is None else self.reports[self.reports.index(report) + 1 :]


def night_history(reports: Iterable[NightReport]) -> NightHistory:
    """Put reports in the order in which the nights ended: a second start is refused before the first one ends."""
    return NightHistory(tuple(sorted(reports, key=lambda report: report.ended)))


def _one_a_night(reports: Iterable[NightReport]) -> tuple[NightReport, ...]:
    nights: dict[tuple[date, date], NightReport] = {}
    for report in reports:
        nights.setdefault((day_of(report.began), report.as_of), report)
    return tuple(nights.values())
