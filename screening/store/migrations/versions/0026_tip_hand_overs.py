"""A tip that a partner gets is an entry of the register of disclosures, kept as long, and can be called back."""

from __future__ import annotations

from alembic import op

from screening.store.schema.hand_overs import tip_hand_over, tip_hand_over_event

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "bbcd11e773e26a14bf82e3cdaf9027fed04606ecb0c82fb825e273ef52c9f4a3"


def upgrade() -> None:
    """Add the tables. A receipt of before stays with its tip, and goes with it."""
    for table in (tip_hand_over, tip_hand_over_event):
        table.create(op.get_bind())


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
