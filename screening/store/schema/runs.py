"""The tables of the store: runs, what a dossier needs of flagged and sampled addresses, and links that people judge."""

from __future__ import annotations

import sqlalchemy as sa

from screening.store.schema.base import Json, Moment, closed_list, metadata, word_of

RUN_ID_DIGITS = 24
UNPUBLISHED = "unpublished"
PUBLISHED = "published"
#: How an address came to have a dossier: a rule flagged it, or it was drawn at random. Both look the same.
FLAGGED, SAMPLED = "flag", "sample"

run_states = closed_list("run_state", (UNPUBLISHED, PUBLISHED))
arms = closed_list("arm", (FLAGGED, SAMPLED))
judgements = closed_list("link_judgement", ("positive", "negative", "unsure", "undone"))


def _run_id() -> sa.Column[str]:
    return sa.Column("run_id", sa.String(24), sa.ForeignKey("run.run_id"), primary_key=True)


run = sa.Table(
    "run",
    metadata,
    sa.Column("run_id", sa.String(RUN_ID_DIGITS), primary_key=True),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("municipality", sa.String, nullable=False),
    sa.Column("code_version", sa.String, nullable=False),
    sa.Column("started_at", Moment),
    sa.Column("finished_at", Moment),
    sa.Column("state", sa.String(12), word_of(run_states), nullable=False),
    # Order of publication. Counted, not timed: a clock can go back.
    sa.Column("published_seq", sa.Integer, unique=True),
    sa.Column("published_at", Moment),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("row_counts", Json, nullable=False),
    sa.Column("summary", Json, nullable=False),
    sa.CheckConstraint("(state = 'published') = (published_seq IS NOT NULL)", name="published_seq"),
    sa.Index(None, "as_of"),
)

run_file = sa.Table(
    "run_file",
    metadata,
    _run_id(),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
)

