"""Erasure that leaves a receipt, rejected links without identity, objections"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Written out, not imported: a migration stays what it was when the tables move on.
JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

#: Tables of this migration that only grow -> the sets of columns of which no second row may exist.
APPEND_ONLY = {
    "erasure": (("receipt_id",),),
    "erasure_item": (("receipt_id", "kind", "item"),),
    "erasure_done": (("receipt_id",),),
    "rejected_link": (("left_hash", "right_hash"),),
    "objection": (("objection_id",),),
    "objection_decision": (("id",),),
}


def _item(kind: str, what: str) -> str:
    return f"EXISTS (SELECT 1 FROM erasure_item AS e WHERE e.kind = '{kind}' AND e.item = {what})"  # noqa: S608


def _riec_item(riec_id: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM riec_signal AS s JOIN erasure_item AS e ON e.kind = 'riec_signal' AND "  # noqa: S608
        f"e.item = s.signal_id WHERE s.id = {riec_id})"
    )


#: Table -> when one of its rows may go: it, or what it belongs to, is noted as an item of a receipt.
ERASABLE = {
    **{
        table: _item("case", "OLD.case_id")
        for table in (
            "review_case", "case_opened", "case_reading", "case_judgement", "case_step", "case_fact", "snooze",
            "visit_stop",
        )
    },
    "visit_outcome": (
        "EXISTS (SELECT 1 FROM visit_stop AS v JOIN erasure_item AS e ON e.kind = 'case' AND e.item = v.case_id "
        "WHERE v.visit_id = OLD.visit_id)"
    ),
    "link_judgement": _item("link_judgement", "CAST(OLD.id AS TEXT)"),
    "link_reading": _item("link_reading", "CAST(OLD.id AS TEXT)"),
    "link_reading_undone": _item("link_reading", "CAST(OLD.reading_id AS TEXT)"),
    "link_result_seen": _item("link_reading", "CAST(OLD.reading_id AS TEXT)"),
    **{
        table: _item("riec_signal", "OLD.signal_id")
        for table in ("riec_signal", "riec_disclosure", "riec_call_back", "riec_feedback")
    },
    **{table: _riec_item("OLD.riec_id") for table in ("riec_approval", "riec_event")},
    **{table: _item("objection", "OLD.objection_id") for table in ("objection", "objection_decision")},
}  # fmt: skip
_SAYS = "a row goes after it is noted on a receipt of erasure"

#: Tables that no earlier migration guards against deletion.
UNGUARDED = ("review_case", "visit_stop", "case_fact")

#: Only what is over is erased, and what is undecided is not.
_EARLY = (
    "(NEW.kind = 'case' AND EXISTS (SELECT 1 FROM review_case AS c WHERE c.case_id = NEW.item AND "
    "c.concluded_on IS NULL)) OR EXISTS (SELECT 1 FROM erasure_done AS d WHERE d.receipt_id = NEW.receipt_id)"
)
_EARLY_SAYS = "an open case is not erased, and a receipt that was carried out is closed"


def upgrade() -> None:
    """Erasure that leaves a receipt, rejected links without identity, objections"""
    _erasures()
    _objections()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("receipt_id", sa.String(length=16), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("begun_by", sa.String(length=100), nullable=False),
        sa.Column("terms", JSON_TEXT, nullable=False),
        _by("erasure", "begun_by"),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "erasure_item",
        sa.Column("receipt_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["erasure.receipt_id"], name=op.f("fk_erasure_item_receipt_id")),
        sa.PrimaryKeyConstraint("receipt_id", "kind", "item", name=op.f("pk_erasure_item")),
    )
    op.create_index(op.f("ix_erasure_item_kind_item"), "erasure_item", ["kind", "item"])
    op.create_table(
        "erasure_done",
        sa.Column("receipt_id", sa.String(length=16), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("counts", JSON_TEXT, nullable=False),
        sa.Column("list_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["erasure.receipt_id"], name=op.f("fk_erasure_done_receipt_id")),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_erasure_done")),
    )
    op.create_table(
        "rejected_link",
        sa.Column("left_hash", sa.String(length=64), nullable=False),
        sa.Column("right_hash", sa.String(length=64), nullable=False),
        sa.Column("levels", JSON_TEXT, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.CheckConstraint("left_hash < right_hash", name=op.f("ck_rejected_link_pair_in_order")),
        sa.PrimaryKeyConstraint("left_hash", "right_hash", name=op.f("pk_rejected_link")),
    )


def _objections() -> None:
    op.create_table(
        "objection",
        sa.Column("objection_id", sa.String(length=16), nullable=False),
        sa.Column("claim", sa.String(length=13), nullable=False),
        sa.Column("about", sa.String(length=7), nullable=False),
        sa.Column("address_id", sa.String(length=16), nullable=True),
        sa.Column("person_hash", sa.String(length=64), nullable=True),
        sa.Column("record", sa.String(length=200), nullable=True),
        sa.Column("case_file", sa.String(length=40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("registered_by", sa.String(length=100), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "claim IN ('objection', 'rectification', 'restriction', 'erasure')", name=op.f("ck_objection_claim")
        ),
        sa.CheckConstraint("about IN ('address', 'person', 'record')", name=op.f("ck_objection_about")),
        sa.CheckConstraint(
            "(about = 'address') = (address_id IS NOT NULL) AND (about = 'person') = (person_hash IS NOT NULL) AND "
            "(about = 'record') = (record IS NOT NULL)",
            name=op.f("ck_objection_subject"),
        ),
        sa.CheckConstraint("trim(case_file) <> ''", name=op.f("ck_objection_case_file")),
        _by("objection", "registered_by"),
        sa.PrimaryKeyConstraint("objection_id", name=op.f("pk_objection")),
        sa.UniqueConstraint("objection_id", "registered_by", name=op.f("uq_objection_objection_id_registered_by")),
    )
    op.create_index(op.f("ix_objection_address_id"), "objection", ["address_id"])
    op.create_index(op.f("ix_objection_person_hash"), "objection", ["person_hash"])
    op.create_table(
        "objection_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.String(length=16), nullable=False),
        sa.Column("registered_by", sa.String(length=100), nullable=False),
        sa.Column("decision", sa.String(length=9), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "decision IN ('upheld', 'rejected', 'withdrawn', 'ended')", name=op.f("ck_objection_decision_decision")
        ),
        sa.CheckConstraint("decided_by <> registered_by", name=op.f("ck_objection_decision_four_eyes")),
        _by("objection_decision", "decided_by"),
        sa.ForeignKeyConstraint(
            ["objection_id", "registered_by"],
            ["objection.objection_id", "objection.registered_by"],
            name=op.f("fk_objection_decision_objection_id_registered_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_decision")),
    )
    op.create_index(op.f("ix_objection_decision_objection_id"), "objection_decision", ["objection_id"])


def _by(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} <> '' AND {column} = lower(trim({column}))", name=op.f(f"ck_{table}_{column}"))


#: A client that does not ask for foreign keys: a decision repeats the right person all the same.
_STRANGE = (
    "NOT EXISTS (SELECT 1 FROM objection AS o WHERE o.objection_id = NEW.objection_id AND "
    "o.registered_by = NEW.registered_by AND o.registered_by <> NEW.decided_by)"
)
_STRANGE_SAYS = "a request is decided by somebody else than who registered it"


#: Nothing about an address leaves while an objection about it holds.
_HOLDS = (
    "EXISTS (SELECT 1 FROM objection AS o JOIN objection_decision AS d ON d.objection_id = o.objection_id AND "
    "d.decision = 'upheld' WHERE o.claim IN ('objection', 'erasure') AND o.address_id = {address} AND NOT EXISTS "
    "(SELECT 1 FROM objection_decision AS over WHERE over.objection_id = o.objection_id AND over.id > d.id))"
)
_ABOUT_SIGNAL = _HOLDS.format(address="NEW.address_id")
_ABOUT_DISCLOSURE = "NEW.kind <> 'withdrawal' AND " + _HOLDS.format(  # noqa: S608 - text of ours
    address="(SELECT s.address_id FROM riec_signal AS s WHERE s.id = NEW.riec_id)"
)
_HOLDS_SAYS = "an objection about this address holds"

#: Name -> (table, when a new row is refused, why).
REFUSED = {
    "early_erasure_item": ("erasure_item", _EARLY, _EARLY_SAYS),
    "strange_objection_decision": ("objection_decision", _STRANGE, _STRANGE_SAYS),
    "signal_under_objection": ("riec_signal", _ABOUT_SIGNAL, _HOLDS_SAYS),
    "disclosure_under_objection": ("riec_disclosure", _ABOUT_DISCLOSURE, _HOLDS_SAYS),
}


def _guard_postgresql() -> None:
    for table in APPEND_ONLY:
        for moment, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            _trigger(f"{table}_only_grows_{each.lower()}", moment, table, "refuse_change", each)
    for table, when in ERASABLE.items():
        op.execute(_function(f"refuse_unnoted_{table}", f"NOT {when}", _SAYS, "OLD"))
        if table not in UNGUARDED:
            op.execute(f"DROP TRIGGER {table}_only_grows_row ON {table}")
            _trigger(f"{table}_only_grows_row", "UPDATE", table, "refuse_change", "ROW")
        _trigger(f"{table}_refuse_unnoted", "DELETE", table, f"refuse_unnoted_{table}", "ROW")
        if table in UNGUARDED:
            _trigger(f"{table}_refuse_truncate", "TRUNCATE", table, "refuse_change", "STATEMENT")
    for name, (table, condition, says) in REFUSED.items():
        op.execute(_function(f"refuse_{name}", condition, says, "NEW"))
        _trigger(f"refuse_{name}", "INSERT", table, f"refuse_{name}", "ROW")


def _trigger(name: str, moment: str, table: str, function: str, each: str) -> None:
    op.execute(f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")


def _function(name: str, condition: str, says: str, row: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
        f"RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )


def _guard_sqlite() -> None:
    for table, keys in APPEND_ONLY.items():
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        )
        if table not in ERASABLE:
            op.execute(
                f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
            )
        # INSERT OR REPLACE deletes the old row without asking the trigger above
        same = " OR ".join("(" + " AND ".join(f"{one} = NEW.{one}" for one in key) + ")" for key in keys)
        op.execute(
            f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} "  # noqa: S608 - names of ours
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        )
    for table, when in ERASABLE.items():
        op.execute(f"DROP TRIGGER IF EXISTS {table}_refuse_delete")
        op.execute(
            f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table} WHEN NOT {when} "
            f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        )
    for name, (table, condition, says) in REFUSED.items():
        op.execute(
            f"CREATE TRIGGER refuse_{name} BEFORE INSERT ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        )


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
