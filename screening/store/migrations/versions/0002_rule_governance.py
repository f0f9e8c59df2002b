"""Rule versions, and an append-only ledger of decisions about them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Written out, not imported: a migration stays what it was when the tables move on.
JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
#: Table -> its columns of which no second row may exist.
APPEND_ONLY = {"rule_version": "version_id", "rule_event": "id"}


def upgrade() -> None:
    """Rule versions, and an append-only ledger of decisions about them"""
    op.create_table(
        "rule_version",
        sa.Column("version_id", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parameters", JSON_TEXT, nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("declaration", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.CheckConstraint("author <> '' AND author = lower(trim(author))", name=op.f("ck_rule_version_author")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_rule_version")),
        sa.UniqueConstraint("version_id", "author", name=op.f("uq_rule_version_version_id_author")),
    )
    op.create_index(op.f("ix_rule_version_code"), "rule_version", ["code"])
    op.create_table(
        "rule_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=9), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("version_id", sa.String(length=16), nullable=True),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("details", JSON_TEXT, nullable=False),
        sa.CheckConstraint(
            "action IN ('proposed', 'approved', 'activated', 'stopped', 'resumed')", name=op.f("ck_rule_event_action")
        ),
        sa.CheckConstraint("actor <> '' AND actor = lower(trim(actor))", name=op.f("ck_rule_event_actor")),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_rule_event_reason")),
        sa.CheckConstraint(
            "(action IN ('stopped', 'resumed')) = (version_id IS NULL) AND (version_id IS NULL) = (author IS NULL)",
            name=op.f("ck_rule_event_version"),
        ),
        sa.CheckConstraint("(action = 'approved') = (expires_on IS NOT NULL)", name=op.f("ck_rule_event_expires_on")),
        sa.CheckConstraint("code <> 'all' OR version_id IS NULL", name=op.f("ck_rule_event_code")),
        sa.CheckConstraint("action <> 'approved' OR actor <> author", name=op.f("ck_rule_event_four_eyes")),
        sa.CheckConstraint("action <> 'proposed' OR actor = author", name=op.f("ck_rule_event_proposed_by_author")),
        sa.ForeignKeyConstraint(
            ["version_id", "author"],
            ["rule_version.version_id", "rule_version.author"],
            name=op.f("fk_rule_event_version_id_author"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_event")),
    )
    op.create_index(op.f("ix_rule_event_code"), "rule_event", ["code"])
    if op.get_bind().dialect.name == "postgresql":
        _refuse_on_postgresql()
    else:
        _refuse_on_sqlite()


def _refuse_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'this table only grows' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in APPEND_ONLY:
        for moment, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_only_grows_{each.lower()} BEFORE {moment} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )


def _refuse_on_sqlite() -> None:
    for table, key in APPEND_ONLY.items():
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{action.lower()} BEFORE {action} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
            )
        # INSERT OR REPLACE deletes the old row without asking the trigger above
        op.execute(
            f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} "  # noqa: S608 - names of ours
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
            "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        )


def downgrade() -> None:
    """Back is a restored backup: a ledger is not taken away."""
    raise NotImplementedError
