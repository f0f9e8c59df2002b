"""The tables of what goes to the RIEC: signals as prepared, approvals, keys of recipients, batches, who received what.

All of them only grow. Guards (guards.sql) refuse what the constraints here cannot say, also for a client that
does not ask for foreign keys: a signal of a case that two officers did not confirm, an approval by whoever prepared it,
a disclosure without its approvals, a sequence with a gap. Only the content of a signal can go, once it is noted as
erased: the register of what was disclosed stays.
"""

from __future__ import annotations

import sqlalchemy as sa

from screening.base.vocabulary import BatchKind, NoticeReason
from screening.store.schema.base import Json, Moment, closed_list, index_where, is_account, metadata, word_of
from screening.store.schema.tips import MAX_TEXT

#: Kinds of `riec_approval`: that of the disclosure, and the extra one of a sensitive signal.
PLAIN, SENSITIVE = "plain", "sensitive"
#: Kinds of `riec_event`: sent back to whoever prepared it, dropped before it left, content erased after its term.
RETURNED, DROPPED, ERASED = "returned", "dropped", "erased"
#: Kinds of `riec_key_event` and of `partner_agreement_event`.
APPROVED, RETIRED = "approved", "retired"
#: Kinds of `riec_draft_event`, beside APPROVED. A draft that is committed is a row of `riec_batch` too.
SIGNED, OVERTAKEN = "signed", "dropped"
#: Why a batch was sent again: it did not arrive, or it expired unread.
LOST, EXPIRED = "lost", "expired"

approval_kinds = closed_list("riec_approval_kind", (PLAIN, SENSITIVE))
event_kinds = closed_list("riec_event_kind", (RETURNED, DROPPED, ERASED))
key_kinds = closed_list("riec_key_kind", ("age", "openpgp"))
key_actions = closed_list("riec_key_action", (APPROVED, RETIRED))
draft_actions = closed_list("riec_draft_action", (SIGNED, APPROVED, OVERTAKEN))
batch_kinds = closed_list("riec_batch_kind", BatchKind)
notice_reasons = closed_list("riec_notice_reason", NoticeReason)
repeat_reasons = closed_list("riec_repeat_reason", (LOST, EXPIRED))

#: One row each preparation of a signal. `signal_id`: one a case for ever; `version`: as the receiver counts. Of
#: several rows of a version the last one counts: the others were sent back or changed before they left. `recipient`
#: is approved with it. `reason`: why a later version corrects an earlier one, or undoes its withdrawal.
#: `fields`: paths of the fields that leave. `basis`: its grounds (record ids with fingerprints, links, indicators), to
#: compare with a later run. `first_by`, `second_by`: the officers who confirmed the case.
riec_signal = sa.Table(
    "riec_signal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("signal_id", sa.String(34), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("case_id", sa.String(16), nullable=False),
    sa.Column("run_id", sa.String(24), nullable=False),
    sa.Column("address_id", sa.String, nullable=False),
    sa.Column("sensitive", sa.Boolean, nullable=False),
    sa.Column("recipient", sa.String(60), nullable=False),
    sa.Column("reason", sa.String(30), word_of(notice_reasons)),
    sa.Column("purpose", sa.String(8), nullable=False),
    sa.Column("legal_basis", sa.String, nullable=False),
    sa.Column("theme", sa.String(40), nullable=False),
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("fields", Json, nullable=False),
    sa.Column("basis", Json, nullable=False),
    sa.Column("keep_until", sa.Date, nullable=False),
    sa.Column("first_by", sa.String, nullable=False),
    sa.Column("second_by", sa.String, nullable=False),
    sa.Column("prepared_by", sa.String, nullable=False),
    sa.Column("prepared_at", Moment, nullable=False),
    sa.CheckConstraint("version >= 1 AND (version = 1) = (reason IS NULL)", name="version"),
    sa.CheckConstraint("first_by <> second_by", name="two_officers"),
    is_account("prepared_by"),
    sa.CheckConstraint("trim(legal_basis) <> '' AND trim(purpose) <> ''", name="grounds"),
    # What an approval and a disclosure repeat, so that the database itself can compare people and content.
    sa.UniqueConstraint("id", "prepared_by", "content_sha256"),
    sa.Index(None, "signal_id", "version"),
    sa.Index(None, "case_id"),
    sa.Index(None, "address_id"),
)

