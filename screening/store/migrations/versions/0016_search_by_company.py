"""Searching for a company takes as long where there is a case as where there is none."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "f579c70dbe8f0b3dfa28e63e64afd3c8c507d0325e247ea0a9f4c011bbe8f526"


def upgrade() -> None:
    """Two indexes: a minute at a million flags."""
    op.create_index("ix_dossier_party_kvk_nummer", "dossier_party", ["kvk_nummer"])
    op.create_index("ix_dossier_record_run_id_dataset_key", "dossier_record", ["run_id", "dataset", "key"])


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
