"""What follows a judgement: acts on a decided case, and what was handed over to the case system."""

from __future__ import annotations

from alembic import op

from screening.store.schema.acts import act_kinds, case_act, case_hand_over, hand_over_kinds

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "b2d2c5060aaeef7c517757f4f61c2e090cbe2cc782e035b8172aa30cb9f9fbfd"


def upgrade() -> None:
    """Add the tables and their words. A case that was confirmed before has no act yet."""
    connection = op.get_bind()
    for words in (act_kinds, hand_over_kinds):
        words.create(connection)
        connection.execute(words.insert(), [{"word": word} for word in words.info["words"]])
    for table in (case_act, case_hand_over):
        table.create(connection)


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
