"""The tables of case work. A case changes; who read, opened and judged what is added and never changed.

Guards (guards.sql) refuse what the constraints here cannot say: a change of what only grows, a second judgement
that misnames the first (also for a client that does not ask for foreign keys), and an outcome without its judgements.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from screening.base.vocabulary import CaseState, OwnReading, Purpose, ReviewOutcome
from screening.store.schema.base import Json, Moment, closed_list, index_where, is_account, metadata, word_of
from screening.store.schema.runs import arms

FIRST, SECOND = "first", "second"

#: Kinds of `case_step`.
REOPENED, WITHDRAWN, LAPSED, ASSIGNED, RELEASED = "reopened", "withdrawn", "lapsed", "assigned", "released"

#: What `case_opened.item` says of the dossier itself; its hits are "hit:<position>".
DOSSIER = "dossier"

#: States in which nothing was decided yet.
OPEN_STATES = (CaseState.OPEN, CaseState.FIRST_JUDGED, CaseState.DIFFERS)


case_states = closed_list("case_state", CaseState)
outcomes = closed_list("review_outcome", ReviewOutcome)
purposes = closed_list("purpose", Purpose)
own_readings = closed_list("own_reading", OwnReading)
judge_roles = closed_list("judge_role", (FIRST, SECOND))
#: What the team lead decides about a case that lapsed: `unseen_decision`.
REOPENED_AGAIN, CLOSED_UNSEEN = "reopened", "closed"

unseen_decisions = closed_list("unseen_decision", (REOPENED_AGAIN, CLOSED_UNSEEN))
step_kinds = closed_list("case_step_kind", (REOPENED, WITHDRAWN, LAPSED, ASSIGNED, RELEASED))


def _case_id() -> sa.Column[str]:
    return sa.Column("case_id", sa.String(16), sa.ForeignKey("review_case.case_id"), nullable=False)


#: One row a case. Only `reveal` shows `arm` (flagged or drawn at random). `round`: of judging; a new one starts
#: after two officers differed. `concluded_on`: the day on which it was closed, lapsed or was withdrawn.
review_case = sa.Table(
    "review_case",
    metadata,
    sa.Column("case_id", sa.String(16), primary_key=True),
    sa.Column("address_id", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("postcode4", sa.String(4)),
    sa.Column("arm", sa.String(6), word_of(arms), nullable=False),
    sa.Column("sensitive", sa.Boolean, nullable=False),
    sa.Column("run_id", sa.String(24), sa.ForeignKey("run.run_id"), nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("expires_on", sa.Date, nullable=False),
    sa.Column("state", sa.String(12), word_of(case_states), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("outcome", sa.String(24), word_of(outcomes)),
    sa.Column("concluded_on", sa.Date),
    sa.Column("assignee", sa.String),
    sa.Column("purpose", sa.String(8), word_of(purposes)),
    sa.Column("locked_by", sa.String),
    sa.Column("locked_until", Moment),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(
        f"(state IN ({', '.join(repr(str(state)) for state in OPEN_STATES)})) = (concluded_on IS NULL)",
        name="concluded_on",
    ),
    sa.CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="outcome"),
    sa.CheckConstraint("(locked_by IS NULL) = (locked_until IS NULL)", name="locked"),
    sa.CheckConstraint("round >= 1 AND version >= 1", name="counted"),
    # One undecided case an address, whoever opens cases at the same moment.
    index_where("ix_review_case_open_address", "address_id", condition="concluded_on IS NULL", unique=True),
    sa.Index(None, "address_id"),
    # The queue, for those who see sensitive cases and for those who do not, and its narrower views.
    *(
        index_where(f"ix_review_case_queue_{name}", *columns, condition=condition)
        for name, condition, columns in (
            ("all", "concluded_on IS NULL", ("opened_on", "case_id", "expires_on")),
            ("plain", "concluded_on IS NULL", ("sensitive", "opened_on", "case_id", "expires_on")),
            ("due", "concluded_on IS NULL", ("due_on", "opened_on", "case_id")),
            ("mine", "assignee IS NOT NULL", ("assignee", "opened_on", "case_id")),
        )
    ),
    sa.Index(None, "postcode4", "concluded_on", "opened_on", "case_id"),
    sa.Index(None, "state", "opened_on", "case_id"),
    sa.Index(None, "state", "concluded_on"),
)


def is_undecided(day: date) -> sa.ColumnElement[bool]:
    """The condition on review_case that it waits for a judgement and its term has not ended."""
    return sa.and_(review_case.c.concluded_on.is_(None), review_case.c.expires_on >= day)


#: One row an officer and a thing that was looked at: "dossier", or "hit:<position>" for a piece of evidence. As it was
#: in this run: a dossier that was renewed since is to be opened again.
case_opened = sa.Table(
    "case_opened",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case_id(),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("item", sa.String, nullable=False),
    sa.Column("run_id", sa.String(24), nullable=False),
    sa.Column("at", Moment, nullable=False),
    is_account("account"),
    sa.UniqueConstraint("case_id", "account", "item", "run_id"),
)

#: One row an officer and a case: what they made of the records before any rule was shown. `opened_at`: when they first
#: opened the dossier, so that the time of reading is known.
case_reading = sa.Table(
    "case_reading",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case_id(),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("reading", sa.String(16), word_of(own_readings), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("run_id", sa.String(24), nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("at", Moment, nullable=False),
    is_account("account"),
    sa.CheckConstraint("trim(text) <> ''", name="text"),
    sa.UniqueConstraint("case_id", "account"),
)

#: One row a judgement. A second one repeats who gave the first, so that the database itself can compare the two.
case_judgement = sa.Table(
    "case_judgement",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case_id(),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("role", sa.String(6), word_of(judge_roles), nullable=False),
    sa.Column("judged_by", sa.String, nullable=False),
    sa.Column("first_id", sa.Integer),
    sa.Column("first_by", sa.String),
    sa.Column("outcome", sa.String(24), word_of(outcomes), nullable=False),
    sa.Column("ground", sa.String(40)),
    sa.Column("motivation", sa.Text, nullable=False),
    sa.Column("refer_to", sa.String(24)),
    sa.Column("wrong_links", Json, nullable=False),
    sa.Column("snooze_until", sa.Date),
    sa.Column("run_id", sa.String(24), nullable=False),
    sa.Column("judged_at", Moment, nullable=False),
    is_account("judged_by"),
    sa.CheckConstraint(f"(outcome = '{ReviewOutcome.VERKLAARD}') = (ground IS NOT NULL)", name="ground"),
    sa.CheckConstraint(f"(outcome = '{ReviewOutcome.VERKLAARD}') = (snooze_until IS NOT NULL)", name="snooze"),
    sa.CheckConstraint(f"(outcome = '{ReviewOutcome.DOORGEZET}') = (refer_to IS NOT NULL)", name="refer_to"),
    sa.CheckConstraint("trim(motivation) <> ''", name="motivation"),
    sa.CheckConstraint(
        f"(role = '{SECOND}') = (first_id IS NOT NULL) AND (first_id IS NULL) = (first_by IS NULL)", name="first"
    ),
    sa.CheckConstraint("first_by IS NULL OR judged_by <> first_by", name="four_eyes"),
    sa.UniqueConstraint("case_id", "round", "role"),
    sa.UniqueConstraint("id", "case_id", "round", "judged_by"),
    sa.ForeignKeyConstraint(
        ["first_id", "case_id", "round", "first_by"],
        ["case_judgement.id", "case_judgement.case_id", "case_judgement.round", "case_judgement.judged_by"],
        name="fk_case_judgement_first",
    ),
    # No judgement without an own reading of the same person.
    sa.ForeignKeyConstraint(["case_id", "judged_by"], ["case_reading.case_id", "case_reading.account"]),
    sa.Index(None, "judged_by", "judged_at"),
)

#: One row an innocent explanation that a judge ticked: `explanation` is its place, from 1, in the list of the rule that
#: made the hit at `position` of the evidence of the judgement's run.
case_explanation = sa.Table(
    "case_explanation",
    metadata,
    sa.Column("judgement_id", sa.Integer, sa.ForeignKey("case_judgement.id"), primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("explanation", sa.Integer, primary_key=True, autoincrement=False),
    _case_id(),
    sa.Column("indicator", sa.String, nullable=False),
    sa.Column("indicator_version", sa.Integer, nullable=False),
    sa.CheckConstraint("explanation >= 1", name="explanation"),
    sa.Index(None, "case_id"),
    sa.Index(None, "indicator", "indicator_version"),
)

#: One row a step that is neither a reading, an opening nor a judgement. `actor`: an account, or "run".
case_step = sa.Table(
    "case_step",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case_id(),
    sa.Column("kind", sa.String(10), word_of(step_kinds), nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("details", Json, nullable=False),
    is_account("actor"),
    sa.Index(None, "case_id"),
)

MAX_NOTE = 300

#: One row a case and an officer who judged it: what the others who judged it should know. Nobody else reads it.
case_note = sa.Table(
    "case_note",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case_id(),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("text", sa.String(MAX_NOTE), nullable=False),
    sa.Column("written_at", Moment, nullable=False),
    is_account("account"),
    sa.CheckConstraint(f"trim(text) <> '' AND length(text) <= {MAX_NOTE}", name="text"),
    sa.UniqueConstraint("case_id", "account"),
    # No note without an own reading of the same person; that they judged is a guard.
    sa.ForeignKeyConstraint(["case_id", "account"], ["case_reading.case_id", "case_reading.account"]),
)

#: One row a case and an officer who came to it by searching, and since when: it is left out of what is compared with
#: the sample, since nobody drew it for this officer.
case_found = sa.Table(
    "case_found",
    metadata,
    _case_id(),
    sa.Column("account", sa.String, nullable=False),
    sa.Column("found_at", Moment, nullable=False),
    is_account("account"),
    sa.PrimaryKeyConstraint("case_id", "account"),
)

#: One row an explained case: the address stays out of the queue up to and including `until`, unless facts are new.
snooze = sa.Table(
    "snooze",
    metadata,
    sa.Column("case_id", sa.String(16), sa.ForeignKey("review_case.case_id"), primary_key=True),
    sa.Column("address_id", sa.String, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("made_by", sa.String, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Index(None, "address_id", "until"),
)

#: One row a fact of a concluded case: an indicator and its evidence. It is known for good, or up to and including
#: `until`: a flag with known facts alone opens no case.
case_fact = sa.Table(
    "case_fact",
    metadata,
    sa.Column("case_id", sa.String(16), sa.ForeignKey("review_case.case_id"), primary_key=True),
    sa.Column("indicator", sa.String, primary_key=True),
    sa.Column("fingerprint", sa.String, primary_key=True),
    sa.Column("address_id", sa.String, nullable=False),
    sa.Column("until", sa.Date),
    sa.Index(None, "address_id", "indicator", "fingerprint"),
)

#: One row a lapsed case that the team lead decided about: it opened again, or is closed with a reason. Without a row it
#: is "not seen": it stays on the list, and nothing that it rested on is known.
unseen_decision = sa.Table(
    "unseen_decision",
    metadata,
    sa.Column("case_id", sa.String(16), sa.ForeignKey("review_case.case_id"), primary_key=True),
    sa.Column("decision", sa.String(8), word_of(unseen_decisions), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("decided_by", sa.String, nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    is_account("decided_by"),
    sa.CheckConstraint(f"decision <> '{CLOSED_UNSEEN}' OR trim(reason) <> ''", name="reason"),
)

#: One row a flagged address that waits to become a case, because more were flagged than may come in of one night.
#: `lot`: drawn at random and kept; of those that began to wait on one day (`since`) it is the order. The id of the case
#: is another: else it would tell that the address had waited, and so was not drawn for the sample. `run_id`: the last
#: run that flagged it. A row goes as its case opens, or as it has no ground any more.
case_line = sa.Table(
    "case_line",
    metadata,
    sa.Column("address_id", sa.String, primary_key=True),
    sa.Column("lot", sa.String(16), nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("run_id", sa.String(24), sa.ForeignKey("run.run_id"), nullable=False),
    sa.Index(None, "since", "lot"),
)

#: One row a run and day for which cases were opened and ended, so that it is not done twice.
case_sync = sa.Table(
    "case_sync",
    metadata,
    sa.Column("run_id", sa.String(24), sa.ForeignKey("run.run_id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("at", Moment, nullable=False),
)
