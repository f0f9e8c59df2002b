"""A prepared signal with its state: content, who prepared and approved it, and the batches that it left in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from screening.base.vocabulary import BatchKind, NoticeReason, Role
from screening.casework.cases.independence import outcomes_to_hide
from screening.casework.viewer import CASE_ROLES, Viewer
from screening.partners.signal.preview import PreviewRow, preview
from screening.partners.signal.signal import Signal
from screening.store.engine import guarded
from screening.store.schema.partners import (
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

#: Who may look at signals; a sensitive one asks for SENSITIVE_REVIEWER beside it.
EXPORT_ROLES = CASE_ROLES | {Role.LEAD}

#: Where a signal is. Of an earlier version that left, CORRECTED.
DRAFT, AWAITS_EXTRA, APPROVED_STATE, SENT, CORRECTED, WITHDRAWN, RETURNED_STATE = (
    "draft",
    "awaits_extra",
    "approved",
    "sent",
    "corrected",
    "withdrawn",
    "returned",
)


@dataclass(frozen=True)
class RiecSignal:
    """A prepared signal with what was decided about it. `content`: None once it was erased.

    `state`: draft, awaits_extra (sensitive), approved, returned, sent, corrected or withdrawn. `batches`: those that it
    left in, up to this version, those that called it back not counted. `returned_for`: why it was sent back.
    `is_withdrawn`: the signal, in whatever version, is called back and that was not undone.
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
    is_withdrawn: bool
    content: Signal | None = field(repr=False)

    @property
    def is_reversal(self) -> bool:
        """Whether this version undoes a withdrawal."""
        return self.reason == NoticeReason.TEN_ONRECHTE_INGETROKKEN

    @property
    def people(self) -> list[str]:
        """The accounts that prepared and approved it."""
        return [who for who in (self.prepared_by, self.approved_by, self.extra_approval_by) if who]

    def preview(self) -> list[PreviewRow]:
        """Return the fields that leave, each with its reason; empty once the content was erased."""
        return preview(self.content) if self.content is not None else []


def may_see_signal(viewer: Viewer, sensitive: bool) -> bool:
    """Whether a viewer may see a signal; a sensitive one only with the role for it."""
    return bool(viewer.roles & EXPORT_ROLES) and (viewer.may_see_sensitive or not sensitive)


def signal_of(store: Store, viewer: Viewer, case_id: str) -> RiecSignal | None:
    """Read the last prepared signal of a case; None where there is none that this viewer may see."""
    visible = visible_signals(store, viewer, case_id=case_id)
    return visible[-1] if visible else None


def visible_signals(store: Store, viewer: Viewer, *, case_id: str | None = None) -> list[RiecSignal]:
    """List the signals that a viewer may see, as `signals`.

    That there is one tells that a case was confirmed. So it is not there while a later case of the address waits for
    the viewer's own judgement, but for who prepared or approved it and knows.
    """
    visible = [signal for signal in signals(store, case_id=case_id) if may_see_signal(viewer, signal.sensitive)]
    worked_on = {signal.case_id for signal in visible if viewer.account in signal.people}
    hidden = outcomes_to_hide(store, viewer, {signal.case_id for signal in visible} - worked_on)
    return [signal for signal in visible if signal.case_id not in hidden]


def signals(
    store: Store, *, case_id: str | None = None, signal_id: str | None = None, address_id: str | None = None
) -> list[RiecSignal]:
    """List every version of the signals with its state, as it was last prepared, by signal id and version."""
    chosen = [
        riec_signal.c[name] == value
        for name, value in (("case_id", case_id), ("signal_id", signal_id), ("address_id", address_id))
        if value is not None
    ]
    ids = sa.select(riec_signal.c.id).where(*chosen)
    names = sa.select(riec_signal.c.signal_id).where(*chosen)
    with guarded("reading the signals"), store.engine.connect() as connection:
        rows = list(connection.execute(riec_signal.select().where(*chosen).order_by(riec_signal.c.id)))
        of_these = riec_content.select().where(riec_content.c.riec_id.in_(ids))
        contents = {row.riec_id: row.content for row in connection.execute(of_these)}
        approvals, notes = (
            _grouped(connection.execute(table.select().where(table.c.riec_id.in_(ids)).order_by(table.c.id)), "riec_id")
            for table in (riec_approval, riec_event)
        )
        left = _grouped(
            connection.execute(
                riec_disclosure.select().where(riec_disclosure.c.signal_id.in_(names)).order_by(riec_disclosure.c.id)
            ),
            "signal_id",
        )
    last = {(row.signal_id, row.version): row for row in rows}
    return [
        _as_signal(row, contents.get(row.id), approvals.get(row.id, []), notes.get(row.id, []), left.get(name, []))
        for (name, _), row in sorted(last.items())
    ]


def _grouped(rows: Iterable[sa.Row[Any]], name: str) -> dict[Any, list[sa.Row[Any]]]:
    groups: dict[Any, list[sa.Row[Any]]] = {}
    for row in rows:
        groups.setdefault(row._mapping[name], []).append(row)
    return groups


def _as_signal(
    row: sa.Row[Any],
    content: str | None,
    approvals: list[sa.Row[Any]],
    notes: list[sa.Row[Any]],
    left: list[sa.Row[Any]],
) -> RiecSignal:
    """`left`: every disclosure of the same signal, in whatever version."""
    by = {approval.kind: approval.approved_by for approval in approvals}
    back = [note for note in notes if note.kind in {RETURNED, DROPPED}]
    has_left = any(line.riec_id == row.id for line in left)
    turns = [line.kind for line in left if line.kind in {BatchKind.WITHDRAWAL, BatchKind.REVERSAL}]
    is_withdrawn = turns[-1:] == [BatchKind.WITHDRAWAL]
    # after a withdrawal nothing goes on but a version that undoes it
    if is_withdrawn and (has_left or row.reason != NoticeReason.TEN_ONRECHTE_INGETROKKEN):
        state = WITHDRAWN
    elif has_left:
        state = CORRECTED if any(line.version > row.version for line in left) else SENT
    elif back:
        state = RETURNED_STATE
    elif PLAIN not in by:
        state = DRAFT
    else:
        state = AWAITS_EXTRA if row.sensitive and SENSITIVE not in by else APPROVED_STATE
    values = {name: row._mapping[name] for name in RiecSignal.__dataclass_fields__ if name in row._mapping}
    return RiecSignal(
        **{**values, "fields": tuple(row.fields)},
        state=state,
        approved_by=by.get(PLAIN),
        extra_approval_by=by.get(SENSITIVE),
        batches=tuple(
            line.batch_id for line in left if line.version <= row.version and line.kind != BatchKind.WITHDRAWAL
        ),
        returned_for=back[-1].reason if back else None,
        is_withdrawn=is_withdrawn,
        content=None if content is None else Signal.model_validate(json.loads(content)),
    )
