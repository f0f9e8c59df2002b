"""The flows on a Prefect server: a work pool, a deployment for the night and each duty, and what sets off an alarm.

All are found by name and brought up to date, so deploying twice changes nothing. The flows are named by module, so
that a worker finds them in the installed package, whatever folder it runs in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectNotFound
from prefect.flows import Flow
from prefect.types.entrypoint import EntrypointType

from flows.configuration import Configuration
from flows.night.schedule.automations import automations_of
from flows.night.schedule.duties import DUTIES, NIGHT_CRON, duty, quiet_end_cron
from flows.night.schedule.names import place_key
from flows.night.schedule.night_flow import night_flow
from screening.base.civil_time import TOWN
from screening.base.errors import ConfigurationError

TAG = "barrier"
#: What a worker's process gets: nothing leaves, nothing persists, its heart beats, and a stage is tried again only
#: where waiting can help (`night_flow`): after half a minute, two and ten.
JOB_ENVIRONMENT = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_TASKS_DEFAULT_RETRIES": "3",
    "PREFECT_TASKS_DEFAULT_RETRY_DELAY_SECONDS": "[30, 120, 600]",
}


@dataclass(frozen=True)
class Deployed:
    """What was set up: names of deployments and of automations; `notes`: what a person must know."""

    pool: str
    deployments: list[str]
    automations: list[str]
    notes: list[str]

    def lines(self) -> list[str]:
        """Return what a person reads of it."""
        return [
            *(f"Deployed {name}" for name in self.deployments),
            *(f"Automation {name}" for name in self.automations),
            *(f"Note: {note}" for note in self.notes),
            f"Start a worker beside the workspace: prefect worker start --pool {self.pool}",
        ]


def deploy(
    configuration: Configuration,
    *,
    pool: str,
    notification: str | None,
    options: Mapping[str, Sequence[str]],
    has_night: bool = True,
) -> Deployed:
    """Set up the night and its duties of one municipality on the server of PREFECT_API_URL.

    Args:
        configuration: The municipality.
        pool: The work pool; made where there is none. Its workers run on the machine of the workspace.
        notification: The notification block that is told of trouble, as `type/name`; None: nobody is told by Prefect.
        options: What the command of a duty takes beside the configuration. A backup without any is left out, and so is
            sending what waited where there are no quiet hours.
        has_night: Whether the night is among them; else one that stands there goes, since a fleet runs it.

    Raises:
        ConfigurationError: there is no such block.
    """
    place = place_key(configuration.municipality.name, configuration.municipality.code)
    deployments = [*_duties(place, configuration, options)]
    if has_night:
        deployments.insert(0, _night(place, configuration))
    deployed = set_up(place, deployments, pool=pool, notification=notification, has_night=has_night)
    if not has_night and _remove(f"{night_flow.name}/{place}"):
        deployed.notes.append("The night of this municipality is scheduled no longer: its fleet runs it.")
    if "backup" not in options:
        deployed.notes.append("No backup is scheduled: name the two public keys, --backup-to and --backup-keys-to.")
    return deployed


def set_up(
    place: str, deployments: Iterable[RunnerDeployment], *, pool: str, notification: str | None, has_night: bool = True
) -> Deployed:
    """Set up deployments and what sets off an alarm for them, by name. Arguments and errors as of `deploy`.

    An alarm that was set up before and is none of these any more goes.
    """
    deployments, notes = list(deployments), []
    with get_client(sync_client=True) as client:
        block = _block(client, notification) if notification else None
        pool_id = _pool(client, pool)
        for deployment in deployments:
            deployment.apply(work_pool_name=pool)
        automations = [*automations_of(place, pool, pool_id, block, has_night=has_night)]
        for automation in automations:
            _bring_up_to_date(client, automation)
        # all that there can be: those that tell need a block, of which only their names are asked here
        every = {automation.name for automation in automations_of(place, pool, pool_id, block or uuid4())}
        for name in every - {automation.name for automation in automations}:
            for earlier in client.read_automations_by_name(name):
                client.delete_automation(earlier.id)
    if block is None:
        notes.append(
            "Prefect tells nobody of a night that failed, has gaps or is late, or of a dead worker: make a "
            "notification block on its page Blocks, and name it: --notify custom-webhook/NAME."
        )
    return Deployed(
        pool, [each.full_name for each in deployments], [automation.name for automation in automations], notes
    )


def deployment_of(
    of: Flow[Any, Any], name: str, *, place: str, cron: str, description: str, parameters: Mapping[str, object]
) -> RunnerDeployment:
    """Make a deployment: one run at a time, a second is cancelled and not kept waiting.

    Args:
        of: The flow, of a module that is installed.
        name: Its name.
        place: Whose it is (`place_key`): its tag.
        cron: When it runs, in town time.
        description: What it does.
        parameters: Of its flow.
    """
    return RunnerDeployment.from_flow(
        of,
        name=name,
        description=description,
        parameters=dict(parameters),
        schedules=[CronSchedule(cron=cron, timezone=str(TOWN))],
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        tags=[TAG, f"municipality:{place}"],
        job_variables={"env": JOB_ENVIRONMENT},
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _night(place: str, configuration: Configuration) -> RunnerDeployment:
    return deployment_of(
        night_flow,
        place,
        place=place,
        cron=NIGHT_CRON,
        description="Screen the registers of one municipality and publish the run.",
        parameters={"configuration": str(configuration.file.resolve()), "as_of": None},
    )


def _duties(
    place: str, configuration: Configuration, options: Mapping[str, Sequence[str]]
) -> Iterator[RunnerDeployment]:
    file = str(configuration.file.resolve())
    quiet = configuration.notify.quiet
    left_out = {"backup"} - options.keys() | (set() if quiet else {"notify"})
    for name, work in DUTIES.items():
        if name not in left_out:
            yield deployment_of(
                duty,
                f"{name}-{place}",
                place=place,
                cron=quiet_end_cron(quiet) if quiet and name == "notify" else work.cron,
                description=work.purpose,
                parameters={"name": name, "configuration": file, "options": list(options.get(name, ()))},
            )


def _remove(name: str) -> bool:
    """Remove a deployment, `flow/name`; whether there was one."""
    with get_client(sync_client=True) as client:
        try:
            client.delete_deployment(client.read_deployment_by_name(name).id)
        except ObjectNotFound:
            return False
    return True


def _pool(client: SyncPrefectClient, name: str) -> UUID:
    """Make sure of the work pool of processes; return its id."""
    try:
        pool = client.read_work_pool(name)
    except ObjectNotFound:
        pool = client.create_work_pool(WorkPoolCreate(name=name, type="process"))
    return pool.id


def _block(client: SyncPrefectClient, name: str) -> UUID:
    """Find a notification block, `type/name`."""
    kind, _, own = name.partition("/")
    try:
        return client.read_block_document_by_name(own, kind).id
    except ObjectNotFound:
        raise ConfigurationError(
            f"--notify {name}: the server has no such block. Make it on the page Blocks of Prefect; its type and name "
            "are in the address of its page."
        ) from None


def _bring_up_to_date(client: SyncPrefectClient, automation: AutomationCore) -> None:
    same = client.read_automations_by_name(automation.name)
    if same:
        client.update_automation(same[0].id, automation)
    else:
        client.create_automation(automation)
