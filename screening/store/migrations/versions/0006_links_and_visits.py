"""Readings of links by two people; visits and their findings"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Written out, not imported: a migration stays what it was when the tables move on.
JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
#: Table -> the sets of columns of which no second row may exist: its key and its unique constraints.
APPEND_ONLY = {
    "link_judgement": ("id", "supersedes"),
    "link_reading": ("id", "judgement_id", "left_fingerprint, right_fingerprint, round, place, attempt"),
    "link_reading_undone": ("reading_id",),
    "link_result_seen": ("reading_id",),
    "visit_outcome": ("id", "supersedes", "visit_id, coalesce(supersedes, 0)"),
}
#: Table -> the column that says what its row is about.
WHAT_REFERS = {"link_reading_undone": "reading_id", "link_reading": "first_id", "visit_stop": "case_id"}
#: Trigger -> (table, when a new row is refused, why).
REFUSED = {
    "link_reading_undone_after_result": (
        "link_reading_undone",
        "EXISTS (SELECT 1 FROM link_result_seen WHERE reading_id = NEW.reading_id)",
        "its reader has seen the result",
    ),
    "link_reading_of_undone_first": (
        "link_reading",
        "NEW.first_id IS NOT NULL AND EXISTS (SELECT 1 FROM link_reading_undone WHERE reading_id = NEW.first_id)",
        "the first reading was taken back",
    ),
    # A visit reaches into someone's life: two officers confirmed the deviation, and no draw at random leads to a door.
    "visit_stop_of_confirmed_flag": (
        "visit_stop",
        "NOT EXISTS (SELECT 1 FROM review_case WHERE case_id = NEW.case_id AND arm = 'flag' AND state = 'closed' "
        "AND outcome = 'bevestigd_afwijking')",
        "a visit takes a confirmed case that was not drawn at random",
    ),
}


def upgrade() -> None:
    """Readings of links by two people; visits and their findings"""
    _links()
    _visits()
    if op.get_bind().dialect.name == "postgresql":
        _refuse_on_postgresql()
    else:
        _refuse_on_sqlite()


def _links() -> None:
    op.create_table(
        "link_to_judge",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("link_id", sa.String(length=22), nullable=False),
        sa.Column("left_fingerprint", sa.String(), nullable=False),
        sa.Column("right_fingerprint", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("left_side", sa.Text(), nullable=False),
        sa.Column("right_side", sa.Text(), nullable=False),
        sa.Column("log_odds", sa.Double(), nullable=True),
        sa.Column("comparisons", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_link_to_judge_run_id")),
        sa.PrimaryKeyConstraint("run_id", "link_id", name=op.f("pk_link_to_judge")),
    )
    as_first = ["id", "read_by", "left_fingerprint", "right_fingerprint", "round"]
    op.create_table(
        "link_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.String(length=22), nullable=False),
        sa.Column("left_fingerprint", sa.String(), nullable=False),
        sa.Column("right_fingerprint", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("reading", sa.String(length=8), nullable=False),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("first_by", sa.String(), nullable=True),
        sa.Column("judgement_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("reading IN ('positive', 'negative', 'unsure')", name=op.f("ck_link_reading_reading")),
        sa.CheckConstraint("left_fingerprint < right_fingerprint", name=op.f("ck_link_reading_pair_in_order")),
        sa.CheckConstraint("read_by <> '' AND read_by = lower(trim(read_by))", name=op.f("ck_link_reading_read_by")),
        sa.CheckConstraint("round >= 1 AND attempt >= 1", name=op.f("ck_link_reading_numbers")),
        sa.CheckConstraint(
            "(place = 'first' AND first_id IS NULL AND first_by IS NULL AND judgement_id IS NULL) OR "
            "(place = 'second' AND first_id IS NOT NULL AND first_by IS NOT NULL AND judgement_id IS NOT NULL)",
            name=op.f("ck_link_reading_place"),
        ),
        sa.CheckConstraint("first_by <> read_by", name=op.f("ck_link_reading_four_eyes")),
        sa.ForeignKeyConstraint(["judgement_id"], ["link_judgement.id"], name=op.f("fk_link_reading_judgement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_reading")),
        sa.UniqueConstraint(*as_first, name=op.f("uq_link_reading_as_first")),
        sa.UniqueConstraint(
            "left_fingerprint", "right_fingerprint", "round", "place", "attempt", name=op.f("uq_link_reading_turn")
        ),
        sa.UniqueConstraint("judgement_id", name=op.f("uq_link_reading_judgement_id")),
        sa.ForeignKeyConstraint(
            ["first_id", "first_by", *as_first[2:]],
            [f"link_reading.{name}" for name in as_first],
            name=op.f("fk_link_reading_first"),
        ),
    )
    op.create_index(op.f("ix_link_reading_read_by"), "link_reading", ["read_by"])
    for table, moment in (("link_reading_undone", "undone_at"), ("link_result_seen", "seen_at")):
        op.create_table(
            table,
            sa.Column("reading_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column(moment, MOMENT, nullable=False),
            sa.ForeignKeyConstraint(["reading_id"], ["link_reading.id"], name=op.f(f"fk_{table}_reading_id")),
            sa.PrimaryKeyConstraint("reading_id", name=op.f(f"pk_{table}")),
        )


def _visits() -> None:
    op.create_table(
        "visit_list",
        sa.Column("list_id", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("companion", sa.String(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("for_date", sa.Date(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=4), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_visit_list_state")),
        sa.CheckConstraint("companion IS NULL OR companion <> made_by", name=op.f("ck_visit_list_companion")),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_visit_list")),
    )
    op.create_index(op.f("ix_visit_list_made_by"), "visit_list", ["made_by"])
    op.create_index(op.f("ix_visit_list_companion"), "visit_list", ["companion"])
    op.create_table(
        "visit_stop",
        sa.Column("visit_id", sa.String(length=16), nullable=False),
        sa.Column("list_id", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rd_x", sa.Double(), nullable=True),
        sa.Column("rd_y", sa.Double(), nullable=True),
        sa.Column("look_at", JSON_TEXT, nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["visit_list.list_id"], name=op.f("fk_visit_stop_list_id")),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.case_id"], name=op.f("fk_visit_stop_case_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_stop")),
        sa.UniqueConstraint("list_id", "case_id", name=op.f("uq_visit_stop_list_id_case_id")),
        sa.UniqueConstraint("list_id", "position", name=op.f("uq_visit_stop_list_id_position")),
    )
    op.create_index(op.f("ix_visit_stop_case_id"), "visit_stop", ["case_id"])
    op.create_table(
        "visit_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.String(length=16), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("situatie", sa.String(length=16), nullable=False),
        sa.Column("bevindingen", JSON_TEXT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "situatie IN ('toegang_verleend', 'geen_medewerking', 'niemand_aanwezig')",
            name=op.f("ck_visit_outcome_situatie"),
        ),
        sa.CheckConstraint("length(note) <= 280", name=op.f("ck_visit_outcome_note")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit_stop.visit_id"], name=op.f("fk_visit_outcome_visit_id")),
        sa.ForeignKeyConstraint(["supersedes"], ["visit_outcome.id"], name=op.f("fk_visit_outcome_supersedes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_outcome")),
        sa.UniqueConstraint("supersedes", name=op.f("uq_visit_outcome_supersedes")),
    )
    op.create_index(op.f("ix_visit_outcome_visit_id"), "visit_outcome", ["visit_id"])
    op.create_index(
        "uq_visit_outcome_first",
        "visit_outcome",
        ["visit_id"],
        unique=True,
        sqlite_where=sa.text("supersedes IS NULL"),
        postgresql_where=sa.text("supersedes IS NULL"),
    )


def _refuse_on_postgresql() -> None:
    for table in APPEND_ONLY:
        for moment, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_only_grows_{each.lower()} BEFORE {moment} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )
    for trigger, (table, when, why) in REFUSED.items():
        op.execute(
            f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF {when} THEN RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; "
            "END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE OF {WHAT_REFERS[table]} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {trigger}()"
        )


def _refuse_on_sqlite() -> None:
    for table, keys in APPEND_ONLY.items():
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{action.lower()} BEFORE {action} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
            )
        # INSERT OR REPLACE deletes the old row without asking the trigger above
        is_there = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE ({key}) = ({_of_new(key)}))"  # noqa: S608 - names of ours
            for key in keys
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} WHEN {is_there} "
            "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        )
    for trigger, (table, when, why) in REFUSED.items():
        for name, action in (("insert", "INSERT"), ("update", f"UPDATE OF {WHAT_REFERS[table]}")):
            op.execute(
                f"CREATE TRIGGER {trigger}_{name} BEFORE {action} ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
            )


def _of_new(key: str) -> str:
    """The columns of a key, of the new row: `a, coalesce(b, 0)` -> `NEW.a, coalesce(NEW.b, 0)`."""
    return re.sub(r"\b(?!coalesce\b)([a-z]\w*)", r"NEW.\1", key)


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
