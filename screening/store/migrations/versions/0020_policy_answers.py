"""The answers of a municipality to the policy checklist, a row each."""

from __future__ import annotations

from alembic import op

from screening.store.schema.policy import answer_kinds, policy_answer

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "8f1f26ace5afbb1fb9c48554871b10964e52a43fe3eaca7f24b9e7649044f337"


def upgrade() -> None:
    """Add the table and its words: no question was answered before."""
    connection = op.get_bind()
    answer_kinds.create(connection)
    connection.execute(answer_kinds.insert(), [{"word": word} for word in answer_kinds.info["words"]])
    policy_answer.create(connection)


def downgrade() -> None:
    """Back is a restored backup: what people answered is not taken away."""
    raise NotImplementedError
