"""Find the data in the store that is past its term on a day: ids and the day from which it is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import ReviewOutcome
from screening.casework.cases.unseen import is_unseen
from screening.casework.links.judgements import POSITIVE
from screening.rights.terms import Terms
from screening.store.engine import guarded
from screening.store.schema.accounts import account, review_session
from screening.store.schema.acts import case_act, case_hand_over
from screening.store.schema.cases import review_case, snooze, unseen_decision
from screening.store.schema.hand_overs import (
    CALL,
    RELEASED,
    partner_hand_over,
    partner_hand_over_event,
    tip_hand_over,
    tip_hand_over_event,
)
from screening.store.schema.link_readings import link_reading
from screening.store.schema.partners import riec_content, riec_disclosure, riec_signal
from screening.store.schema.retention import (
    ACCESS,
    BACKUP,
    BATCH_FILE,
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
    SNAPSHOT,
    TIP_HAND_OVER,
    UPHELD,
    VISIT_PHOTO,
    erasure_item,
    objection,
    objection_decision,
)
from screening.store.schema.runs import PUBLISHED, link_judgement, run
from screening.store.schema.tips import care_contact, colleague_signal, contact_duty
from screening.store.store import Store

#: Kind of item -> the kind of data it is of.
DATA_OF = {
    RUN: "run_data",
    CASE: "cases",
    LINK_JUDGEMENT: "link_judgements",
    LINK_READING: "link_judgements",
    COLLEAGUE_SIGNAL: "colleague_signals",
    CARE_CONTACT: "colleague_signals",
    CONTACT_DUTY: "colleague_signals",
    RIEC_CONTENT: "disclosures",
    RIEC_SIGNAL: "disclosures",
    TIP_HAND_OVER: "disclosures",
    OBJECTION: "objections",
    SNAPSHOT: "snapshots",
    BATCH_FILE: "batch_files",
    BACKUP: "backups",
    VISIT_PHOTO: "visit_photos",
}


@dataclass(frozen=True, order=True)
class Due:
    """A thing past its term. `kind`: the word of `erasure_item`; `due`: the first day on which it may not be there."""

    kind: str
    name: str
    due: date


def ids_by_kind(items: Sequence[Due]) -> dict[str, list[str]]:
    """Kind of data -> what is listed of it, as `kind:id`."""
    ids: dict[str, list[str]] = {}
    for due in items:
        ids.setdefault(DATA_OF[due.kind], []).append(f"{due.kind}:{due.name}")
    return ids


def count_by_kind(items: Sequence[Due], counted: Mapping[str, int]) -> dict[str, int]:
    """Kind of data -> number, of what is listed and of what is only counted."""
    listed = Counter({kind: len(ids) for kind, ids in ids_by_kind(items).items()})
    return dict(listed + Counter(dict(counted)))


def due_items(store: Store, terms: Terms, *, now: datetime, present: Collection[str] | None = None) -> list[Due]:
    """Everything that is past its term, by kind and id. StoreError on database errors.

    `present`: the content fingerprints of the last two nights; a link that people confirmed stays as long as both its
    ends are there. None where that is not known: then no confirmed link goes.
    """
    day = day_of(now)
    with guarded("looking what is past its term"), store.engine.connect() as connection:
        due = [
            *_runs(connection, terms),
            *_cases(connection, terms),
            *_links(connection, terms, present),
            *_colleague_signals(connection, terms),
            *_disclosures(connection, terms),
            *_objections(connection, terms),
        ]
    return sorted(entry for entry in set(due) if entry.due <= day)


def _after(moment: date | datetime, days: int) -> date:
    """The first day after a term of so many days."""
    start = day_of(moment) if isinstance(moment, datetime) else moment
    return start + timedelta(days=days + 1)


def _runs(connection: sa.Connection, terms: Terms) -> list[Due]:
    """Runs behind the newest ones: the last full load and the one before, from which dates and ids are carried on."""
    rows = connection.execute(
        sa.select(run.c.run_id, run.c.published_at)
        .where(run.c.state == PUBLISHED)
        .order_by(run.c.as_of.desc(), run.c.published_seq.desc())
    ).all()
    noted = set(connection.scalars(sa.select(erasure_item.c.item).where(erasure_item.c.kind == RUN)))
    due = []
    for position, published in enumerate(rows):
        if position >= terms.runs_kept and published.run_id not in noted:
            pushed_out = max(rows[position - terms.runs_kept].published_at, published.published_at)
            due.append(Due(RUN, published.run_id, day_of(pushed_out)))
    return due


def _cases(connection: sa.Connection, terms: Terms) -> list[Due]:
    """Cases that are over. A snooze that still holds keeps its case, and a signal to the RIEC that of its content.

    A case that nobody saw waits for the team lead; its term begins with that decision. That of a confirmed case begins
    again with each act; and what was handed over stays as long as the register of disclosures: not a call that tells
    nothing of the case, nor a sheet that never left.
    """
    decided = {
        row.case_id: day_of(row.decided_at)
        for row in connection.execute(sa.select(unseen_decision.c.case_id, unseen_decision.c.decided_at))
    }
    put_off: dict[str, date] = {}
    for case_id, until in [
        *connection.execute(sa.select(snooze.c.case_id, snooze.c.until)),
        *connection.execute(
            sa.select(riec_signal.c.case_id, sa.func.max(riec_signal.c.keep_until)).group_by(riec_signal.c.case_id)
        ),
    ]:
        put_off[case_id] = max(until, put_off.get(case_id, until))
    begun: dict[str, date] = {}
    for case_id, done_at in connection.execute(sa.select(case_act.c.case_id, case_act.c.at)):
        begun[case_id] = max(day_of(done_at), begun.get(case_id, date.min))
    hand_over, step = partner_hand_over.c, partner_hand_over_event.c
    tells_address = sa.and_(hand_over.form == CALL, hand_over.recipient != "")
    for case_id, done_at in [
        *connection.execute(sa.select(case_hand_over.c.case_id, case_hand_over.c.at)),
        *connection.execute(sa.select(hand_over.case_id, hand_over.prepared_at).where(tells_address)),
        *connection.execute(sa.select(step.case_id, step.at).where(step.action == RELEASED)),
    ]:
        until = _after(done_at, terms.disclosures_days - 1)
        put_off[case_id] = max(until, put_off.get(case_id, until))
    rows = connection.execute(
        sa.select(review_case.c.case_id, review_case.c.outcome, review_case.c.concluded_on).where(
            review_case.c.concluded_on.is_not(None), ~is_unseen()
        )
    )
    due_cases = []
    for case_id, outcome, concluded_on in rows:
        is_confirmed = outcome == ReviewOutcome.BEVESTIGD_AFWIJKING
        since = max(decided.get(case_id, concluded_on), begun.get(case_id, date.min))
        due = _after(since, terms.confirmed_days if is_confirmed else terms.unconfirmed_days)
        due_cases.append(Due(CASE, case_id, max(due, _after(put_off[case_id], 0)) if case_id in put_off else due))
    return due_cases


def _links(connection: sa.Connection, terms: Terms, present: Collection[str] | None) -> list[Due]:
    """Judgements and readings of links. All of a pair go together, since they refer to each other."""
    steps: dict[tuple[str, str], list[Due]] = {}
    last: dict[tuple[str, str], str] = {}
    for kind, table, moment in (
        (LINK_JUDGEMENT, link_judgement, link_judgement.c.judged_at),
        (LINK_READING, link_reading, link_reading.c.read_at),
    ):
        word = link_judgement.c.judgement if kind == LINK_JUDGEMENT else sa.literal("")
        ends = (table.c.left_fingerprint, table.c.right_fingerprint)
        for number, left, right, step_at, judgement in connection.execute(
            sa.select(table.c.id, *ends, moment, word).order_by(table.c.id)
        ):
            steps.setdefault((left, right), []).append(Due(kind, str(number), _after(step_at, terms.links_days)))
            last[left, right] = judgement or last.get((left, right), "")
    due_steps = []
    for pair, pair_steps in steps.items():
        if last[pair] == POSITIVE and (present is None or all(end in present for end in pair)):
            continue
        due = max(step.due for step in pair_steps)
        due_steps += [Due(step.kind, step.name, due) for step in pair_steps]
    return due_steps


def _colleague_signals(connection: sa.Connection, terms: Terms) -> list[Due]:
    """Signals of colleagues and care contacts: by the date on each, or earlier where the term is shorter now.

    And turns of the rota, a term after the next one began.
    """
    due = []
    for kind, key, since in (
        (COLLEAGUE_SIGNAL, colleague_signal.c.signal_id, colleague_signal.c.received_at),
        (CARE_CONTACT, care_contact.c.id, care_contact.c.asked_at),
    ):
        for name, until, since_at in connection.execute(sa.select(key, key.table.c.delete_after, since)):
            due.append(Due(kind, str(name), min(_after(until, 0), _after(since_at, terms.colleague_signals_days))))
    turns = connection.execute(
        sa.select(contact_duty.c.id, contact_duty.c.from_day).order_by(contact_duty.c.from_day, contact_duty.c.id)
    ).all()
    for turn, following in pairwise(turns):  # the last one holds
        due.append(Due(CONTACT_DUTY, str(turn.id), _after(following.from_day, terms.colleague_signals_days)))
    return due


def _disclosures(connection: sa.Connection, terms: Terms) -> list[Due]:
    """Return signals whose content is due by its own date, and disclosures due a term after the last action on them.

    What a partner got of a tip is a disclosure too, due a term after the last step on it.

    The register of disclosures shows people who received data about them, so it is kept longer than the content.
    """
    has_content = sa.exists().where(riec_content.c.riec_id == riec_signal.c.id)
    rows = connection.execute(sa.select(riec_signal.c.id, riec_signal.c.keep_until).where(has_content))
    contents = [Due(RIEC_CONTENT, str(number), _after(until, 0)) for number, until in rows]
    last: dict[str, date] = {}
    for signal_id, until, done_at in [
        *connection.execute(sa.select(riec_signal.c.signal_id, riec_signal.c.keep_until, riec_signal.c.prepared_at)),
        *connection.execute(sa.select(riec_disclosure.c.signal_id, riec_disclosure.c.keep_until, riec_disclosure.c.at)),
    ]:
        due = max(_after(until, 0), _after(done_at, terms.disclosures_days))
        last[signal_id] = max(due, last.get(signal_id, due))
    step = tip_hand_over_event.c
    tips = [
        Due(TIP_HAND_OVER, str(number), _after(stepped_at or handed_at, terms.disclosures_days))
        for number, handed_at, stepped_at in connection.execute(
            sa.select(tip_hand_over.c.id, tip_hand_over.c.handed_at, sa.func.max(step.at))
            .outerjoin(tip_hand_over_event, step.hand_over_id == tip_hand_over.c.id)
            .group_by(tip_hand_over.c.id, tip_hand_over.c.handed_at)
        )
    ]
    return contents + tips + [Due(RIEC_SIGNAL, signal_id, due) for signal_id, due in last.items()]


def _objections(connection: sa.Connection, terms: Terms) -> list[Due]:
    """Requests that were decided. One that was upheld protects somebody and stays as long as it holds; not access."""
    newest = sa.select(sa.func.max(objection_decision.c.id)).group_by(objection_decision.c.objection_id)
    rows = connection.execute(
        sa.select(
            objection.c.objection_id, objection.c.claim, objection_decision.c.decision, objection_decision.c.decided_at
        )
        .join(objection_decision, objection_decision.c.objection_id == objection.c.objection_id)
        .where(objection_decision.c.id.in_(newest))
    )
    return [
        Due(OBJECTION, row.objection_id, _after(row.decided_at, terms.objections_days))
        for row in rows
        if row.decision != UPHELD or row.claim == ACCESS
    ]


def old_sessions(store: Store, terms: Terms, *, now: datetime) -> tuple[int, int]:
    """Numbers of sessions and of accounts past their term: they are erased without a line each."""
    before = now - timedelta(days=terms.sessions_days)
    over = sa.or_(review_session.c.ended_at < before, review_session.c.ends_at < before)
    with guarded("looking at sessions"), store.engine.connect() as connection:
        sessions = connection.scalar(sa.select(sa.func.count()).select_from(review_session).where(over))
        accounts = connection.scalar(
            sa.select(sa.func.count()).select_from(account).where(*past_account(terms, now=now))
        )
    return int(sessions or 0), int(accounts or 0)


def past_account(terms: Terms, *, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Accounts that nobody has used since long before: their last sign-in lies a whole term back."""
    before = now - timedelta(days=terms.accounts_days)
    last = sa.func.coalesce(account.c.signed_in_at, account.c.created_at)
    return (last < before, ~sa.exists().where(review_session.c.account == account.c.account))
