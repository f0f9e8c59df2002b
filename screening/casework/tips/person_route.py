"""The route for a person who may be a victim: it says whom to call, and leaves one number a quarter.

Nothing of anybody is kept: not who used it, not when, not what was ticked, no address and no desk. So there is no line
of the ledger either: it would tell at which moment which colleague thought of a victim (decision record 0064).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of
from screening.store.engine import guarded, writing
from screening.store.schema.tips import person_route_quarter
from screening.store.store import Store


def count_person_route(store: Store, *, now: datetime) -> None:
    """Add one to the number of the quarter. StoreError: the store cannot be written."""
    quarter = quarter_of(now)
    table = person_route_quarter
    is_of_quarter = table.c.quarter == quarter
    with guarded("counting"):
        with suppress(sa.exc.IntegrityError), writing(store.engine) as connection:
            if connection.execute(table.update().where(is_of_quarter).values(count=table.c.count + 1)).rowcount == 0:
                connection.execute(table.insert().values(quarter=quarter, count=1))
            return
        # another was the first of the quarter in this very moment
        with writing(store.engine) as connection:
            connection.execute(table.update().where(is_of_quarter).values(count=table.c.count + 1))


def person_route_counts(store: Store) -> dict[str, int]:
    """Quarter ("2026-Q4") -> how often the route was used in it, the oldest first; none where it never was."""
    query = sa.select(person_route_quarter.c.quarter, person_route_quarter.c.count)
    with guarded("reading counts"), store.engine.connect() as connection:
        rows = connection.execute(query.order_by(person_route_quarter.c.quarter)).all()
    return {row[0]: row[1] for row in rows}


def quarter_of(now: datetime) -> str:
    """The quarter of the town hall's calendar in which a moment is: "2026-Q4"."""
    day = day_of(now)
    return f"{day.year}-Q{(day.month + 2) // 3}"
