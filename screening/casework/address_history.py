"""One history of an address: its cases, visits, tips and what was done, as one viewer may know it now.

Before the own judgement of a case there is none: what colleagues made of the address would weigh in it. Of a case that
others decided, who did not judge it learns what was done and found, and not what colleagues said: no readings,
judgements or tips. Of a case decided before one that the viewer judged they are shown. What is past its term is in no
table any more, and a tip not after its own date. Signals to partners are added by `partners`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import CaseState
from screening.casework.acts.acts import acts_of, known_decided
from screening.casework.acts.hand_over import hand_overs_of
from screening.casework.cases.case import Case
from screening.casework.cases.history import case_history, ended_at
from screening.casework.cases.independence import has_judged
from screening.casework.tips.address_tips import dossier_tips
from screening.casework.viewer import Viewer
from screening.casework.visits.case_visits import case_visits
from screening.store.engine import guarded
from screening.store.schema.cases import DOSSIER, review_case
from screening.store.store import Store


@dataclass(frozen=True)
class HistoryEntry:
    """Something that happened at an address. `kind`: the key of its sentence, such as "visited" or "act.measure".

    `on`: the day; `done_at`: the moment, where it is known; `actor`: an account, "run", or None. `details`: codes and
    days for the sentence. `note`: words that a person wrote there.
    """

    on: date
    kind: str
    case_id: str | None = None
    done_at: datetime | None = None
    actor: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    note: str = ""


def cases_of_history(store: Store, viewer: Viewer, case: Case) -> list[str]:
    """Ids of the cases whose history this viewer may know from this one, oldest first; empty before the own judgement.

    A sensitive case only from a sensitive one. Earlier cases are there as soon as the viewer judged this one, or may
    know how others decided it; which of their entries, `address_history` says.
    """
    is_decided = case.state is CaseState.CLOSED and bool(known_decided(store, viewer, [case.case_id]))
    if not (is_decided or has_judged(store, viewer, case.case_id)):
        return []
    query = sa.select(review_case.c.case_id, review_case.c.state).where(
        review_case.c.address_id == case.address_id,
        sa.or_(review_case.c.case_id == case.case_id, review_case.c.concluded_on.is_not(None)),
        viewer.may_see(review_case.c.sensitive),
    )
    if not case.sensitive:
        query = query.where(review_case.c.sensitive.is_(False))
    with guarded("reading the history of an address"), store.engine.connect() as connection:
        rows = connection.execute(query.order_by(review_case.c.opened_on, review_case.c.case_id)).all()
    state_of = {row.case_id: CaseState(row.state) for row in rows}
    # a later case at the address waits for the viewer: then what this one led to stays, and the others do not show
    decided = {decided.case_id for decided in known_decided(store, viewer, list(state_of))} | {case.case_id}
    ended = {CaseState.LAPSED, CaseState.WITHDRAWN}
    return [case_id for case_id, state in state_of.items() if case_id in decided or state in ended]


def address_history(store: Store, viewer: Viewer, case: Case, *, now: datetime) -> list[HistoryEntry]:
    """Return what happened at the address of a case, oldest first, as this viewer may know it (`cases_of_history`)."""
    ids = cases_of_history(store, viewer, case)
    if not ids:
        return []
    entries = [*_openings(store, ids), *_acts(store, ids), *_visits(store, viewer, ids)]
    if has_judged(store, viewer, case.case_id):
        # what colleagues said of cases that were decided before can weigh in nothing any more
        earlier = known_decided(store, viewer, ids[: ids.index(case.case_id)])
        shown_to = dict.fromkeys(ids, viewer) | {decided.case_id: None for decided in earlier}
        entries += [entry for case_id in ids for entry in _steps(store, case_id, shown_to[case_id])]
        entries += _tips(store, case, ids, now)
    return sorted(entries, key=in_order)


def in_order(entry: HistoryEntry) -> tuple[date, str, str]:
    """The place of an entry in a history: its day, then the moment; what has no moment comes first on its day."""
    return entry.on, "" if entry.done_at is None else entry.done_at.isoformat(), entry.kind


def _openings(store: Store, ids: list[str]) -> Iterator[HistoryEntry]:
    query = sa.select(review_case.c.case_id, review_case.c.opened_on).where(review_case.c.case_id.in_(ids))
    with guarded("reading cases"), store.engine.connect() as connection:
        for row in connection.execute(query).all():
            yield HistoryEntry(row.opened_on, "case_opened", row.case_id)


def _steps(store: Store, case_id: str, viewer: Viewer | None) -> Iterator[HistoryEntry]:
    """Readings, judgements and endings of a case; of the openings the dossier alone. `viewer`: see `case_history`."""
    for step in case_history(store, case_id, viewer):
        if step.kind == "opened" and step.piece != DOSSIER:
            continue
        details = {
            name: value
            for name in ("reading", "role", "outcome", "ground", "refer_to")
            if (value := getattr(step, name)) is not None
        }
        yield HistoryEntry(
            day_of(step.done_at), step.kind, case_id, step.done_at, step.actor, details | {"is_hidden": step.is_hidden}
        )


def _acts(store: Store, ids: list[str]) -> Iterator[HistoryEntry]:
    for case_id, acts in acts_of(store, ids).items():
        for act in acts:
            details = {"choices": act.choices, "due_on": act.due_on, "reference": act.reference}
            yield HistoryEntry(act.on_day, f"act.{act.kind}", case_id, act.done_at, act.actor, details)
    for case_id, files in hand_overs_of(store, ids).items():
        for file in files:
            details = {"asked": file.asked, "reason": file.reason}
            yield HistoryEntry(day_of(file.done_at), file.kind, case_id, file.done_at, file.actor, details)


def _visits(store: Store, viewer: Viewer, ids: list[str]) -> Iterator[HistoryEntry]:
    """Visits that were planned, and what was found there after corrections, as this viewer may know of them."""
    for case_id in ids:
        for visit in case_visits(store, viewer, case_id):
            planned: dict[str, object] = {"for_date": visit.for_date}
            made_on = day_of(visit.made_at)
            yield HistoryEntry(made_on, "visit_planned", case_id, visit.made_at, visit.made_by, planned)
            if outcome := visit.outcome:
                seen = {"situatie": outcome.situatie, "bevindingen": outcome.bevindingen, "counted": outcome.details}
                yield HistoryEntry(
                    outcome.visited_on, "visited", case_id, outcome.recorded_at, outcome.recorded_by, seen, outcome.note
                )


def _tips(store: Store, case: Case, ids: list[str], now: datetime) -> Iterator[HistoryEntry]:
    """Tips that were kept for the address up to the end of the last of these cases, by the day of the sighting.

    Never whose. What was kept later is of a case that the viewer may still have to judge.
    """
    until = ended_at(store, ids)
    for tip in dossier_tips(store, case.address, now=now, until=until):
        seen: dict[str, object] = {"observations": tip.observations, "number_only": tip.number_only}
        yield HistoryEntry(tip.seen_on, "tip", details=seen, note=tip.text)
