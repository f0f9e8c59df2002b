"""A first look: a visit before the judgement, by somebody who read the case and all that the rules saw.

It betrays nothing to whoever has yet to read the case: only the walkers see their list, what was found is shown after
the own reading, and who came along is not offered the case any more.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from screening.casework.cases.independence import has_judgement_of, is_with_others
from screening.casework.viewer import Viewer
from screening.store.schema.cases import case_opened, case_reading, is_undecided, review_case
from screening.store.schema.runs import FLAGGED, evidence

#: The item of a piece of evidence in `case_opened`, before its position.
_HIT = "hit:"


def may_look_first(viewer: Viewer, day: date) -> sa.ColumnElement[bool]:
    """The condition on review_case under which a viewer may plan a first look.

    Rules flagged it, nothing is decided, it is with no colleague, and the viewer gave an own reading, opened every
    piece of evidence and has not judged it in this round: after that it is for the second reader. A case drawn at
    random never is one; that it is not offered says nothing, since by then its reader knows how it came.
    """
    # "in", so that the search starts from what this person read: few cases, of very many
    read_by_viewer = sa.select(case_reading.c.case_id).where(case_reading.c.account == viewer.account)
    was_opened = (
        sa.exists()
        .where(
            case_opened.c.case_id == review_case.c.case_id,
            case_opened.c.account == viewer.account,
            case_opened.c.run_id == review_case.c.run_id,
            case_opened.c.item == sa.literal(_HIT) + sa.cast(evidence.c.position, sa.String),
        )
        .correlate(review_case, evidence)  # of itself it would take any case of which the viewer opened such a piece
    )
    is_unopened = sa.exists().where(
        evidence.c.run_id == review_case.c.run_id, evidence.c.address_id == review_case.c.address_id, ~was_opened
    )
    return sa.and_(
        review_case.c.arm == FLAGGED,
        is_undecided(day),
        review_case.c.case_id.in_(read_by_viewer),
        ~is_with_others(viewer),
        sa.func.coalesce(review_case.c.assignee, viewer.account) == viewer.account,
        ~has_judgement_of(viewer.account, in_this_round=True),
        ~is_unopened,
    )
