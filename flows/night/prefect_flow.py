"""The night as a Prefect flow: its parameters are a path, a date and names, its result the run id; nothing persists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from prefect import flow, task

from flows.night.run import NightOutcome, OnStage, Stage, night

_as_flow = partial(
    flow, name="nightly", persist_result=False, retries=0, log_prints=False, validate_parameters=True
)  # fmt: skip


@_as_flow
def nightly(configuration: str = "screening.toml", as_of: str | None = None, accepted_rows: Sequence[str] = ()) -> str:
    """Run the screening of one municipality; returns the run id. Parameters: a path, a date, names of registers."""
    return _night(configuration, as_of, accepted_rows).run_id


def prefect_night(
    configuration: Path,
    *,
    as_of: date | None,
    accepted_rows: Collection[str] = (),
    on_stage: OnStage | None = None,
) -> NightOutcome:
    """Run the same flow for a person who watches: `on_stage` hears how far it is, and the whole outcome comes back."""
    outcomes: list[NightOutcome] = []

    @_as_flow
    def watched(configuration: str, as_of: str | None, accepted_rows: Sequence[str]) -> str:
        outcomes.append(_night(configuration, as_of, accepted_rows, on_stage))
        return outcomes[0].run_id

    watched(str(configuration), as_of.isoformat() if as_of else None, list(accepted_rows))
    return outcomes[0]


def _night(
    configuration: str, as_of: str | None, accepted_rows: Sequence[str], on_stage: OnStage | None = None
) -> NightOutcome:
    return night(
        Path(configuration),
        as_of=date.fromisoformat(as_of) if as_of else None,
        accepted_rows=accepted_rows,
        on_stage=on_stage,
        call=_as_task,
    )


def _as_task(name: str, stage: Stage, folder: str) -> None:
    """Run a stage as a task. No retries: a stage is a pure step, what fails once fails again."""
    task(name=name, persist_result=False, retries=0, log_prints=False)(stage)(folder)
