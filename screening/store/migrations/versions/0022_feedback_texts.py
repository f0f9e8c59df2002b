"""The short texts of receivers' answers, apart from their words: they go with the content of their signals."""

from __future__ import annotations

from alembic import op

from screening.store.schema.partners import riec_feedback_text

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "17c64ea602f3c623842fb89c2cf972b31d7dde8845e2c017bdc2cf7ad5f78ae7"


def upgrade() -> None:
    """Add the table: of answers given before there are no texts."""
    riec_feedback_text.create(op.get_bind())


def downgrade() -> None:
    """Back is a restored backup: what receivers wrote is not taken away."""
    raise NotImplementedError
