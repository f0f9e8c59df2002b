"""A recipient has one agreement in force at a time, also for raw SQL."""

from __future__ import annotations

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "e119d3ed73a292c2b76da4adb20f8dfb1282d2f1419b13077df1135e1bceb27f"


def upgrade() -> None:
    """Nothing but the guard: it looks at what is decided from now on."""


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
