"""The tables of access: accounts of people, their sessions in the review, the purposes they stated, saved filters."""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Json, Moment, is_account, metadata

#: One row a person. `issuer` and `subject` are those of the identity provider: a user name that another person gets
#: later is another subject, and does not inherit what this one could see.
account = sa.Table(
    "account",
    metadata,
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("issuer", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("signed_in_at", Moment),
    sa.Column("disabled_at", Moment),
    sa.Column("disabled_by", sa.String(100)),
    is_account("account"),
    sa.CheckConstraint("(disabled_at IS NULL) = (disabled_by IS NULL)", name="disabled"),
    sa.CheckConstraint("disabled_by IS NULL OR disabled_by <> account", name="not_by_oneself"),
    sa.UniqueConstraint("issuer", "subject"),
)

#: One row a sign-in. The key is a hash of the session id: who reads this table cannot take a session over.
#: `fresh_until`: until when this sign-in counts as one of just now, for acts that ask that; None: it never did.
review_session = sa.Table(
    "review_session",
    metadata,
    sa.Column("session_hash", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(100), sa.ForeignKey("account.account"), nullable=False),
    sa.Column("roles", Json, nullable=False),
    sa.Column("purpose", sa.String(10)),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("ends_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("fresh_until", Moment),
    sa.Index(None, "account"),
)

#: One row a dossier and session: for which task of the municipality it was opened.
session_purpose = sa.Table(
    "session_purpose",
    metadata,
    sa.Column("session_hash", sa.String(64), sa.ForeignKey("review_session.session_hash"), primary_key=True),
    sa.Column("case_id", sa.String(16), primary_key=True),
    sa.Column("purpose", sa.String(10), nullable=False),
    sa.Column("stated_at", Moment, nullable=False),
)

#: One row a filter that a person saved under a name, for one page.
saved_filter = sa.Table(
    "saved_filter",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account", sa.String(100), sa.ForeignKey("account.account"), nullable=False),
    sa.Column("page", sa.String(40), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("query", Json, nullable=False),
    sa.CheckConstraint("trim(name) <> ''", name="name"),
    sa.UniqueConstraint("account", "page", "name"),
)
