"""What is not sent yet is kept, who judged a case can leave a note, and it is known who came to a case by a search."""

from __future__ import annotations

from alembic import op

from screening.store.schema.accounts import kept_form
from screening.store.schema.cases import case_found, case_note

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "e262789864911018c31ea0c5a0456e0a34121e4e598d34dd619cb0bf0e2dcada"


def upgrade() -> None:
    """Add the tables."""
    for table in (kept_form, case_note, case_found):
        table.create(op.get_bind())


def downgrade() -> None:
    """Back is a restored backup: what people wrote is not taken away."""
    raise NotImplementedError
