"""Every table of the store is one of decisions, or says why it is none; the hash of a row is one canonical form."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from screening.ledger import OBJECTS
from screening.store.decisions import DECISIONS, UNDECIDED, decided_columns, decision_hash, rows_hash
from screening.store.schema import metadata
from screening.store.schema.base import word_lists
from screening.store.schema.cases import case_judgement, case_opened
from screening.store.schema.runs import RUN_TABLES
from screening.store.schema.visits import visit_stop

AT = datetime(2026, 11, 2, 9, 0, 0, 120, tzinfo=UTC)
OPENED = {"id": 3, "case_id": "0" * 16, "account": "j.jansen", "item": "hit:2", "run_id": "r" * 24, "at": AT}


def test_every_table_is_one_of_decisions_or_says_why_it_is_none() -> None:
    """A new table of decisions without an entry in the ledger fails here: add it to DECISIONS, or say why not."""
    others = {*DECISIONS, *UNDECIDED, *RUN_TABLES, *word_lists()}
    assert {table.name for table in metadata.sorted_tables} == {table.name for table in others}
    assert not set(DECISIONS) & {*UNDECIDED, *RUN_TABLES, *word_lists()}


@pytest.mark.parametrize("table", DECISIONS, ids=lambda table: table.name)
def test_a_decision_names_columns_that_are_there_and_a_kind_of_object(table: sa.Table) -> None:
    decision = DECISIONS[table]
    assert set(decision.omits) <= set(table.columns.keys())
    assert decision.by is None or decision.by in table.columns
    assert decision.object.partition(":")[0] in OBJECTS
    assert {column.name for column in table.primary_key} <= {column.name for column in decided_columns(table)}


def test_no_column_is_added_to_what_entries_of_before_have_hashed() -> None:
    """A new column in a hash makes every row of before look altered: see the head of `screening.store.decisions`."""
    kept = yaml.safe_load(Path(__file__).with_name("decided_columns.yaml").read_text("utf-8"))
    with_rows = {table for decision in DECISIONS.values() for table in decision.with_rows}
    hashed = {table: decided_columns(table) for table in DECISIONS} | {table: [*table.columns] for table in with_rows}
    for table, decided in hashed.items():
        columns = " ".join(column.name for column in decided)
        assert columns == kept.get(table.name), (
            f"{table.name}: its decided columns are others than those that entries of the ledger hashed. Put a new "
            "column in `omits` of DECISIONS, or note every row anew in the migration that adds it and change "
            "decided_columns.yaml with it."
        )
    assert set(kept) == {table.name for table in hashed}


def test_the_hash_is_of_the_canonical_form() -> None:
    """Pinned: the entries of years ago have to fit. A change of the form is a new form."""
    assert decision_hash(case_opened, OPENED) == "6fb6e1c0fbcbe27727ffe9a1943e9e811ec9a517123f5a7bb4a11e97c6dd0d42"


def test_the_hash_of_rows_is_of_any_order_in_which_a_database_gives_them() -> None:
    rows = [{"cell": "all|opened", "count": 3}, {"cell": "all|Closed", "count": 3}]
    assert rows_hash(rows) == rows_hash(rows[::-1])
    assert rows_hash(rows) != rows_hash(rows[:1])


def test_a_moment_is_one_moment_in_every_zone() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=5)))
    assert decision_hash(case_opened, OPENED | {"at": elsewhere}) == decision_hash(case_opened, OPENED)


@pytest.mark.parametrize("column", [column.name for column in decided_columns(case_judgement)])
def test_every_decided_column_is_in_the_hash(column: str) -> None:
    row = {
        "id": 1,
        "case_id": "0" * 16,
        "round": 1,
        "role": "first",
        "judged_by": "j.jansen",
        "first_id": None,
        "first_by": None,
        "outcome": "verklaard",
        "ground": None,
        "motivation": "Overgangsrecht",
        "refer_to": None,
        "wrong_links": ["L-1"],
        "snooze_until": date(2027, 1, 1),
        "run_id": "r" * 24,
        "judged_at": AT,
    }
    assert decision_hash(case_judgement, row | {column: "other"}) != decision_hash(case_judgement, row)


def test_what_changes_later_is_not_in_the_hash() -> None:
    assert "position" not in {column.name for column in decided_columns(visit_stop)}
