"""The table of what people add to the figures of a year: the lead's estimate of hours, and two signatures.

It only grows. Guards (guards.sql) and the constraints here hold for raw SQL too: an estimate is a lead's, and nobody
signs twice under the same numbers, so that two signatures are of two people.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.base.vocabulary import Role
from screening.store.schema.base import Moment, closed_list, is_account, metadata, word_of

#: Kinds: the hours that a year took, as the lead estimates them; and that the acts which the municipality publishes
#: itself are told exactly.
HOURS, EXACT = "hours", "exact"
yield_kinds = closed_list("yield_kind", (HOURS, EXACT))

#: One row a decision; of hours the last one holds. `digest`: of the exact numbers that were signed. `role`: as whom.
yield_decided = sa.Table(
    "yield_decided",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(5), word_of(yield_kinds), nullable=False),
    sa.Column("role", sa.String(7), nullable=False),
    sa.Column("hours", sa.Integer),
    sa.Column("digest", sa.String(64)),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint(f"(kind = '{HOURS}') = (hours IS NOT NULL) AND (hours IS NULL OR hours >= 0)", name="hours"),
    sa.CheckConstraint(f"(kind = '{EXACT}') = (digest IS NOT NULL)", name="digest"),
    sa.CheckConstraint(f"role = '{Role.LEAD}' OR (role = '{Role.AUDITOR}' AND kind = '{EXACT}')", name="role"),
    is_account("account"),
    sa.UniqueConstraint("year", "digest", "account"),
)
