"""What was counted, read and chosen on a visit has fields of its own; a first look comes before a judgement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.store.schema.base import Json

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "f579c70dbe8f0b3dfa28e63e64afd3c8c507d0325e247ea0a9f4c011bbe8f526"


def upgrade() -> None:
    """Visits that were recorded before have none of these fields."""
    op.add_column("visit_outcome", sa.Column("details", Json, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
