"""The tables of access: accounts of people, their sessions in the review, purposes, saved filters, public keys."""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Json, Moment, closed_list, is_account, metadata, word_of

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

#: One row a form that a person did not finish: what they wrote in it, encrypted under a key of the workspace. `form`:
#: the path that it is sent to. It goes when the form is taken, or after `delete_after`.
kept_form = sa.Table(
    "kept_form",
    metadata,
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("form", sa.String(200), primary_key=True),
    sa.Column("case_id", sa.String(16)),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("kept_at", Moment, nullable=False),
    sa.Column("delete_after", Moment, nullable=False),
    is_account("account"),
    sa.Index(None, "case_id"),
    sa.Index(None, "delete_after"),
)

CONFIRMED, WITHDRAWN = "confirmed", "withdrawn"
personal_key_actions = closed_list("personal_key_action", (CONFIRMED, WITHDRAWN))

#: One row a public key that a person registered in a session of their own. It is theirs for good, by the subject of the
#: identity provider: an account of the same name that another person has later is another subject.
personal_key = sa.Table(
    "personal_key",
    metadata,
    sa.Column("fingerprint", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("issuer", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("public_key", sa.String(100), nullable=False),
    sa.Column("session", sa.String(64), nullable=False),
    sa.Column("registered_at", Moment, nullable=False),
    is_account("account"),
    sa.CheckConstraint("length(fingerprint) = 64", name="fingerprint"),
)

#: One row a decision about a key: a second person confirmed it, or somebody withdrew it. `owner`: whose key it is.
personal_key_event = sa.Table(
    "personal_key_event",
    metadata,
    sa.Column("fingerprint", sa.String(64), sa.ForeignKey("personal_key.fingerprint"), primary_key=True),
    sa.Column("action", sa.String(9), word_of(personal_key_actions), primary_key=True),
    sa.Column("owner", sa.String(100), nullable=False),
    sa.Column("decided_by", sa.String(100), nullable=False),
    sa.Column("session", sa.String(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
    is_account("decided_by"),
    sa.CheckConstraint(f"action = '{WITHDRAWN}' OR decided_by <> owner", name="four_eyes"),
)

#: One row a person who signed what the configuration states (`statement`: its sha256), with the key and the session in
#: which the signature came in: neither a person nor a session nor a key counts twice. `configuration`: the file.
mandate_signature = sa.Table(
    "mandate_signature",
    metadata,
    sa.Column("statement", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(100), primary_key=True),
    sa.Column("fingerprint", sa.String(64), sa.ForeignKey("personal_key.fingerprint"), nullable=False),
    sa.Column("session", sa.String(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("configuration_sha256", sa.String(64), nullable=False),
    sa.Column("configuration", sa.Text, nullable=False),
    is_account("account"),
    sa.UniqueConstraint("statement", "fingerprint"),
    sa.UniqueConstraint("statement", "session"),
)
