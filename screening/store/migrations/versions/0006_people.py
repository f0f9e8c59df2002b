"""Until when a sign-in is fresh."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.store.schema.base import Moment

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "1b59ca24b0119f651c95c0be498099a217ab6e41a3362329d41f7a70947d40be"


def upgrade() -> None:
    """Sessions that are there are fresh no more."""
    op.add_column("review_session", sa.Column("fresh_until", Moment))


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
