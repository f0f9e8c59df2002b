"""Links that officers rejected, kept past the term of the judgement without identity.

A row holds a keyed hash of each side and how alike the fields were. It keeps the pair from being proposed again.
Somebody with the store but without the key cannot tell whom a row is about; somebody with both can only test whether a
pair in today's registers was rejected before.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable

import polars as pl
import sqlalchemy as sa

from screening.casework.links.judgements import JUDGEMENTS, NEGATIVE
from screening.store.engine import guarded
from screening.store.schema.retention import rejected_link
from screening.store.schema.runs import dossier_link, link_fingerprint, link_to_judge
from screening.store.store import Store
from screening.store.workspace import Workspace


def link_key(workspace: Workspace) -> bytes:
    """Derive the key that hides rejected links from the key of the workspace; it does not open that of reporters."""
    return hashlib.blake2b(b"links that people parted", key=workspace.reporter_key(), digest_size=32).digest()


def hashed_fingerprint(fingerprint: str, key: bytes) -> str:
    """Return the keyed hash of a content fingerprint: 64 hexadecimal digits."""
    return hmac.new(key, fingerprint.encode(), hashlib.sha256).hexdigest()


def keep_rejected_link(connection: sa.Connection, left: str, right: str, *, month: str, key: bytes) -> None:
    """Keep that a pair was rejected, in the transaction that deletes the judgement. A second call changes nothing."""
    first, second = sorted((hashed_fingerprint(left, key), hashed_fingerprint(right, key)))
    is_kept = sa.exists().where(rejected_link.c.left_hash == first, rejected_link.c.right_hash == second)
    if not connection.scalar(sa.select(is_kept)):
        connection.execute(
            rejected_link.insert().values(
                left_hash=first, right_hash=second, levels=_levels(connection, left, right), month=month
            )
        )


def _levels(connection: sa.Connection, left: str, right: str) -> dict[str, object]:
    """Return by field how alike the pair was and its weight, from a run that compared it; empty when none did."""
    pair = sorted((left, right))
    ends = (link_fingerprint.c.left_fingerprint, link_fingerprint.c.right_fingerprint)
    queries = (
        sa.select(dossier_link.c.comparisons)
        .join(
            link_fingerprint,
            (link_fingerprint.c.run_id == dossier_link.c.run_id)
            & (link_fingerprint.c.link_id == dossier_link.c.link_id),
        )
        .where(*(end.in_(pair) for end in ends)),
        sa.select(link_to_judge.c.comparisons).where(
            link_to_judge.c.left_fingerprint.in_(pair), link_to_judge.c.right_fingerprint.in_(pair)
        ),
    )
    for query in queries:
        text = connection.scalar(query.limit(1))
        if text:
            levels = json.loads(text)
            return levels if isinstance(levels, dict) else {}
    return {}


def with_rejected_links(store: Store, judged: pl.DataFrame, fingerprints: Iterable[str], key: bytes) -> pl.DataFrame:
    """Add a negative judgement to `judged` for each rejected pair with both sides among these content fingerprints.

    A judgement in `judged` on the same pair wins: an officer may have changed their mind since.
    """
    with guarded("reading rejected links"), store.engine.connect() as connection:
        pairs = connection.execute(sa.select(rejected_link.c.left_hash, rejected_link.c.right_hash)).all()
    if not pairs:
        return judged
    digests = {digest for pair in pairs for digest in pair}
    fingerprint_of = {
        digest: fingerprint
        for fingerprint in fingerprints
        if (digest := hashed_fingerprint(fingerprint, key)) in digests
    }
    rejected = [
        (*sorted((fingerprint_of[left], fingerprint_of[right])), NEGATIVE)
        for left, right in pairs
        if left in fingerprint_of and right in fingerprint_of
    ]
    again = pl.DataFrame(rejected, schema=JUDGEMENTS, orient="row")
    ends = ["left_fingerprint", "right_fingerprint"]
    return pl.concat([judged, again.join(judged, on=ends, how="anti")]).sort(list(JUDGEMENTS))
