"""The visits of a case, for its dossier and the history of its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from screening.casework.acts.acts import known_decided
from screening.casework.cases.case import allowed_by_roles
from screening.casework.cases.independence import has_read
from screening.casework.viewer import Viewer
from screening.casework.visits.lists import VisitOutcome, as_outcome, outcomes_in_force
from screening.store.engine import guarded
from screening.store.schema.cases import review_case
from screening.store.schema.visits import visit_list, visit_outcome, visit_stop
from screening.store.store import Store


@dataclass(frozen=True)
class CaseVisit:
    """A visit of a case: for which day, by whom, and what was found; None as long as nothing was recorded."""

    visit_id: str
    list_id: str
    case_id: str
    for_date: date
    made_by: str
    companion: str | None
    made_at: datetime
    outcome: VisitOutcome | None


def case_visits(store: Store, viewer: Viewer, case_id: str) -> list[CaseVisit]:
    """The visits of a case by day: to somebody who gave an own reading of it, or may know how it was decided.

    Before the own reading there is none: a first look is made of flagged cases alone, so it would tell the arm.
    """
    decided = [case.case_id for case in known_decided(store, viewer, [case_id])]
    is_shown = sa.or_(review_case.c.case_id.in_(decided), has_read(viewer))
    query = (
        sa.select(
            visit_stop.c.visit_id,
            visit_stop.c.list_id,
            visit_stop.c.case_id,
            visit_list.c.for_date,
            visit_list.c.made_by,
            visit_list.c.companion,
            visit_list.c.made_at,
        )
        .select_from(
            visit_stop.join(visit_list, visit_list.c.list_id == visit_stop.c.list_id).join(
                review_case, review_case.c.case_id == visit_stop.c.case_id
            )
        )
        .where(review_case.c.case_id == case_id, is_shown, allowed_by_roles(viewer))
        .order_by(visit_list.c.for_date, visit_list.c.made_at, visit_stop.c.visit_id)
    )
    with guarded("reading the visits of a case"), store.engine.connect() as connection:
        rows = connection.execute(query).all()
        ids = [row.visit_id for row in rows]
        outcomes = {
            row.visit_id: as_outcome(row)
            for row in connection.execute(outcomes_in_force().where(visit_outcome.c.visit_id.in_(ids)))
        }
    return [CaseVisit(**row._mapping, outcome=outcomes.get(row.visit_id)) for row in rows]
