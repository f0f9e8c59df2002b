"""A night whose end is always known: it is run, what became of it is kept in the workspace, and an error is given back.

`barrier run` and the Prefect flow both run their nights here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from flows.configuration import Configuration, load_configuration
from flows.desk import Desk
from flows.night.guard import stripped
from flows.night.run import NightOutcome, night
from flows.night.stage_runner import OnStage, Stage, directly
from flows.notify.night import tell
from screening.base.civil_time import day_of
from screening.base.datasets import datasets_with_sensitive_rows
from screening.base.errors import BarrierError
from screening.base.frames import Row
from screening.base.vocabulary import ExitCode, NightKind
from screening.casework.cases.case_counts import OpenCounts, open_counts
from screening.casework.cases.line import count_in_line
from screening.casework.links.links_to_judge import count_links_to_judge
from screening.casework.policy.answers import count_to_review
from screening.casework.tips.care_contacts import care_counts
from screening.casework.tips.rota import count_late
from screening.store import Workspace
from screening.store.night_reports import (
    NightReport,
    RegisterOfNight,
    keep_dead_nights,
    keep_night_report,
    night_under_way,
)
from screening.store.runs.nights import count_flag_changes
from screening.store.runs.quality_list import codes_for_owners
from screening.wording.quality import findings_of

#: What an error's exit code makes of the night. A register that is missing or in doubt stops it by its contract.
_KINDS = {
    ExitCode.CONTRACT_STOP: NightKind.STOPPED,
    ExitCode.STALE_OR_MISSING: NightKind.STOPPED,
    ExitCode.CONFIGURATION: NightKind.REFUSED,
    ExitCode.ALREADY_RUNNING: NightKind.BUSY,
}


@dataclass(frozen=True)
class Attempt:
    """How a night ended: `report`, and either its `outcome` (it was published) or the `error` that ended it.

    `review_address`: where people open the review, where the configuration says so. `problems`: why the report was not
    kept or nobody was told, which the report itself cannot say.
    """

    report: NightReport
    review_address: str | None = None
    outcome: NightOutcome | None = None
    error: BarrierError | None = None
    problems: tuple[str, ...] = ()

    def published(self) -> NightOutcome:
        """Return what the night left. Raises BarrierError: it was not published."""
        if self.outcome is None:
            raise self.error or BarrierError("The night was not published.")
        return self.outcome


@dataclass
class _Course:
    """How far a night has come: the stage that is running, and the seconds of those that ended."""

    stage: str | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    def hear(self, stage: str, seconds: float | None) -> None:
        """Note that a stage begins (None), or has ended after so many seconds."""
        self.stage = stage if seconds is None else None
        if seconds is not None:
            self.seconds[stage] = seconds


def attempt_night(
    configuration: Path,
    *,
    as_of: date | None = None,
    on_stage: OnStage | None = None,
    call: Callable[[str, Stage, str], None] = directly,
    from_stage: str | None = None,
) -> Attempt:
    """Run a night and keep its report; raises no error of its own. Arguments as of `night`."""
    began = datetime.now(UTC)
    course = _Course()

    def hear(stage: str, seconds: float | None) -> None:
        course.hear(stage, seconds)
        if on_stage:
            on_stage(stage, seconds)

    settings: Configuration | None = None
    try:
        settings = load_configuration(configuration, as_of=as_of)
        workspace = Workspace(settings.workspace)
        keep_dead_nights(workspace)  # the digest of this night counts them
        with night_under_way(workspace, _dead(settings, began)):
            outcome = night(configuration, as_of=as_of, on_stage=hear, call=call, from_stage=from_stage)
    except BarrierError as error:
        return _ended(settings, error, began, course)
    except Exception as error:  # its text could hold a value: only its kind and place stay
        return _ended(settings, stripped(error, "The night"), began, course)
    return _published(settings, outcome, began)


def _dead(settings: Configuration, began: datetime) -> NightReport:
    """What remains of a night whose process dies: it could not tell the rest."""
    return NightReport(
        municipality=settings.municipality.name,
        municipality_code=settings.municipality.code,
        kind=NightKind.FAILED,
        exit_code=int(ExitCode.UNEXPECTED),
        as_of=settings.as_of,
        began=began,
        ended=began,
        reason="The process of this night ended without a word: it was killed, or the machine stopped. Has the machine "
        "too little memory? The next night goes on where it was.",
    )


def _published(settings: Configuration, outcome: NightOutcome, began: datetime) -> Attempt:
    document = outcome.document
    waiting = _counted(settings, outcome)
    cases = waiting.cases
    signals = outcome.signals
    report = NightReport(
        municipality=settings.municipality.name,
        municipality_code=settings.municipality.code,
        kind=NightKind.PUBLISHED if outcome.exit_code == ExitCode.OK else NightKind.WITH_GAPS,
        exit_code=outcome.exit_code,
        as_of=settings.as_of,
        began=began,
        ended=datetime.now(UTC),
        run_id=outcome.run_id,
        is_repeated=outcome.already,
        registers=_registers(document, waiting.codes),
        rules_ran=len(document["indicators"]["run"]),
        rules_off={rule["code"]: rule["kind"] for rule in document["indicators"]["not_run"]},
        flags=document["counts"]["flags"],
        flags_new=waiting.flags_new,
        flags_lapsed=waiting.flags_lapsed,
        cases_opened=outcome.cases.get("opened", 0) + outcome.cases.get("sampled", 0),
        cases_waiting=cases.waiting,
        cases_overdue=cases.overdue,
        cases_second=cases.second,
        cases_lapsing=cases.lapsing,
        cases_in_line=waiting.in_line,
        policy_due=waiting.policy,
        tips_late=waiting.tips,
        links_to_judge=waiting.links,
        signals_held=signals.get("in_check", 0),
        care_unanswered=waiting.contacts,
        signals_waiting=sum(count for name, count in signals.items() if name != "in_check"),
        warnings=(*outcome.losses, *outcome.warnings),
        stage_seconds=outcome.stage_seconds,
        peak_memory_mb=document.get("peak_memory_mb", 0),
    )
    problems = _keep_and_tell(settings, report)
    outcome.warnings.extend(problems)
    return Attempt(report, settings.review.base_url, outcome=outcome, problems=problems)


@dataclass(frozen=True)
class _Counted:
    """What a published night counts: flags new and lapsed, open cases, links, wishes for contact, policy, late tips.

    `in_line`: addresses that wait to become a case. `codes`: the rules whose findings are counted.
    """

    flags_new: int = 0
    flags_lapsed: int = 0
    cases: OpenCounts = field(default_factory=lambda: OpenCounts(0, 0, 0, 0))
    links: int = 0
    contacts: int = 0
    policy: int = 0
    tips: int = 0
    in_line: int = 0
    codes: frozenset[str] = frozenset()


def _counted(settings: Configuration, outcome: NightOutcome) -> _Counted:
    """Count what waits; a store that fails now is a loss of the night."""
    try:
        with Desk(settings) as desk:
            changes = count_flag_changes(desk.store, outcome.run_id, outcome.document["previous_run"])
            now = datetime.now(UTC)
            unanswered = care_counts(desk.store, now=now, policy=settings.care.policy()).late
            return _Counted(
                *changes,
                open_counts(desk.store, day_of(now)),
                count_links_to_judge(desk.store),
                unanswered,
                count_to_review(desk.store, day_of(now)),
                count_late(desk.store, now=now),
                count_in_line(desk.store),
                codes_for_owners(desk.store, [outcome.document]),
            )
    except Exception as error:  # the run is out, whatever this was
        why = error if isinstance(error, BarrierError) else stripped(error, "Counting")
        outcome.losses.append(f"The run is published; what waits was not counted: {why}")
        return _Counted()


def _ended(settings: Configuration | None, error: BarrierError, began: datetime, course: _Course) -> Attempt:
    report = NightReport(
        municipality=settings.municipality.name if settings else "",
        municipality_code=settings.municipality.code if settings else "",
        kind=_KINDS.get(error.exit_code, NightKind.FAILED),
        exit_code=int(error.exit_code),
        as_of=settings.as_of if settings else began.date(),
        began=began,
        ended=datetime.now(UTC),
        reason=str(error),
        stage=course.stage,
        stage_seconds=course.seconds,
    )
    if settings is None:
        return Attempt(report, error=error)
    return Attempt(report, settings.review.base_url, error=error, problems=_keep_and_tell(settings, report))


def _keep_and_tell(settings: Configuration, report: NightReport) -> tuple[str, ...]:
    """Keep the report in the workspace and tell of the night. Returns what failed, since the night is over."""
    problems = []
    try:
        keep_night_report(Workspace(settings.workspace), report)
    except BarrierError as error:
        problems.append(f"The report of this night was not kept: {error}")
    try:
        problems.extend(tell(settings, report))
    except Exception as error:  # a library of a channel; its text could hold an address
        problems.append(str(stripped(error, "Telling of this night")))
    return tuple(problems)


def _registers(document: Row, codes: Collection[str]) -> tuple[RegisterOfNight, ...]:
    """One entry a register that a run's document names, by name, with what these rules say of its records."""
    inputs: dict[str, Row] = {}
    for entry in document["inputs"]:
        inputs.setdefault(entry["dataset"], entry)
    deliveries: Mapping[str, Row] = document["deliveries"]
    unavailable = {entry["dataset"]: entry["kind"] for entry in document["unavailable"]}
    closed = datasets_with_sensitive_rows()
    return tuple(
        RegisterOfNight(
            dataset=name,
            verdict=unavailable.get(name) or deliveries.get(name, {}).get("verdict", "good"),
            age_days=deliveries.get(name, {}).get("age_days"),
            rows_read=inputs.get(name, {}).get("rows_read", 0),
            rows_quarantined=inputs.get(name, {}).get("rows_quarantined", 0),
            is_replaced="used" in deliveries.get(name, {}),
            findings=0 if name in closed else sum(len(kind["keys"]) for kind in findings_of(document, name, codes)),
        )
        for name in sorted({*inputs, *deliveries, *unavailable})
    )
