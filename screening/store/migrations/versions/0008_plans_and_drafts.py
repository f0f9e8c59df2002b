"""Rules are proposed from drafts, and an erasure follows a plan that two people approved; people ask for access."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.store.schema.retention import (
    ACCESS,
    claims,
    erasure_plan,
    erasure_plan_decided,
    erasure_plan_item,
    plan_decisions,
)
from screening.store.schema.rules import rule_draft

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "faa8b74b54f361edf61cd4292415c26c61ec6e46536a162c59b511752d047603"


def upgrade() -> None:
    """Add the tables and the word. A rule that runs goes on; a receipt that was begun is finished without a plan."""
    connection = op.get_bind()
    for table in (plan_decisions, rule_draft, erasure_plan, erasure_plan_item, erasure_plan_decided):
        table.create(connection)
    for word in plan_decisions.info["words"]:
        connection.execute(plan_decisions.insert().values(word=word))
    connection.execute(claims.insert().values(word=ACCESS))
    op.add_column("erasure", sa.Column("plan_id", sa.String(16)))


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
