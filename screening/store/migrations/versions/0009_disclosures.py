"""Signals to the RIEC: approvals, recipients, batches, the disclosure register"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Written out, not imported: a migration stays what it was when the tables move on.
JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

_REASONS = (
    "('onjuiste_koppeling', 'gegevens_onjuist', 'verklaard', 'bezwaar_gegrond', 'recht_op_rectificatie', "
    "'recht_op_wissing', 'bron_ingetrokken', 'bewaartermijn_verstreken')"
)

#: Table -> the sets of columns of which no second row may exist.
APPEND_ONLY = {
    "riec_signal": (("id",),),
    "riec_content": (("riec_id",),),
    "riec_approval": (("id",), ("riec_id", "kind"), ("riec_id", "approved_by")),
    "riec_event": (("id",),),
    "riec_key": (("fingerprint",),),
    "riec_key_event": (("id",), ("fingerprint", "action")),
    "riec_batch": (("batch_id",), ("recipient", "sequence")),
    "riec_batch_placed": (("batch_id",),),
    "riec_disclosure": (("id",), ("batch_id", "signal_id")),
    "riec_call_back": (("id",),),
    "riec_feedback": (("id",),),
}

#: Of each rule: the table, what makes a new row strange, and what is said then.
_STRANGE = {
    "riec_signal": (
        "NOT EXISTS (SELECT 1 FROM review_case AS c JOIN case_judgement AS one ON one.case_id = c.case_id AND "
        "one.round = c.round AND one.role = 'first' JOIN case_judgement AS two ON two.first_id = one.id AND "
        "two.role = 'second' WHERE c.case_id = NEW.case_id AND c.address_id = NEW.address_id AND "
        "c.sensitive = NEW.sensitive AND c.arm = 'flag' AND c.state = 'closed' AND c.outcome = 'bevestigd_afwijking' "
        "AND one.outcome = c.outcome AND two.outcome = c.outcome AND one.judged_by = NEW.first_by AND "
        "two.judged_by = NEW.second_by AND one.judged_by <> two.judged_by) "
        # one id a case, for ever
        "OR EXISTS (SELECT 1 FROM riec_signal AS other WHERE (other.case_id = NEW.case_id) <> "
        "(other.signal_id = NEW.signal_id)) "
        "OR EXISTS (SELECT 1 FROM riec_disclosure AS d WHERE d.signal_id = NEW.signal_id AND "
        "d.version >= NEW.version)",
        "a signal is of one case, that two officers confirmed",
    ),
    "riec_approval": (
        "NOT EXISTS (SELECT 1 FROM riec_signal AS s WHERE s.id = NEW.riec_id AND s.prepared_by = NEW.prepared_by AND "
        "s.content_sha256 = NEW.content_sha256 AND s.prepared_by <> NEW.approved_by AND NOT EXISTS (SELECT 1 FROM "
        "riec_signal AS later WHERE later.signal_id = s.signal_id AND later.id > s.id)) "
        "OR EXISTS (SELECT 1 FROM riec_event AS e WHERE e.riec_id = NEW.riec_id) "
        "OR (NEW.kind = 'sensitive' AND NOT EXISTS (SELECT 1 FROM riec_approval AS a JOIN riec_signal AS s ON "
        "s.id = a.riec_id WHERE a.riec_id = NEW.riec_id AND a.kind = 'plain' AND a.approved_by = NEW.other_by AND "
        "a.approved_by <> NEW.approved_by AND s.sensitive AND s.first_by <> NEW.approved_by AND "
        "s.second_by <> NEW.approved_by))",
        "an approval is of the last content, by somebody else",
    ),
    "riec_key_event": (
        "NOT EXISTS (SELECT 1 FROM riec_key AS k WHERE k.fingerprint = NEW.fingerprint AND "
        "k.proposed_by = NEW.proposed_by) "
        "OR EXISTS (SELECT 1 FROM riec_key_event AS e WHERE e.fingerprint = NEW.fingerprint AND "
        "e.action = 'retired') "
        "OR (NEW.action = 'approved' AND EXISTS (SELECT 1 FROM riec_key AS k JOIN riec_key AS mine ON "
        "mine.recipient = k.recipient AND mine.fingerprint = NEW.fingerprint JOIN riec_key_event AS e ON "
        "e.fingerprint = k.fingerprint AND e.action = 'approved' WHERE NOT EXISTS (SELECT 1 FROM riec_key_event AS r "
        "WHERE r.fingerprint = k.fingerprint AND r.action = 'retired')))",
        "a key is approved by another person, and a recipient has one key at a time",
    ),
    "riec_batch": (
        "NEW.sequence <> 1 + (SELECT coalesce(max(b.sequence), 0) FROM riec_batch AS b WHERE "
        "b.recipient = NEW.recipient) "
        "OR NOT EXISTS (SELECT 1 FROM riec_key AS k JOIN riec_key_event AS e ON e.fingerprint = k.fingerprint AND "
        "e.action = 'approved' AND e.actor <> k.proposed_by WHERE k.fingerprint = NEW.fingerprint AND "
        "k.recipient = NEW.recipient) "
        "OR EXISTS (SELECT 1 FROM riec_key_event AS r WHERE r.fingerprint = NEW.fingerprint AND r.action = 'retired')",
        "a batch is the next one to an approved key",
    ),
    "riec_disclosure": (
        "NOT EXISTS (SELECT 1 FROM riec_batch AS b JOIN riec_signal AS s ON s.id = NEW.riec_id AND "
        "s.recipient = b.recipient WHERE b.batch_id = NEW.batch_id AND b.made_by = NEW.exported_by AND "
        "b.kind = NEW.kind) "
        "OR NOT EXISTS (SELECT 1 FROM riec_signal AS s JOIN riec_approval AS a ON a.riec_id = s.id AND "
        "a.kind = 'plain' AND a.approved_by <> s.prepared_by WHERE s.id = NEW.riec_id AND "
        "s.signal_id = NEW.signal_id AND s.version = NEW.version AND s.prepared_by = NEW.prepared_by AND "
        "s.content_sha256 = NEW.content_sha256 AND a.approved_by = NEW.approved_by AND "
        "(NOT s.sensitive OR EXISTS (SELECT 1 FROM riec_approval AS x WHERE x.riec_id = s.id AND "
        "x.kind = 'sensitive' AND x.approved_by = NEW.extra_approval_by))) "
        "OR (NEW.kind <> 'withdrawal' AND (EXISTS (SELECT 1 FROM riec_signal AS s JOIN riec_signal AS later ON "
        "later.signal_id = s.signal_id AND later.id > s.id WHERE s.id = NEW.riec_id) OR EXISTS (SELECT 1 FROM "
        "riec_event AS e WHERE e.riec_id = NEW.riec_id) OR EXISTS (SELECT 1 FROM riec_disclosure AS w WHERE "
        "w.signal_id = NEW.signal_id AND w.kind = 'withdrawal'))) "
        "OR EXISTS (SELECT 1 FROM riec_disclosure AS d JOIN riec_batch AS was ON was.batch_id = d.batch_id JOIN "
        "riec_batch AS b ON b.batch_id = NEW.batch_id AND b.recipient = was.recipient WHERE "
        "d.signal_id = NEW.signal_id AND ((d.riec_id = NEW.riec_id AND (d.kind = 'withdrawal') = "
        "(NEW.kind = 'withdrawal')) OR NEW.kind = 'signals' OR d.kind = 'withdrawal')) "
        "OR (NEW.kind <> 'signals' AND NOT EXISTS (SELECT 1 FROM riec_disclosure AS d JOIN riec_batch AS was ON "
        "was.batch_id = d.batch_id JOIN riec_batch AS b ON b.batch_id = NEW.batch_id AND b.recipient = was.recipient "
        "WHERE d.signal_id = NEW.signal_id))",
        "nothing is disclosed without its approvals, twice, or after it was withdrawn",
    ),
}

#: The content of a signal goes in one way: after it is noted as erased.
_KEPT = "NOT EXISTS (SELECT 1 FROM riec_event AS e WHERE e.riec_id = OLD.riec_id AND e.kind = 'erased')"
_KEPT_SAYS = "the content of a signal stays until it is noted as erased"


def upgrade() -> None:
    """Signals to the RIEC: approvals, recipients, batches, the disclosure register"""
    _signals()
    _recipients()
    _batches()
    _afterwards()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _signals() -> None:
    op.create_table(
        "riec_signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.String(length=34), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("recipient", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("fields", JSON_TEXT, nullable=False),
        sa.Column("basis", JSON_TEXT, nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("first_by", sa.String(), nullable=False),
        sa.Column("second_by", sa.String(), nullable=False),
        sa.Column("prepared_by", sa.String(), nullable=False),
        sa.Column("prepared_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "prepared_by <> '' AND prepared_by = lower(trim(prepared_by))", name=op.f("ck_riec_signal_prepared_by")
        ),
        sa.CheckConstraint(f"reason IS NULL OR reason IN {_REASONS}", name=op.f("ck_riec_signal_reason")),
        sa.CheckConstraint("trim(legal_basis) <> '' AND trim(purpose) <> ''", name=op.f("ck_riec_signal_grounds")),
        sa.CheckConstraint("first_by <> second_by", name=op.f("ck_riec_signal_two_officers")),
        sa.CheckConstraint("version >= 1 AND (version = 1) = (reason IS NULL)", name=op.f("ck_riec_signal_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_riec_signal")),
        sa.UniqueConstraint(
            "id", "prepared_by", "content_sha256", name=op.f("uq_riec_signal_id_prepared_by_content_sha256")
        ),
    )
    op.create_index(op.f("ix_riec_signal_address_id"), "riec_signal", ["address_id"])
    op.create_index(op.f("ix_riec_signal_case_id"), "riec_signal", ["case_id"])
    op.create_index(op.f("ix_riec_signal_signal_id_version"), "riec_signal", ["signal_id", "version"])
    op.create_table(
        "riec_content",
        sa.Column("riec_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["riec_id"], ["riec_signal.id"], name=op.f("fk_riec_content_riec_id")),
        sa.PrimaryKeyConstraint("riec_id", name=op.f("pk_riec_content")),
    )
    op.create_table(
        "riec_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("riec_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("prepared_by", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("other_by", sa.String(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("(kind = 'sensitive') = (other_by IS NOT NULL)", name=op.f("ck_riec_approval_other")),
        sa.CheckConstraint(
            "approved_by <> '' AND approved_by = lower(trim(approved_by))", name=op.f("ck_riec_approval_approved_by")
        ),
        sa.CheckConstraint("kind IN ('plain', 'sensitive')", name=op.f("ck_riec_approval_kind")),
        sa.CheckConstraint("approved_by <> prepared_by", name=op.f("ck_riec_approval_four_eyes")),
        sa.CheckConstraint("other_by IS NULL OR approved_by <> other_by", name=op.f("ck_riec_approval_six_eyes")),
        sa.ForeignKeyConstraint(
            ["riec_id", "other_by"],
            ["riec_approval.riec_id", "riec_approval.approved_by"],
            name="fk_riec_approval_other",
        ),
        sa.ForeignKeyConstraint(
            ["riec_id", "prepared_by", "content_sha256"],
            ["riec_signal.id", "riec_signal.prepared_by", "riec_signal.content_sha256"],
            name=op.f("fk_riec_approval_riec_id_prepared_by_content_sha256"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_riec_approval")),
        sa.UniqueConstraint("riec_id", "approved_by", name=op.f("uq_riec_approval_riec_id_approved_by")),
        sa.UniqueConstraint("riec_id", "kind", name=op.f("uq_riec_approval_riec_id_kind")),
    )
    op.create_table(
        "riec_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("riec_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("actor <> '' AND actor = lower(trim(actor))", name=op.f("ck_riec_event_actor")),
        sa.CheckConstraint("kind IN ('returned', 'dropped', 'erased')", name=op.f("ck_riec_event_kind")),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_riec_event_reason")),
        sa.ForeignKeyConstraint(["riec_id"], ["riec_signal.id"], name=op.f("fk_riec_event_riec_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_riec_event")),
    )
    op.create_index(op.f("ix_riec_event_riec_id"), "riec_event", ["riec_id"])


def _recipients() -> None:
    op.create_table(
        "riec_key",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('age', 'openpgp')", name=op.f("ck_riec_key_kind")),
        sa.CheckConstraint(
            "proposed_by <> '' AND proposed_by = lower(trim(proposed_by))", name=op.f("ck_riec_key_proposed_by")
        ),
        sa.CheckConstraint("trim(reason) <> '' AND trim(key) <> ''", name=op.f("ck_riec_key_filled")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_riec_key")),
        sa.UniqueConstraint("fingerprint", "proposed_by", name=op.f("uq_riec_key_fingerprint_proposed_by")),
    )
    op.create_index(op.f("ix_riec_key_recipient"), "riec_key", ["recipient"])
    op.create_table(
        "riec_key_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("action <> 'approved' OR actor <> proposed_by", name=op.f("ck_riec_key_event_four_eyes")),
        sa.CheckConstraint("action IN ('approved', 'retired')", name=op.f("ck_riec_key_event_action")),
        sa.CheckConstraint("actor <> '' AND actor = lower(trim(actor))", name=op.f("ck_riec_key_event_actor")),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_riec_key_event_reason")),
        sa.ForeignKeyConstraint(
            ["fingerprint", "proposed_by"],
            ["riec_key.fingerprint", "riec_key.proposed_by"],
            name=op.f("fk_riec_key_event_fingerprint_proposed_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_riec_key_event")),
        sa.UniqueConstraint("fingerprint", "action", name=op.f("uq_riec_key_event_fingerprint_action")),
    )


def _batches() -> None:
    op.create_table(
        "riec_batch",
        sa.Column("batch_id", sa.String(length=18), nullable=False),
        sa.Column("recipient", sa.String(length=60), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("sender_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("sealed_sha256", sa.String(length=64), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('signals', 'correction', 'withdrawal')", name=op.f("ck_riec_batch_kind")),
        sa.CheckConstraint("made_at < expires_at", name=op.f("ck_riec_batch_expires_at")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_riec_batch_sequence")),
        sa.ForeignKeyConstraint(["fingerprint"], ["riec_key.fingerprint"], name=op.f("fk_riec_batch_fingerprint")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_riec_batch")),
        sa.UniqueConstraint("batch_id", "made_by", "kind", name=op.f("uq_riec_batch_batch_id_made_by_kind")),
        sa.UniqueConstraint("recipient", "sequence", name=op.f("uq_riec_batch_recipient_sequence")),
    )
    op.create_table(
        "riec_batch_placed",
        sa.Column("batch_id", sa.String(length=18), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["riec_batch.batch_id"], name=op.f("fk_riec_batch_placed_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_riec_batch_placed")),
    )
    op.create_table(
        "riec_disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.String(length=18), nullable=False),
        sa.Column("riec_id", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.String(length=34), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.Column("prepared_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("extra_approval_by", sa.String(), nullable=True),
        sa.Column("exported_by", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("fields", JSON_TEXT, nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("(kind = 'signals') = (reason IS NULL)", name=op.f("ck_riec_disclosure_reason")),
        sa.CheckConstraint(
            "kind = 'withdrawal' OR (exported_by <> prepared_by AND exported_by <> approved_by AND "
            "(extra_approval_by IS NULL OR exported_by <> extra_approval_by))",
            name=op.f("ck_riec_disclosure_three_hands"),
        ),
        sa.CheckConstraint("kind IN ('signals', 'correction', 'withdrawal')", name=op.f("ck_riec_disclosure_kind")),
        sa.CheckConstraint(f"reason IS NULL OR reason IN {_REASONS}", name=op.f("ck_riec_disclosure_known_reason")),
        sa.CheckConstraint("prepared_by <> approved_by", name=op.f("ck_riec_disclosure_four_eyes")),
        sa.ForeignKeyConstraint(
            ["batch_id", "exported_by", "kind"],
            ["riec_batch.batch_id", "riec_batch.made_by", "riec_batch.kind"],
            name=op.f("fk_riec_disclosure_batch_id_exported_by_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["riec_id", "prepared_by", "content_sha256"],
            ["riec_signal.id", "riec_signal.prepared_by", "riec_signal.content_sha256"],
            name=op.f("fk_riec_disclosure_riec_id_prepared_by_content_sha256"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_riec_disclosure")),
        sa.UniqueConstraint("batch_id", "signal_id", name=op.f("uq_riec_disclosure_batch_id_signal_id")),
    )
    op.create_index(op.f("ix_riec_disclosure_riec_id"), "riec_disclosure", ["riec_id"])
    op.create_index(op.f("ix_riec_disclosure_signal_id"), "riec_disclosure", ["signal_id"])


def _afterwards() -> None:
    op.create_table(
        "riec_call_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signal_id", sa.String(length=34), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "asked_by <> '' AND asked_by = lower(trim(asked_by))", name=op.f("ck_riec_call_back_asked_by")
        ),
        sa.CheckConstraint(f"reason IN {_REASONS}", name=op.f("ck_riec_call_back_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_riec_call_back")),
    )
    op.create_index(op.f("ix_riec_call_back_signal_id"), "riec_call_back", ["signal_id"])
    op.create_table(
        "riec_feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.String(length=18), nullable=False),
        sa.Column("signal_id", sa.String(length=34), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("remark", sa.String(length=30), nullable=False),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("read_by <> '' AND read_by = lower(trim(read_by))", name=op.f("ck_riec_feedback_read_by")),
        sa.ForeignKeyConstraint(
            ["batch_id", "signal_id"],
            ["riec_disclosure.batch_id", "riec_disclosure.signal_id"],
            name=op.f("fk_riec_feedback_batch_id_signal_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_riec_feedback")),
        sa.UniqueConstraint(
            "batch_id",
            "signal_id",
            "outcome",
            "told_on",
            "remark",
            name=op.f("uq_riec_feedback_batch_id_signal_id_outcome_told_on_remark"),
        ),
    )


def _guard_postgresql() -> None:
    for table in APPEND_ONLY:
        moment = "UPDATE" if table == "riec_content" else "UPDATE OR DELETE"
        for when, each in ((moment, "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_only_grows_{each.lower()} BEFORE {when} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )
    for table, (condition, says) in _STRANGE.items():
        op.execute(_function(f"refuse_strange_{table}", condition, says, "NEW"))
        op.execute(
            f"CREATE TRIGGER {table}_refuse_strange BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_strange_{table}()"
        )
    op.execute(_function("refuse_early_erasure", _KEPT, _KEPT_SAYS, "OLD"))
    op.execute(
        "CREATE TRIGGER riec_content_refuse_delete BEFORE DELETE ON riec_content "
        "FOR EACH ROW EXECUTE FUNCTION refuse_early_erasure()"
    )


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
        condition, says = (_KEPT, _KEPT_SAYS) if table == "riec_content" else ("1", "this table only grows")
        op.execute(
            f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        )
        # INSERT OR REPLACE deletes the old row without asking the trigger above
        same = " OR ".join("(" + " AND ".join(f"{one} = NEW.{one}" for one in key) + ")" for key in keys)
        op.execute(
            f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} "  # noqa: S608 - names of ours
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        )
    for table, (condition, says) in _STRANGE.items():
        op.execute(
            f"CREATE TRIGGER {table}_refuse_strange BEFORE INSERT ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        )


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
