"""What became of the rows that an earlier run rejected: counted in each night, by register."""

from __future__ import annotations

from functools import cache

import polars as pl

from flows.desk import Desk
from flows.night.staging import Night
from screening.base.datasets import datasets
from screening.contracts.rejects import count_mended
from screening.store.runs.nights import last_run_with
from screening.store.runs.verify import read_run_file


def keep_mended(night: Night, desk: Desk, previous: str | None) -> None:
    """Count what came back mended, for each register of this night, since the run that used a delivery of it last."""
    counts = {}
    now = night.get_frame("quarantine")

    @cache
    def rejected_in(run_id: str) -> pl.DataFrame:
        return read_run_file(desk.store, desk.workspace, run_id, "quarantine.parquet")

    registers = sorted(name for name in night.get("sources") if night.has_frame(f"accepted/{name}"))
    for name in registers:  # of what is doubted or did not come, nothing came back
        run_id = last_run_with(desk.store, name, previous)
        of_register = pl.col("dataset") == name
        if run_id is None or (before := rejected_in(run_id).filter(of_register)).is_empty():
            continue
        keys = night.get_frame(f"accepted/{name}")["key"]
        counts[name] = vars(count_mended(before, now.filter(of_register), keys, datasets()[name]))
    night.put("mended", counts)
