"""Signals to the RIEC: approvals, recipients, batches, the disclosure register"""

from __future__ import annotations

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Signals to the RIEC: approvals, recipients, batches, the disclosure register"""


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
