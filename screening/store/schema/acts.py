"""The tables of what follows a judgement: acts on a decided case, and what was handed over to the case system.

Both only grow: an act is never changed, a later one says what holds now. No column takes free words: what was done is a
word of a list, a day, and the number under which the municipality keeps it. Guards (guards.sql) hold for raw SQL too:
an act is of a case that was decided; nothing is handed over that two officers did not confirm, that was drawn at random
or that is sensitive; and none of it while an objection about the address holds.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.base.vocabulary import ActKind
from screening.store.schema.base import Json, Moment, closed_list, is_account, metadata, word_of
from screening.store.schema.partners import notice_reasons

#: Kinds of `case_hand_over`.
HAND_OVER, TAKEN_BACK = "hand_over", "taken_back"

act_kinds = closed_list("act_kind", ActKind)
hand_over_kinds = closed_list("hand_over_kind", (HAND_OVER, TAKEN_BACK))

#: Acts that wait for a day: what was asked for is due then, or somebody is told by then.
_WAIT = (ActKind.DOCUMENTS_ASKED, ActKind.INFORM_LATER)

#: One row an act. `on_day`: when it was done, or holds from. `due_on`: until when something is waited for. `choices`:
#: codes of the list of its kind: which documents, which power, which result. `reference`: number of the letter or case.
case_act = sa.Table(
    "case_act",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(16), sa.ForeignKey("review_case.case_id"), nullable=False),
    sa.Column("kind", sa.String(18), word_of(act_kinds), nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("on_day", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("choices", Json, nullable=False),
    sa.Column("reference", sa.String(40)),
    is_account("actor"),
    sa.CheckConstraint(
        f"kind NOT IN ({', '.join(repr(str(kind)) for kind in _WAIT)}) OR due_on IS NOT NULL", name="due_on"
    ),
    sa.CheckConstraint("due_on IS NULL OR due_on >= on_day", name="in_order"),
    sa.CheckConstraint("reference IS NULL OR trim(reference) <> ''", name="reference"),
    sa.Index(None, "case_id"),
)

#: One row a file for the case system, as it left: `content` is the JSON, `fields` the paths in it. It is taken back by
#: another row that names it (`takes_back`), with the `reason`. `asked`: what the municipality is asked to do.
case_hand_over = sa.Table(
    "case_hand_over",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(16), sa.ForeignKey("review_case.case_id"), nullable=False),
    sa.Column("kind", sa.String(10), word_of(hand_over_kinds), nullable=False),
    sa.Column("takes_back", sa.Integer, sa.ForeignKey("case_hand_over.id"), unique=True),
    sa.Column("reason", sa.String(30), word_of(notice_reasons)),
    sa.Column("asked", sa.String(24), nullable=False),
    sa.Column("purpose", sa.String(8), nullable=False),
    sa.Column("fields", Json, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    is_account("actor"),
    sa.CheckConstraint(
        f"(kind = '{TAKEN_BACK}') = (takes_back IS NOT NULL) AND (takes_back IS NULL) = (reason IS NULL)",
        name="takes_back",
    ),
    sa.CheckConstraint("trim(purpose) <> '' AND trim(asked) <> ''", name="grounds"),
    sa.Index(None, "case_id"),
)
