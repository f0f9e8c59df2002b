"""Who may read a case on their own choice, and who can still read it without knowing how it came: on review_case.

A case that nobody has is for whoever opens it. One that a colleague has, or that waits for its second reading, is for
whom the next case or the lead gives it to: nobody chooses their own second reader, or whose second reader they are.
The answer is the same for both, so it does not tell that somebody confirmed a deviation (docs/decisions/0058).
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from screening.base.vocabulary import CaseState
from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.cases import ASSIGNED, OPEN_STATES, case_judgement, case_reading, case_step, review_case
from screening.store.schema.visits import visit_list, visit_stop
from screening.store.store import Store

#: Undecided, and somebody has judged it.
JUDGED_ONCE = (CaseState.FIRST_JUDGED, CaseState.DIFFERS)


def has_judgement_of(
    account: str, case: sa.FromClause = review_case, *, in_this_round: bool = False
) -> sa.ColumnElement[bool]:
    """The condition on a review_case that this account judged it, in whatever round or in that of the case.

    Said by the judgements of the account, which are few and found by an index.
    """
    names = ("case_id", "round") if in_this_round else ("case_id",)
    judged = sa.select(*(case_judgement.c[name] for name in names)).where(case_judgement.c.judged_by == account)
    return sa.tuple_(*(case.c[name] for name in names)).in_(judged)


def judged_cases(store: Store, viewer: Viewer, case_ids: Collection[str]) -> frozenset[str]:
    """Those of the cases that the viewer judged: of the others nothing is told of what colleagues did."""
    query = sa.select(review_case.c.case_id).where(
        review_case.c.case_id.in_(case_ids), has_judgement_of(viewer.account)
    )
    with guarded("reading judgements"), store.engine.connect() as connection:
        return frozenset(connection.scalars(query))


def has_judged(store: Store, viewer: Viewer, case_id: str) -> bool:
    """Whether the viewer judged a case, in any round."""
    return bool(judged_cases(store, viewer, [case_id]))


def is_with_others(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on an undecided review_case that it is not the viewer's to open: see the module.

    Nor is one that the viewer had and has no more, whoever gave it back and whatever its state: else whether it opens
    would tell that somebody judged it.
    """
    had_it = sa.exists().where(
        case_step.c.case_id == review_case.c.case_id,
        case_step.c.kind == ASSIGNED,
        # of one that the lead gave the step says to whom; else it is who took it
        sa.func.coalesce(case_step.c.details["to"].as_string(), case_step.c.actor) == viewer.account,
    )
    is_nobodys = sa.and_(review_case.c.assignee.is_(None), review_case.c.state == CaseState.OPEN, ~had_it)
    is_own = sa.func.coalesce(review_case.c.assignee, "") == viewer.account
    return sa.and_(review_case.c.concluded_on.is_(None), ~is_own, ~is_nobodys, ~has_judgement_of(viewer.account))


def may_know_outcome(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on a closed review_case that the viewer may know its outcome.

    That is not so while a later case of the same address waits for the viewer's own judgement: what colleagues made of
    the address before would weigh in it. Who judged the case themselves knows it already. For who judges no cases none
    waits, and no sensitive one for who may not see it: that the outcome is away would tell of it.
    """
    if not viewer.may_see_cases:
        return sa.true()
    open_case = review_case.alias()
    waits_for_viewer = sa.exists().where(
        open_case.c.address_id == review_case.c.address_id,
        open_case.c.state.in_(OPEN_STATES),
        viewer.may_see(open_case.c.sensitive),
        ~has_judgement_of(viewer.account, open_case),
    )
    return sa.or_(has_judgement_of(viewer.account), ~waits_for_viewer)


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
    """SQL: the viewer has not joined a visit to this case before reading it.

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