#: The content of a prepared signal: the canonical JSON that leaves. The one thing that goes after its term.
riec_content = sa.Table(
    "riec_content",
    metadata,
    sa.Column("riec_id", sa.Integer, sa.ForeignKey("riec_signal.id"), primary_key=True, autoincrement=False),
    sa.Column("content", sa.Text, nullable=False),
)

#: One row an approval. It repeats who prepared the signal and what exactly was approved. The extra approval of a
#: sensitive one repeats who gave the plain one: `other_by`.
riec_approval = sa.Table(
    "riec_approval",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("riec_id", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(9), word_of(approval_kinds), nullable=False),
    sa.Column("prepared_by", sa.String, nullable=False),
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("approved_by", sa.String, nullable=False),
    sa.Column("other_by", sa.String),
    sa.Column("at", Moment, nullable=False),
    is_account("approved_by"),
    sa.CheckConstraint("approved_by <> prepared_by", name="four_eyes"),
    sa.CheckConstraint(f"(kind = '{SENSITIVE}') = (other_by IS NOT NULL)", name="other"),
    sa.CheckConstraint("other_by IS NULL OR approved_by <> other_by", name="six_eyes"),
    sa.UniqueConstraint("riec_id", "kind"),
    sa.UniqueConstraint("riec_id", "approved_by"),
    sa.ForeignKeyConstraint(
        ["riec_id", "prepared_by", "content_sha256"],
        ["riec_signal.id", "riec_signal.prepared_by", "riec_signal.content_sha256"],
    ),
    sa.ForeignKeyConstraint(
        ["riec_id", "other_by"], ["riec_approval.riec_id", "riec_approval.approved_by"], name="fk_riec_approval_other"
    ),
)

