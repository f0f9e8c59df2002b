"""Until when a sign-in is fresh, public keys of people, and who signed a mandate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.store.schema.accounts import mandate_signature, personal_key, personal_key_actions, personal_key_event
from screening.store.schema.base import Moment

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "172cf43763dde4dd7a69c18b6dd4c6dbf8b764ee90b27d3c7cc528941aebeda8"


def upgrade() -> None:
    """Sessions that are there are fresh no more."""
    op.add_column("review_session", sa.Column("fresh_until", Moment))
    connection = op.get_bind()
    for table in (personal_key_actions, personal_key, personal_key_event, mandate_signature):
        table.create(connection)
    connection.execute(personal_key_actions.insert(), [{"word": word} for word in personal_key_actions.info["words"]])


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
