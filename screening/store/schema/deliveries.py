"""The tables of deliveries: what was judged of each, and what a person decided about one. They only grow."""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Json, Moment, closed_list, index_where, is_account, metadata, word_of

GOOD, SUSPECT = "good", "suspect"
PROPOSED, ACCEPTED, REJECTED, CONFIRMED = "proposed", "accepted", "rejected", "confirmed"

verdicts = closed_list("delivery_verdict", (GOOD, SUSPECT))
delivery_decisions = closed_list("delivery_decision", (ACCEPTED, REJECTED, CONFIRMED, PROPOSED))

#: One row a verdict on a delivery of a register in a night; of several the last counts. `delivery_sha256`: of the
#: hashes of its files. `is_sealed`: manifests decided. `reference_date`: for which it holds, where something tells.
#: Counts and names of columns, no values.
delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("register", sa.String(40), nullable=False),
    sa.Column("delivery_sha256", sa.String(64), nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("judged_at", Moment, nullable=False),
    sa.Column("verdict", sa.String(40), word_of(verdicts), nullable=False),
    sa.Column("is_sealed", sa.Boolean, nullable=False),
    sa.Column("reference_date", sa.Date),
    sa.Column("reasons", Json, nullable=False),
    sa.Column("fingerprint", Json, nullable=False),
    sa.Index(None, "register", "as_of"),
)

#: One row a decision about a delivery, with its reason. It is accepted or rejected once. `proposed`: one person would
#: accept it, and another does. `confirmed`: it still holds, said of a register whose age nothing tells. `holds_for`:
#: the date for which its content holds, if given.
delivery_decided = sa.Table(
    "delivery_decided",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("register", sa.String(40), nullable=False),
    sa.Column("delivery_sha256", sa.String(64), nullable=False),
    sa.Column("decision", sa.String(40), word_of(delivery_decisions), nullable=False),
    sa.Column("holds_for", sa.Date),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("decided_by", sa.String(100), nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    sa.CheckConstraint("trim(reason) <> ''", name="reason"),
    is_account("decided_by"),
    index_where(
        "uq_delivery_decided_once",
        "register",
        "delivery_sha256",
        condition="decision IN ('accepted', 'rejected')",
        unique=True,
    ),
)
