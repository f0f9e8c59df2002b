"""The tables of link readings: what each of two readers made of a pair, independently. They only grow.

Guards (guards.sql) refuse UPDATE and DELETE here and in `link_judgement`, a reading that is taken back after its
reader saw the result, and a second reading of a first that was taken back.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Moment, closed_list, is_account, metadata, word_of

FIRST, SECOND = "first", "second"

readings = closed_list("link_reading", ("positive", "negative", "unsure"))

#: One row a reading. `round`: a pair whose judgement was undone elsewhere is read again. `attempt`: after a slip.
link_reading = sa.Table(
    "link_reading",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("link_id", sa.String(22), nullable=False),
    sa.Column("left_fingerprint", sa.String, nullable=False),
    sa.Column("right_fingerprint", sa.String, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("place", sa.String(6), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("reading", sa.String(8), word_of(readings), nullable=False),
    sa.Column("read_by", sa.String, nullable=False),
    sa.Column("read_at", Moment, nullable=False),
    # For a second reading: the first one and its reader, so that the database itself can compare the two people.
    sa.Column("first_id", sa.Integer),
    sa.Column("first_by", sa.String),
    # The judgement that both readings led to.
    sa.Column("judgement_id", sa.Integer, sa.ForeignKey("link_judgement.id"), unique=True),
    sa.UniqueConstraint(
        "id", "read_by", "left_fingerprint", "right_fingerprint", "round", name="uq_link_reading_as_first"
    ),
    sa.UniqueConstraint(
        "left_fingerprint", "right_fingerprint", "round", "place", "attempt", name="uq_link_reading_turn"
    ),
    sa.ForeignKeyConstraint(
        ["first_id", "first_by", "left_fingerprint", "right_fingerprint", "round"],
        [
            "link_reading.id",
            "link_reading.read_by",
            "link_reading.left_fingerprint",
            "link_reading.right_fingerprint",
            "link_reading.round",
        ],
        name="fk_link_reading_first",
    ),
    sa.CheckConstraint("left_fingerprint < right_fingerprint", name="pair_in_order"),
    is_account("read_by"),
    sa.CheckConstraint("round >= 1 AND attempt >= 1", name="numbers"),
    sa.CheckConstraint(
        "(place = 'first' AND first_id IS NULL AND first_by IS NULL AND judgement_id IS NULL) OR "
        "(place = 'second' AND first_id IS NOT NULL AND first_by IS NOT NULL AND judgement_id IS NOT NULL)",
        name="place",
    ),
    sa.CheckConstraint("first_by <> read_by", name="four_eyes"),
    sa.Index(None, "read_by"),
)

#: One row a reading that its reader took back: a slip of the finger.
link_reading_undone = sa.Table(
    "link_reading_undone",
    metadata,
    sa.Column("reading_id", sa.Integer, sa.ForeignKey("link_reading.id"), primary_key=True, autoincrement=False),
    sa.Column("undone_at", Moment, nullable=False),
)

#: One row a reading whose result its reader saw: the weights and the colleague's reading.
link_result_seen = sa.Table(
    "link_result_seen",
    metadata,
    sa.Column("reading_id", sa.Integer, sa.ForeignKey("link_reading.id"), primary_key=True, autoincrement=False),
    sa.Column("seen_at", Moment, nullable=False),
)
