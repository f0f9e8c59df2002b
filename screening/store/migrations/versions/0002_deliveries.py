"""What was judged of each delivery, and what a person decided about one."""

from __future__ import annotations

from alembic import op

from screening.store.schema.base import metadata
from screening.store.schema.deliveries import delivery, delivery_decided, delivery_decisions, verdicts

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on.
guards = "91eae7a9af67ecc6c8a09f311fb9115592400a58167856c945561187db5219d2"


def upgrade() -> None:
    """Make the two tables and their closed lists."""
    words = (verdicts, delivery_decisions)
    metadata.create_all(op.get_bind(), tables=[*words, delivery, delivery_decided])
    for table in words:
        op.bulk_insert(table, [{"word": word} for word in table.info["words"]])


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
