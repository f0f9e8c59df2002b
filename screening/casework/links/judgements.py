"""Judgements about links. A row is added and never changed: who decided what, when and why stays known."""

from __future__ import annotations

import hashlib
from datetime import datetime

import polars as pl
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.store.bundle import canonical_json
from screening.store.engine import added_key, guarded, writing
from screening.store.schema.runs import link_judgement
from screening.store.store import Store

POSITIVE, NEGATIVE, UNSURE, UNDONE = "positive", "negative", "unsure", "undone"
#: What a person can say of a pair: one party, two, or looked at without knowing, which counts for nothing.
READINGS = (POSITIVE, NEGATIVE, UNSURE)

#: One row a pair of content fingerprints (left < right) with what a person said of it.
JUDGEMENTS: dict[str, pl.DataType] = {
    "left_fingerprint": pl.String(),
    "right_fingerprint": pl.String(),
    "judgement": pl.String(),
}


def record_judgement(
    store: Store, left: str, right: str, judgement: str, *, by: str, judged_at: datetime, reason: str
) -> int:
    """Add a judgement on the pair of fingerprints (in any order); it takes the place of an earlier one. Its id.

    `judgement`: positive (one party), negative (two) or unsure (looked at, counts for nothing). `at`: with a zone.
    StoreError: another word, a pair of one, no reason, or somebody judged the pair in the same instant.
    """
    if judgement not in READINGS:
        raise StoreError("A judgement is positive, negative or unsure.")
    return _add(store, left, right, judgement, by=by, judged_at=judged_at, reason=reason)


def undo_judgement(store: Store, left: str, right: str, *, by: str, judged_at: datetime, reason: str) -> int:
    """Take the judgement on the pair away: as if never judged, though the history keeps it. The id of this step.

    StoreError when there is none in force.
    """
    return _add(store, left, right, UNDONE, by=by, judged_at=judged_at, reason=reason)


def _add(store: Store, left: str, right: str, judgement: str, *, by: str, judged_at: datetime, reason: str) -> int:
    with guarded("recording a judgement"), writing(store.engine) as connection:
        return add_judgement(connection, left, right, judgement, by=by, judged_at=judged_at, reason=reason)


def add_judgement(
    connection: sa.Connection, left: str, right: str, judgement: str, *, by: str, judged_at: datetime, reason: str
) -> int:
    """Add a judgement, or an undo (`judgement` = undone), in the caller's transaction, and return its id."""
    left, right = sorted((left, right))
    if left == right:
        raise StoreError("A judgement is about two different fingerprints.")
    if not by.strip() or not reason.strip():
        raise StoreError("A judgement needs a person and a reason: it must be possible to ask about it later.")
    if judged_at.tzinfo is None:
        raise StoreError("The time of a judgement needs a time zone.")
    last = connection.execute(
        sa.select(link_judgement.c.id, link_judgement.c.judgement)
        .where(link_judgement.c.left_fingerprint == left, link_judgement.c.right_fingerprint == right)
        .order_by(link_judgement.c.id.desc())
        .limit(1)
    ).first()
    if judgement == UNDONE and (last is None or last.judgement == UNDONE):
        raise StoreError("There is no judgement in force on this pair: nothing to undo.")
    result = connection.execute(
        link_judgement.insert().values(
            left_fingerprint=left,
            right_fingerprint=right,
            judgement=judgement,
            judged_by=by,
            judged_at=judged_at,
            reason=reason,
            supersedes=None if last is None else last.id,
        )
    )
    return added_key(result)


def judgements(store: Store) -> pl.DataFrame:
    """JUDGEMENTS in force, positive and negative, by pair. Unsure and undone ones count for nothing."""
    return judged_pairs(store).filter(pl.col("judgement").is_in([POSITIVE, NEGATIVE]))


def judged_pairs(store: Store) -> pl.DataFrame:
    """JUDGEMENTS of every pair that was ever judged: its last step, unsure and undone included, in order of the pair.

    StoreError on a database error.
    """
    newest = sa.select(sa.func.max(link_judgement.c.id)).group_by(
        link_judgement.c.left_fingerprint, link_judgement.c.right_fingerprint
    )
    query = sa.select(*(link_judgement.c[name] for name in JUDGEMENTS)).where(link_judgement.c.id.in_(newest))
    with guarded("reading the judgements"), store.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    return pl.DataFrame(rows, schema=JUDGEMENTS, orient="row").sort(list(JUDGEMENTS))


def judgement_history(store: Store, left: str, right: str) -> list[dict[str, object]]:
    """Every step on a pair, oldest first: judgement, judged_by, judged_at, reason, and the id that it supersedes."""
    left, right = sorted((left, right))
    query = (
        link_judgement.select()
        .where(link_judgement.c.left_fingerprint == left, link_judgement.c.right_fingerprint == right)
        .order_by(link_judgement.c.id)
    )
    with guarded("reading the judgements"), store.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def judgements_hash(in_force: pl.DataFrame) -> str:
    """sha256 of the judgements in force, whatever the order of their rows: part of the run id."""
    rows = in_force.select(list(JUDGEMENTS)).sort(list(JUDGEMENTS)).rows()
    return hashlib.sha256(canonical_json(list(rows)).encode()).hexdigest()
