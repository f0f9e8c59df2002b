"""Prefect around plain functions: a flow and tasks that take paths and dates, and persist nothing."""

from __future__ import annotations

from collections.abc import Callable

from prefect import Flow, flow, task


def as_flow(night: Callable[..., str]) -> Flow:
    """The flow of a night: its parameters are a path, a date and names, its result the run id. Its prints stay here."""
    return flow(night, name="nightly", persist_result=False, retries=0, log_prints=False, validate_parameters=True)


def as_task(name: str, stage: Callable[[str], None]) -> Callable[[str], None]:
    """A task that calls one stage. No retries: a stage is a pure step, what fails once fails again."""
    return task(stage, name=name, persist_result=False, retries=0, log_prints=False)
