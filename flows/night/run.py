"""A night as a plain sequence of stages, without any server: lock, stages, publish, tidy."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from flows import mandate
from flows.audit.heads import head_advice, run_published
from flows.configuration import Configuration, load_configuration
from flows.night.guard import fenced
from flows.night.stage_runner import OnStage, Stage, StageRunner, directly
from flows.night.stages import STAGES, settled
from flows.night.staging import Night
from flows.partners.after_run import pending_after_run
from screening.base.errors import BarrierError
from screening.base.frames import Row
from screening.base.vocabulary import ExitCode
from screening.store import Workspace
from screening.store.schema.deliveries import GOOD

#: What is done before any stage, by the name under which it is called.
MANDATE = "mandate"
#: A night that a delivery stopped: nothing is kept of it to go on from.
_STOPPED = (ExitCode.CONTRACT_STOP, ExitCode.STALE_OR_MISSING)


@dataclass(frozen=True)
class NightOutcome:
    """What a night left: the run's id, folder, document (run.json) and the exit code it earns.

    `cases`: numbers of cases that were opened, renewed and ended. `signals`: numbers of signals that wait, by what they
    wait for. `resumed_from`: the first stage that ran, where a night that broke left those before it. `notes`: who
    signed the mandate, for who runs it alone. `warnings`: what a person must know. `losses`: what follows publishing
    and was not done.
    """

    run_id: str
    folder: Path
    document: Row
    already: bool
    seconds: float
    stage_seconds: dict[str, float] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    resumed_from: str | None = None
    signals: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Whether a register was stale, missing or suspect, or something that follows publishing was not done."""
        return ExitCode.STALE_OR_MISSING if self.losses else exit_code_of(self.document)

    def as_json(self) -> dict[str, object]:
        """Return run.json, with where it is and how the night went."""
        return {
            **self.document,
            "folder": str(self.folder),
            "already_published": self.already,
            "seconds": self.seconds,
            "stage_seconds": self.stage_seconds,
            "resumed_from": self.resumed_from,
            "warnings": [*self.losses, *self.notes, *self.warnings],
            "exit_code": int(self.exit_code),
        }


def night(
    configuration: Path,
    *,
    as_of: date | None = None,
    on_stage: OnStage | None = None,
    call: Callable[[str, Stage, str], None] = directly,
    from_stage: str | None = None,
) -> NightOutcome:
    """Run every stage in order and publish. A night that broke goes on where it was (`stage_outputs`).

    Args:
        configuration: The configuration of the municipality.
        as_of: The date as of which is screened, instead of the configured one.
        on_stage: Hears how far the night is.
        call: Runs one stage, given its name and its folder: directly, or as a Prefect task.
        from_stage: The stage that is run again with all that follow, whatever is kept of them.

    Raises:
        BarrierError: a stage failed; then nothing new is visible.
    """
    begun = time.perf_counter()
    settings = load_configuration(configuration, as_of=as_of)
    notes: list[str] = []

    def require(_folder: str) -> None:
        notes.extend(mandate.require_mandate(settings))

    call(MANDATE, fenced(MANDATE, require), "")
    workspace = Workspace(settings.workspace)
    with workspace.lock(), workspace.staging(f"night-{settings.as_of.isoformat()}") as folder:
        stages = StageRunner(settings, folder, call, on_stage or (lambda _stage, _seconds: None))
        try:
            stages.run(STAGES, from_stage=from_stage)
        except BarrierError as error:
            if error.exit_code in _STOPPED:  # the same delivery stops again, and what it holds stays nowhere
                stages.outputs.clear()
            raise
        result = Night(folder).get("published")
        stages.outputs.clear()
    outcome = NightOutcome(
        run_id=result["run_id"],
        folder=Path(result["folder"]),
        document=result["document"],
        already=result["already"],
        seconds=round(time.perf_counter() - begun, 2),
        stage_seconds=stages.seconds,
        resumed_from=stages.resumed_from,
        cases=result["cases"],
        notes=notes,
        losses=result["losses"],
    )
    _note_in_ledger(settings, outcome)
    after = pending_after_run(settings)
    outcome.signals.update(after.counts)
    outcome.warnings.extend(after.lines)
    outcome.losses.extend(after.losses)
    return outcome


def exit_code_of(document: Row) -> int:
    """The exit code that what `run.json` says earns: whether a register was stale, missing or suspect."""
    is_doubted = any(delivery["verdict"] != GOOD for delivery in document["deliveries"].values())
    return ExitCode.STALE_OR_MISSING if is_doubted or document["unavailable"] else ExitCode.OK


def dry_night(configuration: Path, *, as_of: date | None = None) -> Row:
    """Run every stage but the publishing one, note nothing and keep nothing; return what run.json would say.

    It leaves counts and shows nobody's data, so as a night that broke it has no line in the Logboek, which is about
    published runs (docs/decisions/0019); without a mandate it is refused as any night is.

    Raises:
        BarrierError: a stage failed, or the mandate is not in order.
    """
    settings = load_configuration(configuration, as_of=as_of)
    mandate.refuse_without_mandate(settings)
    workspace = Workspace(settings.workspace)
    with workspace.lock(), workspace.staging(f"dry-{settings.as_of.isoformat()}") as folder:
        stages = StageRunner(settings, folder, directly, lambda _stage, _seconds: None, is_dry_run=True)
        stages.run(STAGES[:-1])
        run = settled(Night(folder))
        return {
            "run_id": run.run_id,
            "as_of": run.as_of.isoformat(),
            "municipality": run.municipality,
            **run.meta,
            **run.measured,
        }


def _note_in_ledger(settings: Configuration, outcome: NightOutcome) -> None:
    """Note in the ledger that the run was published, and bring its head outside; note what a person must know."""
    try:
        warnings = run_published(settings, outcome.run_id)
    except BarrierError as error:
        outcome.losses.append(
            f"The run is published, and the ledger does not know of it: {error} Run the same night again."
        )
        return
    # a demo keeps its heads beside the ledger, and that is well
    advice = head_advice(settings) if settings.is_synthetic else []
    outcome.warnings.extend(warning for warning in warnings if warning not in advice)
