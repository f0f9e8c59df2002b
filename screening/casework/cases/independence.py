"""Who may read a case on their own choice, and who can still read it without knowing how it came: on review_case.

A case that nobody has is for whoever opens it. One that a colleague has, or that waits for its second reading, is for
whom the next case or the lead gives it to: nobody chooses their own second reader, or whose second reader they are.
The answer is the same for both, so it does not tell that somebody confirmed a deviation (docs/decisions/0058).
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.cases import OPEN_STATES, case_judgement, case_reading, review_case
from screening.store.schema.visits import visit_list, visit_stop
from screening.store.store import Store
from screening.vocabulary import CaseState

#: Undecided, and somebody has judged it.
JUDGED_ONCE = (CaseState.FIRST_JUDGED, CaseState.DIFFERS)


def has_judgement_of(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on review_case that the viewer judged it, in whatever round."""
    return sa.exists().where(
        case_judgement.c.case_id == review_case.c.case_id, case_judgement.c.judged_by == viewer.account
    )


def is_with_others(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on an undecided review_case that it is not the viewer's to open: see the module."""
    is_nobodys = sa.and_(review_case.c.assignee.is_(None), review_case.c.state == CaseState.OPEN)
    is_own = sa.func.coalesce(review_case.c.assignee, "") == viewer.account
    return sa.and_(review_case.c.concluded_on.is_(None), ~is_own, ~is_nobodys, ~has_judgement_of(viewer))


def is_on_the_list(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on an undecided review_case that the viewer has it, or that it is for whoever opens it.

    Said by what it is not: few cases are with somebody, and an index finds them.
    """
    others = review_case.alias()
    of_others = sa.select(others.c.case_id).where(others.c.assignee.is_not(None), others.c.assignee != viewer.account)
    judged = sa.select(others.c.case_id).where(others.c.state.in_(JUDGED_ONCE), others.c.assignee.is_(None))
    return sa.and_(review_case.c.case_id.not_in(of_others), review_case.c.case_id.not_in(judged))


def may_know_outcome(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on a closed review_case that the viewer may know its outcome.

    That is not so while a later case of the same address waits for the viewer's own judgement: what colleagues made of
    the address before would weigh in it. Who judged the case themselves knows it already. For who judges no cases none
    waits, and no sensitive one for who may not see it: that the outcome is away would tell of it.
    """
    if not viewer.may_see_cases:
        return sa.true()
    open_case, own = review_case.alias(), case_judgement.alias()
    waits_for_viewer = sa.exists().where(
        open_case.c.address_id == review_case.c.address_id,
        open_case.c.state.in_(OPEN_STATES),
        viewer.may_see(open_case.c.sensitive),
        ~sa.exists().where(own.c.case_id == open_case.c.case_id, own.c.judged_by == viewer.account),
    )
    return sa.or_(has_judgement_of(viewer), ~waits_for_viewer)


def outcomes_to_hide(store: Store, viewer: Viewer, case_ids: Collection[str]) -> frozenset[str]:
    """Those of these closed cases whose outcome the viewer may not know (`may_know_outcome`)."""
    if not case_ids:
        return frozenset()
    query = sa.select(review_case.c.case_id).where(review_case.c.case_id.in_(case_ids), ~may_know_outcome(viewer))
    with guarded("reading cases"), store.engine.connect() as connection:
        return frozenset(connection.scalars(query))


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
