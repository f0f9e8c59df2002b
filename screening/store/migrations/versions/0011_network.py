"""What the parties of a dossier hold at other business addresses."""

from __future__ import annotations

from alembic import op

from screening.store.schema.runs import network_tie

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "eaa16d4b0b54439270c3fd3f8e8de26948365ff5818bdf9349395e5ba4a7886e"


def upgrade() -> None:
    """Make the table. A dossier of a run of before has no row in it."""
    network_tie.create(op.get_bind())


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
