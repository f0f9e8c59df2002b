"""Which records of a signal the last two nights still had, by the files of their runs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypedDict

import polars as pl

from screening.base.errors import StoreError
from screening.partners.desk.signal_versions import RiecSignal
from screening.store import Workspace, read_run_file
from screening.store.store import PublishedRun, Store


class KnownRecords(TypedDict):
    """The records of these signals that the last night had, and the night before it; None where its files are gone."""

    records: frozenset[str] | None
    records_before: frozenset[str] | None


def known_records(store: Store, workspace: Workspace | None, asked: Iterable[RiecSignal]) -> KnownRecords:
    """Look up which records of these signals the last two nights had. `workspace`: None where its files are elsewhere.

    A page asks it again and again: the files of a run never change, so each is read once.
    """
    last = store.last_published()
    before = None if last is None else store.last_published(before=last.as_of)
    if workspace is None:
        return KnownRecords(records=None, records_before=None)
    cited = frozenset(record for signal in asked for record in signal.basis["records"])
    return KnownRecords(
        records=_records_of(store, workspace, last, cited),
        records_before=None if before is None else _records_of(store, workspace, before, cited),
    )


def _records_of(
    store: Store, workspace: Workspace, of_run: PublishedRun | None, cited: frozenset[str]
) -> frozenset[str] | None:
    """Return those of these records that a run had; None when its files were deleted."""
    if not cited or of_run is None:
        return frozenset()
    try:
        return _read(store, workspace, of_run.run_id, cited)
    except StoreError:
        return None  # files of a run are kept for a term only


@lru_cache(maxsize=8)
def _read(store: Store, workspace: Workspace, run_id: str, cited: frozenset[str]) -> frozenset[str]:
    rows = read_run_file(store, workspace, run_id, "records.parquet")
    ids = rows.select(pl.concat_str(["dataset", "key"], separator=":").alias("id"))["id"]
    return frozenset(ids.filter(ids.is_in(sorted(cited))).to_list())
