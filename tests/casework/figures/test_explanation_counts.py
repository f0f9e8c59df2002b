"""What judges ticked goes back to who tunes a rule as every figure does: in tens, of closed months, as one may see."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import Role
from screening.casework.figures.explanation_counts import explanations_ticked
from screening.casework.viewer import Viewer
from screening.store import Store, Workspace, publish
from screening.store.schema.cases import case_explanation, case_judgement
from tests.casework.figures.test_statistics import LEAD, Office
from tests.store.bundles import make_bundle

SENSITIVE = Viewer("carla", frozenset({Role.SENSITIVE_REVIEWER, Role.LEAD}))
OCTOBER, SEPTEMBER = datetime(2026, 10, 2, 9, tzinfo=UTC), datetime(2026, 9, 30, 9, tzinfo=UTC)


@pytest.fixture
def store_with_ticks(sqlite_store: Store, workspace: Workspace) -> Store:
    """Twelve cases of September in which explanation 1 of LIC-04 was ticked, three of them sensitive; 2 in one."""
    office = Office(sqlite_store, publish(sqlite_store, workspace, make_bundle(6)).run_id)
    with office.in_one_go():
        for number in range(12):
            office.case(f"t.{number}", "afwijking", "verklaard", sensitive=number < 3)
    with sqlite_store.engine.begin() as connection:
        judgements = list(connection.execute(sa.select(case_judgement.c.id, case_judgement.c.case_id)))
        row = {"position": 0, "indicator": "LIC-04", "indicator_version": 1, "explanation": 1}
        rows = [row | {"judgement_id": key, "case_id": case_id} for key, case_id in judgements]
        connection.execute(case_explanation.insert(), [*rows, rows[-1] | {"explanation": 2}])
    return sqlite_store


def test_counts_are_in_tens_of_closed_months_and_of_what_one_may_see(store_with_ticks: Store) -> None:
    def counted(viewer: Viewer, version: int = 1, now: datetime = OCTOBER) -> dict[int, str]:
        return {
            key: str(n) for key, n in explanations_ticked(store_with_ticks, viewer, "LIC-04", version, now=now).items()
        }

    assert counted(SENSITIVE) == {1: "10–19", 2: "< 10"}
    assert counted(LEAD) == {1: "< 10", 2: "< 10"}
    assert counted(SENSITIVE, version=2) == {}
    assert counted(SENSITIVE, now=SEPTEMBER) == {}
