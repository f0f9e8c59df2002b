"""How old what the pages show is: the last good night, nights that failed since, and what the last one lacks."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime

from screening.base.civil_time import day_of
from screening.base.datasets import Words, datasets
from screening.base.vocabulary import NightKind
from screening.store import PublishedRun, Workspace
from screening.store.night_history import NightHistory, night_history
from screening.store.night_reports import FOLDER, NightReport, night_reports
from screening.store.schema.deliveries import GOOD

#: So many days after a night the next may still be on time: it runs at four, and a page can be opened before.
_ON_TIME_DAYS = 1
_COARSE_NS = 2_000_000_000


@dataclass(frozen=True)
class NightState:
    """What a page says of nights.

    `shown_on`: the day on which the run was published that the pages show; None: there is none. `days`: how long ago.
    `good_at`: when the last good night ended; None: none is known. `failed`: nights that left no run since;
    `failed_since`: the day of the first. `has_gaps`: whether the run that is shown has gaps; `gaps`: the registers.
    """

    shown_on: date | None
    days: int
    good_at: datetime | None
    failed: int
    failed_since: date | None
    has_gaps: bool
    gaps: tuple[Words, ...]

    @property
    def is_old(self) -> bool:
        """Whether no run is shown of the last night: it failed, or it did not come."""
        return self.days > _ON_TIME_DAYS or self.failed > 0

    @property
    def age(self) -> str:
        """The age of what is shown, as the last part of a text key."""
        return {0: "today", 1: "yesterday"}.get(self.days, "days_ago") if self.shown_on else "nothing"


class NightReader:
    """The reports of nights in a workspace, read again when one was added. No workspace: none are known."""

    def __init__(self, workspace: Workspace | None) -> None:
        self._workspace = workspace
        self._read: tuple[int, NightHistory] = (-1, night_history(()))

    def history(self) -> NightHistory:
        """What the reports say, as they are now."""
        if self._workspace is None:
            return self._read[1]
        try:
            changed_at = (self._workspace.path / FOLDER).stat().st_mtime_ns
        except OSError:  # no night has ended here yet
            return self._read[1]
        # the clock of a file system is coarse: what was changed a moment ago may change again at the same moment
        if changed_at != self._read[0] or time.time_ns() - changed_at < _COARSE_NS:
            self._read = changed_at, night_history(night_reports(self._workspace))
        return self._read[1]


def night_state(history: NightHistory, run: PublishedRun | None, now: datetime) -> NightState:
    """Tell how old what is shown is.

    Args:
        history: What the reports of nights say.
        run: The last published run, which the pages show. One that no report names was good, as far as is known.
        now: The moment (UTC).
    """
    shown = next((report for report in reversed(history.reports) if run and report.run_id == run.run_id), None)
    good = history.last_good
    failed = [report for report in history.not_published if report.kind != NightKind.BUSY]
    shown_on = day_of(run.published_at) if run else None
    return NightState(
        shown_on=shown_on,
        days=(day_of(now) - shown_on).days if shown_on else 0,
        good_at=run.published_at if run and shown is None else good.ended if good else None,
        failed=len(failed),
        failed_since=day_of(failed[0].began) if failed else None,
        has_gaps=shown is not None and not shown.is_good,
        gaps=_gaps(shown) if shown else (),
    )


def _gaps(report: NightReport) -> tuple[Words, ...]:
    """The names of the registers of which a night saw nothing, or nothing sure."""
    odd = [register.dataset for register in report.registers if register.verdict != GOOD]
    return tuple(datasets()[name].label if name in datasets() else Words(nl=name, en=name) for name in odd)
