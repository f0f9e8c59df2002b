"""With whom something is agreed: a kind of partner, an article, a covenant, themes and fields, by two people."""

from __future__ import annotations

from alembic import op

from screening.store.schema.partners import partner_agreement, partner_agreement_event

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "53c12b3f5da0e005d45d086c00687410dff6da33e159d17b7d3a20f6882b99b6"


def upgrade() -> None:
    """Add two tables. A recipient of before gets nothing until two people recorded an agreement; calling back works."""
    connection = op.get_bind()
    for table in (partner_agreement, partner_agreement_event):
        table.create(connection)


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
