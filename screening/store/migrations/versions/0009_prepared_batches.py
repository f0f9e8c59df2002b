"""A batch is prepared first; one person signs its manifest and another approves it before it leaves."""

from __future__ import annotations

from alembic import op

from screening.store.schema.partners import (
    draft_actions,
    riec_draft,
    riec_draft_event,
    riec_draft_line,
    riec_draft_manifest,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "7b45c0066e8a644c08fd927d4bd897c2022402829c869ae49ea33c2f54249518"


def upgrade() -> None:
    """Make the four tables and their closed list. Batches that left before have no row in them."""
    connection = op.get_bind()
    for table in (draft_actions, riec_draft, riec_draft_manifest, riec_draft_line, riec_draft_event):
        table.create(connection)
    connection.execute(draft_actions.insert(), [{"word": word} for word in draft_actions.info["words"]])


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
