"""A night of a fleet as a flow of Prefect: one task a municipality, so many at once as its file says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State, StateType
from prefect.events import emit_event
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import Task

from flows.fleet.fleet_file import FleetTables, MemberTable, load_fleet
from flows.fleet.night_task import NightFiles
from flows.fleet.on_cluster import cluster_of_fleet
from flows.fleet.pool import FleetNight, NightPool, failed_night
from flows.fleet.run import run_fleet
from flows.night.schedule.closed_server import require_closed_server
from flows.night.schedule.deploy import Deployed, deployment_of, set_up
from flows.night.schedule.duties import FLEET_SEND, NIGHT_CRON, duty, quiet_end_cron
from flows.night.schedule.names import dashed, parameters_of_run
from flows.night.schedule.published import EVENT
from flows.night.schedule.states import ALL_GOOD, NOT_ALL_GOOD, final_state, night_sentence
from screening.base.errors import BarrierError


def _name_of_run() -> str:
    parameters = parameters_of_run()
    return f"fleet {Path(str(parameters.get('file', ''))).parent.name} {parameters.get('as_of') or ''}".strip()


@flow(name="fleet", flow_run_name=_name_of_run, persist_result=False, retries=0, log_prints=False)
def fleet_flow(file: str, as_of: str | None = None) -> State[Any]:
    """Run a night of every municipality of a fleet. The final state is Completed where every night was good."""
    tables = load_fleet(Path(file))
    run_all = cluster_of_fleet(tables, night_of_municipality) or partial(_as_tasks, tables)
    outcome = run_fleet(tables, as_of=date.fromisoformat(as_of) if as_of else None, run_all=run_all)
    _publish(tables, outcome.nights)
    logger = get_run_logger()
    for problem in outcome.problems:
        logger.warning("%s", problem)
    good = sum(night.report.is_good for night in outcome.nights)
    kind = StateType.COMPLETED if good == len(outcome.nights) else StateType.FAILED
    name = ALL_GOOD if kind == StateType.COMPLETED else NOT_ALL_GOOD
    message = f"{good} of {len(outcome.nights)} nights were good. Exit code {outcome.exit_code}."
    return State(type=kind, name=name, message=message)


def night_of_municipality(folder: str, number: int) -> State[Any]:
    """Run a night of the job in a folder on a worker of a cluster; its state is that of the task run."""
    files = NightFiles(Path(folder))
    files.run(number)
    return final_state(files.report(number))


def _publish(tables: FleetTables, nights: Sequence[FleetNight]) -> None:
    rows = [
        {
            "municipality": night.report.municipality,
            "outcome": str(night.report.kind),
            "what": night_sentence(night.report),
        }
        for night in nights
    ]
    create_table_artifact(rows, key=_place(tables), description=tables.fleet.name)
    # without it nothing tells that no night came (`automations`)
    emit_event(
        f"{EVENT}.of-a-fleet",
        resource={
            "prefect.resource.id": f"barrier.municipality.{_place(tables)}",
            "prefect.resource.name": tables.fleet.name,
        },
        payload={"nights": len(nights), "good": sum(night.report.is_good for night in nights)},
    )


def _place(tables: FleetTables) -> str:
    """A fleet as deployments, artifacts and events name it."""
    return dashed(f"fleet {tables.fleet.name}")


def _as_tasks(
    tables: FleetTables, pool: NightPool, members: Sequence[MemberTable], as_of: date | None
) -> list[FleetNight]:
    """Map a task over the municipalities. Tasks pass their place in the file and nothing else."""
    nights: dict[int, FleetNight] = {}
    began = datetime.now(UTC)

    def run_one(number: int) -> State[Any]:
        nights[number] = pool.night(members[number], as_of)
        return final_state(nights[number].report)

    mapped: Task[Any, Any] = task(
        name="night", task_run_name="night of {number}", persist_result=False, retries=0, log_prints=False
    )(run_one)
    runner: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=tables.fleet.at_once)
    with runner:
        futures = runner.map(mapped, {"number": list(range(len(members)))})
        for future in futures:
            future.wait()
    lost = BarrierError("The task of this night did not run: Prefect's server has the reason.")
    return [nights.get(number) or failed_night(member, as_of, began, lost) for number, member in enumerate(members)]


def deploy_fleet(tables: FleetTables, file: Path, *, pool: str, notification: str | None) -> Deployed:
    """Set up the night of a fleet, and sending what waited, on the server of PREFECT_API_URL.

    Args:
        tables: The fleet.
        file: Its file.
        pool: The work pool.
        notification: The notification block that is told of trouble.

    Raises:
        ConfigurationError: there is no such server or block, or it answers without a password.
    """
    require_closed_server(os.environ.get("PREFECT_API_URL", ""))
    place = _place(tables)
    path, quiet = str(file.resolve()), tables.notify.quiet
    deployments = [
        deployment_of(
            fleet_flow,
            place,
            place=place,
            cron=NIGHT_CRON,
            description="Screen the registers of every municipality of a fleet; one that fails stops no other.",
            parameters={"file": path, "as_of": None},
        )
    ]
    if quiet:
        deployments.append(
            deployment_of(
                duty,
                f"send-{place}",
                place=place,
                cron=quiet_end_cron(quiet),
                description="Send the messages of the fleet and of its municipalities that waited.",
                parameters={"name": FLEET_SEND, "configuration": path, "options": []},
            )
        )
    deployed = set_up(place, deployments, pool=pool, notification=notification)
    deployed.notes.append("Schedule the duties of each municipality: barrier deploy --without-night --config FILE")
    return deployed
