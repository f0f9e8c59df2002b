"""The night as a flow of Prefect. Its parameters are a path and a date; its final state says what became of it."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import TaskRunContext
from prefect.tasks import Task

from flows.configuration.read import today
from flows.night.attempt import Attempt, attempt_night
from flows.night.run import MANDATE
from flows.night.schedule.names import municipality_of, parameters_of_run
from flows.night.schedule.published import publish_report
from flows.night.schedule.states import REFUSED, final_state, summary_lines
from flows.night.stage_runner import OnStage, Stage, is_tried_again
from screening.base.errors import BarrierError, ConfigurationError


def _name_of_run() -> str:
    parameters = parameters_of_run()
    return f"{municipality_of(parameters)} {parameters.get('as_of') or today().isoformat()}"


_as_flow = partial(flow, name="night", flow_run_name=_name_of_run, persist_result=False, retries=0, log_prints=False)


@_as_flow
def night_flow(configuration: str = "screening.toml", as_of: str | None = None) -> State[Any]:
    """Screen the registers of one municipality and publish the run.

    The final state is Completed for a good night alone; see `states`.
    """
    return _reported(_attempt(configuration, as_of))


def watched_night_flow(
    configuration: Path, *, as_of: date | None, on_stage: OnStage | None = None, from_stage: str | None = None
) -> Attempt:
    """Run the same flow for a person who watches: `on_stage` hears how far it is, and the whole attempt comes back."""
    attempts: list[Attempt] = []

    @_as_flow
    def watched(configuration: str, as_of: str | None) -> State[Any]:
        attempts.append(_attempt(configuration, as_of, on_stage, from_stage))
        return _reported(attempts[0])

    watched(str(configuration), as_of.isoformat() if as_of else None, return_state=True)
    return attempts[0]


def _attempt(
    configuration: str, as_of: str | None, on_stage: OnStage | None = None, from_stage: str | None = None
) -> Attempt:
    return attempt_night(
        Path(configuration),
        as_of=date.fromisoformat(as_of) if as_of else None,
        on_stage=on_stage,
        call=_as_task,
        from_stage=from_stage,
    )


def _reported(attempt: Attempt) -> State[Any]:
    """Tell the server of the night, counts only, and make its final state."""
    logger = get_run_logger()
    for line in summary_lines(attempt.report):
        logger.log(20 if attempt.report.is_good else 30, "%s", line)
    for problem in attempt.problems:
        logger.warning("%s", problem)
    publish_report(attempt.report, attempt.review_address)
    return final_state(attempt.report)


def _as_task(name: str, stage: Stage, folder: str) -> None:
    """Run a stage as a task. It is tried again where the server is set to and waiting can help, and only then.

    A stage is a pure step: what fails once fails again, but for a database that is away and a file that still grows.
    What the mandate lacks names people who work here: the server is not told it.
    """
    refusals: list[ConfigurationError] = []

    def without_names(folder: str) -> None:
        try:
            stage(folder)
        except ConfigurationError as error:
            refusals.append(error)
            raise ConfigurationError(REFUSED) from None

    def patiently(folder: str) -> None:
        this = TaskRunContext.get()
        is_tried_again.set(this is not None and this.task_run.run_count <= this.task.retries)
        stage(folder)

    run = without_names if name == MANDATE else patiently
    try:
        task(name=name, persist_result=False, retry_condition_fn=_may_pass, log_prints=False)(run)(folder)
    except ConfigurationError:
        if refusals:
            raise refusals[-1] from None
        raise


def _may_pass(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    error = state.result(raise_on_failure=False)
    return isinstance(error, BarrierError) and error.may_pass
