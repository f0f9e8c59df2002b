"""The route for a person: one number a quarter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from screening.casework.tips.person_route import count_person_route, person_route_counts, quarter_of
from screening.store import Store
from screening.store.schema.tips import person_route_quarter

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_each_use_adds_one_to_its_quarter(store: Store) -> None:
    assert person_route_counts(store) == {}
    for now in (NOW, NOW, datetime(2027, 1, 2, tzinfo=UTC)):
        count_person_route(store, now=now)
    assert person_route_counts(store) == {"2026-Q4": 2, "2027-Q1": 1}


def test_many_at_once_are_all_counted(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: count_person_route(store, now=NOW), range(8)))
    assert person_route_counts(store) == {"2026-Q4": 8}


@pytest.mark.parametrize(
    ("moment", "quarter"),
    [
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), "2026-Q1"),  # 23:59 at the town hall
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), "2026-Q2"),
        (datetime(2026, 9, 30, 12, tzinfo=UTC), "2026-Q3"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "2027-Q1"),
    ],
)
def test_a_quarter_is_one_of_the_town_hall(moment: datetime, quarter: str) -> None:
    assert quarter_of(moment) == quarter


def test_the_table_has_room_for_a_quarter_and_a_count_alone(store: Store) -> None:
    assert set(person_route_quarter.columns.keys()) == {"quarter", "count"}
    with pytest.raises(sa.exc.IntegrityError), store.engine.begin() as connection:
        connection.execute(person_route_quarter.insert(), {"quarter": "2026-Q4", "count": 0})
