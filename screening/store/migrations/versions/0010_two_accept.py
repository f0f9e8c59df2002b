"""Two people accept a delivery; a prepared batch and a plan of erasure are decided about once, whoever is first."""

from __future__ import annotations

from alembic import op

from screening.store.schema.deliveries import PROPOSED, delivery_decided, delivery_decisions
from screening.store.schema.partners import riec_draft_event
from screening.store.schema.retention import erasure_plan_decided

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "eaa16d4b0b54439270c3fd3f8e8de26948365ff5818bdf9349395e5ba4a7886e"


def upgrade() -> None:
    """Add the word, and say anew what is there once. What was accepted stays so."""
    connection = op.get_bind()
    if PROPOSED not in connection.scalars(delivery_decisions.select()).all():  # 0003 writes the words of today
        connection.execute(delivery_decisions.insert(), {"word": PROPOSED})
    next(index for index in delivery_decided.indexes if index.unique).drop(connection)
    for table in (delivery_decided, riec_draft_event, erasure_plan_decided):
        next(index for index in table.indexes if index.unique).create(connection, checkfirst=True)


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
