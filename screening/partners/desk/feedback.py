"""Feedback of receivers about signals: for people and statistics. No run and no rule reads it (tested)."""

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
    """Store rows of feedback (`screening.partners.batch.feedback.FeedbackRow`); returns how many were new."""
    added = 0
    with guarded("keeping feedback"), writing(store.engine) as connection:
        for row in rows:
            key = {
                "batch_id": row.batch_id, "signal_id": row.signal_id, "outcome": str(row.outcome),
                "told_on": row.on, "remark": str(row.remark),
            }  # fmt: skip
            is_known = sa.exists().where(*(riec_feedback.c[name] == value for name, value in key.items()))
            if not connection.scalar(sa.select(is_known)):
                connection.execute(riec_feedback.insert().values(**key, read_by=account(by), at=now))
                added += 1
    return added


def outcomes(store: Store) -> dict[tuple[str, str], tuple[tuple[date, str, str], ...]]:
    """Map (batch id, signal id) to its feedback: (day, outcome, remark), newest last."""
    by_signal: dict[tuple[str, str], list[tuple[date, str, str]]] = {}
    query = riec_feedback.select().order_by(riec_feedback.c.told_on, riec_feedback.c.id)
    with guarded("reading feedback"), store.engine.connect() as connection:
        for row in connection.execute(query):
            by_signal.setdefault((row.batch_id, row.signal_id), []).append((row.told_on, row.outcome, row.remark))
    return {key: tuple(rows) for key, rows in by_signal.items()}
