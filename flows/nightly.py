"""The night as a Prefect flow: sources, contracts, addresses, parties, indicators, flags, published run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.run import Outcome, Silent, sequence
from flows.tasks import as_flow, as_task


@as_flow
def nightly(configuration: str = "screening.toml", as_of: str | None = None) -> str:
    """Run the screening of one municipality; returns the run id. Parameters are a path and a date, nothing else."""
    return _night(configuration, as_of, Silent()).run_id


def observed(configuration: Path, *, as_of: date | None, listener) -> Outcome:
    """The same flow for a person who watches: progress goes to `listener`, the whole outcome comes back."""
    outcomes: list[Outcome] = []

    @as_flow
    def watched(configuration: str, as_of: str | None) -> str:
        outcomes.append(_night(configuration, as_of, listener))
        return outcomes[0].run_id

    watched(str(configuration), as_of.isoformat() if as_of else None)
    return outcomes[0]


def _night(configuration: str, as_of: str | None, listener) -> Outcome:
    return sequence(
        Path(configuration),
        as_of=date.fromisoformat(as_of) if as_of else None,
        listener=listener,
        call=lambda name, stage, folder: as_task(name, stage)(folder),
    )
