"""The innocent explanations of the rules that a judge ticked: what the rules cannot see and a reader finds possible."""

from __future__ import annotations

import json
from collections.abc import Collection

import sqlalchemy as sa

from screening.casework.case_errors import MotivationError
from screening.casework.cases.case import Case
from screening.store.schema.cases import case_explanation
from screening.store.schema.runs import evidence, indicator_declaration

#: A tick: the position of a hit in the evidence of the case's run, and the place of the explanation in the list of its
#: rule, from 1.
Tick = tuple[int, int]


def add_ticks(connection: sa.Connection, case: Case, judgement_id: int, ticks: Collection[Tick]) -> None:
    """Keep what was ticked with a judgement. MotivationError for a tick that is not of a rule of this case."""
    if not ticks:
        return
    hits = connection.execute(
        sa.select(evidence.c.position, evidence.c.indicator, evidence.c.indicator_version).where(
            evidence.c.run_id == case.run_id, evidence.c.address_id == case.address_id
        )
    )
    of_position = {hit.position: (hit.indicator, hit.indicator_version) for hit in hits}
    declared = connection.execute(
        sa.select(indicator_declaration.c.code, indicator_declaration.c.declaration).where(
            indicator_declaration.c.run_id == case.run_id,
            indicator_declaration.c.code.in_(sorted({code for code, _ in of_position.values()})),
        )
    )
    most = {code: len(json.loads(text).get("innocent_nl", ())) for code, text in declared}
    rows = []
    for position, explanation in sorted(set(ticks)):
        code, version = of_position.get(position, ("", 0))
        if not 1 <= explanation <= most.get(code, 0):
            raise MotivationError("Tick explanations of the rules on the page alone.", "explanations")
        rows.append(
            {
                "judgement_id": judgement_id,
                "position": position,
                "explanation": explanation,
                "case_id": case.case_id,
                "indicator": code,
                "indicator_version": version,
            }
        )
    connection.execute(case_explanation.insert(), rows)


def ticks_by_judgement(connection: sa.Connection, case_id: str) -> dict[int, tuple[Tick, ...]]:
    """Judgement -> what was ticked with it, in the order of the page."""
    rows = connection.execute(
        case_explanation.select().where(case_explanation.c.case_id == case_id).order_by("position", "explanation")
    )
    ticks: dict[int, tuple[Tick, ...]] = {}
    for row in rows:
        ticks[row.judgement_id] = (*ticks.get(row.judgement_id, ()), (row.position, row.explanation))
    return ticks
