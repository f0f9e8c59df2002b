"""Signals from colleagues, and the counts of closed months"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Written out, not imported: a migration stays what it was when the tables move on.
JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
#: Never changed, but erased when their term is over.
NEVER_CHANGED = ("colleague_signal", "signal_decision", "care_contact")


def upgrade() -> None:
    """Signals from colleagues, and the counts of closed months"""
    op.create_table(
        "colleague_signal",
        sa.Column("signal_id", sa.String(length=16), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("number_of_day", sa.Integer(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("postcode", sa.String(length=6), nullable=False),
        sa.Column("house_number", sa.Integer(), nullable=False),
        sa.Column("addition", sa.String(length=6), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("observations", JSON_TEXT, nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("delete_after", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "reporter <> '' AND reporter = lower(trim(reporter))", name=op.f("ck_colleague_signal_reporter")
        ),
        sa.CheckConstraint("length(text) <= 300", name=op.f("ck_colleague_signal_text")),
        sa.CheckConstraint("seen_on <= received_on", name=op.f("ck_colleague_signal_seen_on")),
        sa.CheckConstraint("number_of_day >= 1", name=op.f("ck_colleague_signal_number_of_day")),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_colleague_signal")),
        sa.UniqueConstraint(
            "reporter",
            "received_on",
            "number_of_day",
            name=op.f("uq_colleague_signal_reporter_received_on_number_of_day"),
        ),
    )
    op.create_index(op.f("ix_colleague_signal_delete_after"), "colleague_signal", ["delete_after"])
    op.create_table(
        "signal_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.String(length=16), nullable=False),
        sa.Column("decision", sa.String(length=13), nullable=False),
        sa.Column("address_id", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "decision IN ('joins_dossier', 'kept', 'not_used', 'care')", name=op.f("ck_signal_decision_decision")
        ),
        sa.CheckConstraint(
            "(decision = 'joins_dossier') = (address_id IS NOT NULL)", name=op.f("ck_signal_decision_address_id")
        ),
        sa.CheckConstraint("(decision = 'not_used') = (reason IS NOT NULL)", name=op.f("ck_signal_decision_reason")),
        sa.CheckConstraint(
            "decided_by <> '' AND decided_by = lower(trim(decided_by))", name=op.f("ck_signal_decision_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["colleague_signal.signal_id"], name=op.f("fk_signal_decision_signal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_decision")),
    )
    op.create_index(op.f("ix_signal_decision_signal_id"), "signal_decision", ["signal_id"])
    op.create_index(op.f("ix_signal_decision_address_id"), "signal_decision", ["address_id"])
    op.create_table(
        "care_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("delete_after", sa.Date(), nullable=False),
        sa.CheckConstraint("phone <> ''", name=op.f("ck_care_contact_phone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_contact")),
    )
    op.create_table(
        "statistics_month",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("cell", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_statistics_month_count")),
        sa.PrimaryKeyConstraint("month", "cell", name=op.f("pk_statistics_month")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _refuse_on_postgresql()
    else:
        _refuse_on_sqlite()


def _refuse_on_postgresql() -> None:
    for table in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for moment, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER statistics_month_only_grows_{each.lower()} BEFORE {moment} ON statistics_month "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )


def _refuse_on_sqlite() -> None:
    for table in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'this row never changes'); END"
        )
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER statistics_month_refuse_{action.lower()} BEFORE {action} ON statistics_month "
            "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        )
    # INSERT OR REPLACE deletes the old row without asking the triggers above
    replaced = {table: "signal_id" if table == "colleague_signal" else "id" for table in NEVER_CHANGED}
    for table, key in replaced.items():
        op.execute(
            f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} "  # noqa: S608 - names of ours
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
            "BEGIN SELECT RAISE(ABORT, 'this row never changes'); END"
        )
    op.execute(
        "CREATE TRIGGER statistics_month_refuse_replace BEFORE INSERT ON statistics_month "
        "WHEN EXISTS (SELECT 1 FROM statistics_month WHERE month = NEW.month AND cell = NEW.cell) "
        "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
    )


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
