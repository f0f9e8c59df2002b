"""Answers of receivers about signals, for who prepared and who approved the signal. No run and no rule reads them.

That there is an answer stands for others too; its words and its text do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from screening.store.account_names import account
from screening.store.engine import guarded, writing
from screening.store.schema.partners import (
    riec_content,
    riec_disclosure,
    riec_feedback,
    riec_feedback_text,
    riec_signal,
)
from screening.store.store import Store

#: (batch id, signal id); (day, outcome, remark); (day, what was written).
InBatch = tuple[str, str]
Told = tuple[date, str, str]
Written = tuple[date, str]
_Row = TypeVar("_Row")


def record_feedback(store: Store, rows: Iterable[Any], *, by: str, now: datetime) -> int:
    """Store rows of an answer (`screening.partners.batch.feedback.FeedbackRow`); returns how many were new.

    A text is not kept of a signal whose content is erased.
    """
    added = 0
    with guarded("keeping feedback"), writing(store.engine) as connection:
        for row in rows:
            of, read = {"batch_id": row.batch_id, "signal_id": row.signal_id}, {"read_by": account(by), "at": now}
            key = of | {"outcome": str(row.outcome), "told_on": row.on, "remark": str(row.remark)}
            is_new = not _is_there(connection, riec_feedback, key)
            if is_new:
                connection.execute(riec_feedback.insert().values(**key, **read))
            text = of | {"told_on": row.on, "text": row.text}
            if (
                row.text
                and _has_content(connection, row.signal_id)
                and not _is_there(connection, riec_feedback_text, text)
            ):
                connection.execute(riec_feedback_text.insert().values(**text, **read))
                is_new = True
            added += is_new
    return added


def answered(store: Store) -> frozenset[InBatch]:
    """Each (batch id, signal id) of which there is an answer, whatever it says."""
    query = sa.select(riec_feedback.c.batch_id, riec_feedback.c.signal_id)
    with guarded("reading feedback"), store.engine.connect() as connection:
        return frozenset((row.batch_id, row.signal_id) for row in connection.execute(query))


def outcomes(store: Store, *, reader: str | None = None) -> dict[InBatch, tuple[Told, ...]]:
    """Map (batch id, signal id) to its feedback: (day, outcome, remark), newest last. `reader`: as below."""
    query = _read_by(riec_feedback, reader).order_by(riec_feedback.c.told_on, riec_feedback.c.id)
    with guarded("reading feedback"), store.engine.connect() as connection:
        return _by_signal(
            ((row.batch_id, row.signal_id), (row.told_on, row.outcome, row.remark)) for row in connection.execute(query)
        )


def feedback_texts(store: Store, *, reader: str | None = None) -> dict[InBatch, tuple[Written, ...]]:
    """Map (batch id, signal id) to what its receiver wrote: (day, text), newest last.

    `reader`: only of signals that this account prepared or approved. None: all, for whom it is about (AVG art. 15).
    """
    query = _read_by(riec_feedback_text, reader).order_by(riec_feedback_text.c.told_on, riec_feedback_text.c.id)
    with guarded("reading feedback"), store.engine.connect() as connection:
        return _by_signal(((row.batch_id, row.signal_id), (row.told_on, row.text)) for row in connection.execute(query))


def _read_by(table: sa.Table, reader: str | None) -> sa.Select[Any]:
    line = riec_disclosure.c
    of_line = sa.and_(line.batch_id == table.c.batch_id, line.signal_id == table.c.signal_id)
    query = sa.select(table).join(riec_disclosure, of_line)
    if reader is None:
        return query
    hands = line.prepared_by, line.approved_by, line.extra_approval_by  # the last one of a sensitive signal
    return query.where(sa.or_(*(hand == reader for hand in hands)))


def _by_signal(rows: Iterable[tuple[InBatch, _Row]]) -> dict[InBatch, tuple[_Row, ...]]:
    by_signal: dict[InBatch, tuple[_Row, ...]] = {}
    for key, row in rows:
        by_signal[key] = (*by_signal.get(key, ()), row)
    return by_signal


def _has_content(connection: sa.Connection, signal_id: str) -> bool:
    of_signal = sa.select(riec_signal.c.id).where(riec_signal.c.signal_id == signal_id)
    return bool(connection.scalar(sa.select(sa.exists().where(riec_content.c.riec_id.in_(of_signal)))))


def _is_there(connection: sa.Connection, table: sa.Table, values: Mapping[str, object]) -> bool:
    is_there = sa.exists().where(*(table.c[name] == value for name, value in values.items()))
    return bool(connection.scalar(sa.select(is_there)))