#: One row a step on a prepared signal that is neither an approval nor a disclosure.
riec_event = sa.Table(
    "riec_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("riec_id", sa.Integer, sa.ForeignKey("riec_signal.id"), nullable=False),
    sa.Column("kind", sa.String(8), word_of(event_kinds), nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    is_account("actor"),
    sa.CheckConstraint("trim(reason) <> ''", name="reason"),
    sa.Index(None, "riec_id"),
)

#: One row a key of a recipient, as somebody proposed it. Never changed in place: another key is another row.
riec_key = sa.Table(
    "riec_key",
    metadata,
    sa.Column("fingerprint", sa.String(64), primary_key=True),
    sa.Column("recipient", sa.String(60), nullable=False),
    sa.Column("kind", sa.String(7), word_of(key_kinds), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("proposed_by", sa.String, nullable=False),
    sa.Column("proposed_at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    is_account("proposed_by"),
    sa.CheckConstraint("trim(reason) <> '' AND trim(key) <> ''", name="filled"),
    sa.UniqueConstraint("fingerprint", "proposed_by"),
    sa.Index(None, "recipient"),
)

#: One row a decision about a key: approved by another person than who proposed it; retired by anyone.
riec_key_event = sa.Table(
    "riec_key_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("proposed_by", sa.String, nullable=False),
    sa.Column("action", sa.String(8), word_of(key_actions), nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    is_account("actor"),
    sa.CheckConstraint(f"action <> '{APPROVED}' OR actor <> proposed_by", name="four_eyes"),
    sa.CheckConstraint("trim(reason) <> ''", name="reason"),
    sa.UniqueConstraint("fingerprint", "action"),
    sa.ForeignKeyConstraint(["fingerprint", "proposed_by"], ["riec_key.fingerprint", "riec_key.proposed_by"]),
)

#: One row an agreement with a partner, as somebody proposed it: which kind of partner, on which article, by which
#: covenant, in which advice a lawyer looked at it, and the themes and fields that may go. Another one is another row.
partner_agreement = sa.Table(
    "partner_agreement",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("recipient", sa.String(60), nullable=False),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("article", sa.String(200), nullable=False),
    sa.Column("covenant", sa.String(200), nullable=False),
    sa.Column("advice", sa.String(200), nullable=False),
    sa.Column("themes", Json, nullable=False),
    sa.Column("fields", Json, nullable=False),
    sa.Column("proposed_by", sa.String, nullable=False),
    sa.Column("proposed_at", Moment, nullable=False),
    is_account("proposed_by"),
    sa.CheckConstraint("trim(article) <> '' AND trim(covenant) <> ''", name="filled"),
    sa.UniqueConstraint("id", "proposed_by"),
    sa.Index(None, "recipient"),
)

#: One row a decision about an agreement: approved by another person than who proposed it; ended by anyone.
partner_agreement_event = sa.Table(
    "partner_agreement_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("agreement_id", sa.Integer, nullable=False),
    sa.Column("proposed_by", sa.String, nullable=False),
    sa.Column("action", sa.String(8), word_of(key_actions), nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    is_account("actor"),
    sa.CheckConstraint(f"action <> '{APPROVED}' OR actor <> proposed_by", name="four_eyes"),
    sa.UniqueConstraint("agreement_id", "action"),
    sa.ForeignKeyConstraint(["agreement_id", "proposed_by"], ["partner_agreement.id", "partner_agreement.proposed_by"]),
)

#: One row a batch that was prepared: by a person or by the night. What it holds is fixed by its manifest, which one
#: person signs and another approves before it leaves. `number`: 1, 2, 3 … of a recipient, as the receiver counts it;
#: batches of sensitive signals are numbered by themselves, so that no gap tells that they are there.
riec_draft = sa.Table(
    "riec_draft",
    metadata,
    sa.Column("batch_id", sa.String(18), primary_key=True),
    sa.Column("recipient", sa.String(60), nullable=False),
    sa.Column("fingerprint", sa.String(64), sa.ForeignKey("riec_key.fingerprint"), nullable=False),
    sa.Column("sensitive", sa.Boolean, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(10), word_of(batch_kinds), nullable=False),
    sa.Column("made_by", sa.String, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("repeats", sa.String(18), sa.ForeignKey("riec_batch.batch_id")),
    sa.Column("repeated_for", sa.String(7), word_of(repeat_reasons)),
    sa.Column("manifest_sha256", sa.String(64), nullable=False),
    sa.CheckConstraint("number >= 1", name="number"),
    sa.CheckConstraint("made_at < expires_at", name="expires_at"),
    sa.CheckConstraint("(repeats IS NULL) = (repeated_for IS NULL)", name="repeated_for"),
    sa.UniqueConstraint("batch_id", "manifest_sha256"),
    sa.Index(None, "recipient"),
)

#: The manifest that is signed. It names signals, so it goes when the batch is approved or dropped; the hash stays.
riec_draft_manifest = sa.Table(
    "riec_draft_manifest",
    metadata,
    sa.Column("batch_id", sa.String(18), sa.ForeignKey("riec_draft.batch_id"), primary_key=True),
    sa.Column("manifest", sa.Text, nullable=False),
)

#: One row a signal of a prepared batch. `reason`: of all but a new signal.
riec_draft_line = sa.Table(
    "riec_draft_line",
    metadata,
    sa.Column("batch_id", sa.String(18), sa.ForeignKey("riec_draft.batch_id"), primary_key=True),
    sa.Column("riec_id", sa.Integer, sa.ForeignKey("riec_signal.id"), primary_key=True, autoincrement=False),
    sa.Column("reason", sa.String(30), word_of(notice_reasons)),
    sa.Index(None, "riec_id"),
)

#: One row a step on a prepared batch: a person signed its manifest (`signature` and `key`, as ssh-keygen writes
#: them), another person approved it, or it was dropped for another one. An approval repeats who signed.
riec_draft_event = sa.Table(
    "riec_draft_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("batch_id", sa.String(18), nullable=False),
    sa.Column("manifest_sha256", sa.String(64), nullable=False),
    sa.Column("action", sa.String(8), word_of(draft_actions), nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("signed_by", sa.String),
    sa.Column("at", Moment, nullable=False),
    sa.Column("signature", sa.Text),
    sa.Column("key_fingerprint", sa.String(64)),
    sa.CheckConstraint(f"(action = '{SIGNED}') = (signature IS NOT NULL)", name="signature"),
    sa.CheckConstraint(f"(action = '{SIGNED}') = (key_fingerprint IS NOT NULL)", name="key_fingerprint"),
    sa.CheckConstraint(f"(action = '{APPROVED}') = (signed_by IS NOT NULL)", name="signed_by"),
    sa.CheckConstraint("signed_by IS NULL OR actor <> signed_by", name="four_eyes"),
    # The night prepares and drops; only a person, whose name holds no colon, signs and approves.
    sa.CheckConstraint(
        f"action = '{OVERTAKEN}' OR (actor <> '' AND actor = lower(trim(actor)) AND actor NOT LIKE '%:%')", name="actor"
    ),
    sa.UniqueConstraint("batch_id", "action"),
    sa.ForeignKeyConstraint(["batch_id", "manifest_sha256"], ["riec_draft.batch_id", "riec_draft.manifest_sha256"]),
    index_where("uq_riec_draft_event_ends_once", "batch_id", condition="action <> 'signed'", unique=True),
)

#: One row a batch that left: committed together with its disclosures, after its sealed file is on the disk. `folder`,
#: `file_name`: where it was put, so that a rename that a crash cut off can be done later. `sequence`: 1, 2, 3 … of a
#: recipient, in the order in which they left; the receiver counts by `riec_draft.number`. `made_by`: who signed it.
#: `sender_fingerprint`: the key that it was signed with.
riec_batch = sa.Table(
    "riec_batch",
    metadata,
    sa.Column("batch_id", sa.String(18), primary_key=True),
    sa.Column("recipient", sa.String(60), nullable=False),
    sa.Column("fingerprint", sa.String(64), sa.ForeignKey("riec_key.fingerprint"), nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(10), word_of(batch_kinds), nullable=False),
    sa.Column("made_by", sa.String, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("sender_fingerprint", sa.String(64), nullable=False),
    sa.Column("sealed_sha256", sa.String(64), nullable=False),
    sa.Column("folder", sa.String, nullable=False),
    sa.Column("file_name", sa.String, nullable=False),
    sa.CheckConstraint("sequence >= 1", name="sequence"),
    sa.CheckConstraint("made_at < expires_at", name="expires_at"),
    sa.UniqueConstraint("recipient", "sequence"),
    sa.UniqueConstraint("batch_id", "made_by", "kind"),
)

#: One row a batch whose file is known to stand under its own name.
riec_batch_placed = sa.Table(
    "riec_batch_placed",
    metadata,
    sa.Column("batch_id", sa.String(18), sa.ForeignKey("riec_batch.batch_id"), primary_key=True),
    sa.Column("at", Moment, nullable=False),
)

#: The register: one row a signal in a batch. Who prepared, approved and exported it, which fields, for what, on what
#: ground, until when it may be kept. `reason`: of all but a new signal. `repeats`: the batch to the same
#: recipient that held the same and could not be opened, which alone lets something leave twice.
riec_disclosure = sa.Table(
    "riec_disclosure",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("batch_id", sa.String(18), nullable=False),
    sa.Column("riec_id", sa.Integer, nullable=False),
    sa.Column("signal_id", sa.String(34), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(10), word_of(batch_kinds), nullable=False),
    sa.Column("reason", sa.String(30), word_of(notice_reasons)),
    sa.Column("prepared_by", sa.String, nullable=False),
    sa.Column("approved_by", sa.String, nullable=False),
    sa.Column("extra_approval_by", sa.String),
    sa.Column("exported_by", sa.String, nullable=False),
    sa.Column("content_sha256", sa.String(64), nullable=False),
    sa.Column("fields", Json, nullable=False),
    sa.Column("purpose", sa.String(8), nullable=False),
    sa.Column("legal_basis", sa.String, nullable=False),
    sa.Column("keep_until", sa.Date, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("repeats", sa.String(18), sa.ForeignKey("riec_batch.batch_id")),
    sa.Column("repeated_for", sa.String(7), word_of(repeat_reasons)),
    sa.CheckConstraint("(repeats IS NULL) = (repeated_for IS NULL)", name="repeated_for"),
    sa.CheckConstraint("(kind = 'signals') = (reason IS NULL)", name="reason"),
    sa.CheckConstraint("prepared_by <> approved_by", name="four_eyes"),
    # Calling back discloses nothing: a withdrawal may be made by anyone who may make batches, and by the run.
    sa.CheckConstraint(
        "kind = 'withdrawal' OR (exported_by <> prepared_by AND exported_by <> approved_by AND "
        "(extra_approval_by IS NULL OR exported_by <> extra_approval_by))",
        name="three_hands",
    ),
    sa.UniqueConstraint("batch_id", "signal_id"),
    sa.ForeignKeyConstraint(
        ["batch_id", "exported_by", "kind"], ["riec_batch.batch_id", "riec_batch.made_by", "riec_batch.kind"]
    ),
    sa.ForeignKeyConstraint(
        ["riec_id", "prepared_by", "content_sha256"],
        ["riec_signal.id", "riec_signal.prepared_by", "riec_signal.content_sha256"],
    ),
    sa.Index(None, "signal_id"),
    sa.Index(None, "riec_id"),
)

#: One row a wish to call a signal back: by a person, or because of an objection, an erasure, a term that is over.
#: `version`: the last one that had left by then; a later one that undid the withdrawal is not called back.
riec_call_back = sa.Table(
    "riec_call_back",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("signal_id", sa.String(34), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("reason", sa.String(30), word_of(notice_reasons), nullable=False),
    sa.Column("asked_by", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    is_account("asked_by"),
    sa.Index(None, "signal_id"),
)

#: One row a signal in a receiver's answer, in closed words: for people and statistics. Nothing of a run reads it.
riec_feedback = sa.Table(
    "riec_feedback",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("batch_id", sa.String(18), nullable=False),
    sa.Column("signal_id", sa.String(34), nullable=False),
    sa.Column("outcome", sa.String(30), nullable=False),
    sa.Column("told_on", sa.Date, nullable=False),
    sa.Column("remark", sa.String(30), nullable=False),
    sa.Column("read_by", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    is_account("read_by"),
    sa.UniqueConstraint("batch_id", "signal_id", "outcome", "told_on", "remark"),
    sa.ForeignKeyConstraint(["batch_id", "signal_id"], ["riec_disclosure.batch_id", "riec_disclosure.signal_id"]),
)

#: One row a short text of a receiver's answer, for who prepared and who approved the signal. It goes with the content
#: of its signal at the latest.
riec_feedback_text = sa.Table(
    "riec_feedback_text",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("batch_id", sa.String(18), nullable=False),
    sa.Column("signal_id", sa.String(34), nullable=False),
    sa.Column("told_on", sa.Date, nullable=False),
    sa.Column("text", sa.String(MAX_TEXT), nullable=False),
    sa.Column("read_by", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    is_account("read_by"),
    sa.CheckConstraint(f"length(text) BETWEEN 1 AND {MAX_TEXT}", name="text"),
    sa.UniqueConstraint("batch_id", "signal_id", "told_on", "text"),
    sa.ForeignKeyConstraint(["batch_id", "signal_id"], ["riec_disclosure.batch_id", "riec_disclosure.signal_id"]),
    sa.Index(None, "signal_id"),
)
