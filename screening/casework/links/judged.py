"""How every pair stands that was ever judged: unsure and undone ones too, which `judgements` leaves out."""

from __future__ import annotations

import polars as pl
import sqlalchemy as sa

from screening.store.engine import guarded
from screening.store.schema.runs import link_judgement
from screening.store.store import Store

#: One row a pair of fingerprints (left < right) that was ever judged, with its last step.
JUDGED_PAIRS: dict[str, pl.DataType] = {
    "left_fingerprint": pl.String(),
    "right_fingerprint": pl.String(),
    "judgement": pl.String(),
}


def judged_pairs(store: Store) -> pl.DataFrame:
    """JUDGED_PAIRS: the last step on every pair, in order of the pair. StoreError on a database error."""
    newest = sa.select(sa.func.max(link_judgement.c.id)).group_by(
        link_judgement.c.left_fingerprint, link_judgement.c.right_fingerprint
    )
    query = sa.select(*(link_judgement.c[name] for name in JUDGED_PAIRS)).where(link_judgement.c.id.in_(newest))
    with guarded("reading the judgements"), store.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    return pl.DataFrame(rows, schema=JUDGED_PAIRS, orient="row").sort(list(JUDGED_PAIRS))
