"""What the reports of nights say together: the last good night, and what became of those since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from screening.base.vocabulary import NightKind
from screening.store.night_reports import NightReport


@dataclass(frozen=True)
class NightHistory:
    """The reports of a workspace in the order in which the nights ended: the last one tried is the last.

    Nights that were tried again count once: a night is a day on which was run and a date as of which was screened. A
    second start that was refused while the first one ran is no night of its own.
    """

    reports: tuple[NightReport, ...]

    @property
    def last(self) -> NightReport | None:
        """The last night, however it ended."""
        return self._last(lambda report: not self._is_second_start(report))

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

    def not_good_before(self, report: NightReport) -> tuple[NightReport, ...]:
        """Those of which a person heard before a night that ended after them all, as `not_good`.

        An earlier try of the same night counts where this one is good, and somebody was told that the other was not.
        """
        return _one_a_night(
            bad
            for bad in self._since(self.last_good)
            if bad.night != report.night or (report.is_good and bad.is_told and bad.kind != NightKind.BUSY)
        )

    def _last(self, counts: Callable[[NightReport], bool]) -> NightReport | None:
        return next((report for report in reversed(self.reports) if counts(report)), None)

    def _since(self, report: NightReport | None) -> Sequence[NightReport]:
        later = self.reports if report is None else self.reports[self.reports.index(report) + 1 :]
        return [other for other in later if not self._is_second_start(other)]

    def _is_second_start(self, report: NightReport) -> bool:
        """Whether it was refused since another run held the workspace, and what became of that night is known."""
        return report.kind == NightKind.BUSY and any(
            other.night == report.night and other.kind != NightKind.BUSY for other in self.reports
        )


def night_history(reports: Iterable[NightReport]) -> NightHistory:
    """Put reports in the order in which the nights ended: a second start is refused before the first one ends."""
    return NightHistory(tuple(sorted(reports, key=lambda report: report.ended)))


def _one_a_night(reports: Iterable[NightReport]) -> tuple[NightReport, ...]:
    nights: dict[tuple[date, date], NightReport] = {}
    for report in reports:
        nights.setdefault(report.night, report)
    return tuple(nights.values())
