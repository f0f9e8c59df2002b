"""Accounts, sessions, saved filters"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Written out, not imported: a migration stays what it was when the tables move on.
JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Accounts, sessions, saved filters"""
    op.create_table(
        "account",
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("signed_in_at", MOMENT, nullable=True),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("disabled_by", sa.String(length=100), nullable=True),
        sa.CheckConstraint("account <> '' AND account = lower(trim(account))", name=op.f("ck_account_account")),
        sa.CheckConstraint("(disabled_at IS NULL) = (disabled_by IS NULL)", name=op.f("ck_account_disabled")),
        sa.CheckConstraint("disabled_by IS NULL OR disabled_by <> account", name=op.f("ck_account_not_by_oneself")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_account")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_account_issuer_subject")),
    )
    op.create_table(
        "review_session",
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("roles", JSON_TEXT, nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.account"], name=op.f("fk_review_session_account")),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_review_session")),
    )
    op.create_index(op.f("ix_review_session_account"), "review_session", ["account"])
    op.create_table(
        "session_purpose",
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("stated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_hash"], ["review_session.session_hash"], name=op.f("fk_session_purpose_session_hash")
        ),
        sa.PrimaryKeyConstraint("session_hash", "case_id", name=op.f("pk_session_purpose")),
    )
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", JSON_TEXT, nullable=False),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_saved_filter_name")),
        sa.ForeignKeyConstraint(["account"], ["account.account"], name=op.f("fk_saved_filter_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("account", "page", "name", name=op.f("uq_saved_filter_account_page_name")),
    )


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
