"""What a case is about stays: its address, whether a rule or the draw brought it up, and that it is sensitive"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: The guards of a signal to the RIEC ask the case: drawn at random, sensitive, which address. So that may not change
#: under them. One change is the run's: a drawn address becomes a flagged one as long as nobody has read its case.
_RECAST = (
    "NEW.case_id <> OLD.case_id OR NEW.address_id <> OLD.address_id OR (OLD.sensitive AND NOT NEW.sensitive) OR "
    "(NEW.sensitive <> OLD.sensitive AND OLD.concluded_on IS NOT NULL) OR "
    "(NEW.arm <> OLD.arm AND (OLD.arm = 'flag' OR OLD.concluded_on IS NOT NULL OR EXISTS (SELECT 1 FROM case_reading "
    "AS r WHERE r.case_id = OLD.case_id) OR NOT EXISTS (SELECT 1 FROM flag AS f WHERE f.run_id = NEW.run_id AND "
    "f.address_id = NEW.address_id)))"
)
_SAYS = "what a case is about does not change"


def upgrade() -> None:
    """What a case is about stays: its address, whether a rule or the draw brought it up, and that it is sensitive"""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_recast_case() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {_RECAST} THEN "
            f"RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER review_case_refuse_recast BEFORE UPDATE ON review_case FOR EACH ROW "
            "EXECUTE FUNCTION refuse_recast_case()"
        )
        return
    op.execute(
        f"CREATE TRIGGER review_case_refuse_recast BEFORE UPDATE ON review_case WHEN {_RECAST} "
        f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    )
    # INSERT OR REPLACE and UPDATE OR REPLACE take the old row away without asking a trigger
    op.execute(
        "CREATE TRIGGER review_case_refuse_replace BEFORE INSERT ON review_case WHEN EXISTS (SELECT 1 FROM review_case "
        "AS c WHERE c.case_id = NEW.case_id OR (c.address_id = NEW.address_id AND c.concluded_on IS NULL AND "
        "NEW.concluded_on IS NULL)) BEGIN SELECT RAISE(ABORT, 'a case is not replaced'); END"
    )


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
