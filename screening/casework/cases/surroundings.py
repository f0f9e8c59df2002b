"""What surrounds the address of a case: other business addresses of its parties, and the map around it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from screening.frames import Schema
from screening.store.schema.runs import network_tie
from screening.store.store import Store
from screening.store.workspace import Workspace

#: So far around the address the map shows what stands there, in metres.
RADIUS_M = 75.0

#: One row a point on the map: the address itself (`is_own`) and the objects of the BAG around it.
SURROUNDINGS: Schema = {
    "is_own": pl.Boolean(), "place": pl.String(), "house_number": pl.String(), "uses": pl.List(pl.String()),
    "status": pl.String(), "rd_x": pl.Float64(), "rd_y": pl.Float64(), "outline": pl.List(pl.List(pl.Float64())),
}  # fmt: skip


def network_of(store: Store, run_id: str, address_id: str) -> pl.DataFrame:
    """NETWORK of a dossier, `address_id` aside, by place: an order that says nothing of urgency."""
    rows = store.rows(network_tie, run_id, network_tie.c.address_id == address_id)
    return rows.drop("address_id").sort("place", "place_id", "dataset", "key", "mention")


def surroundings(_store: Store, _workspace: Workspace | None, _records: Sequence[dict[str, object]]) -> pl.DataFrame:
    """SURROUNDINGS of the address with these records."""
    return pl.DataFrame(schema=SURROUNDINGS)
