"""The register of disclosures: the batches that left, and who received which signal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from screening.base.vocabulary import BatchKind, NoticeReason
from screening.casework.case_errors import ConflictError
from screening.partners.desk.agreements import kind_of_recipient
from screening.partners.desk.signal_versions import signals
from screening.store.account_names import account
from screening.store.engine import guarded, writing
from screening.store.schema.partners import (
    EXPIRED,
    LOST,
    riec_batch,
    riec_batch_placed,
    riec_call_back,
    riec_disclosure,
    riec_signal,
)
from screening.store.store import Store

#: Why a batch is sent again.
REPEATED_FOR = (LOST, EXPIRED)


@dataclass(frozen=True)
class Batch:
    """A batch that was committed. `made_by`: who signed it. `is_placed`: its file has its own name."""

    batch_id: str
    recipient: str
    fingerprint: str
    sequence: int
    kind: BatchKind
    made_by: str
    made_at: datetime
    expires_at: datetime
    sender_fingerprint: str
    sealed_sha256: str
    folder: str
    file_name: str
    is_placed: bool

    @property
    def file(self) -> Path:
        """The path of its file."""
        return Path(self.folder) / self.file_name


@dataclass(frozen=True)
class Repeat:
    """An earlier batch that is sent again to the same recipient. `reason`: one of REPEATED_FOR."""

    batch_id: str
    reason: str


@dataclass(frozen=True)
class Disclosure:
    """One signal in one batch: the line of the register. `reason`: of any kind but a new signal.

    `repeats`: the earlier batch that the receiver could not open, with the reason in `repeated_for`. `fields`: paths of
    what left, no values. Feedback of the receiver: `screening.partners.desk.feedback`.
    """

    batch_id: str
    sequence: int
    recipient: str
    signal_id: str
    version: int
    kind: BatchKind
    reason: str | None
    case_id: str
    address_id: str
    prepared_by: str
    approved_by: str
    extra_approval_by: str | None
    exported_by: str
    content_sha256: str
    fields: tuple[str, ...]
    purpose: str
    legal_basis: str
    keep_until: date
    disclosed_at: datetime
    repeats: str | None
    repeated_for: str | None


def batch_object(batch_id: str) -> str:
    """The name of a batch in the ledger."""
    return f"batch:{batch_id.removeprefix('L-')}"


def next_sequence(store: Store, recipient: str) -> int:
    """The number of the next batch to a recipient, in the order in which they leave."""
    query = sa.select(sa.func.coalesce(sa.func.max(riec_batch.c.sequence), 0)).where(
        riec_batch.c.recipient == recipient
    )
    with guarded("reading the batches"), store.engine.connect() as connection:
        return int(connection.scalar(query) or 0) + 1


def note_placed(store: Store, batch_id: str, *, now: datetime) -> None:
    """Register that the file of a batch has its final name; repeating it changes nothing."""
    is_noted = sa.exists().where(riec_batch_placed.c.batch_id == batch_id)
    with guarded("noting where a batch is"), writing(store.engine) as connection:
        if not connection.scalar(sa.select(is_noted)):
            connection.execute(riec_batch_placed.insert().values(batch_id=batch_id, at=now))


def batches(store: Store, *, recipient: str | None = None) -> list[Batch]:
    """Every batch, oldest first."""
    is_placed = sa.exists().where(riec_batch_placed.c.batch_id == riec_batch.c.batch_id).label("is_placed")
    query = sa.select(riec_batch, is_placed).order_by(riec_batch.c.made_at, riec_batch.c.batch_id)
    if recipient is not None:
        query = query.where(riec_batch.c.recipient == recipient)
    with guarded("reading the batches"), store.engine.connect() as connection:
        return [
            Batch(**{**row._mapping, "kind": BatchKind(row.kind), "is_placed": bool(row.is_placed)})
            for row in connection.execute(query)
        ]


def disclosures(
    store: Store,
    *,
    case_id: str | None = None,
    signal_id: str | None = None,
    recipient: str | None = None,
    batch_id: str | None = None,
) -> list[Disclosure]:
    """List the disclosures, oldest first, of a case, signal, recipient or batch."""
    query = (
        sa.select(
            riec_disclosure,
            riec_disclosure.c.at.label("disclosed_at"),
            riec_batch.c.sequence,
            riec_batch.c.recipient,
            riec_signal.c.case_id,
            riec_signal.c.address_id,
        )
        .join(riec_batch, riec_batch.c.batch_id == riec_disclosure.c.batch_id)
        .join(riec_signal, riec_signal.c.id == riec_disclosure.c.riec_id)
        .order_by(riec_disclosure.c.id)
    )
    for column, value in (
        (riec_signal.c.case_id, case_id),
        (riec_disclosure.c.signal_id, signal_id),
        (riec_batch.c.recipient, recipient),
        (riec_disclosure.c.batch_id, batch_id),
    ):
        if value is not None:
            query = query.where(column == value)
    with guarded("reading the register of disclosures"), store.engine.connect() as connection:
        rows = list(connection.execute(query))
    names = list(Disclosure.__dataclass_fields__)
    return [
        Disclosure(
            **{name: row._mapping[name] for name in names} | {"kind": BatchKind(row.kind), "fields": tuple(row.fields)}
        )
        for row in rows
    ]


def sent_pairs(store: Store) -> dict[tuple[str, str], tuple[str, ...]]:
    """Of each (batch id, signal id) that left the outcomes that its receiver may tell: the subjects of feedback."""
    query = sa.select(riec_disclosure.c.batch_id, riec_disclosure.c.signal_id, riec_batch.c.recipient).join(
        riec_batch, riec_batch.c.batch_id == riec_disclosure.c.batch_id
    )
    with guarded("reading the register of disclosures"), store.engine.connect() as connection:
        rows = list(connection.execute(query))
    words = {name: tuple(map(str, kind_of_recipient(store, name).feedback)) for name in {row.recipient for row in rows}}
    return {(row.batch_id, row.signal_id): words[row.recipient] for row in rows}


def call_back(store: Store, signal_id: str, *, reason: NoticeReason, by: str, now: datetime) -> None:
    """Call a signal that left back: the next withdrawal batch tells its recipients.

    Raises:
        ConflictError: it never left, or was withdrawn already.
    """
    lines = disclosures(store, signal_id=signal_id)
    if not lines:
        raise ConflictError("This signal never left: there is nothing to call back.")
    if any(signal.is_withdrawn for signal in signals(store, signal_id=signal_id)):
        raise ConflictError("This signal was withdrawn already.")
    version = max(line.version for line in lines)
    with guarded("calling a signal back"), writing(store.engine) as connection:
        call_back_in(connection, signal_id, version=version, reason=reason, by=by, now=now)


def call_back_in(
    connection: sa.Connection, signal_id: str, *, version: int, reason: NoticeReason, by: str, now: datetime
) -> None:
    """Call back a signal that left, in the caller's transaction. `version`: the last one that left."""
    row = {"signal_id": signal_id, "version": version, "reason": str(reason), "asked_by": account(by), "at": now}
    connection.execute(riec_call_back.insert().values(**row))
