"""What receivers told of signals: for people and statistics. Nothing of a run and no rule reads it (tested)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from screening.store.account_names import account
from screening.store.engine import guarded, writing
from screening.store.schema.partners import riec_feedback
from screening.store.store import Store


def record_feedback(store: Store, rows: Iterable[Any], *, by: str, now: datetime) -> int:
    """Keep what a receiver told (`screening.partners.batch.feedback.FeedbackRow`); the number of rows that were new.

    It stands beside the disclosure, for people and statistics. No run and no rule reads it.
    """
    added = 0
    with guarded("keeping feedback"), writing(store.engine) as connection:
        for one in rows:
            key = {
                "batch_id": one.batch_id, "signal_id": one.signal_id, "outcome": str(one.outcome),
                "told_on": one.on, "remark": str(one.remark),
            }  # fmt: skip
            is_known = sa.exists().where(*(riec_feedback.c[name] == value for name, value in key.items()))
            if not connection.scalar(sa.select(is_known)):
                connection.execute(riec_feedback.insert().values(**key, read_by=account(by), at=now))
                added += 1
    return added


def outcomes(store: Store) -> dict[tuple[str, str], tuple[tuple[date, str, str], ...]]:
    """(batch id, signal id) -> (day, outcome, remark) of what was told of it, newest last."""
    told: dict[tuple[str, str], list[tuple[date, str, str]]] = {}
    query = riec_feedback.select().order_by(riec_feedback.c.told_on, riec_feedback.c.id)
    with guarded("reading feedback"), store.engine.connect() as connection:
        for one in connection.execute(query):
            told.setdefault((one.batch_id, one.signal_id), []).append((one.told_on, one.outcome, one.remark))
    return {key: tuple(rows) for key, rows in told.items()}
