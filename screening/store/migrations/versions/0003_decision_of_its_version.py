"""A decision about a version names the author and the code of that very version"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SAYS = "a decision names the author and the code of its version"
_STRANGE = (
    "NEW.version_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM rule_version AS one WHERE "
    "one.version_id = NEW.version_id AND one.author = NEW.author AND one.code = NEW.code)"
)


def upgrade() -> None:
    """A decision about a version names the author and the code of that very version"""
    # The foreign key says the first half, but a client that is not ours may leave foreign keys of SQLite off: then a
    # false author in the row would let the true one approve.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_strange_decision() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF {_STRANGE} THEN RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation'; "
            "END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER rule_event_refuse_strange BEFORE INSERT ON rule_event "
            "FOR EACH ROW EXECUTE FUNCTION refuse_strange_decision()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER rule_event_refuse_strange BEFORE INSERT ON rule_event WHEN {_STRANGE} "
            f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        )


def downgrade() -> None:
    """Back is a restored backup: a ledger is not taken away."""
    raise NotImplementedError
