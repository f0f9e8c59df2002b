"""A tip can be kept for its address and handed over, its text can be erased, and contact persons have a rota."""

from __future__ import annotations

from alembic import op

from screening.store.schema.tips import contact_duty, decisions, receivers, tip_forwarded, tip_text_removed, ways

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "72144240986f90dd282409462bbfb1bbd1442665146f7aafc78d4db06d11555d"


def upgrade() -> None:
    """Add the tables and the words. A tip that joined a dossier before is one for its address."""
    connection = op.get_bind()
    for words in (receivers, ways):
        words.create(connection)
        connection.execute(words.insert(), [{"word": word} for word in words.info["words"]])
    connection.execute(decisions.insert().values(word="for_address"))
    for table in (tip_text_removed, tip_forwarded, contact_duty):
        table.create(connection)


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
