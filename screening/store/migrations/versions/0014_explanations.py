"""The innocent explanations that a judge ticked, a row each."""

from __future__ import annotations

from alembic import op

from screening.store.schema.cases import case_explanation

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "43fbf2fbf4f7b7a41f78b5bc24f7bfe68c7e534f97002a8b4df92fc2c2961da3"


def upgrade() -> None:
    """Add the table: of judgements given before nothing is known."""
    case_explanation.create(op.get_bind())


def downgrade() -> None:
    """Back is a restored backup: what people ticked is not taken away."""
    raise NotImplementedError
