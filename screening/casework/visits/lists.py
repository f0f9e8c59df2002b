"""Visits: the walking lists that somebody may see, and what was found at each stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.base.vocabulary import ReviewOutcome
from screening.casework.case_errors import ConflictError, NotAllowedError
from screening.casework.data_subject_requests import is_kept_out
from screening.casework.viewer import Viewer
from screening.casework.visits.findings import Detail, checked_details, checked_findings
from screening.casework.visits.words import VisitFormError, check_words, checked_note
from screening.store.engine import added_key, guarded, writing
from screening.store.schema.cases import review_case
from screening.store.schema.runs import dossier_address, dossier_party, dossier_record
from screening.store.schema.visits import visit_list, visit_outcome, visit_stop
from screening.store.store import Store


@dataclass(frozen=True)
class VisitOutcome:
    """The outcome of a stop of a visit. `id` names it when it is corrected. `details`: those that were filled in."""

    id: int
    visited_on: date
    situatie: str
    bevindingen: tuple[str, ...]
    details: Mapping[str, Detail]
    note: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class Stop:
    """A stop of a walking list, and what is known of it so far. `place`: metres in EPSG:28992.

    `kept_out`: an objection about the address holds by now, so nobody goes there. `is_over`: the case ended without
    being confirmed after a first look was planned: there is no reason any more to go there.
    """

    visit_id: str
    case_id: str
    address_id: str
    address: str
    position: int
    place: tuple[float, float] | None
    look_at: tuple[str, ...]
    outcome: VisitOutcome | None
    kept_out: bool
    is_over: bool

    @property
    def is_walked(self) -> bool:
        """Whether somebody still goes there."""
        return not (self.kept_out or self.is_over)


@dataclass(frozen=True)
class VisitList:
    """A walking list, stops in walking order. Seen by who made it and the colleague who walks along; by nobody else.

    A case that became sensitive since is no stop of it for who may not see it.
    """

    list_id: str
    made_by: str
    companion: str | None
    made_at: datetime
    for_date: date
    sensitive: bool
    state: str
    stops: tuple[Stop, ...]


def get_visit_list(store: Store, viewer: Viewer, list_id: str) -> VisitList | None:
    """Return one list; None when it does not exist or this person may not see it."""
    matching_lists = _lists(store, viewer, visit_list.c.list_id == list_id)
    return matching_lists[0] if matching_lists else None


def case_of_visit(store: Store, visit_id: str) -> str | None:
    """Return the case that a stop is of; None for no stop."""
    query = sa.select(visit_stop.c.case_id).where(visit_stop.c.visit_id == visit_id)
    with guarded("reading a visit"), store.engine.connect() as connection:
        return connection.scalar(query)


def may_store_note(store: Store, visit_id: str, note: str) -> bool:
    """Whether no word of a note on this stop is refused, so that it may be stored, also before it is sent."""
    query = sa.select(visit_stop.c.address_id).where(visit_stop.c.visit_id == visit_id)
    with guarded("reading a visit"), store.engine.connect() as connection:
        address_id = connection.scalar(query)
    try:
        check_words(note, _names(store, address_id) if address_id else ())
    except VisitFormError:
        return False
    return True


def visit_lists(store: Store, viewer: Viewer) -> list[VisitList]:
    """The lists that this person made or walks along with, by day and newest first."""
    return _lists(store, viewer)


def record_outcome(
    store: Store,
    viewer: Viewer,
    list_id: str,
    visit_id: str,
    *,
    situatie: str,
    bevindingen: Iterable[str],
    details: Mapping[str, str] | None = None,
    note: str,
    visited_on: date,
    replaces: int | None,
    now: datetime,
) -> VisitOutcome:
    """Add what was found at a stop. `replaces`: id of the outcome that this corrects; None for the first.

    `details`: column of controles -> what was filled in. The same once more, by the same person, is no second record:
    a phone sends again when an answer was lost.

    NotAllowedError: no such stop for this person. VisitFormError: what was filled in does not go together,
    a day that has not come or lies before the list. ConflictError: somebody else recorded an outcome meanwhile.
    """
    seen = checked_details(situatie, details or {})
    findings = checked_findings(situatie, bevindingen, has_details=bool(seen))
    its_list = get_visit_list(store, viewer, list_id)
    stop = next((stop for stop in its_list.stops if stop.visit_id == visit_id), None) if its_list else None
    if its_list is None or stop is None:
        raise NotAllowedError("There is no such stop.")
    if not day_of(its_list.made_at) <= visited_on <= day_of(now):
        raise VisitFormError(
            "visited_on", "visited_on", "The day of the visit lies after today, or before the list was made."
        )
    note = checked_note(note, _names(store, stop.address_id))
    last_outcome = stop.outcome
    if (
        last_outcome is not None
        and replaces is None
        and last_outcome
        == VisitOutcome(
            last_outcome.id, visited_on, situatie, findings, seen, note, viewer.account, last_outcome.recorded_at
        )
    ):
        return last_outcome
    is_late = "Somebody has just recorded something for this address. Look at it before you record anything."
    with guarded("recording a visit"):
        try:
            with writing(store.engine) as connection:
                last = connection.scalar(
                    sa.select(sa.func.max(visit_outcome.c.id)).where(visit_outcome.c.visit_id == visit_id)
                )
                if last != replaces:
                    raise ConflictError(is_late)
                added = connection.execute(
                    visit_outcome.insert().values(
                        visit_id=visit_id,
                        visited_on=visited_on,
                        situatie=situatie,
                        bevindingen=list(findings),
                        details=seen,
                        note=note,
                        recorded_by=viewer.account,
                        recorded_at=now,
                        supersedes=replaces,
                    )
                )
        except sa.exc.IntegrityError:
            raise ConflictError(is_late) from None
    return VisitOutcome(added_key(added), visited_on, situatie, findings, seen, note, viewer.account, now)


def _lists(store: Store, viewer: Viewer, *conditions: sa.ColumnElement[bool]) -> list[VisitList]:
    if not viewer.may_see_cases:
        return []
    is_walker = (visit_list.c.made_by == viewer.account) | (visit_list.c.companion == viewer.account)
    heads = (
        visit_list.select()
        .where(is_walker, viewer.may_see(visit_list.c.sensitive), *conditions)
        .order_by(visit_list.c.for_date.desc(), visit_list.c.made_at.desc())
    )
    with guarded("reading walking lists"), store.engine.connect() as connection:
        rows = [dict(row._mapping) for row in connection.execute(heads)]
        stops: dict[str, list[Stop]] = {head["list_id"]: [] for head in rows}
        outcomes = {
            row.visit_id: as_outcome(row)
            for row in connection.execute(outcomes_in_force().where(visit_stop.c.list_id.in_(stops)))
        }
        is_over = sa.and_(
            review_case.c.concluded_on.is_not(None),
            sa.func.coalesce(review_case.c.outcome, "") != ReviewOutcome.BEVESTIGD_AFWIJKING,
        )
        query = (
            sa.select(visit_stop, is_kept_out(visit_stop.c.address_id).label("kept_out"), is_over.label("is_over"))
            .select_from(visit_stop.join(review_case, review_case.c.case_id == visit_stop.c.case_id))
            .where(visit_stop.c.list_id.in_(stops), viewer.may_see(review_case.c.sensitive))
            .order_by(visit_stop.c.position)
        )
        for row in connection.execute(query):
            stops[row.list_id].append(_stop(row, outcomes.get(row.visit_id)))
    return [VisitList(**head, stops=tuple(stops[head["list_id"]])) for head in rows if stops[head["list_id"]]]


def outcomes_in_force() -> sa.Select[Any]:
    """visit_outcome and its stop's address, without those that a later one took the place of."""
    later = visit_outcome.alias("later")
    return (
        sa.select(visit_outcome, visit_stop.c.address_id)
        .select_from(visit_outcome.join(visit_stop, visit_stop.c.visit_id == visit_outcome.c.visit_id))
        .where(~sa.exists().where(later.c.supersedes == visit_outcome.c.id))
    )


