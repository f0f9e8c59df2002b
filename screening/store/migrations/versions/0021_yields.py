"""What people add to the figures of a year: the lead's estimate of hours, and signatures under exact acts."""

from __future__ import annotations

from alembic import op

from screening.store.schema.yields import yield_decided, yield_kinds

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "5de5ef7b0db205e8510373b0cdfb8fdc4bfb7beed7dd6bfea0d04daa62c7b893"


def upgrade() -> None:
    """Add the table: nothing was decided before."""
    connection = op.get_bind()
    yield_kinds.create(connection)
    connection.execute(yield_kinds.insert(), [{"word": word} for word in yield_kinds.info["words"]])
    yield_decided.create(connection)


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
