"""A wish for contact has steps, and its number apart from it: that goes as soon as somebody was reached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.store.schema.tips import care_number, care_step, care_steps

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "8e9642d3efc20b09c70c2907fbff594e9458fdda94a54ab2b26f175761632421"


def upgrade() -> None:
    """Wishes of before keep their number where it is, since the ledger has its hash: it goes at their term."""
    has_number = sa.CheckConstraint("phone <> ''", name="phone")
    with op.batch_alter_table("care_contact", table_args=(has_number,)) as batch:
        batch.alter_column("phone", existing_type=sa.String(20), nullable=True)
    for table in (care_steps, care_number, care_step):
        table.create(op.get_bind())
    op.bulk_insert(care_steps, [{"word": word} for word in care_steps.info["words"]])


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
