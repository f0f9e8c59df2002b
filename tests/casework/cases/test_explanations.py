"""Innocent explanations that judges tick: kept a row each with the judgement, of rules of this case alone."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import ReviewOutcome
from screening.casework.case_errors import MotivationError
from screening.casework.cases.history import case_history
from screening.store import Store, Workspace
from screening.store.schema.cases import case_explanation, case_judgement
from screening.store.schema.runs import evidence, indicator_declaration
from tests.casework.caseload import ANNA, BRAM, case_of, judged, published

CONFIRMED = ReviewOutcome.BEVESTIGD_AFWIJKING


@pytest.fixture
def case_id(sqlite_store: Store, workspace: Workspace) -> str:
    """A case whose first hit is of a rule with two innocent explanations."""
    published(sqlite_store, workspace, flags=[1, 2], drawn=[7], links=["L1"])
    return case_of(sqlite_store, 1).case_id


@pytest.fixture
def position(sqlite_store: Store, case_id: str) -> int:
    """Its place in the evidence; its rule lists two explanations."""
    case = case_of(sqlite_store, 1)
    with sqlite_store.engine.connect() as connection:
        hit = connection.execute(
            evidence.select().where(evidence.c.run_id == case.run_id, evidence.c.address_id == case.address_id)
        ).first()
        text = connection.scalar(
            sa.select(indicator_declaration.c.declaration).where(indicator_declaration.c.code == hit.indicator)
        )
    assert len(json.loads(text)["innocent_nl"]) == 2
    return int(hit.position)


def test_a_tick_is_kept_with_the_judgement_and_hidden_from_the_second_reader(
    sqlite_store: Store, case_id: str, position: int
) -> None:
    judged(sqlite_store, ANNA, case_id, CONFIRMED, explanations=[(position, 2), (position, 1), (position, 2)])
    with sqlite_store.engine.connect() as connection:
        rows = list(connection.execute(case_explanation.select().order_by("explanation")))
    assert [(row.position, row.explanation, row.case_id) for row in rows] == [
        (position, 1, case_id),
        (position, 2, case_id),
    ]

    def ticks(viewer) -> list[tuple]:
        return [step.explanations for step in case_history(sqlite_store, case_id, viewer) if step.kind == "judgement"]

    assert ticks(ANNA) == [((position, 1), (position, 2))]
    assert ticks(BRAM) == [()]
    judged(sqlite_store, BRAM, case_id, CONFIRMED)
    assert ticks(BRAM) == [((position, 1), (position, 2)), ()]


@pytest.mark.parametrize("tick", [(0, 0), (0, 3), (10**6, 1)])
def test_what_no_rule_of_the_case_lists_is_refused_and_nothing_is_written(
    sqlite_store: Store, case_id: str, position: int, tick: tuple[int, int]
) -> None:
    with pytest.raises(MotivationError):
        judged(sqlite_store, ANNA, case_id, CONFIRMED, explanations=[(position + tick[0], tick[1])])
    with sqlite_store.engine.connect() as connection:
        assert list(connection.execute(case_judgement.select())) == []
        assert list(connection.execute(case_explanation.select())) == []
