"""The tables of erasure and of people's rights: receipts, rejected links without identity, objections.

All of them only grow. What an append-only table of another part holds can go in one way: it is first noted here as an
item of a receipt, and a guard (guards.sql) lets exactly that go. So a deletion without a receipt is refused for
raw SQL too, and a receipt cannot be taken back. Items are ids that name nobody.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Json, Moment, closed_list, index_where, is_account, metadata, word_of

#: What an item of a receipt is: the word, and so the kind of id.
CASE, RUN, LINK_JUDGEMENT, LINK_READING, RIEC_SIGNAL = "case", "run", "link_judgement", "link_reading", "riec_signal"
COLLEAGUE_SIGNAL, CARE_CONTACT, SESSION, ACCOUNT = "colleague_signal", "care_contact", "session", "account"
OBJECTION, RIEC_CONTENT, CONTACT_DUTY, TIP_HAND_OVER = "objection", "riec_content", "contact_duty", "tip_hand_over"
#: Files, by their name in their folder; a sealed batch and a photo by their id.
SNAPSHOT, BATCH_FILE, BACKUP, VISIT_PHOTO = "snapshot", "batch_file", "backup", "visit_photo"

#: The right that somebody uses (AVG art. 15, 16, 17, 18, 21), and what it is about.
ACCESS, OBJECTS, RECTIFICATION, RESTRICTION, ERASURE = "access", "objection", "rectification", "restriction", "erasure"
RIGHTS = (ACCESS, OBJECTS, RECTIFICATION, RESTRICTION, ERASURE)
ADDRESS, PERSON, RECORD = "address", "person", "record"
SUBJECTS = (ADDRESS, PERSON, RECORD)

#: Decisions. `ended`: what was upheld holds no longer.
UPHELD, REJECTED, WITHDRAWN, ENDED = "upheld", "rejected", "withdrawn", "ended"
DECISIONS = (UPHELD, REJECTED, WITHDRAWN, ENDED)


claims = closed_list("right", RIGHTS)
subjects = closed_list("subject", SUBJECTS)
decisions = closed_list("objection_decision", DECISIONS)

#: What is decided about a plan of erasure: one person puts it forward, another approves it, or it is turned down.
PUT_FORWARD, APPROVED, TURNED_DOWN = "put_forward", "approved", "turned_down"
plan_decisions = closed_list("erasure_plan_decision", (PUT_FORWARD, APPROVED, TURNED_DOWN))

#: One row a plan: what was past its term when it was prepared, under which terms (name -> number). `counted`: kind of
#: data -> number, of what is not listed by id. A plan about which nothing was decided gives way to the next.
erasure_plan = sa.Table(
    "erasure_plan",
    metadata,
    sa.Column("plan_id", sa.String(16), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("terms", Json, nullable=False),
    sa.Column("counted", Json, nullable=False),
    sa.Column("prepared_by", sa.String(100), nullable=False),
    sa.Column("prepared_at", Moment, nullable=False),
    is_account("prepared_by"),
)

#: One row a thing that would go.
erasure_plan_item = sa.Table(
    "erasure_plan_item",
    metadata,
    sa.Column("plan_id", sa.String(16), sa.ForeignKey("erasure_plan.plan_id"), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("item", sa.String(100), primary_key=True),
    sa.Column("due", sa.Date, nullable=False),
)

#: One row a decision about a plan, whose `digest` it repeats. It also repeats who put the plan forward: nobody approves
#: their own.
erasure_plan_decided = sa.Table(
    "erasure_plan_decided",
    metadata,
    sa.Column("plan_id", sa.String(16), sa.ForeignKey("erasure_plan.plan_id"), primary_key=True),
    sa.Column("decision", sa.String(11), word_of(plan_decisions), primary_key=True),
    sa.Column("put_forward_by", sa.String(100), nullable=False),
    sa.Column("decided_by", sa.String(100), nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    is_account("put_forward_by"),
    is_account("decided_by"),
    sa.CheckConstraint("decision <> 'approved' OR decided_by <> put_forward_by", name="four_eyes"),
    sa.CheckConstraint("decision <> 'put_forward' OR decided_by = put_forward_by", name="put_forward_by_self"),
    index_where("uq_erasure_plan_decided_ends_once", "plan_id", condition="decision <> 'put_forward'", unique=True),
)

#: One row a receipt: who erased, when, under which terms (name -> number). Written before anything goes. `plan_id`: the
#: plan that two people approved; None of a receipt of before there were plans.
erasure = sa.Table(
    "erasure",
    metadata,
    sa.Column("receipt_id", sa.String(16), primary_key=True),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("begun_by", sa.String(100), nullable=False),
    sa.Column("terms", Json, nullable=False),
    sa.Column("plan_id", sa.String(16)),
    is_account("begun_by"),
)

#: One row a thing that goes, by its id; `due`: the first day after its term.
erasure_item = sa.Table(
    "erasure_item",
    metadata,
    sa.Column("receipt_id", sa.String(16), sa.ForeignKey("erasure.receipt_id"), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("item", sa.String(100), primary_key=True),
    sa.Column("due", sa.Date, nullable=False),
    sa.Index(None, "kind", "item"),
)

#: One row a receipt that was carried out to its end. `list_sha256`: of the destruction list as it was written.
erasure_done = sa.Table(
    "erasure_done",
    metadata,
    sa.Column("receipt_id", sa.String(16), sa.ForeignKey("erasure.receipt_id"), primary_key=True),
    sa.Column("done_at", Moment, nullable=False),
    sa.Column("counts", Json, nullable=False),
    sa.Column("list_sha256", sa.String(64), nullable=False),
)

#: One row a rejected pair, past the term of the judgement: keyed hashes, no identity. `levels`: how alike
#: each field was. It keeps the pair from being proposed again.
rejected_link = sa.Table(
    "rejected_link",
    metadata,
    sa.Column("left_hash", sa.String(64), primary_key=True),
    sa.Column("right_hash", sa.String(64), primary_key=True),
    sa.Column("levels", Json, nullable=False),
    sa.Column("month", sa.String(7), nullable=False),
    sa.CheckConstraint("left_hash < right_hash", name="pair_in_order"),
)

#: One row a request of somebody about their data. A person is there by a keyed hash of name and birth date.
#: `case_file`: the number under which the municipality keeps the letters.
objection = sa.Table(
    "objection",
    metadata,
    sa.Column("objection_id", sa.String(16), primary_key=True),
    sa.Column("claim", sa.String(13), word_of(claims), nullable=False),
    sa.Column("about", sa.String(7), word_of(subjects), nullable=False),
    sa.Column("address_id", sa.String(16)),
    sa.Column("person_hash", sa.String(64)),
    sa.Column("record", sa.String(200)),
    sa.Column("case_file", sa.String(40), nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("registered_by", sa.String(100), nullable=False),
    sa.Column("registered_at", Moment, nullable=False),
    sa.CheckConstraint(
        "(about = 'address') = (address_id IS NOT NULL) AND (about = 'person') = (person_hash IS NOT NULL) AND "
        "(about = 'record') = (record IS NOT NULL)",
        name="subject",
    ),
    sa.CheckConstraint("trim(case_file) <> ''", name="case_file"),
    is_account("registered_by"),
    sa.UniqueConstraint("objection_id", "registered_by"),
    sa.Index(None, "address_id"),
    sa.Index(None, "person_hash"),
)

#: One row a decision; the last one holds. It repeats who registered the request: nobody decides about their own entry.
objection_decision = sa.Table(
    "objection_decision",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("objection_id", sa.String(16), nullable=False),
    sa.Column("registered_by", sa.String(100), nullable=False),
    sa.Column("decision", sa.String(9), word_of(decisions), nullable=False),
    sa.Column("decided_by", sa.String(100), nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    sa.CheckConstraint("decided_by <> registered_by", name="four_eyes"),
    is_account("decided_by"),
    sa.ForeignKeyConstraint(["objection_id", "registered_by"], ["objection.objection_id", "objection.registered_by"]),
    sa.Index(None, "objection_id"),
)
