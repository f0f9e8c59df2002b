"""Making a walking list from confirmed cases and first looks, and changing the order of its stops."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import CaseState, NoticeReason, ReviewOutcome
from screening.casework.acts.stops import DecidedCase, stops
from screening.casework.case_errors import ConflictError, NotAllowedError, NotReadyError
from screening.casework.cases.case import allowed_by_roles
from screening.casework.cases.independence import may_know_outcome
from screening.casework.colleagues import Colleague
from screening.casework.data_subject_requests import is_kept_out
from screening.casework.viewer import Viewer
from screening.casework.visits.companions import checked_companion
from screening.casework.visits.first_look import may_look_first
from screening.casework.visits.lists import VisitList, get_visit_list
from screening.casework.visits.route import MOST_STOPS, walking_order
from screening.casework.visits.words import DEFAULT_LOOK_AT, LOOK_AT, VisitFormError
from screening.store.engine import guarded, writing
from screening.store.schema.cases import review_case
from screening.store.schema.runs import FLAGGED, dossier_record
from screening.store.schema.visits import DONE, OPEN, visit_list, visit_outcome, visit_stop
from screening.store.store import Store

_FLAGS = ("sensitive", "planned", "kept_out")
_NOT_YOURS = "There is no such walking list."


@dataclass(frozen=True)
class Visitable:
    """A case to visit. `visits`: how often it was visited. `planned`: on an open list, so on no other.

    `concluded_on`: when two officers had confirmed it; None of a first look. `kept_out`: an objection about the address
    holds, and nobody goes there.
    """

    case_id: str
    address_id: str
    address: str
    concluded_on: date | None
    sensitive: bool
    visits: int
    planned: bool
    kept_out: bool

    @property
    def is_first_look(self) -> bool:
        """Whether nothing was decided yet, so that the visit is a first look."""
        return self.concluded_on is None


def visitable_cases(store: Store, viewer: Viewer, *, now: datetime) -> list[Visitable]:
    """The cases that this person may plan a visit to, by address.

    Confirmed by two officers, or read by this person with all that the rules saw (a first look); never drawn at random:
    a visit reaches into someone's life, and a draw is no reason for it (for desk review only; Algoritmekader 6-imp-02).
    """
    visits = (
        sa.select(sa.func.count(visit_stop.c.visit_id.distinct()))
        .join(visit_outcome, visit_outcome.c.visit_id == visit_stop.c.visit_id)
        .where(visit_stop.c.case_id == review_case.c.case_id)
        .scalar_subquery()
    )
    query = (
        sa.select(
            review_case.c.case_id,
            review_case.c.address_id,
            review_case.c.address,
            review_case.c.concluded_on,
            review_case.c.sensitive,
            visits.label("visits"),
            _is_planned(now).label("planned"),
            is_kept_out(review_case.c.address_id).label("kept_out"),
        )
        .where(_visitable(viewer, now))
        .order_by(review_case.c.address, review_case.c.case_id)
    )
    with guarded("looking for confirmed cases"), store.engine.connect() as connection:
        return [
            Visitable(**{**row._mapping, **{name: bool(getattr(row, name)) for name in _FLAGS}})
            for row in connection.execute(query)
        ]


def plan_visits(
    store: Store,
    viewer: Viewer,
    case_ids: Collection[str],
    *,
    for_date: date,
    companion: str | None = None,
    colleagues: Mapping[str, Colleague] | None = None,
    look_at: Mapping[str, Sequence[str]] | None = None,
    now: datetime,
) -> VisitList:
    """Make a list of these cases, in walking order.

    Args:
        store: the store of the municipality.
        viewer: who makes the list and sees it, with the companion alone.
        case_ids: of `visitable_cases`, at most MOST_STOPS.
        for_date: the day of the walk, today or later.
        companion: account of the colleague who comes along, as it was filled in; None for nobody.
        colleagues: account -> colleague of those who can come along (`companions`); the companion is one of them.
        look_at: case id -> codes of LOOK_AT; DEFAULT_LOOK_AT where it is absent.
        now: the moment, with a zone.

    Raises:
        NotAllowedError: a case is neither confirmed nor read by this person, was drawn at random, or is not this
            person's to see (the same words).
        VisitFormError: no case or too many, a day gone by, an unknown code, a colleague who is unknown or may not see
            one of the cases.
        ConflictError: a case is on another list for today or later.
        NotReadyError: an objection about one of the addresses holds (`kept_out`), or what a case rests on does not
            hold any more (`stopped`).

    """
    chosen = sorted(set(case_ids))
    if not 1 <= len(chosen) <= MOST_STOPS:
        raise VisitFormError("cases", "case_ids", f"Choose 1 to {MOST_STOPS} addresses.")
    if for_date < day_of(now):
        raise VisitFormError("for_date", "for_date", "That day has gone by.")
    points = {case_id: tuple((look_at or {}).get(case_id) or DEFAULT_LOOK_AT) for case_id in chosen}
    if any(code not in LOOK_AT for codes in points.values() for code in codes):
        raise VisitFormError("look_at", "look_at", "Choose what to look at from the list.")
    accompanied_by = checked_companion(viewer, companion, colleagues or {})
    if _stopped(store, viewer, chosen):
        raise NotReadyError("What one of these cases rests on does not hold any more. Nobody goes there.", "stopped")
    list_id = secrets.token_hex(8)
    with guarded("making a walking list"), writing(store.engine) as connection:
        cases = connection.execute(
            sa.select(
                review_case, _is_planned(now).label("planned"), is_kept_out(review_case.c.address_id).label("kept_out")
            ).where(review_case.c.case_id.in_(chosen), _visitable(viewer, now))
        ).all()
        if len(cases) != len(chosen):
            raise NotAllowedError(
                "A walking list takes cases that two colleagues confirmed or that you read wholly; none of the random "
                "sample."
            )
        if any(case.kept_out for case in cases):
            raise NotReadyError("An objection about one of these addresses was upheld. Nobody goes there.", "kept_out")
        if any(case.planned for case in cases):
            raise ConflictError("One of these addresses is on a walking list already. Load the page anew.")
        is_sensitive = any(case.sensitive for case in cases)
        if is_sensitive and accompanied_by and not (colleagues or {})[accompanied_by].may_see_sensitive:
            raise VisitFormError("companion_may_not_see", "companion", "This colleague may not see one of the cases.")
        places = {case.case_id: _place(connection, case.run_id, case.address_id) for case in cases}
        of = {case.case_id: case for case in sorted(cases, key=lambda case: (case.address, case.case_id))}
        connection.execute(
            visit_list.insert().values(
                list_id=list_id,
                made_by=viewer.account,
                companion=accompanied_by,
                made_at=now,
                for_date=for_date,
                sensitive=is_sensitive,
                state=OPEN,
            )
        )
        order = walking_order({case_id: places[case_id] for case_id in of})
        connection.execute(
            visit_stop.insert(),
            [
                {
                    "visit_id": secrets.token_hex(8),
                    "list_id": list_id,
                    "case_id": case_id,
                    "address_id": of[case_id].address_id,
                    "address": of[case_id].address,
                    "position": position,
                    "rd_x": (places[case_id] or (None, None))[0],
                    "rd_y": (places[case_id] or (None, None))[1],
                    "look_at": list(points[case_id]),
                }
                for position, case_id in enumerate(order, start=1)
            ],
        )
    return _required(store, viewer, list_id)


def move_stop(store: Store, viewer: Viewer, list_id: str, visit_id: str, steps: int) -> VisitList:
    """Move a stop so many places down (up when negative); at an end it stays there. NotAllowedError: not there."""
    order = [stop.visit_id for stop in _required(store, viewer, list_id).stops]
    if visit_id not in order:
        raise NotAllowedError(_NOT_YOURS)
    place = order.index(visit_id)
    order.insert(min(max(place + steps, 0), len(order) - 1), order.pop(place))
    return _put_in_order(store, viewer, list_id, order)


def restore_walking_order(store: Store, viewer: Viewer, list_id: str) -> VisitList:
    """Back to walking order, whatever was moved. NotAllowedError: not there."""
    stops = sorted(_required(store, viewer, list_id).stops, key=lambda stop: (stop.address, stop.case_id))
    return _put_in_order(store, viewer, list_id, walking_order({stop.visit_id: stop.place for stop in stops}))


def finish_list(store: Store, viewer: Viewer, list_id: str) -> VisitList:
    """Close a list: its addresses may be planned again. Outcomes can still be recorded. NotAllowedError: not there."""
    _required(store, viewer, list_id)
    with guarded("closing a walking list"), writing(store.engine) as connection:
        connection.execute(visit_list.update().where(visit_list.c.list_id == list_id).values(state=DONE))
    return _required(store, viewer, list_id)


def _put_in_order(store: Store, viewer: Viewer, list_id: str, order: Sequence[str]) -> VisitList:
    with guarded("ordering a walking list"), writing(store.engine) as connection:
        # out of the way first: no two stops may have one place, not even for a moment
        connection.execute(
            visit_stop.update().where(visit_stop.c.list_id == list_id).values(position=-visit_stop.c.position)
        )
        unseen = connection.scalars(  # by this person: they go last
            sa.select(visit_stop.c.visit_id)
            .where(visit_stop.c.list_id == list_id, visit_stop.c.visit_id.not_in(order))
            .order_by(visit_stop.c.position.desc())
        ).all()
        for position, visit_id in enumerate([*order, *unseen], start=1):
            connection.execute(
                visit_stop.update()
                .where(visit_stop.c.list_id == list_id, visit_stop.c.visit_id == visit_id)
                .values(position=position)
            )
    return _required(store, viewer, list_id)


def _required(store: Store, viewer: Viewer, list_id: str) -> VisitList:
    walking_list = get_visit_list(store, viewer, list_id)
    if walking_list is None:
        raise NotAllowedError(_NOT_YOURS)
    return walking_list


def _visitable(viewer: Viewer, now: datetime) -> sa.ColumnElement[bool]:
    """Two selects and not an "or", which would look at every undecided case: an index finds what each of them takes."""
    kinds = (_is_confirmed(viewer), may_look_first(viewer, day_of(now)))
    cases = sa.union_all(*(sa.select(review_case.c.case_id).where(kind).correlate(None) for kind in kinds))
    return sa.and_(review_case.c.case_id.in_(cases), allowed_by_roles(viewer))


def _stopped(store: Store, viewer: Viewer, case_ids: Collection[str]) -> bool:
    """Whether something else than a request stops one of these cases: that has words of its own."""
    names = DecidedCase.__dataclass_fields__
    query = sa.select(*(review_case.c[name] for name in names)).where(
        review_case.c.case_id.in_(case_ids), _is_confirmed(viewer), allowed_by_roles(viewer)
    )
    with guarded("reading confirmed cases"), store.engine.connect() as connection:
        cases = [DecidedCase(**row._mapping) for row in connection.execute(query)]
    return any(reason is not NoticeReason.BEZWAAR_GEGROND for reason in stops(store, cases).values())


def _is_confirmed(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Confirmed, as far as the viewer may know: not while a later case of the address waits for their judgement."""
    return sa.and_(
        review_case.c.state == CaseState.CLOSED,
        review_case.c.outcome == ReviewOutcome.BEVESTIGD_AFWIJKING,
        review_case.c.arm == FLAGGED,
        may_know_outcome(viewer),
    )


def _is_planned(now: datetime) -> sa.ColumnElement[bool]:
    """On a list that is open and for today or later: a list that was forgotten holds nothing back."""
    return (
        sa.exists()
        .where(
            visit_stop.c.case_id == review_case.c.case_id,
            visit_stop.c.list_id == visit_list.c.list_id,
            visit_list.c.state == OPEN,
            visit_list.c.for_date >= day_of(now),
        )
        .correlate(review_case)
    )


def _place(connection: sa.Connection, run_id: str, address_id: str) -> tuple[float, float] | None:
    """RD coordinates in metres (EPSG:28992) of the address, as its BAG record in the dossier has them."""
    query = (
        sa.select(dossier_record.c.fields)
        .where(
            dossier_record.c.run_id == run_id,
            dossier_record.c.address_id == address_id,
            dossier_record.c.dataset == "bag_adressen",
        )
        .order_by(dossier_record.c.key)
    )
    for text in connection.scalars(query):
        fields = json.loads(text)
        try:
            return float(fields["rd_x"]), float(fields["rd_y"])
        except (KeyError, TypeError, ValueError):
            continue
    return None
