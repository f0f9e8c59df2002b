"""What was done with the signals of a case to partners, as entries of the history of its address."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import BatchKind
from screening.casework.address_history import HistoryEntry
from screening.casework.viewer import Viewer
from screening.partners.desk.signal_versions import may_see_signal
from screening.store.engine import guarded
from screening.store.schema.partners import (
    ERASED,
    riec_approval,
    riec_batch,
    riec_call_back,
    riec_disclosure,
    riec_event,
    riec_feedback,
    riec_signal,
)
from screening.store.store import Store

#: What left in a batch of each kind.
_LEFT = {
    BatchKind.SIGNALS: "signal_sent",
    BatchKind.CORRECTION: "signal_corrected",
    BatchKind.WITHDRAWAL: "signal_withdrawn",
    BatchKind.REVERSAL: "signal_restored",
}


def signal_history(store: Store, viewer: Viewer, case_ids: Collection[str]) -> list[HistoryEntry]:
    """Return what was done with the signals of these cases: prepared, approved, returned, sent, called back, answered.

    Args:
        store: The store.
        viewer: Who looks; signals that this viewer may not see are left out.
        case_ids: Those of `cases_of_history`.
    """
    query = riec_signal.select().where(riec_signal.c.case_id.in_(case_ids)).order_by(riec_signal.c.id)
    with guarded("reading signals"), store.engine.connect() as connection:
        rows = [row for row in connection.execute(query) if may_see_signal(viewer, row.sensitive)]
        return list(_entries(connection, rows)) if rows else []


def _entries(connection: sa.Connection, rows: Collection[sa.Row[tuple[object, ...]]]) -> Iterator[HistoryEntry]:
    case_of = {row.id: row.case_id for row in rows}
    case_of_signal = {row.signal_id: row.case_id for row in rows}
    for row in rows:
        yield HistoryEntry(
            day_of(row.prepared_at),
            "signal_prepared",
            row.case_id,
            row.prepared_at,
            row.prepared_by,
            {"recipient": row.recipient},
        )
    for row in connection.execute(riec_approval.select().where(riec_approval.c.riec_id.in_(case_of))):
        yield HistoryEntry(day_of(row.at), "signal_approved", case_of[row.riec_id], row.at, row.approved_by)
    noted = riec_event.select().where(riec_event.c.riec_id.in_(case_of), riec_event.c.kind != ERASED)
    for row in connection.execute(noted):
        yield HistoryEntry(day_of(row.at), f"signal_{row.kind}", case_of[row.riec_id], row.at, row.actor)
    left = (
        sa.select(riec_disclosure, riec_batch.c.recipient)
        .join(riec_batch, riec_batch.c.batch_id == riec_disclosure.c.batch_id)
        .where(riec_disclosure.c.signal_id.in_(case_of_signal))
    )
    for row in connection.execute(left):
        kind, details = _LEFT[BatchKind(row.kind)], {"recipient": row.recipient}
        yield HistoryEntry(day_of(row.at), kind, case_of_signal[row.signal_id], row.at, row.exported_by, details)
    for row in connection.execute(riec_call_back.select().where(riec_call_back.c.signal_id.in_(case_of_signal))):
        yield HistoryEntry(
            day_of(row.at),
            "signal_called_back",
            case_of_signal[row.signal_id],
            row.at,
            row.asked_by,
            {"reason": row.reason},
        )
    for row in connection.execute(riec_feedback.select().where(riec_feedback.c.signal_id.in_(case_of_signal))):
        yield HistoryEntry(day_of(row.at), "signal_answered", case_of_signal[row.signal_id], row.at)
