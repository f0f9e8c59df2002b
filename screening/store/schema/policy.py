"""The table of answers to the policy checklist: what the municipality decided, never anything of a person or premises.

It only grows: an answer is never changed, the last one on a question counts.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.base.vocabulary import PolicyAnswerKind
from screening.store.schema.base import Moment, closed_list, is_account, metadata, word_of

#: A reference or link to a decision; why a question does not apply.
MAX_EVIDENCE = 200

answer_kinds = closed_list("policy_answer_kind", PolicyAnswerKind)

_IN_FORCE, _MISSING, _NOT_APPLICABLE = (f"'{kind}'" for kind in PolicyAnswerKind)

#: One row an answer. `question` and `owner`: codes of `screening/policy/questions.yaml`; an owner is a function.
policy_answer = sa.Table(
    "policy_answer",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("question", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(14), word_of(answer_kinds), nullable=False),
    sa.Column("owner", sa.String(20), nullable=False),
    sa.Column("adopted_on", sa.Date),
    sa.Column("review_on", sa.Date),
    sa.Column("evidence", sa.String(MAX_EVIDENCE), nullable=False),
    sa.Column("reason", sa.String(MAX_EVIDENCE), nullable=False),
    sa.Column("answered_by", sa.String, nullable=False),
    sa.Column("answered_at", Moment, nullable=False),
    is_account("answered_by"),
    sa.CheckConstraint(f"(kind = {_IN_FORCE}) = (adopted_on IS NOT NULL)", name="adopted_on"),
    sa.CheckConstraint(f"(kind = {_MISSING}) = (review_on IS NULL)", name="review_on"),
    sa.CheckConstraint(f"(kind = {_IN_FORCE}) = (trim(evidence) <> '')", name="evidence"),
    sa.CheckConstraint(f"(kind = {_NOT_APPLICABLE}) = (trim(reason) <> '')", name="reason"),
    sa.CheckConstraint("review_on IS NULL OR adopted_on IS NULL OR review_on > adopted_on", name="in_order"),
    sa.CheckConstraint(f"length(evidence) <= {MAX_EVIDENCE} AND length(reason) <= {MAX_EVIDENCE}", name="length"),
    sa.Index(None, "question"),
)