indicator_declaration = sa.Table(
    "indicator_declaration",
    metadata,
    _run_id(),
    sa.Column("code", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("legal_basis", sa.String),
    sa.Column("dpia", sa.String),
    sa.Column("fg_advice", sa.String),
    # The declaration as it was, texts and parameters in force: a dossier shows the rule as it was when it flagged.
    sa.Column("declaration", sa.Text, nullable=False),
)

flag = sa.Table(
    "flag",
    metadata,
    _run_id(),
    sa.Column("address_id", sa.String, primary_key=True),
    sa.Column("address", sa.String),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("indicator_codes", Json, nullable=False),
    sa.Column("barriers", Json, nullable=False),
    sa.Column("datasets", Json, nullable=False),
    sa.Column("sensitive", sa.Boolean, nullable=False),
    sa.Column("first_flagged", sa.Date, nullable=False),
    sa.Index(None, "address_id"),
)

#: The addresses that have a dossier in a run.
dossier_address = sa.Table(
    "dossier_address",
    metadata,
    _run_id(),
    sa.Column("address_id", sa.String, primary_key=True),
    sa.Column("address", sa.String),
    sa.Column("kind", sa.String(6), word_of(arms), nullable=False),
    sa.Index(None, "address_id"),
)

sample = sa.Table(
    "sample",
    metadata,
    _run_id(),
    sa.Column("address_id", sa.String, primary_key=True),
    sa.Column("drawn_on", sa.Date, nullable=False),
    sa.ForeignKeyConstraint(["run_id", "address_id"], ["dossier_address.run_id", "dossier_address.address_id"]),
)

evidence = sa.Table(
    "evidence",
    metadata,
    _run_id(),
    # A hit has no name of its own: its place in evidence.parquet, that of sensitive dossiers after all others.
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("address_id", sa.String, nullable=False),
    sa.Column("indicator", sa.String, nullable=False),
    sa.Column("indicator_version", sa.Integer, nullable=False),
    sa.Column("class", sa.String(1), nullable=False),
    sa.Column("barrier", sa.String, nullable=False),
    sa.Column("dataset", sa.String, nullable=False),
    sa.Column("record_ids", Json, nullable=False),
    sa.Column("values", sa.Text),
    sa.Column("window_start", sa.Date),
    sa.Column("window_end", sa.Date),
    sa.Column("explanation_nl", sa.Text),
    sa.Column("explanation_en", sa.Text),
    sa.Column("links", Json, nullable=False),
    # The database itself refuses rows of an address that was not flagged.
    sa.ForeignKeyConstraint(["run_id", "address_id"], ["flag.run_id", "flag.address_id"]),
    sa.Index(None, "run_id", "address_id"),
)

dossier_record = sa.Table(
    "dossier_record",
    metadata,
    _run_id(),
    sa.Column("address_id", sa.String, primary_key=True),
    sa.Column("dataset", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("fingerprint", sa.String),
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("source_date", sa.Date),
    sa.ForeignKeyConstraint(["run_id", "address_id"], ["dossier_address.run_id", "dossier_address.address_id"]),
    # Whoever searches for a company: how long that takes may not tell whether there is a case.
    sa.Index(None, "run_id", "dataset", "key"),
)

#: The records elsewhere that a hit of a flagged address cites: they show that there is a hit, so they are kept apart
#: from the records that a reviewer reads before the hits.
cited_record = sa.Table(
    "cited_record",
    metadata,
    _run_id(),
    sa.Column("address_id", sa.String, primary_key=True),
    sa.Column("dataset", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("fingerprint", sa.String),
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("source_date", sa.Date),
    sa.ForeignKeyConstraint(["run_id", "address_id"], ["flag.run_id", "flag.address_id"]),
)

#: The place of each record of a dossier: those at the address, and those elsewhere that a hit cites.
dossier_place = sa.Table(
    "dossier_place",
    metadata,
    _run_id(),
    sa.Column("address_id", sa.String, primary_key=True),
    sa.Column("dataset", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("is_here", sa.Boolean, nullable=False),
    sa.Column("source_file_sha256", sa.String(64)),
    sa.Column("row_number", sa.BigInteger),
    sa.Column("address_method", sa.String),
    # Probable links of its parties: those that nobody has judged are what the dossier does not know.
    sa.Column("probable_links", Json, nullable=False),
    sa.ForeignKeyConstraint(["run_id", "address_id"], ["dossier_address.run_id", "dossier_address.address_id"]),
)

#: What the parties of a dossier hold at other licensed or registered business addresses (screening.matching.network):
#: facts of licences and registrations alone, and the same for flagged and drawn addresses.
network_tie = sa.Table(
    "network_tie",
    metadata,
    _run_id(),
    sa.Column("address_id", sa.String, primary_key=True),
    # The other address, the record there, and the mention in this dossier of the party that leads to it.
    sa.Column("place_id", sa.String, primary_key=True),
    sa.Column("dataset", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("mention", sa.String, primary_key=True),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("rd_x", sa.Double),
    sa.Column("rd_y", sa.Double),
    # Of the record: its kind (of a licence), the business, and from when until when. Dates as far as they are known.
    sa.Column("kind", sa.String),
    sa.Column("name", sa.String),
    sa.Column("starts", sa.String),
    sa.Column("ends", sa.String),
    # The role there: of the party itself, or of the company (KVK number `via_key`) in which it holds an office.
    sa.Column("role", sa.String, nullable=False),
    sa.Column("role_starts", sa.String),
    sa.Column("role_ends", sa.String),
    sa.Column("via_key", sa.String),
    sa.Column("via_name", sa.String),
    sa.Column("via_role", sa.String),
    sa.Column("via_starts", sa.String),
    sa.Column("via_ends", sa.String),
    # How many addresses more the party leads to, and all parties of the dossier together, that are not listed.
    sa.Column("left_out", sa.Integer, nullable=False),
    sa.Column("all_left_out", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(["run_id", "address_id"], ["dossier_address.run_id", "dossier_address.address_id"]),
    # Whoever asks what is kept about an address, or about the records of a person.
    sa.Index(None, "place_id"),
    sa.Index(None, "run_id", "dataset", "key"),
)

dossier_party = sa.Table(
    "dossier_party",
    metadata,
    _run_id(),
    sa.Column("mention", sa.String, primary_key=True),
    sa.Column("dataset", sa.String, nullable=False),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("party_id", sa.String, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("name", sa.String),
    sa.Column("birth_date", sa.Date),
    sa.Column("kvk_nummer", sa.String),
    sa.Column("fingerprint", sa.String),
    sa.Index(None, "run_id", "dataset", "key"),
    sa.Index(None, "kvk_nummer"),
)

dossier_link = sa.Table(
    "dossier_link",
    metadata,
    _run_id(),
    sa.Column("link_id", sa.String, primary_key=True),
    sa.Column("left", sa.String, nullable=False),
    sa.Column("right", sa.String, nullable=False),
    sa.Column("score", sa.Double),
    sa.Column("log_odds", sa.Double),
    sa.Column("level", sa.String, nullable=False),
    sa.Column("comparisons", sa.Text),
    sa.Index(None, "run_id", "left"),
    sa.Index(None, "run_id", "right"),
)

#: The fingerprint of the content of a cited record, which distinguishes facts. No name, no date.
cited_fingerprint = sa.Table(
    "cited_fingerprint",
    metadata,
    _run_id(),
    sa.Column("dataset", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("fingerprint", sa.String, nullable=False),
)

#: The contents that each link of `dossier_link` joins, also where one of them is in no dossier: an officer who says
#: that the link is wrong rejects this pair.
link_fingerprint = sa.Table(
    "link_fingerprint",
    metadata,
    _run_id(),
    sa.Column("link_id", sa.String, primary_key=True),
    sa.Column("left_fingerprint", sa.String, nullable=False),
    sa.Column("right_fingerprint", sa.String, nullable=False),
)

#: Probable links of the whole run: they have no effect until people have compared the two mentions, so both are
#: here, with the least that a comparison needs (a birth year and no date).
link_to_judge = sa.Table(
    "link_to_judge",
    metadata,
    _run_id(),
    sa.Column("link_id", sa.String(22), primary_key=True),
    sa.Column("left_fingerprint", sa.String, nullable=False),
    sa.Column("right_fingerprint", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    # One of the two is on a sex-establishment licence: only for those who may see such dossiers.
    sa.Column("sensitive", sa.Boolean, nullable=False),
    # Flat JSON of text: what a reader compares.
    sa.Column("left_side", sa.Text, nullable=False),
    sa.Column("right_side", sa.Text, nullable=False),
    sa.Column("log_odds", sa.Double),
    sa.Column("comparisons", sa.Text),
)

source_age = sa.Table(
    "source_age",
    metadata,
    _run_id(),
    sa.Column("dataset", sa.String, primary_key=True),
    sa.Column("file_name", sa.String, primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("rows_read", sa.Integer),
    sa.Column("delivered", sa.Date),
    sa.Column("age_days", sa.Integer),
)

#: Rows are added and never changed. What counts of a pair is its last row; `undone` takes the judgement away again.
link_judgement = sa.Table(
    "link_judgement",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("left_fingerprint", sa.String, nullable=False),
    sa.Column("right_fingerprint", sa.String, nullable=False),
    sa.Column("judgement", sa.String(8), word_of(judgements), nullable=False),
    sa.Column("judged_by", sa.String, nullable=False),
    sa.Column("judged_at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("supersedes", sa.Integer, sa.ForeignKey("link_judgement.id"), unique=True),
    sa.CheckConstraint("left_fingerprint < right_fingerprint", name="pair_in_order"),
    sa.CheckConstraint("judgement <> 'undone' OR supersedes IS NOT NULL", name="undone_of_something"),
    sa.Index(None, "left_fingerprint", "right_fingerprint"),
)

#: What a run loads, in the order of loading. Parents first.
RUN_TABLES: tuple[sa.Table, ...] = (
    run_file,
    indicator_declaration,
    source_age,
    flag,
    dossier_address,
    sample,
    evidence,
    dossier_record,
    cited_record,
    dossier_place,
    network_tie,
    dossier_party,
    dossier_link,
    cited_fingerprint,
    link_fingerprint,
    link_to_judge,
)
