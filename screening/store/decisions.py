"""The tables in which somebody or a run decided something, and the hash of what a row of them says.

Every row here has an entry of the ledger with its hash, and every such entry has its row: `barrier audit verify`
compares the two. Nobody who writes a row computes the hash: it is taken of the row as the database has it, when the
transaction commits (`watch`). A table is in DECISIONS or, with the reason, in UNDECIDED; a test asks for each.

**A new column** of a decided table changes the hash of every row of before, whose entries then say that all of them
were altered. So it goes into `omits`, and what it says is decided in a table of its own; or, where it must be in the
hash, the migration that adds it has every row noted anew. `tests/store/test_decisions.py` keeps the columns of each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import rfc8785
import sqlalchemy as sa

from screening.base.frames import Row
from screening.base.vocabulary import CaseState, LedgerAction
from screening.store.schema import (
    accounts,
    acts,
    cases,
    deliveries,
    hand_overs,
    link_readings,
    partners,
    policy,
    retention,
    rules,
    runs,
    tips,
    visits,
    yields,
)


@dataclass(frozen=True)
class Decision:
    """What the ledger says of a row: `action` on `object` (`kind:id`, with columns of the row in braces).

    `by`: the column of the account that decided, where there is one. `omits`: columns that change later or say nothing
    of what was decided. `when`: which rows are decided; None: all. `adds`: what is decided and stands in no column.
    `with_rows`: tables whose rows of the same first key are decided with it. `changes`: a row may take the place of
    what it was; all others come and, with a receipt of erasure, go. `while_open`: what the ledger says was done as long
    as `concluded_on` is empty.
    """

    action: LedgerAction
    object: str
    by: str | None = None
    omits: tuple[str, ...] = ()
    when: sa.ColumnElement[bool] | None = None
    adds: tuple[str, ...] = ()
    with_rows: tuple[sa.Table, ...] = ()
    changes: bool = False
    while_open: LedgerAction | None = None


#: What a case still changes after it was decided, or what is of the run that it shows.
_OF_CASE = ("address", "postcode4", "run_id", "due_on", "expires_on", "purpose", "locked_by", "locked_until", "version")

#: A case that is not as a run opens it: somebody has it, judged it or concluded it.
_IS_TOUCHED = sa.or_(
    cases.review_case.c.concluded_on.is_not(None),
    cases.review_case.c.outcome.is_not(None),
    cases.review_case.c.assignee.is_not(None),
    cases.review_case.c.state != str(CaseState.OPEN),
    cases.review_case.c.round != 1,
)

DECISIONS: dict[sa.Table, Decision] = {
    # cases
    cases.case_opened: Decision(  # that a dossier was opened is in the ledger as a reading
        LedgerAction.OPEN_EVIDENCE, "case:{case_id}", "account", (), cases.case_opened.c.item != cases.DOSSIER
    ),
    cases.case_reading: Decision(LedgerAction.OWN_READING, "case:{case_id}", "account"),
    cases.case_judgement: Decision(LedgerAction.JUDGEMENT, "case:{case_id}", "judged_by"),
    cases.case_note: Decision(LedgerAction.NOTE, "case:{case_id}", "account"),
    cases.review_case: Decision(
        LedgerAction.CASE_CONCLUDED,
        "case:{case_id}",
        None,
        _OF_CASE,
        _IS_TOUCHED,
        changes=True,
        while_open=LedgerAction.CASE_CHANGE,
    ),
    cases.snooze: Decision(LedgerAction.CASE_CONCLUDED, "case:{case_id}", "made_by"),
    cases.case_fact: Decision(LedgerAction.CASE_CONCLUDED, "case:{case_id}"),
    cases.unseen_decision: Decision(LedgerAction.RELEASE, "case:{case_id}", "decided_by"),
    # after the judgement
    acts.case_act: Decision(LedgerAction.CASE_ACT, "case:{case_id}", "actor"),
    acts.case_hand_over: Decision(LedgerAction.HAND_OVER, "case:{case_id}", "actor"),
    hand_overs.partner_hand_over: Decision(LedgerAction.HAND_OVER, "case:{case_id}", "prepared_by"),
    hand_overs.partner_hand_over_event: Decision(LedgerAction.HAND_OVER, "case:{case_id}", "actor"),
    hand_overs.tip_hand_over: Decision(LedgerAction.HAND_OVER, "signal:{signal_id}", "handed_by"),
    hand_overs.tip_hand_over_event: Decision(LedgerAction.HAND_OVER, "signal:{signal_id}", "actor"),
    # links and visits
    runs.link_judgement: Decision(LedgerAction.LINK_JUDGEMENT, "link:{id}", "judged_by"),
    link_readings.link_reading: Decision(LedgerAction.LINK_JUDGEMENT, "link:{link_id}", "read_by"),
    link_readings.link_reading_undone: Decision(LedgerAction.LINK_JUDGEMENT, "link:{reading_id}"),
    visits.visit_list: Decision(LedgerAction.VISIT, "visit:{list_id}", "made_by", ("state",)),
    visits.visit_stop: Decision(LedgerAction.VISIT, "visit:{visit_id}", None, ("position",)),
    visits.visit_outcome: Decision(LedgerAction.VISIT, "visit:{visit_id}", "recorded_by"),
    # signals of colleagues: no entry joins a signal to who gave it
    tips.colleague_signal: Decision(  # the row without its text takes the place of the one with it
        LedgerAction.SIGNAL, "list:signals", "reporter", changes=True
    ),
    tips.signal_decision: Decision(LedgerAction.SIGNAL, "signal:{signal_id}", "decided_by"),
    tips.tip_text_removed: Decision(LedgerAction.SIGNAL, "signal:{signal_id}", "removed_by"),
    tips.tip_forwarded: Decision(LedgerAction.SIGNAL, "signal:{signal_id}", "forwarded_by"),
    tips.care_contact: Decision(LedgerAction.SIGNAL, "list:signals"),
    tips.care_step: Decision(LedgerAction.SIGNAL, "list:signals", "account"),
    # what leaves
    partners.riec_signal: Decision(LedgerAction.EXPORT_PREPARATION, "case:{case_id}", "prepared_by"),
    partners.riec_content: Decision(LedgerAction.EXPORT_PREPARATION, "document:{riec_id}"),
    partners.riec_approval: Decision(LedgerAction.EXPORT_APPROVAL, "document:{riec_id}", "approved_by"),
    partners.riec_event: Decision(LedgerAction.EXPORT_APPROVAL, "document:{riec_id}", "actor"),
    partners.riec_key: Decision(LedgerAction.RECIPIENT_CHANGE, "key:{fingerprint}", "proposed_by"),
    partners.riec_key_event: Decision(LedgerAction.RECIPIENT_CHANGE, "key:{fingerprint}", "actor"),
    partners.partner_agreement: Decision(LedgerAction.RECIPIENT_CHANGE, "recipient:{recipient}", "proposed_by"),
    partners.partner_agreement_event: Decision(LedgerAction.RECIPIENT_CHANGE, "document:{agreement_id}", "actor"),
    partners.riec_draft: Decision(LedgerAction.EXPORT_PREPARATION, "batch:{batch_id}", "made_by"),
    partners.riec_draft_line: Decision(LedgerAction.EXPORT_PREPARATION, "batch:{batch_id}"),
    partners.riec_draft_event: Decision(LedgerAction.EXPORT_APPROVAL, "batch:{batch_id}", "actor"),
    partners.riec_batch: Decision(LedgerAction.EXPORT, "batch:{batch_id}", "made_by"),
    partners.riec_disclosure: Decision(LedgerAction.EXPORT, "batch:{batch_id}", "exported_by"),
    partners.riec_call_back: Decision(LedgerAction.WITHDRAWAL, "document:{id}", "asked_by"),
    partners.riec_feedback: Decision(LedgerAction.FEEDBACK, "batch:{batch_id}", "read_by"),
    partners.riec_feedback_text: Decision(LedgerAction.FEEDBACK, "batch:{batch_id}", "read_by"),
    # rules, deliveries, runs
    rules.rule_draft: Decision(LedgerAction.RULE_CHANGE, "rule:{draft_id}", "prepared_by"),
    rules.rule_version: Decision(LedgerAction.RULE_CHANGE, "rule:{version_id}", "author"),
    rules.rule_event: Decision(LedgerAction.RULE_CHANGE, "rule:{code}", "actor"),
    deliveries.delivery_decided: Decision(
        LedgerAction.DELIVERY, "delivery:{register}-{delivery_sha256:.16}-{decision}", "decided_by"
    ),
    deliveries.delivery: Decision(LedgerAction.DELIVERY, "delivery:{register}-{delivery_sha256:.16}"),
    tips.statistics_month: Decision(
        LedgerAction.MONTH_CLOSED,
        "list:statistics",
        when=tips.statistics_month.c.cell == tips.CLOSED_MONTH,
        with_rows=(tips.statistics_month,),
    ),
    yields.yield_decided: Decision(LedgerAction.FIGURES, "list:statistics", "account"),
    runs.run: Decision(  # the root digest is of all its rows and files
        LedgerAction.RUN_PUBLISHED, "run:{run_id}", None, (), runs.run.c.state == runs.PUBLISHED, ("root_digest",)
    ),
    policy.policy_answer: Decision(LedgerAction.POLICY, "list:policy", "answered_by"),
    # people and their rights
    accounts.account: Decision(
        LedgerAction.ACCOUNT_CHANGE, "account:{account}", "account", ("name", "signed_in_at"), changes=True
    ),
    accounts.personal_key: Decision(LedgerAction.ACCOUNT_CHANGE, "key:{fingerprint}", "account"),
    accounts.personal_key_event: Decision(LedgerAction.ACCOUNT_CHANGE, "key:{fingerprint}", "decided_by"),
    accounts.mandate_signature: Decision(LedgerAction.CONFIGURATION, "configuration:{statement}", "account"),
    retention.objection: Decision(LedgerAction.SUBJECT_OBJECTION, "document:{objection_id}", "registered_by"),
    retention.objection_decision: Decision(LedgerAction.SUBJECT_OBJECTION, "document:{objection_id}", "decided_by"),
    retention.erasure_plan_decided: Decision(
        LedgerAction.ERASURE,
        "plan:{plan_id}",
        "decided_by",
        with_rows=(retention.erasure_plan, retention.erasure_plan_item),
    ),
    retention.erasure: Decision(LedgerAction.ERASURE, "receipt:{receipt_id}", "begun_by"),
    retention.erasure_item: Decision(LedgerAction.ERASURE, "receipt:{receipt_id}"),
    retention.erasure_done: Decision(LedgerAction.ERASURE, "receipt:{receipt_id}"),
    retention.rejected_link: Decision(LedgerAction.ERASURE, "link:{left_hash}"),
}

#: Tables without a decision, and why. Closed lists and the tables of a run (`RUN_TABLES`) are none either: guards keep
#: the former, and the digest of its run covers the latter.
UNDECIDED: dict[sa.Table, str] = {
    cases.case_step: "the history on a page: whose a case is, that it ended or opened again is in rows above",
    cases.case_explanation: "what a judge held possible beside the judgement, which is above: it feeds a count",
    cases.case_line: "what waits to become a case: by chance, not by anybody, and its case is a row above",
    cases.case_sync: "that a run was followed up, so that it is not done twice",
    accounts.review_session: "signing in and out are entries of their own",
    accounts.session_purpose: "each reading names its purpose",
    accounts.saved_filter: "a convenience of one person",
    accounts.kept_form: "what one person did not send yet",
    tips.contact_duty: "who reads the tips this week: setting it is an entry of its own",
    cases.case_found: "the search that led to it is an entry of its own",
    link_readings.link_result_seen: "that a result was read is an entry of its own",
    retention.erasure_plan: "what was past its term; each decision about it takes it in, as it is then",
    retention.erasure_plan_item: "of a plan, which each decision about it takes in",
    partners.riec_draft_manifest: "its hash is in the row of its batch",
    tips.care_number: "the number of a wish, which is above: it goes as soon as somebody was reached",
    partners.riec_batch_placed: "that a file stands where its batch says",
    tips.person_route_quarter: "a number that names nobody: an entry for each would tell who used the route, and when",
}


def decided_columns(table: sa.Table) -> list[sa.Column[object]]:
    """The columns of a table of decisions that say what was decided."""
    return [column for column in table.columns if column.name not in DECISIONS[table].omits]


def decision_hash(table: sa.Table, row: Row) -> str:
    """Return the sha256 of a decided row in its canonical form (RFC 8785).

    That form holds the name of the table, every decided column and what the decision adds to them, keys that the
    database gave included: two rows that change places are two other rows. Dates and moments are ISO text, JSON
    is as it is.
    """
    decision = DECISIONS[table]
    with_rows = [others.name for others in decision.with_rows]
    names = [*(column.name for column in decided_columns(table)), *decision.adds, *with_rows]
    decided: Row = {name: _plain(row[name]) for name in names}
    return hashlib.sha256(rfc8785.dumps({"table": table.name, "row": decided})).hexdigest()


def rows_hash(rows: Iterable[Row]) -> str:
    """Return the sha256 of rows in any order, as `decision_hash` sees a row, of every column.

    A database sorts text by the language it was made with, so its order may be another one after a restore.
    """
    plain: list[Row] = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return hashlib.sha256(b"\n".join(sorted(map(rfc8785.dumps, plain)))).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value
