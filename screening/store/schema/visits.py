"""The tables of visits: a walking list, its stops, and what was found there. What was found only grows.

Guards (guards.sql) hold for raw SQL too: a stop is a case that two officers confirmed, or of whose rules the maker of
the list has read everything (a first look), never one of the random sample; an outcome is never changed, a correction
is a row that takes its place.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Json, Moment, closed_list, index_where, metadata, word_of

OPEN, DONE = "open", "done"


#: What an inspector met at the door: the codes of the contract of controles.
SITUATIONS = ("toegang_verleend", "geen_medewerking", "niemand_aanwezig")

list_states = closed_list("visit_list_state", (OPEN, DONE))
situations = closed_list("visit_situation", SITUATIONS)

visit_list = sa.Table(
    "visit_list",
    metadata,
    sa.Column("list_id", sa.String(16), primary_key=True),
    sa.Column("made_by", sa.String, nullable=False),
    # The colleague who walks along; nobody else sees the list.
    sa.Column("companion", sa.String),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("for_date", sa.Date, nullable=False),
    # Was made with a sensitive case: the whole list is for those who may see it.
    sa.Column("sensitive", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(4), word_of(list_states), nullable=False),
    sa.CheckConstraint("companion IS NULL OR companion <> made_by", name="companion"),
    sa.Index(None, "made_by"),
    sa.Index(None, "companion"),
)

visit_stop = sa.Table(
    "visit_stop",
    metadata,
    # Random, and the name of the inspection in the next run: it says nothing of the case.
    sa.Column("visit_id", sa.String(16), primary_key=True),
    sa.Column("list_id", sa.String(16), sa.ForeignKey("visit_list.list_id"), nullable=False),
    sa.Column("case_id", sa.String(16), sa.ForeignKey("review_case.case_id"), nullable=False),
    sa.Column("address_id", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("rd_x", sa.Double),
    sa.Column("rd_y", sa.Double),
    # Codes of LOOK_AT: what to look at, in words that suspect nobody.
    sa.Column("look_at", Json, nullable=False),
    sa.UniqueConstraint("list_id", "case_id"),
    sa.UniqueConstraint("list_id", "position"),
    sa.Index(None, "case_id"),
)

visit_outcome = sa.Table(
    "visit_outcome",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("visit_id", sa.String(16), sa.ForeignKey("visit_stop.visit_id"), nullable=False),
    sa.Column("visited_on", sa.Date, nullable=False),
    sa.Column("situatie", sa.String(16), word_of(situations), nullable=False),
    sa.Column("bevindingen", Json, nullable=False),
    # Column of the register controles -> what was counted, read or chosen; what was left open is not in it.
    sa.Column("details", Json, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("recorded_by", sa.String, nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Column("supersedes", sa.Integer, sa.ForeignKey("visit_outcome.id"), unique=True),
    sa.CheckConstraint("length(note) <= 280", name="note"),
    # Two people may report on one stop at once: the second gets an error and is not counted as another visit.
    index_where("uq_visit_outcome_first", "visit_id", condition="supersedes IS NULL", unique=True),
    sa.Index(None, "visit_id"),
)
