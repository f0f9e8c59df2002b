"""A batch that was lost or expired unread can be sent again: each line of the new one names the batch it repeats"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: What makes a new line of the register strange: as before, but a line that names the batch that it repeats may say
#: again what that batch said to the same recipient, of the same signal in the same version, and nothing else.
_STRANGE = (
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
    "OR (NEW.repeats IS NULL AND EXISTS (SELECT 1 FROM riec_disclosure AS d JOIN riec_batch AS was ON "
    "was.batch_id = d.batch_id JOIN riec_batch AS b ON b.batch_id = NEW.batch_id AND b.recipient = was.recipient "
    "WHERE d.signal_id = NEW.signal_id AND ((d.riec_id = NEW.riec_id AND (d.kind = 'withdrawal') = "
    "(NEW.kind = 'withdrawal')) OR NEW.kind = 'signals' OR d.kind = 'withdrawal'))) "
    "OR (NEW.repeats IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM riec_disclosure AS d JOIN riec_batch AS was ON "
    "was.batch_id = d.batch_id JOIN riec_batch AS b ON b.batch_id = NEW.batch_id AND b.recipient = was.recipient AND "
    "b.sequence > was.sequence WHERE d.batch_id = NEW.repeats AND d.riec_id = NEW.riec_id AND d.kind = NEW.kind AND "
    "coalesce(d.reason, '') = coalesce(NEW.reason, '')) "
    # somebody asked for it back: it does not go once more on its way there
    "OR (NEW.kind <> 'withdrawal' AND EXISTS (SELECT 1 FROM riec_call_back AS c WHERE c.signal_id = NEW.signal_id)))) "
    "OR (NEW.kind <> 'signals' AND NOT EXISTS (SELECT 1 FROM riec_disclosure AS d JOIN riec_batch AS was ON "
    "was.batch_id = d.batch_id JOIN riec_batch AS b ON b.batch_id = NEW.batch_id AND b.recipient = was.recipient "
    "WHERE d.signal_id = NEW.signal_id))"
)
_SAYS = (
    "nothing is disclosed without its approvals, after it was withdrawn, or twice without naming the batch it repeats"
)


def upgrade() -> None:
    """A batch that was lost or expired unread can be sent again: each line of the new one names the batch it repeats"""
    # Written as SQL: the tool would make the table anew on SQLite, and the triggers would go with the old one.
    op.execute(
        "ALTER TABLE riec_disclosure ADD COLUMN repeats VARCHAR(18) "
        "CONSTRAINT fk_riec_disclosure_repeats REFERENCES riec_batch (batch_id)"
    )
    op.execute(
        "ALTER TABLE riec_disclosure ADD COLUMN repeated_for VARCHAR(7) CONSTRAINT ck_riec_disclosure_repeated_for "
        "CHECK ((repeats IS NULL) = (repeated_for IS NULL) AND "
        "(repeated_for IS NULL OR repeated_for IN ('lost', 'expired')))"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_strange_riec_disclosure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {_STRANGE} THEN RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN NEW; END $$"
        )
        return
    op.execute("DROP TRIGGER riec_disclosure_refuse_strange")
    op.execute(
        f"CREATE TRIGGER riec_disclosure_refuse_strange BEFORE INSERT ON riec_disclosure WHEN {_STRANGE} "
        f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    )


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
