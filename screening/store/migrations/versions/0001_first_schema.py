"""The schema of 0.1.0, made whole from the tables of `screening.store.schema` (docs/decisions/0022)."""

from __future__ import annotations

from alembic import op

from screening.store.schema import create_schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "9e9bb197d6f3035ecfc1b80b113773e3a7d1cd89cca6a27e3a22d9538d3ed6a2"


def upgrade() -> None:
    """Make every table, every closed list and its words. The guards come after each migration."""
    create_schema(op.get_bind())


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
