"""A withdrawal that was an error can be undone: a kind of batch, its reason, and the version that is called back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.base.vocabulary import BatchKind, NoticeReason
from screening.store.schema.partners import batch_kinds, notice_reasons, riec_call_back, riec_disclosure

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "1b59ca24b0119f651c95c0be498099a217ab6e41a3362329d41f7a70947d40be"


def upgrade() -> None:
    """Add the words; of each call-back that is there, the version is the last one that had left."""
    connection = op.get_bind()
    for words, word in ((batch_kinds, BatchKind.REVERSAL), (notice_reasons, NoticeReason.TEN_ONRECHTE_INGETROKKEN)):
        connection.execute(words.insert().values(word=str(word)))
    # a row that is there needs a value at once, whatever it is a moment later
    op.add_column("riec_call_back", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    left = sa.select(sa.func.max(riec_disclosure.c.version)).where(
        riec_disclosure.c.signal_id == riec_call_back.c.signal_id
    )
    connection.execute(riec_call_back.update().values(version=sa.func.coalesce(left.scalar_subquery(), 1)))


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
