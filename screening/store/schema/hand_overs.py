"""The tables of what reaches a partner without a key: a prepared call, a sheet on paper, and a tip.

All only grow. What a call or a sheet holds goes with its case; guards (guards.sql) hold for raw SQL too: a call is of
a case that two officers passed on to this partner, a sheet of a case that two officers confirmed, that was not drawn
at random and is not sensitive, and a sheet leaves by the hand of another person than who prepared it, never after it
was called back; a tip goes while the agreement with its partner is in force.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Json, Moment, closed_list, is_account, metadata, word_of
from screening.store.schema.partners import notice_reasons
from screening.store.schema.tips import ways

#: Forms of `partner_hand_over`.
CALL, SHEET = "call", "sheet"
#: What is done with what was prepared: a sheet is downloaded by a second person; any of them is called back, and
#: destroyed by the partner, who told so.
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


def _of_a_step() -> list[sa.schema.SchemaItem]:
    """What every step on a hand-over holds: why it was called back, and how the partner told that it is destroyed."""
    return [
        sa.Column("action", sa.String(11), word_of(partner_hand_over_actions), nullable=False),
        sa.Column("reason", sa.String(30), word_of(notice_reasons)),
        sa.Column("channel", sa.String(16)),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", Moment, nullable=False),
        is_account("actor"),
        sa.CheckConstraint(f"(action = '{CALLED_BACK}') = (reason IS NOT NULL)", name="reason"),
        sa.CheckConstraint(f"(action = '{DESTROYED}') = (channel IS NOT NULL)", name="channel"),
    ]


#: One row a step on one: a sheet was downloaded (the disclosure), or it was called back, or destroyed by the partner.
#: `reason`: of what is called back. `channel`: how the partner told that it was destroyed.
partner_hand_over_event = sa.Table(
    "partner_hand_over_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(16), nullable=False),
    sa.Column("hand_over_id", sa.Integer, nullable=False),
    sa.Column("prepared_by", sa.String, nullable=False),
    *_of_a_step(),
    sa.CheckConstraint(f"action <> '{RELEASED}' OR actor <> prepared_by", name="four_eyes"),
    sa.ForeignKeyConstraint(
        ["hand_over_id", "case_id", "prepared_by"],
        ["partner_hand_over.id", "partner_hand_over.case_id", "partner_hand_over.prepared_by"],
    ),
    sa.Index(None, "case_id"),
)

#: The condition on `partner_hand_over` that somebody called it back.
is_called_back = (
    sa.exists()
    .where(
        partner_hand_over_event.c.hand_over_id == partner_hand_over.c.id,
        partner_hand_over_event.c.action == CALLED_BACK,
    )
    .correlate(partner_hand_over)
)

#: One row a time that a tip of a colleague was handed to a partner: on which agreement, what was told (`content`, JSON:
#: address, day, what was seen; never the text nor who sent it), how and when. It outlives the tip, so no key of another
#: table holds `signal_id`. `postcode`, `house_number`: as typed; who asks what is known of a house finds it by them.
tip_hand_over = sa.Table(
    "tip_hand_over",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("signal_id", sa.String(16), nullable=False),
    sa.Column("agreement_id", sa.Integer, sa.ForeignKey("partner_agreement.id"), nullable=False),
    sa.Column("postcode", sa.String(6), nullable=False),
    sa.Column("house_number", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("way", sa.String(11), word_of(ways), nullable=False),
    sa.Column("handed_on", sa.Date, nullable=False),
    sa.Column("handed_by", sa.String, nullable=False),
    sa.Column("handed_at", Moment, nullable=False),
    is_account("handed_by"),
    sa.UniqueConstraint("id", "signal_id"),
    sa.Index(None, "signal_id"),
    sa.Index(None, "postcode", "house_number"),
)

#: One row a step on one, each once: it was called back, and the partner told that it was destroyed.
tip_hand_over_event = sa.Table(
    "tip_hand_over_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("hand_over_id", sa.Integer, nullable=False),
    sa.Column("signal_id", sa.String(16), nullable=False),
    *_of_a_step(),
    sa.CheckConstraint(f"action <> '{RELEASED}'", name="action"),
    sa.ForeignKeyConstraint(["hand_over_id", "signal_id"], ["tip_hand_over.id", "tip_hand_over.signal_id"]),
    sa.UniqueConstraint("hand_over_id", "action"),
)
