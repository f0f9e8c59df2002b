"""What was judged of each delivery, and what a person decided about one; and the hashes of the rows of good ones."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from screening.errors import StoreError
from screening.frames import Row
from screening.store.engine import guarded, writing
from screening.store.files import make_directory, parquet_bytes, remove, sync_directory, write_file
from screening.store.schema.deliveries import ACCEPTED, GOOD, REJECTED, delivery, delivery_decided
from screening.store.store import Store
from screening.store.workspace import Workspace

_FOLDER = "deliveries"
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class JudgedDelivery:
    """A delivery as it was judged in a night."""

    delivery_sha256: str
    as_of: date
    verdict: str
    reasons: list[Row]
    fingerprint: Row


def delivery_digest(digests: Sequence[str]) -> str:
    """The hash of a delivery: that of its file, or of the hashes of its files in their order."""
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


def judged_delivery(store: Store, register: str, digest: str, as_of: date) -> JudgedDelivery | None:
    """What an earlier run of the same night judged of this delivery."""
    query = _judged(register).where(delivery.c.delivery_sha256 == digest, delivery.c.as_of == as_of)
    return _first(store, query)


def last_delivery(store: Store, register: str) -> JudgedDelivery | None:
    """The delivery of a register that was judged last."""
    return _first(store, _judged(register))


def last_good_delivery(store: Store, register: str, digest: str, as_of: date) -> JudgedDelivery | None:
    """The last delivery but this one up to a night that was judged good and not rejected, or accepted."""
    decision = (
        sa.select(delivery_decided.c.decision)
        .where(
            delivery_decided.c.register == register, delivery_decided.c.delivery_sha256 == delivery.c.delivery_sha256
        )
        .scalar_subquery()
    )
    is_good = sa.or_(
        decision == ACCEPTED, sa.and_(delivery.c.verdict == GOOD, sa.func.coalesce(decision, "") != REJECTED)
    )
    earlier = sa.or_(delivery.c.as_of < as_of, sa.and_(delivery.c.as_of == as_of, delivery.c.delivery_sha256 != digest))
    query = _judged(register).where(is_good, earlier).order_by(None)
    return _first(store, query.order_by(delivery.c.as_of.desc(), delivery.c.id.desc()))


def _judged(register: str) -> sa.Select[tuple[str, date, str, list[Row], Row]]:
    columns = delivery.c
    return (
        sa.select(columns.delivery_sha256, columns.as_of, columns.verdict, columns.reasons, columns.fingerprint)
        .where(columns.register == register)
        .order_by(columns.id.desc())
    )


def _first(store: Store, query: sa.Select[tuple[str, date, str, list[Row], Row]]) -> JudgedDelivery | None:
    with guarded("reading deliveries"), store.engine.connect() as connection:
        row = connection.execute(query.limit(1)).first()
    return None if row is None else JudgedDelivery(**row._mapping)


def decision_about(store: Store, register: str, digest: str) -> str | None:
    """`accepted` or `rejected` where a person decided about this delivery."""
    query = sa.select(delivery_decided.c.decision).where(
        delivery_decided.c.register == register, delivery_decided.c.delivery_sha256 == digest
    )
    with guarded("reading deliveries"), store.engine.connect() as connection:
        decision: str | None = connection.execute(query).scalar()
    return decision


def note_delivery(store: Store, register: str, judged: JudgedDelivery, now: datetime) -> None:
    """Write down what was judged."""
    with guarded("noting a delivery"), writing(store.engine) as connection:
        connection.execute(delivery.insert(), {"register": register, "judged_at": now, **vars(judged)})


def decide(store: Store, register: str, digest: str, decision: str, *, reason: str, by: str, now: datetime) -> None:
    """Write down that a person accepts or rejects a delivery.

    Raises:
        StoreError: somebody decided about it before.
    """
    if decision_about(store, register, digest):
        raise StoreError(f"{register}: this delivery was decided about before. A decision holds for good.")
    with guarded("deciding about a delivery"), writing(store.engine) as connection:
        connection.execute(delivery_decided.insert(), {
            "register": register, "delivery_sha256": digest, "decision": decision, "reason": reason,
            "decided_by": by, "decided_at": now,
        })  # fmt: skip


def keep_row_hashes(workspace: Workspace, register: str, digest: str, hashes: pl.DataFrame) -> None:
    """Keep the hashes of the rows of a delivery (0600)."""
    make_directory(workspace.path / _FOLDER)
    path = _path(workspace, register, digest)
    if not path.exists():
        write_file(path, parquet_bytes(hashes))
        sync_directory(path.parent)


def read_row_hashes(workspace: Workspace, register: str, digest: str) -> pl.DataFrame | None:
    """The hashes of the rows of a delivery; None where they were erased."""
    path = _path(workspace, register, digest)
    return pl.read_parquet(path) if path.exists() else None


def erase_row_hashes(workspace: Workspace, days: int) -> int:
    """Erase the hashes that are kept for more than `days`, as the deliveries themselves; how many."""
    folder = workspace.path / _FOLDER
    past = time.time() - days * _DAY_SECONDS
    old = [path for path in folder.glob("*.parquet") if path.stat().st_mtime < past] if folder.is_dir() else []
    for path in old:
        remove(path)
    return len(old)


def _path(workspace: Workspace, register: str, digest: str) -> Path:
    return workspace.path / _FOLDER / f"{register}-{digest[:16]}.parquet"
