"""Calls on a Dask cluster as task runs of the flow that is running, through Prefect's Dask runner.

Prefect sends with each call the flow that runs, its parameters and every setting, the password of the server's database
among them. So it is handed a flow that holds nothing, and of the settings those with which a worker reaches the server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Any, TypeVar

from distributed import Client, Future
from prefect import Flow, task, unmapped
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext, SettingsContext
from prefect.settings import PREFECT_API_URL
from prefect_dask import DaskTaskRunner

Result = TypeVar("Result")


def running_flow() -> FlowRunContext | None:
    """The flow that is running, if it has a standing server; else each worker would start one."""
    return FlowRunContext.get() if PREFECT_API_URL.value() else None


class TaskRuns:
    """Calls as task runs of a flow.

    Args:
        flow: The flow that is running.
        address: The scheduler of the cluster.
        options: How a client connects to it.
    """

    def __init__(self, flow: FlowRunContext, address: str, options: dict[str, Any]) -> None:
        self._flow = flow
        self._runner: Any = DaskTaskRunner(address=address, client_kwargs=options)

    def call(self, work: Callable[[Client], Result]) -> Result:
        """Do work with a client of the cluster while task runs can begin."""
        return Context().run(self._call, work)

    def begin(self, function: Callable[[str, int], object], folder: str, count: int) -> Sequence[Future]:
        """Begin a task run for every number below `count`."""
        name = function.__name__.replace("_", " ")
        # Dask gives the call of a worker that died to another
        mapped: Any = task(
            name=name, task_run_name=f"{name} {{number}}", persist_result=False, retries=0, log_prints=False
        )(function)
        begun = self._runner.map(mapped, {"folder": unmapped(folder), "number": list(range(count))})
        return [future.wrapped_future for future in begun]

    def _call(self, work: Callable[[Client], Result]) -> Result:
        flow: Any = Flow(nothing, name=self._flow.flow.name if self._flow.flow else "night")
        settings = SettingsContext.get()
        if settings is None:
            raise RuntimeError("Prefect has no settings.")
        few = FewSettings(profile=settings.profile, settings=settings.settings)
        with few, self._flow.model_copy(update={"flow": flow, "parameters": {}}), self._runner:
            return work(self._runner.client)


def error_of_state(result: object) -> BaseException | None:
    """What a task run raised, by the state in which it ended; None where it ended well, or is no task run."""
    if not isinstance(result, State) or result.is_completed():
        return None
    error = result.result(raise_on_failure=False)
    return error if isinstance(error, BaseException) else RuntimeError(result.name)


def nothing() -> None:
    """Stand for the flow in what Prefect sends: workers need its name alone."""


class FewSettings(SettingsContext):
    """The settings that a worker does not have of itself: where the server is, and its password."""

    def serialize(self, include_secrets: bool = True) -> dict[str, Any]:
        """Give what is sent."""
        settings = super().serialize(include_secrets=include_secrets)["settings"]
        api = {name: settings["api"][name] for name in ("url", "auth_string", "key")}
        return {"profile": {"name": "cluster", "settings": {}}, "settings": {"api": api}}
