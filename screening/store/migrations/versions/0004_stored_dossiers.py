"""Dossiers of sampled addresses beside those of flagged ones"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Written out, not imported: a migration stays what it was when the tables move on.
JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Dossiers of sampled addresses beside those of flagged ones"""
    op.create_table(
        "dossier_address",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.CheckConstraint("kind IN ('flag', 'sample')", name=op.f("ck_dossier_address_kind")),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_dossier_address_run_id")),
        sa.PrimaryKeyConstraint("run_id", "address_id", name=op.f("pk_dossier_address")),
    )
    op.create_index(op.f("ix_dossier_address_address_id"), "dossier_address", ["address_id"])
    op.execute(
        "INSERT INTO dossier_address (run_id, address_id, address, kind) "
        "SELECT run_id, address_id, address, 'flag' FROM flag"
    )
    op.create_table(
        "sample",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        _of_dossier("sample"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_sample_run_id")),
        sa.PrimaryKeyConstraint("run_id", "address_id", name=op.f("pk_sample")),
    )
    op.create_table(
        "cited_record",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id", "address_id"], ["flag.run_id", "flag.address_id"], name=op.f("fk_cited_record_run_id_address_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_cited_record_run_id")),
        sa.PrimaryKeyConstraint("run_id", "address_id", "dataset", "key", name=op.f("pk_cited_record")),
    )
    op.create_table(
        "dossier_place",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("is_here", sa.Boolean(), nullable=False),
        sa.Column("source_file_sha256", sa.String(length=64), nullable=True),
        sa.Column("row_number", sa.BigInteger(), nullable=True),
        sa.Column("address_method", sa.String(), nullable=True),
        sa.Column("probable_links", JSON_TEXT, nullable=False),
        _of_dossier("dossier_place"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_dossier_place_run_id")),
        sa.PrimaryKeyConstraint("run_id", "address_id", "dataset", "key", name=op.f("pk_dossier_place")),
    )
    if op.get_bind().dialect.name == "postgresql":
        name = op.f("fk_dossier_record_run_id_address_id")
        op.drop_constraint(name, "dossier_record", type_="foreignkey")
        op.create_foreign_key(
            name, "dossier_record", "dossier_address", ["run_id", "address_id"], ["run_id", "address_id"]
        )
    else:
        _rebuild_on_sqlite()


def _of_dossier(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["run_id", "address_id"],
        ["dossier_address.run_id", "dossier_address.address_id"],
        name=op.f(f"fk_{table}_run_id_address_id"),
    )


def _rebuild_on_sqlite() -> None:
    """A foreign key cannot be changed there: the table is made again, its rows moved, and no other refers to it."""
    columns = ["run_id", "address_id", "dataset", "key", "fingerprint", "fields", "source_date"]
    op.create_table(
        "dossier_record_new",
        *(sa.Column(name, sa.String(length=24 if name == "run_id" else None), nullable=False) for name in columns[:4]),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=True),
        _of_dossier("dossier_record"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_dossier_record_run_id")),
        sa.PrimaryKeyConstraint("run_id", "address_id", "dataset", "key", name=op.f("pk_dossier_record")),
    )
    names = ", ".join(columns)
    op.execute(f"INSERT INTO dossier_record_new ({names}) SELECT {names} FROM dossier_record")  # noqa: S608 - ours
    op.drop_table("dossier_record")
    op.rename_table("dossier_record_new", "dossier_record")


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
