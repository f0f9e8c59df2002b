"""How many rows a register delivers, and how many it had in the last run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flows.night.visit_findings import REVIEW
from screening.frames import Row
from screening.store import Store


@dataclass(frozen=True)
class LastRun:
    """How many rows each register had in the last run before a date; no run, no rows."""

    as_of: date = date.min
    rows: Mapping[str, int] = field(default_factory=dict)


def rows_of_last_run(store: Store, *, before: date) -> LastRun:
    """Of the last published run with an earlier date: what was delivered, register by register."""
    last = store.last_published(before=before)
    if last is None:
        return LastRun()
    files: dict[str, list[Row]] = {}
    for file in store.summary(last.run_id)["inputs"]:
        files.setdefault(file["dataset"], []).append(file)
    return LastRun(
        last.as_of,
        {
            name: delivered_rows([(file["path"], file["rows_in_file"]) for file in those], those[0]["rows_superseded"])
            for name, those in files.items()
        },
    )


def delivered_rows(files: Sequence[tuple[str, int]], superseded: int) -> int:
    """The rows of a register that count: in all its files (path, rows), less those that a later file replaced.

    Findings of visits come from the review and are no delivery.
    """
    return sum(rows for path, rows in files if path != REVIEW) - superseded
