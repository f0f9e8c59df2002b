"""What Prefect's server does by itself: it ends the runs of dead processes, and tells of trouble where it can."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import StateType
from prefect.events.actions import ActionTypes, ChangeFlowRunState, SendNotification, UnknownAction
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

from flows.night.schedule.published import EVENT
from flows.night.schedule.states import ALL_GOOD, NOT_ALL_GOOD, state_name
from screening.base.vocabulary import NightKind

#: A run whose heart was not heard for so long is dead. A night that did not come within so long is late.
_SILENCE = timedelta(seconds=120)
_LATE = timedelta(hours=26)
_ENDED = (
    "Completed",
    "Failed",
    "Cancelled",
    "Crashed",
    "TimedOut",
    "Done",
    ALL_GOOD,
    NOT_ALL_GOOD,
    *map(state_name, NightKind),
)


def automations_of(
    place: str, pool: str, pool_id: UUID, block: UUID | None, *, has_night: bool = True
) -> Iterator[AutomationCore]:
    """Make what notices a dead run, and, where somebody can be told, what tells of trouble.

    Args:
        place: The municipality, as `place_key` names it.
        pool: The name of the work pool.
        pool_id: Its id on the server.
        block: The notification block that is told; None: nobody is.
        has_night: Whether nights end here; else nobody has to be told that none came.
    """
    ours: dict[str, Any] = {"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.municipality:{place}"}
    runs: dict[str, Any] = {"prefect.resource.id": "prefect.flow-run.*"}
    yield AutomationCore(
        name=f"barrier {place}: a run whose process died has crashed",
        trigger=EventTrigger(
            match=runs,
            match_related=ours,
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *(f"prefect.flow-run.{name}" for name in _ENDED)},
            within=_SILENCE,
        ),
        actions=[
            ChangeFlowRunState(
                name=None, state=StateType.CRASHED, force=False, message="Nothing was heard of its process; it is gone."
            )
        ],
    )
    if block is None:
        return

    def tell(subject: str, body: str) -> list[ActionTypes | UnknownAction]:
        return [SendNotification(block_document_id=block, subject=f"barrier {place}: {subject}", body=body)]

    run = "{{ flow_run.name }}: {{ flow_run.state.message }}"
    bad = {state_name(kind) for kind in (NightKind.STOPPED, NightKind.REFUSED, NightKind.FAILED)}
    for subject, states in (
        ("a run failed", {"Failed", "Crashed", "TimedOut", NOT_ALL_GOOD, *bad}),
        ("published with gaps", {state_name(NightKind.WITH_GAPS)}),
        ("a run is late", {"Late"}),
    ):
        yield AutomationCore(
            name=f"barrier {place}: tell when {subject}",
            trigger=EventTrigger(
                match=runs,
                match_related=ours,
                posture=Posture.Reactive,
                threshold=1,
                expect={f"prefect.flow-run.{name}" for name in states},
            ),
            actions=tell(subject, run),
        )
    yield AutomationCore(
        name=f"barrier {place}: tell when no worker is there",
        trigger=EventTrigger(
            match={"prefect.resource.id": f"prefect.work-pool.{pool_id}"},
            posture=Posture.Reactive,
            threshold=1,
            expect={"prefect.work-pool.not-ready"},
        ),
        actions=tell("no worker", f"No worker of the pool {pool} has been heard for a while: no night will run."),
    )
    if has_night:
        yield AutomationCore(
            name=f"barrier {place}: tell when no night came",
            trigger=EventTrigger(
                match={"prefect.resource.id": f"barrier.municipality.{place}"},
                for_each={"prefect.resource.id"},
                posture=Posture.Proactive,
                threshold=1,
                after={f"{EVENT}.*"},
                expect={f"{EVENT}.*"},
                within=_LATE,
            ),
            actions=tell("no night came", "No night has ended for 26 hours, well or badly. Does a worker run?"),
        )
