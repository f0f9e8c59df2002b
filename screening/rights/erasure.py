"""Erasing what is past its term: noted first, gone after it, and a receipt at the end. Killed anywhere, it goes on.

1. `begin_erasure` writes down what goes of a plan that two people approved, item by item (a receipt). From then on the
   triggers let exactly that go.
2. `carry_out_erasure` takes it away; what is gone already is no error, so it can be called again after a crash.
3. `finish_erasure` closes the receipt. One that is not closed is carried out first by whoever comes next.

Of runs whose dossiers a kept case still shows, the rows of those addresses stay until the case goes.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.errors import StoreError
from screening.casework.figures.monthly_counts import close_months, month_of
from screening.casework.links.judgements import NEGATIVE
from screening.casework.links.rejected_links import keep_rejected_link
from screening.rights.due import Due, past_account
from screening.rights.erasure_plan import ErasurePlan
from screening.rights.terms import Terms
from screening.rights.tip_erasure import erase_care_contacts, erase_tip_hand_overs, erase_tips, erase_turns
from screening.store.access.sessions import delete_expired_sessions
from screening.store.engine import guarded, writing
from screening.store.files import remove, sync_directory
from screening.store.runs.erased import erased_on
from screening.store.runs.rows import delete_expired_rows
from screening.store.schema.accounts import account as account_table
from screening.store.schema.accounts import kept_form, saved_filter
from screening.store.schema.acts import case_act, case_hand_over
from screening.store.schema.cases import (
    case_explanation,
    case_fact,
    case_found,
    case_judgement,
    case_note,
    case_opened,
    case_reading,
    case_step,
    review_case,
    snooze,
    unseen_decision,
)
from screening.store.schema.hand_overs import partner_hand_over, partner_hand_over_event
from screening.store.schema.link_readings import link_reading, link_reading_undone, link_result_seen
from screening.store.schema.partners import (
    ERASED,
    riec_approval,
    riec_call_back,
    riec_content,
    riec_disclosure,
    riec_draft_line,
    riec_event,
    riec_feedback,
    riec_feedback_text,
    riec_signal,
)
from screening.store.schema.retention import (
    CARE_CONTACT,
    CASE,
    COLLEAGUE_SIGNAL,
    CONTACT_DUTY,
    LINK_JUDGEMENT,
    LINK_READING,
    OBJECTION,
    RIEC_CONTENT,
    RIEC_SIGNAL,
    RUN,
    TIP_HAND_OVER,
    erasure,
    erasure_done,
    erasure_item,
    objection,
    objection_decision,
)
from screening.store.schema.runs import link_judgement
from screening.store.schema.visits import visit_list, visit_outcome, visit_stop
from screening.store.store import Store
from screening.store.workspace import Workspace

#: Files of a run that hold counts and no person: they stay, so that it is known what was done.
KEPT_FILES = ("run.json", "run.html")

#: Items in one statement: SQLite takes about 32,000 parameters.
_CHUNK = 500


@dataclass(frozen=True)
class Receipt:
    """A receipt of an erasure. `items`: by kind of item and id. `done_at`: None while it is under way.

    `begun_by`: who approved the plan `plan_id`; of a receipt of before there were plans, who erased.
    """

    receipt_id: str
    begun_at: datetime
    begun_by: str
    terms: dict[str, int]
    items: tuple[Due, ...]
    plan_id: str | None = None
    done_at: datetime | None = None
    counts: dict[str, int] | None = None
    list_sha256: str | None = None


def begin_erasure(store: Store, plan: ErasurePlan, items: Sequence[Due], *, now: datetime) -> Receipt:
    """Write down what goes of a plan that two people approved: from now on it may.

    Args:
        store: The store of the municipality.
        plan: The plan; who approved it stands on the receipt.
        items: What of it is still past its term.
        now: The moment, with a zone.

    Raises:
        StoreError: the plan was not approved or was carried out, an open case is among it, or the database failed.

    """
    if plan.decided is None or not plan.is_approved:
        raise StoreError(f"The plan of erasure {plan.plan_id} was not approved by a second person.")
    receipt = Receipt(secrets.token_hex(8), now, plan.decided.by, plan.terms, tuple(sorted(items)), plan.plan_id)
    with guarded("writing a receipt of erasure"), writing(store.engine) as connection:
        connection.execute(
            erasure.insert().values(
                receipt_id=receipt.receipt_id,
                begun_at=now,
                begun_by=receipt.begun_by,
                terms=receipt.terms,
                plan_id=plan.plan_id,
            )
        )
        if items:
            connection.execute(
                erasure_item.insert(),
                [
                    {"receipt_id": receipt.receipt_id, "kind": due.kind, "item": due.name, "due": due.due}
                    for due in receipt.items
                ],
            )
    return receipt


def receipts(store: Store, *, unfinished_only: bool = False) -> list[Receipt]:
    """Every receipt, oldest first."""
    query = (
        sa.select(erasure, erasure_done.c.done_at, erasure_done.c.counts, erasure_done.c.list_sha256)
        .outerjoin(erasure_done, erasure_done.c.receipt_id == erasure.c.receipt_id)
        .order_by(erasure.c.begun_at, erasure.c.receipt_id)
    )
    if unfinished_only:
        query = query.where(erasure_done.c.receipt_id.is_(None))
    with guarded("reading receipts"), store.engine.connect() as connection:
        rows = list(connection.execute(query))
        items: dict[str, list[Due]] = {row.receipt_id: [] for row in rows}
        for row in connection.execute(erasure_item.select()):
            if row.receipt_id in items:
                items[row.receipt_id].append(Due(row.kind, row.item, row.due))
    return [Receipt(**{**row._mapping, "items": tuple(sorted(items[row.receipt_id]))}) for row in rows]


def carry_out_erasure(store: Store, workspace: Workspace, receipt: Receipt, *, now: datetime, key: bytes) -> None:
    """Erase everything on a receipt: rows of the store, and the files of its runs. Called again it erases nothing more.

    Args:
        store: the store of the municipality.
        workspace: its workspace, whose lock the caller holds.
        receipt: what goes, as `begin_erasure` wrote it down.
        now: the moment, with a zone.
        key: what hides the identity of rejected links (`link_key`).

    Raises:
        StoreError: the database failed. What is gone is gone, and the next call goes on.

    """
    with workspace.holding():
        close_months(store, now=now)  # figures of closed months do not fall when cases go
        of = _by_kind(receipt.items)
        _links(store, of[LINK_JUDGEMENT], of[LINK_READING], key)
        disclosed_runs = _contents(store, of[RIEC_CONTENT], receipt)
        _in_chunks(store, of[RIEC_SIGNAL], _signals_to_riec)
        shown = _in_chunks(store, of[CASE], _cases)
        _in_chunks(store, of[OBJECTION], _objections)
        _in_chunks(store, of[COLLEAGUE_SIGNAL], erase_tips)
        _in_chunks(store, of[TIP_HAND_OVER], erase_tip_hand_overs)
        _in_chunks(store, of[CARE_CONTACT], erase_care_contacts)
        _in_chunks(store, of[CONTACT_DUTY], erase_turns)
        runs = set(of[RUN])
        for run_id in sorted(runs | {run_id for run_id in (*shown, *disclosed_runs) if erased_on(store, run_id)}):
            delete_expired_rows(store, run_id)
        for run_id in sorted(runs):
            _remove_files(workspace, run_id)


def erase_sessions(store: Store, terms: Terms, *, now: datetime) -> dict[str, int]:
    """Take away sessions and accounts past their term: they are counted and not listed. Kind of data -> number."""
    sessions = delete_expired_sessions(store, before=now - timedelta(days=terms.sessions_days))
    with guarded("erasing accounts"), writing(store.engine) as connection:
        which = past_account(terms, now=now)
        old = sa.select(account_table.c.account).where(*which)
        connection.execute(saved_filter.delete().where(saved_filter.c.account.in_(old)))
        is_past = sa.or_(kept_form.c.account.in_(old), kept_form.c.delete_after < now)
        connection.execute(kept_form.delete().where(is_past))
        accounts = connection.execute(account_table.delete().where(*which)).rowcount
    return {name: number for name, number in (("sessions", sessions), ("accounts", accounts)) if number}


def finish_erasure(store: Store, receipt: Receipt, *, counts: dict[str, int], list_sha256: str, now: datetime) -> None:
    """Close a receipt: all of it was carried out, and its destruction list is on the disk."""
    with guarded("closing a receipt"), writing(store.engine) as connection:
        done = sa.exists().where(erasure_done.c.receipt_id == receipt.receipt_id)
        if not connection.scalar(sa.select(done)):
            connection.execute(
                erasure_done.insert().values(
                    receipt_id=receipt.receipt_id, done_at=now, counts=counts, list_sha256=list_sha256
                )
            )


def scrub(store: Store) -> None:
    """Leave nothing of deleted rows in the bytes of the database: a new file on SQLite, VACUUM on PostgreSQL.

    SQLite overwrites deleted content at once (`secure_delete`); what is left then is the journal.
    """
    if store.engine.dialect.name == "sqlite":
        raw = store.engine.raw_connection()
        try:
            cursor = raw.cursor()
            for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                with guarded("scrubbing the store"):
                    cursor.execute(statement).fetchall()
            cursor.close()
        finally:
            raw.close()
        return
    with (
        guarded("scrubbing the store"),
        store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.exec_driver_sql("VACUUM")


def _by_kind(items: Iterable[Due]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = defaultdict(list)
    for due in items:
        ids[due.kind].append(due.name)
    return ids


def _chunks(items: Collection[str]) -> Iterator[list[str]]:
    listed = sorted(items)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def _in_chunks(
    store: Store, items: Collection[str], erase: Callable[[sa.Connection, list[str]], Iterable[str]]
) -> set[str]:
    """Erase items a few hundred at a time, each in a transaction of its own, so that others can work in between."""
    freed: set[str] = set()
    for part in _chunks(items):
        with guarded("erasing"), writing(store.engine) as connection:
            freed.update(erase(connection, part))
    return freed


def _links(store: Store, judgements: Collection[str], readings: Collection[str], key: bytes) -> None:
    """Keep the hash of rejected pairs in the transaction that deletes their judgement."""
    with guarded("erasing judgements of links"), writing(store.engine) as connection:
        newest = sa.select(sa.func.max(link_judgement.c.id)).group_by(
            link_judgement.c.left_fingerprint, link_judgement.c.right_fingerprint
        )
        for part in _chunks(judgements):
            query = link_judgement.select().where(
                link_judgement.c.id.in_([int(number) for number in part]),
                link_judgement.c.id.in_(newest),
                link_judgement.c.judgement == NEGATIVE,
            )
            for row in connection.execute(query).all():
                pair, month = (row.left_fingerprint, row.right_fingerprint), month_of(day_of(row.judged_at))
                keep_rejected_link(connection, *pair, month=month, key=key)
        # a second reading refers to a first one, a judgement to the one before: rows that others refer to go last
        for table, column, items in (
            (link_result_seen, link_result_seen.c.reading_id, readings),
            (link_reading_undone, link_reading_undone.c.reading_id, readings),
            (link_reading, link_reading.c.id, readings),
            (link_judgement, link_judgement.c.id, judgements),
        ):
            numbers = sorted((int(number) for number in items), reverse=True)
            for start in range(0, len(numbers), _CHUNK):
                connection.execute(table.delete().where(column.in_(numbers[start : start + _CHUNK])))


def _contents(store: Store, riec_ids: Collection[str], receipt: Receipt) -> set[str]:
    """Note the content of signals as erased, delete it, and return the runs whose rows were kept for them."""
    runs: set[str] = set()
    with guarded("erasing the content of signals"), writing(store.engine) as connection:
        for part in _chunks(sorted(riec_ids)):
            ids = [int(number) for number in part]
            runs.update(connection.scalars(sa.select(riec_signal.c.run_id).where(riec_signal.c.id.in_(ids))))
        for number in sorted(int(riec_id) for riec_id in riec_ids):
            noted = sa.exists().where(riec_event.c.riec_id == number, riec_event.c.kind == ERASED)
            signal_id = sa.select(riec_signal.c.signal_id).where(riec_signal.c.id == number)
            if connection.scalar(signal_id) and not connection.scalar(sa.select(noted)):
                connection.execute(
                    riec_event.insert().values(
                        riec_id=number,
                        kind=ERASED,
                        actor=receipt.begun_by,
                        at=receipt.begun_at,
                        reason=f"Bewaartermijn voorbij, verklaring {receipt.receipt_id}",
                    )
                )
            connection.execute(riec_content.delete().where(riec_content.c.riec_id == number))
            connection.execute(riec_feedback_text.delete().where(riec_feedback_text.c.signal_id.in_(signal_id)))
    return runs


def _signals_to_riec(connection: sa.Connection, signal_ids: list[str]) -> Iterable[str]:
    """The lines of the register about these signals. Their content went before; batches keep their numbers."""
    ids = sa.select(riec_signal.c.id).where(riec_signal.c.signal_id.in_(signal_ids))
    for table in (riec_feedback_text, riec_feedback, riec_call_back, riec_disclosure):
        connection.execute(table.delete().where(table.c.signal_id.in_(signal_ids)))
    # the extra approval of a sensitive signal refers to the plain one
    connection.execute(
        riec_approval.delete().where(riec_approval.c.riec_id.in_(ids), riec_approval.c.other_by.is_not(None))
    )
    for table in (riec_approval, riec_content, riec_event, riec_draft_line):
        connection.execute(table.delete().where(table.c.riec_id.in_(ids)))
    connection.execute(riec_signal.delete().where(riec_signal.c.signal_id.in_(signal_ids)))
    return ()


def _cases(connection: sa.Connection, case_ids: list[str]) -> Iterable[str]:
    """Cases with all that hangs on them. The runs that they showed: rows kept for them alone go after this."""
    shown = list(
        connection.scalars(sa.select(review_case.c.run_id).where(review_case.c.case_id.in_(case_ids)).distinct())
    )
    stops = sa.select(visit_stop.c.visit_id).where(visit_stop.c.case_id.in_(case_ids))
    newest_first = connection.execute(
        sa.select(visit_outcome.c.id).where(visit_outcome.c.visit_id.in_(stops)).order_by(visit_outcome.c.id.desc())
    )
    for number in list(newest_first.scalars()):  # a correction refers to what it corrects
        connection.execute(visit_outcome.delete().where(visit_outcome.c.id == number))
    connection.execute(visit_stop.delete().where(visit_stop.c.case_id.in_(case_ids)))
    connection.execute(visit_list.delete().where(~sa.exists().where(visit_stop.c.list_id == visit_list.c.list_id)))
    connection.execute(case_explanation.delete().where(case_explanation.c.case_id.in_(case_ids)))
    connection.execute(
        case_judgement.delete().where(case_judgement.c.case_id.in_(case_ids), case_judgement.c.first_id.is_not(None))
    )
    connection.execute(
        case_hand_over.delete().where(case_hand_over.c.case_id.in_(case_ids), case_hand_over.c.takes_back.is_not(None))
    )
    for table in (
        kept_form,
        case_note,
        case_found,
        case_hand_over,
        partner_hand_over_event,
        partner_hand_over,
        case_act,
        case_judgement,
        case_reading,
        case_opened,
        case_step,
        case_fact,
        snooze,
        unseen_decision,
        review_case,
    ):
        connection.execute(table.delete().where(table.c.case_id.in_(case_ids)))
    return shown


def _objections(connection: sa.Connection, objection_ids: list[str]) -> Iterable[str]:
    for table in (objection_decision, objection):
        connection.execute(table.delete().where(table.c.objection_id.in_(objection_ids)))
    return ()


def _remove_files(workspace: Workspace, run_id: str) -> None:
    """The files of a run that hold persons, addresses or flags; its counts stay."""
    directory = workspace.runs / run_id
    if not directory.is_dir():
        return
    doomed = [path for path in directory.iterdir() if path.name not in KEPT_FILES]
    for path in doomed:
        remove(path)
    if doomed:
        sync_directory(directory)
