"""Who can still read a case without knowing how it came: conditions on review_case."""

from __future__ import annotations

import sqlalchemy as sa

from screening.casework.viewer import Viewer
from screening.store.schema.cases import case_reading, review_case
from screening.store.schema.visits import visit_list, visit_stop


def has_read(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on review_case that the viewer gave an own reading of it."""
    return sa.exists().where(case_reading.c.case_id == review_case.c.case_id, case_reading.c.account == viewer.account)


def is_free_to_read(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on an undecided review_case that the viewer did not come along there without having read it.

    That somebody looked tells that rules flagged the case. A decided one is nobody's to read any more.
    """
    walked = (
        sa.select(visit_stop.c.case_id)
        .join(visit_list, visit_list.c.list_id == visit_stop.c.list_id)
        .where(
            visit_list.c.companion == viewer.account,
            ~sa.exists().where(
                case_reading.c.case_id == visit_stop.c.case_id, case_reading.c.account == viewer.account
            ),
        )
    )
    return review_case.c.case_id.not_in(walked)
