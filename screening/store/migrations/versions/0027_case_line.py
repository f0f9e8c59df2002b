"""Flagged addresses that wait to become a case, where a municipality lets in so many of one night."""

from __future__ import annotations

from alembic import op

from screening.store.schema.cases import case_line

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "bbcd11e773e26a14bf82e3cdaf9027fed04606ecb0c82fb825e273ef52c9f4a3"


def upgrade() -> None:
    """Add the table, empty: nothing waits where no cap was configured."""
    case_line.create(op.get_bind())


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
