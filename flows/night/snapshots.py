"""Keeping what the rules read of a night, and handing it to them again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import polars as pl

from flows.catalogue import all_indicators
from flows.configuration import today
from flows.desk import Desk
from flows.night.rule_tables import handed
from flows.night.staging import Night
from screening.base.errors import StoreError
from screening.base.frames import Row
from screening.matching.addresses import AddressIndex, display_addresses
from screening.rules import company_groups
from screening.rules.schema import tables_for_rules
from screening.rules.snapshot import columns_to_keep, redact
from screening.store import Workspace
from screening.store.runs.snapshots import (
    SNAPSHOTS,
    erase_snapshots,
    keep_table,
    missing_tables,
    read_table,
    snapshot_key,
)

#: Tables that are made at once: to make the bytes of one takes one processor.
_AT_ONCE = 2


def keep_snapshots(night: Night) -> dict[str, str]:
    """Keep the tables of this night; table -> sha256. Nothing where the configuration keeps none."""
    settings = night.settings
    if settings.run.snapshot_days == 0:
        return {}
    workspace = night.desk().workspace
    columns_by_table, key = columns_to_keep(all_indicators(), settings.indicators), snapshot_key(workspace)
    tables = handed(night, with_groups=False)
    kept = [name for name in columns_by_table if name in tables]

    def keep(name: str) -> str:
        return keep_table(workspace, redact(name, tables.pop(name), columns_by_table[name], key))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(kept, pool.map(keep, kept), strict=True))


def erase_old_snapshots(desk: Desk) -> int:
    """Erase the snapshots that are past their term; how many."""
    days = desk.configuration.run.snapshot_days
    return erase_snapshots(desk.store, desk.workspace, today=today(), days=days)


def tables_of(workspace: Workspace, document: Row, as_of: date) -> dict[str, pl.DataFrame]:
    """Read the tables that rules were handed in the run of this `run.json`. StoreError: they are gone or damaged."""
    named = document.get(SNAPSHOTS) or {}
    run_id = document["run_id"]
    if not named:
        raise StoreError(f"Run {run_id} kept no snapshots ([run] snapshot_days), so it cannot be run again.")
    gone = missing_tables(workspace, named)
    if gone:
        raise StoreError(
            f"Run {run_id} can no longer be reproduced: its snapshots are past their term ([run] snapshot_days) and "
            f"were erased ({', '.join(gone)})."
        )
    frames = {name: read_table(workspace, digest) for name, digest in named.items()}
    companies, offices = (
        frames.get(name, pl.DataFrame(schema=tables_for_rules()[name]))
        for name in ("handelsregister", "functionarissen")
    )
    frames["groepen"] = company_groups(companies, offices, frames["partijen"], as_of)
    return frames


def addresses_in_snapshot(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """`address_id`, `address` as a run shows it, from the snapshot of the addresses."""
    return display_addresses(AddressIndex.build(frames["bag_adressen"])).select("address_id", "address")
