"""Prefect tasks around the stages: each takes the path of the night's folder, returns nothing and persists nothing."""

from __future__ import annotations

from collections.abc import Callable

from prefect import task


def as_task(name: str, stage: Callable[[str], None]) -> Callable[[str], None]:
    """A task that calls one stage. No retries: a stage is a pure step, what fails once fails again."""
    return task(stage, name=name, persist_result=False, retries=0, log_prints=False)
