"""The night as a Prefect flow: its parameters are a path and a date, its result the run id; nothing persists."""

from __future__ import annotations

import contextlib
from datetime import date
from functools import partial
from pathlib import Path

from prefect import flow, task

from flows.night.attempt import Attempt, attempt_night
from flows.night.run import OnStage, Stage
from screening.errors import BarrierError

_as_flow = partial(
    flow, name="nightly", persist_result=False, retries=0, log_prints=False, validate_parameters=True
)  # fmt: skip


@_as_flow
def nightly(configuration: str = "screening.toml", as_of: str | None = None) -> str:
    """Run the screening of one municipality; returns the run id. Parameters: a path and a date."""
    return _night(configuration, as_of).published().run_id


def prefect_night(
    configuration: Path,
    *,
    as_of: date | None,
    on_stage: OnStage | None = None,
) -> Attempt:
    """Run the same flow for a person who watches: `on_stage` hears how far it is, and the whole attempt comes back."""
    attempts: list[Attempt] = []

    @_as_flow
    def watched(configuration: str, as_of: str | None) -> str:
        attempts.append(_night(configuration, as_of, on_stage))
        return attempts[0].published().run_id

    with contextlib.suppress(BarrierError):  # the attempt holds it
        watched(str(configuration), as_of.isoformat() if as_of else None)
    return attempts[0]


def _night(configuration: str, as_of: str | None, on_stage: OnStage | None = None) -> Attempt:
    return attempt_night(
        Path(configuration),
        as_of=date.fromisoformat(as_of) if as_of else None,
        on_stage=on_stage,
        call=_as_task,
    )


def _as_task(name: str, stage: Stage, folder: str) -> None:
    """Run a stage as a task. No retries: a stage is a pure step, what fails once fails again."""
    task(name=name, persist_result=False, retries=0, log_prints=False)(stage)(folder)
