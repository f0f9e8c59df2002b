"""What became of each night, published or not: one small file a night in the workspace, counts only.

They are files and no rows of the store, so that a night that could not open its database is known too.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from screening.base.civil_time import day_of
from screening.base.machine import disk_faults_told
from screening.base.vocabulary import NightKind
from screening.store.files import make_directory, remove, sync_directory, write_file
from screening.store.workspace import Workspace

#: Folder of the workspace, and how many nights stay: more than a year of them.
FOLDER = "nights"
_KEPT = 400
#: Begins the name of what a night that is under way holds ready, should its process die.
_UNDER_WAY = ".under-way-"

#: The kinds of a night that published a run.
PUBLISHING = frozenset({NightKind.PUBLISHED, NightKind.WITH_GAPS})


@dataclass(frozen=True)
class RegisterOfNight:
    """What came of one register.

    `verdict`: good, suspect or rejected as the night judged the delivery; missing or stale where it could not be used.
    `age_days`: of the delivery; None where nothing tells it. `is_replaced`: the last good delivery was used instead.
    `findings`: on its records, for its owner; of a register with sensitive rows none is counted.
    """

    dataset: str
    verdict: str
    age_days: int | None = None
    rows_read: int = 0
    rows_quarantined: int = 0
    is_replaced: bool = False
    findings: int = 0


@dataclass(frozen=True)
class NightReport:
    """What a person must know of one night: no name, no address, no key of a record.

    `reason`: the error of a night that did not publish, as the command prints it. `rules_off`: code -> kind of reason.
    `flags_new`, `flags_lapsed`: addresses flagged tonight and not in the run before, and the reverse. `cases_waiting`:
    open cases; of these `cases_overdue` should have been judged, `cases_second` wait for a second officer and
    `cases_lapsing` lapse within a week. `cases_in_line`: flagged addresses above the cap, which wait to become a case;
    none that is sensitive. `policy_due`: answers of the policy checklist to be reviewed. `tips_late`: tips
    about which nobody decided within a working day.
    `links_to_judge`: pairs that nobody judged; `signals_held`: signals that wait for a second night;
    `signals_waiting`: those that wait for a person. `stage`: the stage at which a night that did not publish ended.
    `care_unanswered`: wishes for contact with which nobody did in time what comes next.
    `is_told`: False where its process died, and nobody was told before the next night.
    """

    municipality: str
    municipality_code: str
    kind: NightKind
    exit_code: int
    as_of: date
    began: datetime
    ended: datetime
    reason: str = ""
    run_id: str | None = None
    is_repeated: bool = False
    stage: str | None = None
    registers: tuple[RegisterOfNight, ...] = ()
    rules_ran: int = 0
    rules_off: Mapping[str, str] = field(default_factory=dict)
    flags: int = 0
    flags_new: int = 0
    flags_lapsed: int = 0
    cases_opened: int = 0
    cases_waiting: int = 0
    cases_overdue: int = 0
    cases_second: int = 0
    cases_lapsing: int = 0
    cases_in_line: int = 0
    policy_due: int = 0
    tips_late: int = 0
    links_to_judge: int = 0
    signals_held: int = 0
    signals_waiting: int = 0
    care_unanswered: int = 0
    warnings: tuple[str, ...] = ()
    stage_seconds: Mapping[str, float] = field(default_factory=dict)
    peak_memory_mb: int = 0
    is_told: bool = True

    @property
    def night(self) -> tuple[date, date]:
        """What is one night however often it is tried: the day on which was run, and the date as of which."""
        return day_of(self.began), self.as_of

    @property
    def has_published(self) -> bool:
        """Whether this night published a run."""
        return self.kind in PUBLISHING

    @property
    def is_good(self) -> bool:
        """Whether it published a run without gaps."""
        return self.kind == NightKind.PUBLISHED

    @property
    def is_about_people(self) -> bool:
        """Whether its reason is about configuration or mandate: these name people who work here, and no stage ran."""
        return self.kind == NightKind.REFUSED and self.stage is None

    @property
    def seconds(self) -> float:
        """How long it took, by the clock."""
        return (self.ended - self.began).total_seconds()


_REPORT = TypeAdapter(NightReport)


def report_json(report: NightReport) -> str:
    """Write a report as JSON."""
    return _REPORT.dump_json(report).decode()


def report_of_json(text: str) -> NightReport:
    """Read what `report_json` wrote."""
    return _REPORT.validate_json(text)


def keep_night_report(workspace: Workspace, report: NightReport) -> Path:
    """Keep the report of a night, and return its file; the oldest beyond a year of nights go. Raises DiskError."""
    folder = workspace.path / FOLDER
    name = f"{report.began.strftime('%Y%m%dT%H%M%S%fZ')}-{secrets.token_hex(3)}.json"
    with disk_faults_told(f"{FOLDER} of the workspace"):
        make_directory(folder)
        partial = folder / f".{name}"
        write_file(partial, report_json(report).encode())
        os.replace(partial, folder / name)
        sync_directory(folder)
        for old in _files(folder)[:-_KEPT]:
            remove(old)
    return folder / name


@contextmanager
def night_under_way(workspace: Workspace, report: NightReport) -> Iterator[None]:
    """Hold a report ready while a night runs: it is what remains where the process dies. Raises DiskError."""
    folder, name = workspace.path / FOLDER, secrets.token_hex(8)
    file, partial = folder / f"{_UNDER_WAY}{name}", folder / f".partial-{name}"
    with disk_faults_told(f"{FOLDER} of the workspace"):
        make_directory(folder)
        write_file(partial, report_json(report).encode())
        held = partial.open("rb")
        fcntl.flock(held, fcntl.LOCK_EX)  # goes with the process, however it ends
        partial.rename(file)
    with held:
        try:
            yield
        finally:
            with suppress(OSError):  # the night is over and stays what it was
                remove(file)


def keep_dead_nights(workspace: Workspace, *, is_told: bool = False) -> list[NightReport]:
    """Keep what nights held ready whose process died, each once, and return it, oldest first. Raises DiskError.

    `is_told`: whether who asks tells of them.
    """
    reports = [replace(report, is_told=is_told) for report in take_dead_nights(workspace)]
    for report in reports:
        keep_night_report(workspace, report)
    return reports


def take_dead_nights(workspace: Workspace) -> list[NightReport]:
    """Take what nights held ready whose process died: each report once, oldest first, to be kept by who asks."""
    reports = []
    for file in (workspace.path / FOLDER).glob(f"{_UNDER_WAY}*"):
        with suppress(OSError, ValidationError), file.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError: it is still under way
            if os.fstat(opened.fileno()).st_nlink:  # nobody took it in the meantime
                remove(file)
                reports.append(_REPORT.validate_json(opened.read()))
    return sorted(reports, key=lambda report: report.began)


def night_reports(workspace: Workspace, nights: int = 60) -> list[NightReport]:
    """Return the last reports, oldest first. A file that is no report is passed over: it says nothing."""
    reports = []
    for file in _files(workspace.path / FOLDER)[-nights:]:
        try:
            reports.append(_REPORT.validate_json(file.read_bytes()))
        except (ValidationError, OSError):
            continue
    return reports


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.json"))
