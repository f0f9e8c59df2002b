"""What a transaction decides is seen before it commits, however it was written; what it takes back is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from screening.base.errors import StoreError
from screening.store import Store
from screening.store.engine import writing
from screening.store.schema.accounts import account
from screening.store.schema.cases import case_fact
from screening.store.schema.retention import rejected_link
from screening.store.watch import DecidedRow, watch

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PERSON = {"account": "j.jansen", "issuer": "i", "subject": "s", "name": "J", "created_at": AT}


class Seen:
    """What was seen, a list a transaction, and how often one had committed."""

    def __init__(self, store: Store) -> None:
        self.rows: list[list[DecidedRow]] = []
        self.committed = 0
        watch(store.engine, self.note)

    def note(self, rows: list[DecidedRow]):
        self.rows.append(rows)

        def has_committed() -> None:
            self.committed += 1

        return has_committed

    def last(self) -> list[tuple[str, bool]]:
        return [(row.name, row.is_ended) for row in self.rows[-1]]


def test_rows_that_are_added_changed_and_taken_away_are_seen_before_the_commit(store: Store) -> None:
    seen = Seen(store)
    with writing(store.engine) as connection:
        connection.execute(account.insert().values(PERSON))
        assert seen.rows == []
    assert (seen.last(), seen.committed) == ([("account j.jansen", False)], 1)
    first = seen.rows[-1][0].content
    with writing(store.engine) as connection:
        connection.execute(account.update().values(disabled_at=AT, disabled_by="beheer"))
    assert seen.last() == [("account j.jansen", True), ("account j.jansen", False)]
    assert [row.content == first for row in seen.rows[-1]] == [True, False]
    with writing(store.engine) as connection:
        connection.execute(account.update().values(signed_in_at=AT))  # says nothing of what was decided
    assert seen.last() == []
    with writing(store.engine) as connection:
        connection.execute(account.delete())
    assert seen.last() == [("account j.jansen", True)]


def test_many_rows_at_once_and_composite_keys_are_seen(store: Store) -> None:
    seen = Seen(store)
    pairs = [{"left_hash": f"{n:064x}", "right_hash": "f" * 64, "levels": [], "month": "2026-11"} for n in range(700)]
    with writing(store.engine) as connection:
        connection.execute(rejected_link.insert(), pairs)
    assert len({row.content for row in seen.rows[-1]}) == 700


def test_what_is_rolled_back_is_not_seen_and_not_remembered(store: Store) -> None:
    seen = Seen(store)
    with pytest.raises(ZeroDivisionError), writing(store.engine) as connection:
        connection.execute(account.insert().values({**PERSON, "name": str(1 / len(seen.rows))}))
    with writing(store.engine) as connection:
        savepoint = connection.begin_nested()
        connection.execute(account.insert().values(PERSON))
        savepoint.rollback()
    assert (seen.rows, seen.committed) == ([[]], 1)


def test_an_error_of_who_notes_rolls_back(store: Store) -> None:
    def refuse(_rows: list[DecidedRow]):
        raise StoreError("not noted")

    watch(store.engine, refuse)
    with pytest.raises(StoreError, match="not noted"), writing(store.engine) as connection:
        connection.execute(account.insert().values(PERSON))
    with store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(account)) == 0


def test_decided_rows_from_a_query_are_refused(store: Store) -> None:
    Seen(store)
    names = [column.name for column in case_fact.columns]
    with pytest.raises(StoreError, match="are added as values"), writing(store.engine) as connection:
        connection.execute(case_fact.insert().from_select(names, case_fact.select()))
