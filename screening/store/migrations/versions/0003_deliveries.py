"""What was judged of each delivery, and what a person decided about one."""

from __future__ import annotations

from alembic import op

from screening.store.schema.deliveries import delivery, delivery_decided, delivery_decisions, verdicts

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "8c9dbc3af78b4673f28bbd6b8106d832349820ea4405decaa3d14958d49857a3"


def upgrade() -> None:
    """Make the two tables and their closed lists."""
    connection = op.get_bind()
    for table in (verdicts, delivery_decisions, delivery, delivery_decided):
        table.create(connection)
    for words in (verdicts, delivery_decisions):
        connection.execute(words.insert(), [{"word": word} for word in words.info["words"]])


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
