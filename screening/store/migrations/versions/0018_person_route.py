"""How often a quarter the route for a person who may be a victim was used: one number a row."""

from __future__ import annotations

from alembic import op

from screening.store.schema.tips import person_route_quarter

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "8e9642d3efc20b09c70c2907fbff594e9458fdda94a54ab2b26f175761632421"


def upgrade() -> None:
    """Add the table: nothing was counted before."""
    person_route_quarter.create(op.get_bind())


def downgrade() -> None:
    """Back is a restored backup: a count is not taken away."""
    raise NotImplementedError
