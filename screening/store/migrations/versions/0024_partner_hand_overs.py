"""What reaches a partner without a key: a prepared call, and a sheet on paper that can be called back."""

from __future__ import annotations

from alembic import op

from screening.store.schema.hand_overs import (
    partner_forms,
    partner_hand_over,
    partner_hand_over_actions,
    partner_hand_over_event,
)

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "df4efcc305df50427861c1ca62b5f6e5e9d94cf068f299b102f6be69d201f967"


def upgrade() -> None:
    """Add the tables and their words. A case that one officer passed on before has no call, and asks for none."""
    connection = op.get_bind()
    for words in (partner_forms, partner_hand_over_actions):
        words.create(connection)
        connection.execute(words.insert(), [{"word": word} for word in words.info["words"]])
    for table in (partner_hand_over, partner_hand_over_event):
        table.create(connection)


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
