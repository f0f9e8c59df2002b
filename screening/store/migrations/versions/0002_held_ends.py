"""Cases that lapsed are not seen: a team lead decides about them, and what they rested on is not known any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from screening.base.vocabulary import CaseState
from screening.store.schema.cases import case_fact, review_case, unseen_decision, unseen_decisions

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
#: sha256 of guards.sql as it is from this migration on: a store that is there gets other guards with a migration only.
guards = "9f155a79e8318d1ea3a6cf80415ce57f7dcd48b94cdf4135c81461650f76d4aa"


def upgrade() -> None:
    """Make the table of decisions; forget the facts of lapsed cases, which kept flags out of the queue for good."""
    connection = op.get_bind()
    for table in (unseen_decisions, unseen_decision):
        table.create(connection)
    connection.execute(unseen_decisions.insert(), [{"word": word} for word in unseen_decisions.info["words"]])
    lapsed = sa.select(review_case.c.case_id).where(review_case.c.state == str(CaseState.LAPSED))
    connection.execute(case_fact.delete().where(case_fact.c.case_id.in_(lapsed)))


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
