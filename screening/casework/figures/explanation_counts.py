"""How often judges ticked each innocent explanation of a rule: what goes back to who tunes it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.casework.figures.monthly_counts import month_of
from screening.casework.figures.small_counts import TensRange, rounded_to_tens
from screening.casework.viewer import Viewer
from screening.store.engine import guarded
from screening.store.schema.cases import case_explanation, case_judgement, review_case
from screening.store.store import Store


def explanations_ticked(
    store: Store, viewer: Viewer, code: str, version: int, *, now: datetime
) -> dict[int, TensRange]:
    """Place of an explanation, from 1 -> in how many cases somebody ticked it, in tens.

    Of the cases that this viewer may see, by judgements of months that are over, as all figures about addresses; and of
    one version of the rule, since another one may list others. A case that is erased counts no more.
    """
    query = (
        sa.select(case_explanation.c.case_id, case_explanation.c.explanation, case_judgement.c.judged_at)
        .join(case_judgement, case_judgement.c.id == case_explanation.c.judgement_id)
        .join(review_case, review_case.c.case_id == case_explanation.c.case_id)
        .where(
            case_explanation.c.indicator == code,
            case_explanation.c.indicator_version == version,
            viewer.may_see(review_case.c.sensitive),
        )
    )
    this_month = month_of(day_of(now))
    with guarded("counting explanations"), store.engine.connect() as connection:
        ticked = {
            (case_id, explanation)
            for case_id, explanation, judged_at in connection.execute(query)
            if month_of(day_of(judged_at)) < this_month
        }
    counts = Counter(explanation for _, explanation in ticked)
    return {explanation: rounded_to_tens(count) for explanation, count in counts.items()}
