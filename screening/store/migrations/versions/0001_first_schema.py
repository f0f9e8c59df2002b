"""First schema: runs, flags, evidence, dossiers, judgements"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Written out, not imported: a migration stays what it was when the tables move on.
JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """First schema: runs, flags, evidence, dossiers, judgements"""
    op.create_table(
        "link_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("left_fingerprint", sa.String(), nullable=False),
        sa.Column("right_fingerprint", sa.String(), nullable=False),
        sa.Column("judgement", sa.String(length=8), nullable=False),
        sa.Column("judged_by", sa.String(), nullable=False),
        sa.Column("judged_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "judgement <> 'undone' OR supersedes IS NOT NULL", name=op.f("ck_link_judgement_undone_of_something")
        ),
        sa.CheckConstraint(
            "judgement IN ('positive', 'negative', 'unsure', 'undone')", name=op.f("ck_link_judgement_judgement")
        ),
        sa.CheckConstraint("left_fingerprint < right_fingerprint", name=op.f("ck_link_judgement_pair_in_order")),
        sa.ForeignKeyConstraint(["supersedes"], ["link_judgement.id"], name=op.f("fk_link_judgement_supersedes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_judgement")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_link_judgement_supersedes")),
    )
    op.create_index(
        op.f("ix_link_judgement_left_fingerprint_right_fingerprint"),
        "link_judgement",
        ["left_fingerprint", "right_fingerprint"],
    )

    op.create_table(
        "run",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("published_seq", sa.Integer(), nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("row_counts", JSON_TEXT, nullable=False),
        sa.Column("summary", JSON_TEXT, nullable=False),
        sa.CheckConstraint("(state = 'published') = (published_seq IS NOT NULL)", name=op.f("ck_run_published_seq")),
        sa.CheckConstraint("state IN ('unpublished', 'published')", name=op.f("ck_run_state")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run")),
        sa.UniqueConstraint("published_seq", name=op.f("uq_run_published_seq")),
    )
    op.create_index(op.f("ix_run_as_of"), "run", ["as_of"])

    op.create_table(
        "dossier_link",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("left", sa.String(), nullable=False),
        sa.Column("right", sa.String(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("log_odds", sa.Double(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("comparisons", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_dossier_link_run_id")),
        sa.PrimaryKeyConstraint("run_id", "link_id", name=op.f("pk_dossier_link")),
    )
    op.create_index(op.f("ix_dossier_link_run_id_left"), "dossier_link", ["run_id", "left"])
    op.create_index(op.f("ix_dossier_link_run_id_right"), "dossier_link", ["run_id", "right"])

    op.create_table(
        "dossier_party",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("mention", sa.String(), nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("kvk_nummer", sa.String(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_dossier_party_run_id")),
        sa.PrimaryKeyConstraint("run_id", "mention", name=op.f("pk_dossier_party")),
    )
    op.create_index(op.f("ix_dossier_party_run_id_dataset_key"), "dossier_party", ["run_id", "dataset", "key"])

    op.create_table(
        "flag",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("indicator_codes", JSON_TEXT, nullable=False),
        sa.Column("barriers", JSON_TEXT, nullable=False),
        sa.Column("datasets", JSON_TEXT, nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("first_flagged", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_flag_run_id")),
        sa.PrimaryKeyConstraint("run_id", "address_id", name=op.f("pk_flag")),
    )
    op.create_index(op.f("ix_flag_address_id"), "flag", ["address_id"])

    op.create_table(
        "indicator_declaration",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=True),
        sa.Column("dpia", sa.String(), nullable=True),
        sa.Column("fg_advice", sa.String(), nullable=True),
        sa.Column("declaration", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_indicator_declaration_run_id")),
        sa.PrimaryKeyConstraint("run_id", "code", name=op.f("pk_indicator_declaration")),
    )
    op.create_table(
        "run_file",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_run_file_run_id")),
        sa.PrimaryKeyConstraint("run_id", "name", name=op.f("pk_run_file")),
    )
    op.create_table(
        "source_age",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=True),
        sa.Column("delivered", sa.Date(), nullable=True),
        sa.Column("age_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_source_age_run_id")),
        sa.PrimaryKeyConstraint("run_id", "dataset", "file_name", "sha256", name=op.f("pk_source_age")),
    )
    op.create_table(
        "dossier_record",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id", "address_id"],
            ["flag.run_id", "flag.address_id"],
            name=op.f("fk_dossier_record_run_id_address_id"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_dossier_record_run_id")),
        sa.PrimaryKeyConstraint("run_id", "address_id", "dataset", "key", name=op.f("pk_dossier_record")),
    )
    op.create_table(
        "evidence",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("indicator_version", sa.Integer(), nullable=False),
        sa.Column("class", sa.String(length=1), nullable=False),
        sa.Column("barrier", sa.String(), nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("record_ids", JSON_TEXT, nullable=False),
        sa.Column("values", sa.Text(), nullable=True),
        sa.Column("window_start", sa.Date(), nullable=True),
        sa.Column("window_end", sa.Date(), nullable=True),
        sa.Column("explanation_nl", sa.Text(), nullable=True),
        sa.Column("explanation_en", sa.Text(), nullable=True),
        sa.Column("links", JSON_TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "address_id"], ["flag.run_id", "flag.address_id"], name=op.f("fk_evidence_run_id_address_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_evidence_run_id")),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_run_id_address_id"), "evidence", ["run_id", "address_id"])


def downgrade() -> None:
    """Back is a restored backup: a migration that drops a column would lose what it held."""
    raise NotImplementedError
