"""Cases, own readings, judgements under four eyes, snoozes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Written out, not imported: a migration stays what it was when the tables move on.
JSON_TEXT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
UNDECIDED = "concluded_on IS NULL"

#: Table -> the sets of columns of which no second row may exist.
APPEND_ONLY = {
    "case_opened": (("id",), ("case_id", "account", "item", "run_id")),
    "case_reading": (("id",), ("case_id", "account")),
    "case_judgement": (("id",), ("case_id", "round", "role")),
    "case_step": (("id",),),
    "snooze": (("case_id",),),
}

_OUTCOMES = "('bevestigd_afwijking', 'verklaard', 'onjuiste_koppeling', 'data_fout', 'niet_te_beoordelen', 'doorgezet')"

_STRANGE = (
    "NOT EXISTS (SELECT 1 FROM case_reading AS own WHERE own.case_id = NEW.case_id AND own.account = NEW.judged_by) OR "
    "(NEW.role = 'second' AND NOT EXISTS (SELECT 1 FROM case_judgement AS one WHERE one.id = NEW.first_id AND "
    "one.case_id = NEW.case_id AND one.round = NEW.round AND one.role = 'first' AND one.judged_by = NEW.first_by AND "
    "one.judged_by <> NEW.judged_by AND (one.round > 1 OR one.outcome = 'bevestigd_afwijking')))"
)
_STRANGE_SAYS = "a judgement needs an own reading, and a second one a first by somebody else"

#: In the first round a confirmed deviation needs two officers, in a later one whatever it is they agree about.
_UNFOUNDED = (
    "NEW.outcome IS NOT NULL AND NOT EXISTS (SELECT 1 FROM case_judgement AS one WHERE one.case_id = NEW.case_id AND "
    "one.round = NEW.round AND one.role = 'first' AND one.outcome = NEW.outcome AND ((NEW.round = 1 AND NEW.outcome <> "
    "'bevestigd_afwijking') OR EXISTS (SELECT 1 FROM case_judgement AS two WHERE two.first_id = one.id AND "
    "two.role = 'second' AND two.outcome = NEW.outcome)))"
)
_UNFOUNDED_SAYS = "an outcome needs its judgements: two officers for a confirmed deviation"

_REOPENED = (
    "OLD.concluded_on IS NOT NULL AND (NEW.concluded_on IS NULL OR NEW.state <> OLD.state OR "
    "NEW.round <> OLD.round OR coalesce(NEW.outcome, '') <> coalesce(OLD.outcome, ''))"
)
_REOPENED_SAYS = "what was decided stays decided"


def upgrade() -> None:
    """Cases, own readings, judgements under four eyes, snoozes"""
    _case()
    _openings_and_readings()
    _judgements()
    _steps_and_facts()
    _fingerprints()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _case() -> None:
    op.create_table(
        "review_case",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postcode4", sa.String(length=4), nullable=True),
        sa.Column("arm", sa.String(length=6), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("concluded_on", sa.Date(), nullable=True),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("purpose", sa.String(length=8), nullable=True),
        sa.Column("locked_by", sa.String(), nullable=True),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("arm IN ('flag', 'sample')", name=op.f("ck_review_case_arm")),
        sa.CheckConstraint(
            "state IN ('open', 'first_judged', 'differs', 'closed', 'lapsed', 'withdrawn')",
            name=op.f("ck_review_case_state"),
        ),
        sa.CheckConstraint(
            "(state IN ('open', 'first_judged', 'differs')) = (concluded_on IS NULL)",
            name=op.f("ck_review_case_concluded_on"),
        ),
        sa.CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name=op.f("ck_review_case_outcome")),
        sa.CheckConstraint(f"outcome IS NULL OR outcome IN {_OUTCOMES}", name=op.f("ck_review_case_known_outcome")),
        sa.CheckConstraint(
            "purpose IS NULL OR purpose IN ('P-VERG', 'P-WON', 'P-OO', 'P-REG')", name=op.f("ck_review_case_purpose")
        ),
        sa.CheckConstraint("(locked_by IS NULL) = (locked_until IS NULL)", name=op.f("ck_review_case_locked")),
        sa.CheckConstraint("round >= 1 AND version >= 1", name=op.f("ck_review_case_counted")),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_review_case_run_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_review_case")),
    )
    _index("ix_review_case_open_address", "review_case", ["address_id"], unique=True, where=UNDECIDED)
    for name, where, columns in (
        ("all", UNDECIDED, ["opened_on", "case_id", "expires_on"]),
        ("plain", UNDECIDED, ["sensitive", "opened_on", "case_id", "expires_on"]),
        ("due", UNDECIDED, ["due_on", "opened_on", "case_id"]),
        ("mine", "assignee IS NOT NULL", ["assignee", "opened_on", "case_id"]),
    ):
        _index(f"ix_review_case_queue_{name}", "review_case", columns, where=where)
    for columns in (
        ["address_id"],
        ["postcode4", "concluded_on", "opened_on", "case_id"],
        ["state", "opened_on", "case_id"],
        ["state", "concluded_on"],
    ):
        _index(f"ix_review_case_{'_'.join(columns)}", "review_case", columns)


def _openings_and_readings() -> None:
    op.create_table(
        "case_opened",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _by("case_opened", "account"),
        _of_case("case_opened"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_opened")),
        sa.UniqueConstraint(
            "case_id", "account", "item", "run_id", name=op.f("uq_case_opened_case_id_account_item_run_id")
        ),
    )
    op.create_table(
        "case_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("reading", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _by("case_reading", "account"),
        sa.CheckConstraint(
            "reading IN ('afwijking', 'geen_afwijking', 'onduidelijk')", name=op.f("ck_case_reading_reading")
        ),
        sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_case_reading_text")),
        _of_case("case_reading"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_reading")),
        sa.UniqueConstraint("case_id", "account", name=op.f("uq_case_reading_case_id_account")),
    )


def _judgements() -> None:
    op.create_table(
        "case_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=6), nullable=False),
        sa.Column("judged_by", sa.String(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("first_by", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=True),
        sa.Column("motivation", sa.Text(), nullable=False),
        sa.Column("refer_to", sa.String(length=24), nullable=True),
        sa.Column("wrong_links", JSON_TEXT, nullable=False),
        sa.Column("snooze_until", sa.Date(), nullable=True),
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("judged_at", MOMENT, nullable=False),
        sa.CheckConstraint("role IN ('first', 'second')", name=op.f("ck_case_judgement_role")),
        _by("case_judgement", "judged_by"),
        sa.CheckConstraint(f"outcome IN {_OUTCOMES}", name=op.f("ck_case_judgement_outcome")),
        sa.CheckConstraint("(outcome = 'verklaard') = (ground IS NOT NULL)", name=op.f("ck_case_judgement_ground")),
        sa.CheckConstraint(
            "(outcome = 'verklaard') = (snooze_until IS NOT NULL)", name=op.f("ck_case_judgement_snooze")
        ),
        sa.CheckConstraint("(outcome = 'doorgezet') = (refer_to IS NOT NULL)", name=op.f("ck_case_judgement_refer_to")),
        sa.CheckConstraint("trim(motivation) <> ''", name=op.f("ck_case_judgement_motivation")),
        sa.CheckConstraint(
            "(role = 'second') = (first_id IS NOT NULL) AND (first_id IS NULL) = (first_by IS NULL)",
            name=op.f("ck_case_judgement_first"),
        ),
        sa.CheckConstraint("first_by IS NULL OR judged_by <> first_by", name=op.f("ck_case_judgement_four_eyes")),
        _of_case("case_judgement"),
        sa.ForeignKeyConstraint(
            ["first_id", "case_id", "round", "first_by"],
            ["case_judgement.id", "case_judgement.case_id", "case_judgement.round", "case_judgement.judged_by"],
            name="fk_case_judgement_first",
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "judged_by"],
            ["case_reading.case_id", "case_reading.account"],
            name=op.f("fk_case_judgement_case_id_judged_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_judgement")),
        sa.UniqueConstraint("case_id", "round", "role", name=op.f("uq_case_judgement_case_id_round_role")),
        sa.UniqueConstraint(
            "id", "case_id", "round", "judged_by", name=op.f("uq_case_judgement_id_case_id_round_judged_by")
        ),
    )
    _index("ix_case_judgement_judged_by_judged_at", "case_judgement", ["judged_by", "judged_at"])


def _steps_and_facts() -> None:
    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("details", JSON_TEXT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('reopened', 'withdrawn', 'lapsed', 'assigned', 'released')", name=op.f("ck_case_step_kind")
        ),
        _by("case_step", "actor"),
        _of_case("case_step"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    _index("ix_case_step_case_id", "case_step", ["case_id"])
    op.create_table(
        "snooze",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _of_case("snooze"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_snooze")),
    )
    _index("ix_snooze_address_id_until", "snooze", ["address_id", "until"])
    op.create_table(
        "case_fact",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("address_id", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        _of_case("case_fact"),
        sa.PrimaryKeyConstraint("case_id", "indicator", "fingerprint", name=op.f("pk_case_fact")),
    )
    _index("ix_case_fact_address_id_indicator_fingerprint", "case_fact", ["address_id", "indicator", "fingerprint"])
    op.create_table(
        "case_sync",
        sa.Column("run_id", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_case_sync_run_id")),
        sa.PrimaryKeyConstraint("run_id", "day", name=op.f("pk_case_sync")),
    )


def _fingerprints() -> None:
    for table, columns in {
        "cited_fingerprint": ("dataset", "key", "fingerprint"),
        "link_fingerprint": ("link_id", "left_fingerprint", "right_fingerprint"),
    }.items():
        keys = ["run_id", *(name for name in columns if not name.endswith("fingerprint"))]
        op.create_table(
            table,
            sa.Column("run_id", sa.String(length=24), nullable=False),
            *(sa.Column(name, sa.String(), nullable=False) for name in columns),
            sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f(f"fk_{table}_run_id")),
            sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}")),
        )


def _index(name: str, table: str, columns: list[str], *, unique: bool = False, where: str | None = None) -> None:
    only = {} if where is None else {f"{kind}_where": sa.text(where) for kind in ("sqlite", "postgresql")}
    op.create_index(op.f(name), table, columns, unique=unique, **only)


def _by(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} <> '' AND {column} = lower(trim({column}))", name=op.f(f"ck_{table}_{column}"))


def _of_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["case_id"], ["review_case.case_id"], name=op.f(f"fk_{table}_case_id"))


def _guard_postgresql() -> None:
    for table in APPEND_ONLY:
        for moment, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_only_grows_{each.lower()} BEFORE {moment} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )
    for name, table, moment, condition, says in (
        ("strange_judgement", "case_judgement", "INSERT", _STRANGE, _STRANGE_SAYS),
        ("unfounded_outcome", "review_case", "INSERT OR UPDATE OF state, outcome, round", _UNFOUNDED, _UNFOUNDED_SAYS),
        ("decided_again", "review_case", "UPDATE", _REOPENED, _REOPENED_SAYS),
    ):
        op.execute(
            f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
            f"RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{name} BEFORE {moment} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_{name}()"
        )


def _guard_sqlite() -> None:
    for table, keys in APPEND_ONLY.items():
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{action.lower()} BEFORE {action} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
            )
        # INSERT OR REPLACE deletes the old row without asking the trigger above
        same = " OR ".join("(" + " AND ".join(f"{one} = NEW.{one}" for one in key) + ")" for key in keys)
        op.execute(
            f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} "  # noqa: S608 - names of ours
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            "BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"
        )
    for name, table, moment, condition, says in (
        ("strange_judgement", "case_judgement", "INSERT", _STRANGE, _STRANGE_SAYS),
        ("unfounded_outcome", "review_case", "UPDATE OF state, outcome, round", _UNFOUNDED, _UNFOUNDED_SAYS),
        ("born_decided", "review_case", "INSERT", _UNFOUNDED, _UNFOUNDED_SAYS),
        ("decided_again", "review_case", "UPDATE", _REOPENED, _REOPENED_SAYS),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{name} BEFORE {moment} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        )


def downgrade() -> None:
    """Back is a restored backup: what people decided is not taken away."""
    raise NotImplementedError
