"""Whether a case is sensitive: as a run says of its dossier. Once it is, it stays so."""

from __future__ import annotations

import sqlalchemy as sa

from screening.base.datasets import sensitive_datasets
from screening.store.engine import guarded
from screening.store.schema.runs import cited_record, dossier_record, flag
from screening.store.store import Store


def is_sensitive(run_id: str | sa.ColumnElement[str], address_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return the condition that the dossier of an address is sensitive: its flag says so, or it holds such a record.

    A drawn address has no flag; a run of long ago may have told less by its flags.
    """
    is_flagged_so = sa.exists().where(
        flag.c.run_id == run_id, flag.c.address_id == address_id, flag.c.sensitive.is_(True)
    )
    holds = [
        sa.exists().where(
            table.c.run_id == run_id, table.c.address_id == address_id, table.c.dataset.in_(sensitive_datasets())
        )
        for table in (dossier_record, cited_record)
    ]
    return sa.or_(is_flagged_so, *holds)


def became_sensitive(store: Store, run_id: str, address_id: str) -> bool:
    """Whether a run makes the dossier of an address sensitive, whatever it was in the run that a case shows."""
    with guarded("reading a dossier"), store.engine.connect() as connection:
        return bool(connection.scalar(sa.select(is_sensitive(run_id, sa.literal(address_id)))))
