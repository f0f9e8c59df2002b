"""The tables of what reaches a partner without a key: a prepared call, and a sheet on paper.

Both only grow. What a row holds goes with its case; guards (guards.sql) hold for raw SQL too: a call is of a case that
two officers passed on to this partner, a sheet of a case that two officers confirmed, that was not drawn at random and
is not sensitive, and a sheet leaves by the hand of another person than who prepared it, never after it was called back.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Json, Moment, closed_list, is_account, metadata, word_of
from screening.store.schema.partners import notice_reasons

#: Forms of `partner_hand_over`.
CALL, SHEET = "call", "sheet"
#: Actions of `partner_hand_over_event`: a sheet was downloaded by a second person, called back, and destroyed by the
#: partner, who told so.
RELEASED, CALLED_BACK, DESTROYED = "released", "called_back", "destroyed"

partner_forms = closed_list("partner_hand_over_form", (CALL, SHEET))
partner_hand_over_actions = closed_list("partner_hand_over_action", (RELEASED, CALLED_BACK, DESTROYED))

#: One row a call or a sheet, as it was prepared. `partner`: the code under which a case is passed on, of a sheet that
#: of the kind of partner. `content`: what is said or stands on it (JSON), `fields` its paths. `article`, `covenant`,
#: `theme`: of the agreement; empty where nothing of the case is told.
partner_hand_over = sa.Table(
    "partner_hand_over",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(16), sa.ForeignKey("review_case.case_id"), nullable=False),
    sa.Column("form", sa.String(5), word_of(partner_forms), nullable=False),
    sa.Column("partner", sa.String(60), nullable=False),
    sa.Column("recipient", sa.String(60), nullable=False),
    sa.Column("article", sa.String(200), nullable=False),
    sa.Column("covenant", sa.String(200), nullable=False),
    sa.Column("theme", sa.String(40), nullable=False),
    sa.Column("purpose", sa.String(8), nullable=False),
    sa.Column("fields", Json, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("prepared_by", sa.String, nullable=False),
    sa.Column("prepared_at", Moment, nullable=False),
    is_account("prepared_by"),
    sa.CheckConstraint("trim(partner) <> '' AND trim(purpose) <> ''", name="grounds"),
    sa.CheckConstraint(f"form = '{CALL}' OR (article <> '' AND covenant <> '' AND theme <> '')", name="agreed"),
    sa.UniqueConstraint("id", "case_id", "prepared_by"),
    sa.Index(None, "case_id"),
)

#: One row a step on one: a sheet was downloaded (the disclosure), called back, or destroyed by the partner. `reason`:
#: of what is called back. `channel`: how the partner told that it was destroyed.
partner_hand_over_event = sa.Table(
    "partner_hand_over_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(16), nullable=False),
    sa.Column("hand_over_id", sa.Integer, nullable=False),
    sa.Column("prepared_by", sa.String, nullable=False),
    sa.Column("action", sa.String(11), word_of(partner_hand_over_actions), nullable=False),
    sa.Column("reason", sa.String(30), word_of(notice_reasons)),
    sa.Column("channel", sa.String(16)),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    is_account("actor"),
    sa.CheckConstraint(f"action <> '{RELEASED}' OR actor <> prepared_by", name="four_eyes"),
    sa.CheckConstraint(f"(action = '{CALLED_BACK}') = (reason IS NOT NULL)", name="reason"),
    sa.CheckConstraint(f"(action = '{DESTROYED}') = (channel IS NOT NULL)", name="channel"),
    sa.ForeignKeyConstraint(
        ["hand_over_id", "case_id", "prepared_by"],
        ["partner_hand_over.id", "partner_hand_over.case_id", "partner_hand_over.prepared_by"],
    ),
    sa.Index(None, "case_id"),
)
