"""The tables of rule governance: drafts, versions that never change, and who decided what about them, when and why.

All only grow: guards (guards.sql) refuse UPDATE and DELETE, and a decision that misnames the author or the code
of its version, so that this holds for raw SQL too.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Json, Moment, closed_list, is_account, metadata, word_of

PROPOSED, APPROVED, ACTIVATED = "proposed", "approved", "activated"
STOPPED, RESUMED = "stopped", "resumed"
actions = closed_list("rule_action", (PROPOSED, APPROVED, ACTIVATED, STOPPED, RESUMED))

#: What stands in `rule_event.code` when every rule is meant.
ALL_RULES = "all"

#: One row a version: an indicator's code, its declared number, the parameters in force and the hash of its content.
rule_version = sa.Table(
    "rule_version",
    metadata,
    sa.Column("version_id", sa.String(16), primary_key=True),
    sa.Column("code", sa.String(6), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("parameters", Json, nullable=False),
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("declaration", sa.Text, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    is_account("author"),
    # What an approval refers to: it repeats the author, so that the database itself can compare the two.
    sa.UniqueConstraint("version_id", "author"),
    sa.Index(None, "code"),
)

#: One row a draft: a version as the terminal prepared it, with its dossier and the counts of a back-test. It is
#: nobody's until a person proposes it. `draft_id`: the beginning of `digest`, the sha256 of all that would be decided.
rule_draft = sa.Table(
    "rule_draft",
    metadata,
    sa.Column("draft_id", sa.String(16), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("version_id", sa.String(16), nullable=False),
    sa.Column("code", sa.String(6), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("parameters", Json, nullable=False),
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("declaration", sa.Text, nullable=False),
    sa.Column("dossier", Json, nullable=False),
    sa.Column("backtest", Json, nullable=False),
    sa.Column("prepared_by", sa.String, nullable=False),
    sa.Column("prepared_at", Moment, nullable=False),
    is_account("prepared_by"),
)

#: One row a decision. What is in force of a rule is the last word on it; nothing is ever taken out.
rule_event = sa.Table(
    "rule_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("action", sa.String(9), word_of(actions), nullable=False),
    sa.Column("code", sa.String(6), nullable=False),
    sa.Column("version_id", sa.String(16)),
    sa.Column("author", sa.String),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("expires_on", sa.Date),
    # The dossier, back-test and digest of a proposal, the digest of what was approved; the grounds of an activation.
    sa.Column("details", Json, nullable=False),
    sa.ForeignKeyConstraint(["version_id", "author"], ["rule_version.version_id", "rule_version.author"]),
    is_account("actor"),
    sa.CheckConstraint("trim(reason) <> ''", name="reason"),
    sa.CheckConstraint(
        f"(action IN ('{STOPPED}', '{RESUMED}')) = (version_id IS NULL) AND (version_id IS NULL) = (author IS NULL)",
        name="version",
    ),
    sa.CheckConstraint(f"(action = '{APPROVED}') = (expires_on IS NOT NULL)", name="expires_on"),
    sa.CheckConstraint(f"code <> '{ALL_RULES}' OR version_id IS NULL", name="code"),
    sa.CheckConstraint(f"action <> '{APPROVED}' OR actor <> author", name="four_eyes"),
    sa.CheckConstraint(f"action <> '{PROPOSED}' OR actor = author", name="proposed_by_author"),
    sa.Index(None, "code"),
)
