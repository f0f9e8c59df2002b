"""Dossiers of sampled addresses beside those of flagged ones"""

from __future__ import annotations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Dossiers of sampled addresses beside those of flagged ones"""


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
