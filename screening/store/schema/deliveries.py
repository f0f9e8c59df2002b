"""The tables of deliveries: what was judged of each, and what a person decided about one. They only grow."""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Json, Moment, closed_list, is_account, metadata, word_of

GOOD, SUSPECT = "good", "suspect"
ACCEPTED, REJECTED = "accepted", "rejected"

verdicts = closed_list("delivery_verdict", (GOOD, SUSPECT))
delivery_decisions = closed_list("delivery_decision", (ACCEPTED, REJECTED))

#: One row a delivery of a register in a night. `delivery_sha256`: of the hashes of its files. Counts, no values.
delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("register", sa.String(40), nullable=False),
    sa.Column("delivery_sha256", sa.String(64), nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("judged_at", Moment, nullable=False),
    sa.Column("verdict", sa.String(7), word_of(verdicts), nullable=False),
    sa.Column("reasons", Json, nullable=False),
    sa.Column("fingerprint", Json, nullable=False),
    sa.UniqueConstraint("register", "delivery_sha256", "as_of"),
)

#: One row a decision: a person accepts or rejects a delivery, once, with a reason.
delivery_decided = sa.Table(
    "delivery_decided",
    metadata,
    sa.Column("register", sa.String(40), primary_key=True),
    sa.Column("delivery_sha256", sa.String(64), primary_key=True),
    sa.Column("decision", sa.String(8), word_of(delivery_decisions), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("decided_by", sa.String(100), nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    sa.CheckConstraint("trim(reason) <> ''", name="reason"),
    is_account("decided_by"),
)
