"""A signal can be called back because of an upheld restriction: one more reason"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BEFORE = (
    "('onjuiste_koppeling', 'gegevens_onjuist', 'verklaard', 'bezwaar_gegrond', 'recht_op_rectificatie', "
    "'recht_op_wissing', 'bron_ingetrokken', 'bewaartermijn_verstreken')"
)
_AFTER = f"{_BEFORE[:-1]}, 'recht_op_beperking')"
#: Table -> the name of its constraint, and what stands before the list.
_CONSTRAINTS = {
    "riec_signal": ("ck_riec_signal_reason", "reason IS NULL OR "),
    "riec_disclosure": ("ck_riec_disclosure_known_reason", "reason IS NULL OR "),
    "riec_call_back": ("ck_riec_call_back_reason", ""),
}


def upgrade() -> None:
    """A signal can be called back because of an upheld restriction: one more reason"""
    if op.get_bind().dialect.name == "postgresql":
        for table, (name, nothing) in _CONSTRAINTS.items():
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({nothing}reason IN {_AFTER})")
        return
    _upgrade_sqlite()


def _upgrade_sqlite() -> None:
    """The text of the tables alone, as SQLite describes it for a constraint that gets wider: nothing that is stored
    changes. Made anew, the tables would lose their triggers, and for a moment what they refuse.
    """
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    for table in _CONSTRAINTS:
        done = connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
            (_BEFORE, _AFTER, table, _BEFORE),
        )
        if done.rowcount != 1:
            raise RuntimeError(f"{table}: the reasons it knows are not those of before")
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")  # other connections read the tables anew
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
