"""A night as a plain sequence of stages, without any server: lock, stages, publish, tidy."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from flows import mandate
from flows.configuration import load as settings_module
from flows.night import stages
from flows.night.guard import guarded
from flows.night.staging import Night
from screening.errors import BarrierError
from screening.vocabulary import Dataset, ExitCode


class Listener(Protocol):
    """Who is told how far the night is."""

    def started(self, stage: str) -> None: ...
    def finished(self, stage: str, seconds: float) -> None: ...


class Silent:
    """A listener that says nothing."""

    def started(self, stage: str) -> None:
        pass

    def finished(self, stage: str, seconds: float) -> None:
        pass


@dataclass(frozen=True)
class Outcome:
    """What a night left: the run's id, folder, document (run.json) and the exit code it earns.

    `cases`: numbers of cases that were opened, renewed and ended. `warnings`: what went wrong after publishing.
    """

    run_id: str
    folder: Path
    document: dict
    already: bool
    seconds: float
    stage_seconds: dict[str, float] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return ExitCode.STALE_OR_MISSING if self.document["unavailable"] else ExitCode.OK


def night(
    configuration: Path,
    *,
    as_of: date | None = None,
    accepted_rows: Collection[Dataset] = (),
    listener: Listener | None = None,
) -> Outcome:
    """Run every stage in this process and publish. Raises BarrierError; then nothing new is visible.

    `accepted_rows`: registers whose number of rows a person accepted, for this night.
    """

    def direct(name: str, stage: Callable[[str], None], folder: str) -> None:
        stage(folder)

    return sequence(
        configuration, as_of=as_of, accepted_rows=accepted_rows, listener=listener or Silent(), call=direct
    )


def sequence(
    configuration: Path,
    *,
    as_of: date | None,
    accepted_rows: Collection[Dataset],
    listener: Listener,
    call: Callable[[str, Callable[[str], None], str], None],
) -> Outcome:
    """The order of the stages, in one place; `call(name, stage, folder)` runs one, directly or as a Prefect task."""
    begun = time.perf_counter()
    settings = settings_module.load(configuration, as_of=as_of)
    notes = mandate.require(settings)
    taken: dict[str, float] = {}
    with _workspace(settings) as folder:
        night_folder = Night.begin(folder, settings, accepted_rows)
        for name, stage in stages.STAGES:
            listener.started(name)
            start = time.perf_counter()
            night_folder.put("measured", {"timings": taken, "peak_memory_mb": peak_memory_mb()})
            call(name, guarded(name, stage), str(folder))
            taken[name] = round(time.perf_counter() - start, 2)
            listener.finished(name, taken[name])
        result = night_folder.get("published")
    outcome = Outcome(
        run_id=result["run_id"],
        folder=Path(result["folder"]),
        document=result["document"],
        already=result["already"],
        seconds=round(time.perf_counter() - begun, 2),
        stage_seconds=taken,
        cases=result["cases"],
        warnings=result["warnings"],
    )
    outcome.warnings.extend([*notes, *_written_down(settings, outcome.run_id), *_to_call_back(settings)])
    return outcome


def _written_down(settings: settings_module.Settings, run_id: str) -> list[str]:
    """Note in the ledger of a real municipality that the run was published; what a person must know of it."""
    from flows.audit.ledger import run_published

    if settings.is_synthetic:
        return []
    try:
        return run_published(settings, run_id)
    except BarrierError as error:
        return [f"The run is published, and the ledger does not know of it: {error} Run the same night again."]


def _to_call_back(settings: settings_module.Settings) -> list[str]:
    """What left for the RIEC and rests on something that this night showed otherwise."""
    from flows.partners.make_batch import pending_after_run

    return pending_after_run(settings)[1]


def peak_memory_mb() -> int:
    """Peak resident memory of this process and of its largest child, whichever is more, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(most * unit / 1_000_000)


@contextmanager
def _workspace(settings: settings_module.Settings) -> Iterator[Path]:
    from screening.store import Workspace

    workspace = Workspace(settings.workspace)
    with workspace.lock(), workspace.staging(f"night-{settings.as_of.isoformat()}") as folder:
        yield folder
