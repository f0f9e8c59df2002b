"""The night as a Prefect flow: sources, contracts, addresses, parties, indicators, flags, published run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from flows.night.prefect_tasks import as_flow, as_task
from flows.night.run import Outcome, Silent, sequence
from screening.vocabulary import Dataset


@as_flow
def nightly(
    configuration: str = "screening.toml", as_of: str | None = None, accepted_rows: Sequence[str] = ()
) -> str:
    """Run the screening of one municipality; returns the run id. Parameters: a path, a date, names of registers."""
    return _night(configuration, as_of, accepted_rows, Silent()).run_id


def observed(
    configuration: Path, *, as_of: date | None, accepted_rows: Collection[Dataset] = (), listener
) -> Outcome:
    """The same flow for a person who watches: progress goes to `listener`, the whole outcome comes back."""
    outcomes: list[Outcome] = []

    @as_flow
    def watched(configuration: str, as_of: str | None, accepted_rows: Sequence[str]) -> str:
        outcomes.append(_night(configuration, as_of, accepted_rows, listener))
        return outcomes[0].run_id

    watched(str(configuration), as_of.isoformat() if as_of else None, [str(one) for one in accepted_rows])
    return outcomes[0]


def _night(configuration: str, as_of: str | None, accepted_rows: Sequence[str], listener) -> Outcome:
    return sequence(
        Path(configuration),
        as_of=date.fromisoformat(as_of) if as_of else None,
        accepted_rows=[Dataset(name) for name in accepted_rows],
        listener=listener,
        call=lambda name, stage, folder: as_task(name, stage)(folder),
    )
