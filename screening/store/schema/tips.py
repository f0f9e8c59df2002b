"""The tables of signals from colleagues and of the counts of closed months.

A signal is about an address and is never an indicator: nothing that evaluates rules knows these tables (a test reads
every module for it). Signals and decisions about them are never changed, but for a text that is erased before its time
(`tip_text_removed`); they are erased when their term is over.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Json, Moment, closed_list, index_where, is_account, metadata, word_of

MAX_TEXT = 300

#: "joins_dossier" was given up to version 0.1 with the address of a case; since then a tip is kept for its address.
decisions = closed_list("tip_decision", ("joins_dossier", "kept", "not_used", "care", "for_address"))
receivers = closed_list("tip_receiver", ("toezicht", "politie", "riec"))
ways = closed_list("tip_way", ("phone", "secure_mail", "paper"))

#: One row a signal. `reporter` is known to the contact person alone; the address is as typed.
colleague_signal = sa.Table(
    "colleague_signal",
    metadata,
    # random: it says nothing of how many there are, nor of their order
    sa.Column("signal_id", sa.String(16), primary_key=True),
    sa.Column("reporter", sa.String, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    # the day in the Netherlands, and the number of this tip among those of the reporter on it: for the limit per day
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("number_of_day", sa.Integer, nullable=False),
    sa.Column("seen_on", sa.Date, nullable=False),
    sa.Column("postcode", sa.String(6), nullable=False),
    sa.Column("house_number", sa.Integer, nullable=False),
    sa.Column("addition", sa.String(6), nullable=False),
    sa.Column("place", sa.String(60), nullable=False),
    sa.Column("observations", Json, nullable=False),
    sa.Column("text", sa.String(MAX_TEXT), nullable=False),
    sa.Column("delete_after", sa.Date, nullable=False),
    is_account("reporter"),
    sa.CheckConstraint(f"length(text) <= {MAX_TEXT}", name="text"),
    sa.CheckConstraint("seen_on <= received_on", name="seen_on"),
    sa.CheckConstraint("number_of_day >= 1", name="number_of_day"),
    sa.UniqueConstraint("reporter", "received_on", "number_of_day"),
    sa.Index(None, "delete_after"),
)

#: One row a decision of the contact person; the last one on a signal counts.
signal_decision = sa.Table(
    "signal_decision",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("signal_id", sa.String(16), sa.ForeignKey("colleague_signal.signal_id"), nullable=False),
    sa.Column("decision", sa.String(13), word_of(decisions), nullable=False),
    # for a signal that joined a dossier: the address of the case
    sa.Column("address_id", sa.String(16)),
    # for a signal that is not used: a reason of a closed list; its reporter is not told
    sa.Column("reason", sa.String(20)),
    sa.Column("decided_by", sa.String, nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    sa.CheckConstraint("(decision = 'joins_dossier') = (address_id IS NOT NULL)", name="address_id"),
    sa.CheckConstraint("(decision = 'not_used') = (reason IS NOT NULL)", name="reason"),
    is_account("decided_by"),
    sa.Index(None, "signal_id"),
    sa.Index(None, "address_id"),
)

#: One row a tip whose text somebody erased before its time, who and when: the text is empty from then on.
tip_text_removed = sa.Table(
    "tip_text_removed",
    metadata,
    sa.Column("signal_id", sa.String(16), sa.ForeignKey("colleague_signal.signal_id"), primary_key=True),
    sa.Column("removed_by", sa.String, nullable=False),
    sa.Column("removed_at", Moment, nullable=False),
    is_account("removed_by"),
)

#: One row a time that a tip was given to inspectors of the municipality: on which ground (the words of it then), how
#: and when. Rows of before may name a partner; since then what a partner gets is in `tip_hand_over`.
#: What went is what was seen at the premises and the address; neither the text nor the reporter ever goes along.
tip_forwarded = sa.Table(
    "tip_forwarded",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("signal_id", sa.String(16), sa.ForeignKey("colleague_signal.signal_id"), nullable=False),
    sa.Column("receiver", sa.String(8), word_of(receivers), nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("way", sa.String(11), word_of(ways), nullable=False),
    sa.Column("handed_on", sa.Date, nullable=False),
    sa.Column("forwarded_by", sa.String, nullable=False),
    sa.Column("forwarded_at", Moment, nullable=False),
    sa.CheckConstraint("trim(basis) <> ''", name="basis"),
    is_account("forwarded_by"),
    sa.Index(None, "signal_id"),
)

#: One row a turn of the rota: who reads the tips from this day on, and who takes over what waits a working day. It
#: holds until the first day of the next row; of two rows of a day the last one counts.
contact_duty = sa.Table(
    "contact_duty",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("from_day", sa.Date, nullable=False),
    sa.Column("contact", sa.String, nullable=False),
    sa.Column("deputy", sa.String, nullable=False),
    sa.Column("set_by", sa.String, nullable=False),
    sa.Column("set_at", Moment, nullable=False),
    is_account("contact"),
    is_account("deputy"),
    is_account("set_by"),
    sa.CheckConstraint("contact <> deputy", name="two_people"),
    sa.Index(None, "from_day"),
)

#: One row a wish for contact: when the care coordinator was asked. It names no signal, no address and nobody: contact
#: is wanted, and that is all that is passed on.
care_contact = sa.Table(
    "care_contact",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("asked_at", Moment, nullable=False),
    # of wishes of before there was care_number alone: an entry of the ledger holds their hash
    sa.Column("phone", sa.String(20)),
    sa.Column("delete_after", sa.Date, nullable=False),
    sa.CheckConstraint("phone <> ''", name="phone"),
)

#: One row a wish of which the number to call is still needed. It is in no hash: a number can be found from its hash by
#: trying all numbers, and an entry of the ledger outlives the wish.
care_number = sa.Table(
    "care_number",
    metadata,
    sa.Column("contact_id", sa.Integer, sa.ForeignKey("care_contact.id"), primary_key=True, autoincrement=False),
    sa.Column("phone", sa.String(20), nullable=False),
    sa.CheckConstraint("phone <> ''", name="phone"),
)

#: What a care coordinator did with a wish: took it on, tried in vain, reached somebody, or gave up after several tries.
TAKEN_ON, NOT_REACHED, REACHED, GAVE_UP = "taken_on", "not_reached", "reached", "gave_up"
care_steps = closed_list("care_step", (TAKEN_ON, NOT_REACHED, REACHED, GAVE_UP))

#: One row a step: a word, who and when. There is no field to write in.
care_step = sa.Table(
    "care_step",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("contact_id", sa.Integer, sa.ForeignKey("care_contact.id"), nullable=False),
    sa.Column("kind", sa.String(11), word_of(care_steps), nullable=False),
    sa.Column("account", sa.String(100), nullable=False),
    sa.Column("at", Moment, nullable=False),
    is_account("account"),
    index_where("uq_care_step_ends_once", "contact_id", condition="kind IN ('reached', 'gave_up')", unique=True),
    sa.Index(None, "contact_id"),
)

#: The cell that says that all counts of a month are there, also where nothing happened in it.
CLOSED_MONTH = "all|closed_month"

#: One row a count of a closed month. It outlives the cases that were counted: no figure falls when they are erased.
statistics_month = sa.Table(
    "statistics_month",
    metadata,
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("cell", sa.String(80), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.CheckConstraint("count >= 0", name="count"),
)

#: One row a quarter ("2026-Q4"): how often colleagues used the route for a person who may be a victim. Nothing else is
#: known of it: who, when, where and what were not asked or not kept.
person_route_quarter = sa.Table(
    "person_route_quarter",
    metadata,
    sa.Column("quarter", sa.String(7), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.CheckConstraint("count >= 1", name="count"),
)
