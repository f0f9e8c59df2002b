"""Looking back: the published runs of a workspace, and whether their files are still whole."""

from __future__ import annotations

from pathlib import Path

from flows.configuration import load_configuration
from flows.desk import open_configured_store
from screening.errors import ConfigurationError


def published(configuration: Path) -> list[dict]:
    """The published runs, in the order of publication."""
    with open_configured_store(load_configuration(configuration)) as store:
        return [
            {
                "run_id": one.run_id,
                "as_of": one.as_of.isoformat(),
                "published_at": one.published_at.isoformat(timespec="seconds"),
                "flags": store.summary(one.run_id)["counts"]["flags"],
            }
            for one in store.runs()
        ]


def chosen_run(store, run_id: str | None):
    """The run of this id, or that of the latest date; an error that says what to do where there is none.

    An older night that is repeated today does not become the last one.
    """
    found = store.last_published() if run_id is None else store.published(run_id)
    if found is None and run_id is None:
        raise ConfigurationError("No run has been published in this workspace yet. Make one: barrier run")
    if found is None:
        raise ConfigurationError(f"No published run has the id {run_id!r}. List them: barrier runs")
    return found


def verify(configuration: Path, run_id: str | None) -> dict:
    """Recompute the digest of a run's files; raises StoreError naming a damaged file."""
    from screening.store import Workspace, verify_run

    settings = load_configuration(configuration)
    workspace = Workspace(settings.workspace)
    with open_configured_store(settings) as store:
        one = chosen_run(store, run_id)
        verify_run(store, workspace, one.run_id)
        return {"run_id": one.run_id, "files": len(store.files(one.run_id)), "digest": one.digest}
