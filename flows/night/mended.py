"""What became of the rows that the run before rejected: counted in each night, by register."""

from __future__ import annotations

import polars as pl

from flows.desk import Desk
from flows.night.staging import Night
from screening.contracts.rejects import count_mended
from screening.datasets import datasets
from screening.store.runs.verify import read_run_file


def keep_mended(night: Night, desk: Desk, previous: str | None) -> None:
    """Count what came back mended since a run, for each register of this night of which it rejected rows."""
    counts = {}
    if previous is not None:
        before = read_run_file(desk.store, desk.workspace, previous, "quarantine.parquet")
        now = night.get_frame("quarantine")
        registers = sorted(name for name in set(before["dataset"]) if night.has_frame(f"accepted/{name}"))
        for name in registers:  # of what was doubted or did not come, nothing came back
            of_register = pl.col("dataset") == name
            keys = night.get_frame(f"accepted/{name}")["key"]
            about = datasets()[name]
            counts[name] = vars(count_mended(before.filter(of_register), now.filter(of_register), keys, about))
    night.put("mended", counts)
