"""A prepared signal as it stands: its content, who prepared and approved it, and where it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from screening.export import PreviewRow, Signal, preview
from screening.store.engine import guarded
from screening.store.export_tables import (
    DROPPED,
    PLAIN,
    RETURNED,
    SENSITIVE,
    riec_approval,
    riec_content,
    riec_disclosure,
    riec_event,
    riec_signal,
)
from screening.store.store import Store
from screening.store.viewer import Viewer
from screening.vocabulary import Role

#: Who may look at signals; a sensitive one asks for SENSITIVE_REVIEWER beside it.
EXPORT_ROLES = frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER, Role.LEAD})
#: Who may prepare one: those who read dossiers.
PREPARER_ROLES = frozenset({Role.OFFICER, Role.SENSITIVE_REVIEWER})

#: Where a signal is. Of an earlier version that left, CORRECTED.
DRAFT, AWAITS_EXTRA, APPROVED_STATE, SENT, CORRECTED, WITHDRAWN, RETURNED_STATE = (
    "draft", "awaits_extra", "approved", "sent", "corrected", "withdrawn", "returned",
)  # fmt: skip


@dataclass(frozen=True)
class RiecSignal:
    """A prepared signal with what was decided about it. `content`: None once it was erased.

    `state`: draft, awaits_extra (sensitive), approved, returned, sent, corrected or withdrawn. `batches`: those that it
    left in. `returned_for`: why it was sent back.
    """

    id: int
    signal_id: str
    version: int
    case_id: str
    run_id: str
    address_id: str
    sensitive: bool
    recipient: str
    reason: str | None
    purpose: str
    legal_basis: str
    theme: str
    content_sha256: str
    fields: tuple[str, ...]
    basis: Mapping[str, Any]
    keep_until: date
    first_by: str
    second_by: str
    prepared_by: str
    prepared_at: datetime
    state: str
    approved_by: str | None
    extra_approval_by: str | None
    batches: tuple[str, ...]
    returned_for: str | None
    content: Signal | None = field(repr=False)

    def preview(self) -> list[PreviewRow]:
        """What leaves and why, field by field; empty once the content was erased."""
        return preview(self.content) if self.content is not None else []


def sees(viewer: Viewer, sensitive: bool) -> bool:
    """Whether somebody may see a signal at all: never what a sensitive one says without the role for it."""
    return bool(viewer.roles & EXPORT_ROLES) and (viewer.may_see_sensitive or not sensitive)


def signal_of(store: Store, viewer: Viewer, case_id: str) -> RiecSignal | None:
    """The last prepared signal of a case; None alike for none and for one that is not this viewer's to see."""
    found = [one for one in signals(store, case_id=case_id) if sees(viewer, one.sensitive)]
    return found[-1] if found else None


def signals(
    store: Store, *, case_id: str | None = None, signal_id: str | None = None, address_id: str | None = None
) -> list[RiecSignal]:
    """Every prepared version that was not prepared again since, by id of the signal and version: states included."""
    query = riec_signal.select().order_by(riec_signal.c.id)
    for name, value in (("case_id", case_id), ("signal_id", signal_id), ("address_id", address_id)):
        if value is not None:
            query = query.where(riec_signal.c[name] == value)
    with guarded("reading the signals"), store.engine.connect() as connection:
        rows = list(connection.execute(query))
        ids = [row.id for row in rows]
        of = {
            table.name: list(connection.execute(table.select().where(table.c.riec_id.in_(ids))))
            for table in (riec_content, riec_approval, riec_event)
        }
        left = list(
            connection.execute(
                riec_disclosure.select()
                .where(riec_disclosure.c.signal_id.in_({row.signal_id for row in rows}))
                .order_by(riec_disclosure.c.id)
            )
        )
    last = {(row.signal_id, row.version): row for row in rows}
    return [
        _as_signal(row, of, left, is_newest=row.version == max(v for s, v in last if s == row.signal_id))
        for row in sorted(last.values(), key=lambda one: (one.signal_id, one.version))
    ]


def _as_signal(row: sa.Row, of: Mapping[str, list[sa.Row]], left: Iterable[sa.Row], *, is_newest: bool) -> RiecSignal:
    content = next((one.content for one in of["riec_content"] if one.riec_id == row.id), None)
    approvals = {one.kind: one.approved_by for one in of["riec_approval"] if one.riec_id == row.id}
    notes = [one for one in of["riec_event"] if one.riec_id == row.id and one.kind in {RETURNED, DROPPED}]
    its_own = [one for one in left if one.riec_id == row.id and one.kind != "withdrawal"]
    is_withdrawn = any(one.signal_id == row.signal_id and one.kind == "withdrawal" for one in left)
    if its_own or is_withdrawn:
        state = WITHDRAWN if is_withdrawn else SENT if is_newest or not _replaced(row, left) else CORRECTED
    elif notes:
        state = RETURNED_STATE
    elif PLAIN not in approvals:
        state = DRAFT
    else:
        state = AWAITS_EXTRA if row.sensitive and SENSITIVE not in approvals else APPROVED_STATE
    values = {name: row._mapping[name] for name in RiecSignal.__dataclass_fields__ if name in row._mapping}
    return RiecSignal(
        **{**values, "fields": tuple(row.fields)},
        state=state,
        approved_by=approvals.get(PLAIN),
        extra_approval_by=approvals.get(SENSITIVE),
        batches=tuple(one.batch_id for one in left if one.signal_id == row.signal_id and one.version <= row.version),
        returned_for=notes[-1].reason if notes else None,
        content=None if content is None else Signal.model_validate(json.loads(content)),
    )


def _replaced(row: sa.Row, left: Iterable[sa.Row]) -> bool:
    return any(one.signal_id == row.signal_id and one.version > row.version for one in left)
