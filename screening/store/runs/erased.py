"""Runs whose data were erased after their term, so that nobody takes it for damage."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.store.engine import guarded
from screening.store.schema.retention import RUN, erasure, erasure_item
from screening.store.store import Store


def erased_on(store: Store, run_id: str) -> date | None:
    """The day on which the data of a run were noted as erased; None while they are kept."""
    query = (
        sa.select(sa.func.min(erasure.c.begun_at))
        .join(erasure_item, erasure_item.c.receipt_id == erasure.c.receipt_id)
        .where(erasure_item.c.kind == RUN, erasure_item.c.item == run_id)
    )
    with guarded("reading receipts"), store.engine.connect() as connection:
        begun = connection.scalar(query)
    return None if begun is None else day_of(begun)


def erased_says(store: Store, run_id: str) -> str | None:
    """Return the message for a run whose data were erased; None while they are kept."""
    day = erased_on(store, run_id)
    if day is None:
        return None
    return (
        f"Run {run_id}: its data were past their term and were erased on {day.isoformat()} (`[retention] runs_kept`). "
        "What stays are its counts, and the dossiers of cases that are kept."
    )