def _stop(row: sa.Row[Any], outcome: VisitOutcome | None) -> Stop:
    return Stop(
        visit_id=row.visit_id,
        case_id=row.case_id,
        address_id=row.address_id,
        address=row.address,
        position=row.position,
        place=None if row.rd_x is None or row.rd_y is None else (row.rd_x, row.rd_y),
        look_at=tuple(row.look_at),
        outcome=outcome,
        kept_out=bool(row.kept_out),
        is_over=bool(row.is_over),
    )


def as_outcome(row: sa.Row[Any]) -> VisitOutcome:
    """A row of visit_outcome as a VisitOutcome."""
    return VisitOutcome(
        row.id,
        row.visited_on,
        row.situatie,
        tuple(row.bevindingen),
        row.details,
        row.note,
        row.recorded_by,
        row.recorded_at,
    )


def _names(store: Store, address_id: str) -> list[str]:
    """Every name that a dossier of this address ever held."""
    runs = sa.select(dossier_address.c.run_id).where(dossier_address.c.address_id == address_id)
    columns = ("run_id", "dataset", "key")
    records = sa.select(*(dossier_record.c[name] for name in columns)).where(
        dossier_record.c.run_id.in_(runs), dossier_record.c.address_id == address_id
    )
    query = (
        sa.select(dossier_party.c.name)
        .distinct()
        .where(sa.tuple_(*(dossier_party.c[name] for name in columns)).in_(records), dossier_party.c.name.is_not(None))
    )
    with guarded("checking a note"), store.engine.connect() as connection:
        return list(connection.scalars(query))
