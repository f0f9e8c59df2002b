"""What happened after a tip or a judgement, one by one, for the counts of a month: tips, acts, what left, care.

Each counts in the month in which it was recorded, so that a month that is over never moves: a day that somebody fills
in later belongs to the month of filling in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.datasets import datasets_with_sensitive_rows
from screening.base.vocabulary import ActKind, BatchKind
from screening.casework.tips.tips import tips_handed_over
from screening.store.schema.acts import HAND_OVER, TAKEN_BACK, case_act, case_hand_over
from screening.store.schema.cases import FIRST, SECOND, case_judgement, review_case
from screening.store.schema.hand_overs import (
    CALL,
    CALLED_BACK,
    RELEASED,
    partner_hand_over,
    partner_hand_over_event,
    tip_hand_over_event,
)
from screening.store.schema.partners import riec_disclosure, riec_signal
from screening.store.schema.retention import UPHELD, objection, objection_decision
from screening.store.schema.runs import FLAGGED, flag, link_judgement, link_to_judge
from screening.store.schema.tips import (
    GAVE_UP,
    REACHED,
    care_contact,
    care_step,
    colleague_signal,
    signal_decision,
    tip_text_removed,
)
from screening.store.schema.visits import visit_outcome, visit_stop


@dataclass(frozen=True)
class CountedEvent:
    """Something that happened. `group`: arm, sensitivity and rules of its case; None where it is of no case.

    `is_sensitive`: of what is of no case.
    """

    happened_at: datetime
    what: str
    group: tuple[str, bool, Sequence[str] | None] | None = None
    is_sensitive: bool = False


def events_since(connection: sa.Connection, since: datetime) -> Iterator[CountedEvent]:
    """Everything that was recorded from a moment on."""
    yield from _of_tips(connection, since)
    yield from _of_cases(connection, since)
    yield from _of_signals(connection, since)
    yield from _of_hand_overs(connection, since)
    yield from _of_records(connection, since)


def first_event(connection: sa.Connection) -> datetime | None:
    """When the first tip or wish for contact came that is still there: it may be older than the first case."""
    moments = [
        connection.scalar(sa.select(sa.func.min(column)))
        for column in (colleague_signal.c.received_at, care_contact.c.asked_at)
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def _of_tips(connection: sa.Connection, since: datetime) -> Iterator[CountedEvent]:
    received = sa.select(colleague_signal.c.received_at).where(colleague_signal.c.received_at >= since)
    for (received_at,) in connection.execute(received):
        yield CountedEvent(received_at, "tip")
    # of several decisions on one tip in a month the last one: the counter joins them by what it says first
    decided = sa.select(signal_decision.c.signal_id, signal_decision.c.decided_at, signal_decision.c.decision)
    last: dict[tuple[str, date], CountedEvent] = {}
    for signal_id, decided_at, decision in connection.execute(
        decided.where(signal_decision.c.decided_at >= since).order_by(signal_decision.c.id)
    ):
        # what joined a dossier before there were tips for an address is one
        kept_for = "for_address" if decision == "joins_dossier" else decision
        last[signal_id, _month(decided_at)] = CountedEvent(decided_at, f"tip|{kept_for}")
    yield from last.values()
    removed = sa.select(tip_text_removed.c.removed_at).where(tip_text_removed.c.removed_at >= since)
    for (removed_at,) in connection.execute(removed):
        yield CountedEvent(removed_at, "tip|text_removed")
    given = tips_handed_over().subquery()
    for forwarded_at, receiver in connection.execute(
        sa.select(given.c.handed_at, given.c.receiver).where(given.c.handed_at >= since)
    ):
        yield CountedEvent(forwarded_at, f"tip|forwarded|{receiver}")
    back = tip_hand_over_event.c
    called_back = sa.select(back.at).where(back.at >= since, back.action == CALLED_BACK)
    for (called_back_at,) in connection.execute(called_back):
        yield CountedEvent(called_back_at, "tip|called_back")
    asked = sa.select(care_contact.c.asked_at).where(care_contact.c.asked_at >= since)
    for (asked_at,) in connection.execute(asked):
        yield CountedEvent(asked_at, "care|asked")
    answered = sa.select(care_step.c.at, care_step.c.kind).where(
        care_step.c.at >= since, care_step.c.kind.in_([REACHED, GAVE_UP])
    )
    for step_at, kind in connection.execute(answered):
        yield CountedEvent(step_at, f"care|{kind}")


def _of_cases(connection: sa.Connection, since: datetime) -> Iterator[CountedEvent]:
    acts = _with_group(case_act.c.at, case_act.c.kind, case_act.c.choices).select_from(
        case_act.join(review_case, review_case.c.case_id == case_act.c.case_id).outerjoin(flag, _CITED)
    )
    for act_at, kind, choices, *group in connection.execute(acts.where(case_act.c.at >= since)):
        if kind in _ACTS:
            yield CountedEvent(act_at, kind, _group(group))
            for choice in choices:
                yield CountedEvent(act_at, f"{kind}|{choice}", _group(group))
    visits = _with_group(visit_outcome.c.recorded_at, visit_outcome.c.situatie).select_from(
        visit_outcome.join(visit_stop, visit_stop.c.visit_id == visit_outcome.c.visit_id)
        .join(review_case, review_case.c.case_id == visit_stop.c.case_id)
        .outerjoin(flag, _CITED)
    )
    first_report = visit_outcome.c.supersedes.is_(None)
    for recorded_at, situation, *group in connection.execute(
        visits.where(visit_outcome.c.recorded_at >= since, first_report)
    ):
        yield CountedEvent(recorded_at, "visit", _group(group))
        yield CountedEvent(recorded_at, f"visit|{situation}", _group(group))
    first, second = case_judgement.alias(), case_judgement.alias()
    differs = _with_group(second.c.judged_at).select_from(
        second.join(first, (first.c.case_id == second.c.case_id) & (first.c.round == second.c.round))
        .join(review_case, review_case.c.case_id == second.c.case_id)
        .outerjoin(flag, _CITED)
    )
    is_other = (first.c.role == FIRST) & (second.c.role == SECOND) & (first.c.outcome != second.c.outcome)
    for judged_at, *group in connection.execute(differs.where(second.c.judged_at >= since, is_other)):
        yield CountedEvent(judged_at, "differs", _group(group))


def _of_signals(connection: sa.Connection, since: datetime) -> Iterator[CountedEvent]:
    # what is sensitive is asked of the signal: its case may be gone
    disclosed = sa.select(
        riec_disclosure.c.at, riec_disclosure.c.kind, review_case.c.arm, riec_signal.c.sensitive, flag.c.indicator_codes
    ).select_from(
        riec_disclosure.join(riec_signal, riec_signal.c.id == riec_disclosure.c.riec_id)
        .outerjoin(review_case, review_case.c.case_id == riec_signal.c.case_id)
        .outerjoin(flag, _CITED)
    )
    is_first = riec_disclosure.c.repeats.is_(None)
    for disclosed_at, kind, arm, is_sensitive, codes in connection.execute(
        disclosed.where(riec_disclosure.c.at >= since, is_first)
    ):
        yield CountedEvent(disclosed_at, f"batch|{BatchKind(kind)}", (arm or FLAGGED, is_sensitive, codes))


def _of_hand_overs(connection: sa.Connection, since: datetime) -> Iterator[CountedEvent]:
    """What else stands in the register of disclosures: calls, sheets and files for the case system.

    A sheet counts when it first leaves and not each time that it is downloaded, as a batch that is sent again does not;
    one that never left is not called back.
    """
    step, first = partner_hand_over_event, partner_hand_over_event.alias()
    releases = sa.select(sa.func.min(first.c.id)).where(first.c.action == RELEASED).group_by(first.c.hand_over_id)
    has_left = step.c.hand_over_id.in_(sa.select(first.c.hand_over_id).where(first.c.action == RELEASED))
    counted = sa.or_(step.c.id.in_(releases), sa.and_(step.c.action == CALLED_BACK, has_left))
    calls = partner_hand_over.c.form == CALL
    of_call = step.c.hand_over_id.in_(sa.select(partner_hand_over.c.id).where(calls))
    is_call_back = sa.and_(step.c.action == CALLED_BACK, of_call)
    for table, moment, word, condition, names in (
        (partner_hand_over, partner_hand_over.c.prepared_at, partner_hand_over.c.form, calls, {CALL: "call"}),
        (step, step.c.at, step.c.action, counted, {RELEASED: "sheet", CALLED_BACK: "sheet|called_back"}),
        (step, step.c.at, step.c.action, is_call_back, {CALLED_BACK: "call|called_back"}),
        (
            case_hand_over,
            case_hand_over.c.at,
            case_hand_over.c.kind,
            sa.true(),
            {HAND_OVER: "case_file", TAKEN_BACK: "case_file|taken_back"},
        ),
    ):
        cases = table.join(review_case, review_case.c.case_id == table.c.case_id).outerjoin(flag, _CITED)
        rows = _with_group(moment, word).select_from(cases).where(moment >= since, condition)
        for happened_at, kind, *group in connection.execute(rows):
            yield CountedEvent(happened_at, names[kind], _group(group))


def _of_records(connection: sa.Connection, since: datetime) -> Iterator[CountedEvent]:
    """Judgements of links and requests that were upheld: of records and of no case, and as sensitive as those are."""
    pair = [link_to_judge.c[end] == link_judgement.c[end] for end in ("left_fingerprint", "right_fingerprint")]
    of_night = sa.exists().where(*pair, link_to_judge.c.sensitive.is_(True))
    # a link that a case gave as a wrong one: in the same moment, by the same person
    of_case = sa.exists().where(
        case_judgement.c.judged_by == link_judgement.c.judged_by,
        case_judgement.c.judged_at == link_judgement.c.judged_at,
        review_case.c.case_id == case_judgement.c.case_id,
        review_case.c.sensitive.is_(True),
    )
    links = sa.select(link_judgement.c.judged_at, link_judgement.c.judgement, sa.or_(of_night, of_case))
    for judged_at, judgement, is_sensitive in connection.execute(links.where(link_judgement.c.judged_at >= since)):
        yield CountedEvent(judged_at, f"link|{judgement}", is_sensitive=bool(is_sensitive))
    decided = (
        sa.select(objection_decision.c.decided_at, objection.c.record)
        .join(objection, objection.c.objection_id == objection_decision.c.objection_id)
        .where(objection_decision.c.decided_at >= since, objection_decision.c.decision == UPHELD)
    )
    hidden = datasets_with_sensitive_rows()
    for decided_at, record in connection.execute(decided):
        is_hidden = (record or "").partition(":")[0] in hidden
        yield CountedEvent(decided_at, "upheld", is_sensitive=is_hidden)


def _month(moment: datetime) -> date:
    """The first day of the month in which a moment is, by the calendar of the town."""
    return day_of(moment).replace(day=1)


#: Acts that say that something was done, or that a result was too early.
_ACTS = frozenset({ActKind.MEASURE, ActKind.PASSED_ON, ActKind.RESULT, ActKind.RESUMED})
_CITED = (flag.c.run_id == review_case.c.run_id) & (flag.c.address_id == review_case.c.address_id)


def _with_group(*columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return sa.select(*columns, review_case.c.arm, review_case.c.sensitive, flag.c.indicator_codes)


def _group(values: list[Any]) -> tuple[str, bool, Sequence[str] | None]:
    """The group of a case."""
    arm, is_sensitive, codes = values
    return arm, is_sensitive, codes
