"""Four eyes and a memory that stays, as rules of the database: what raw SQL is refused, on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import ReviewOutcome
from screening.casework.cases.history import confirmed_cases
from screening.casework.cases.sync import sync_cases
from screening.store import Store, Workspace, publish
from screening.store.schema.cases import case_judgement, review_case
from screening.store.sqlite_driver import Connection
from tests.casework.caseload import ANNA, BRAM, DAY, NOW, case_of, judged, later, published, read
from tests.partners.desk.disclosed import whole_night

REFUSED = (sa.exc.DatabaseError, sqlite3.IntegrityError)
Raw = Callable[[str], None]

#: What a forger changes of a second judgement by the first officer. `first_id` 1 stands for hers.
FORGED = (
    {},
    {"judged_by": "Anna"},
    {"judged_by": "anna "},
    {"first_by": "bram"},  # under another's name as the first
    {"first_by": None, "first_id": None},  # a second of nothing
    {"judged_by": "carla"},  # who has not read it
    {"judged_by": "bram", "first_id": 99, "first_by": "carla"},
    {"judged_by": "bram", "first_by": "carla"},
    {"role": "first", "first_id": None, "first_by": None},  # another first of the same round
    {"role": "first", "first_id": None, "first_by": None, "round": 2, "judged_by": "carla"},  # without a reading
    {"round": 2},
    {"role": "third"},
    {"judged_by": "bram", "outcome": "verdacht"},
    {"judged_by": "bram", "motivation": "  "},
)

DECIDED = "concluded_on = '2026-11-02'"
UNFOUNDED = (
    f"state = 'closed', outcome = 'bevestigd_afwijking', {DECIDED}",
    f"state = 'closed', outcome = 'verklaard', {DECIDED}",
    f"state = 'closed', outcome = 'bevestigd_afwijking', {DECIDED}, round = 2",
    f"state = 'closed', {DECIDED}",
    "outcome = 'bevestigd_afwijking'",
    "state = 'verdacht'",
    "arm = 'tip'",
    "purpose = 'nieuwsgierig'",
)
UNDONE = (
    "state = 'open', outcome = NULL, concluded_on = NULL",
    "outcome = 'verklaard'",
    "round = 2",
    "state = 'withdrawn', outcome = NULL",
    "state = 'differs', outcome = NULL, concluded_on = NULL",
)
#: What a case is about: the guards of a signal to the RIEC lean on it.
RECAST = ("arm = 'sample'", "sensitive = (1 = 1)", "address_id = '1'", "case_id = 'eeeeeeeeeeeeeeee'")


def _ours(store: Store) -> Raw:
    def run(statement: str) -> None:
        with store.engine.begin() as connection:
            connection.exec_driver_sql(statement)

    return run


def rows(store: Store, table: sa.Table) -> list[sa.Row]:
    with store.engine.connect() as connection:
        return list(connection.execute(table.select().order_by(*table.primary_key)))


def judgement_row(case_id: str, **changes: object) -> str:
    values = {
        "case_id": case_id,
        "round": 1,
        "role": "second",
        "judged_by": "anna",
        "first_id": 1,
        "first_by": "anna",
        "outcome": "bevestigd_afwijking",
        "motivation": "geen",
        "wrong_links": "[]",
        "run_id": "r",
        "judged_at": "2026-11-02 00:00:00",
    } | changes
    told = ", ".join("NULL" if value is None else repr(value) for value in values.values())
    return f"INSERT INTO case_judgement ({', '.join(values)}) VALUES ({told})"


def the_guards_hold(store: Store, raw: Raw, workspace: Workspace) -> None:
    """Every forgery in turn, on a case judged once, on one judged by nobody, and on one that is closed."""
    published(store, workspace, flags=[1, 2, 3, 4])
    once, never, closed, explained = (case_of(store, n).case_id for n in (1, 2, 3, 4))
    judged(store, ANNA, once, ReviewOutcome.BEVESTIGD_AFWIJKING)
    read(store, BRAM, once)
    read(store, BRAM, closed)
    judged(store, ANNA, closed, ReviewOutcome.DATA_FOUT, now=later(hours=1))
    judged(store, ANNA, explained, ReviewOutcome.VERKLAARD)
    read(store, BRAM, never)
    ids = {row.case_id: row.id for row in rows(store, case_judgement)}
    before = [rows(store, table) for table in (case_judgement, review_case)]

    statements = []
    for changes in FORGED:
        real = {"first_id": ids[once]} if changes.get("first_id", 1) == 1 else {}
        statements.append(judgement_row(once, **(real | changes)))
    # what one officer may close needs no second, and cannot get one
    statements.append(judgement_row(closed, judged_by="bram", first_id=ids[closed]))
    # nor may the first judgement of another case stand for that of this one
    statements.append(judgement_row(never, judged_by="bram", first_id=ids[once]))
    statements += [
        f"UPDATE review_case SET {change} WHERE case_id = '{one}'" for change in UNFOUNDED for one in (once, never)
    ]
    statements += [f"UPDATE review_case SET {change} WHERE case_id = '{closed}'" for change in UNDONE]
    statements += [f"UPDATE review_case SET {change} WHERE case_id = '{closed}'" for change in RECAST]
    names = [column.name for column in review_case.columns]
    if store.engine.dialect.name == "sqlite":
        for change in ({"arm": "'sample'"}, {"sensitive": "1"}, {"address_id": "'1'"}):
            told = ", ".join(change.get(name, name) for name in names)
            statements.append(f"INSERT OR REPLACE INTO review_case SELECT {told} FROM review_case")
    twin = {"case_id": "'ffffffffffffffff'"}  # a second undecided case of the address, and one that is born confirmed
    born = twin | {"address_id": "'1'", "state": "'closed'", "concluded_on": "opened_on"}
    born["outcome"] = "'bevestigd_afwijking'"
    for made in (twin, born):
        told = ", ".join(made.get(name, name) for name in names)
        into = f"INSERT INTO review_case ({', '.join(names)})"
        statements.append(f"{into} SELECT {told} FROM review_case WHERE case_id = '{never}'")
    for table in ("case_opened", "case_reading", "case_judgement", "case_step", "snooze"):
        statements += [f"UPDATE {table} SET case_id = case_id", f"DELETE FROM {table}"]
        if store.engine.dialect.name == "postgresql":
            statements.append(f"TRUNCATE {table} CASCADE")
            continue
        columns = [column["name"] for column in sa.inspect(store.engine).get_columns(table)]
        for kept in (columns, [name for name in columns if name != "id" or table == "case_step"]):
            listed = ", ".join(kept)
            statements.append(f"INSERT OR REPLACE INTO {table} ({listed}) SELECT {listed} FROM {table}")
    for statement in statements:
        try:
            raw(statement)
        except REFUSED:
            continue
        pytest.fail(f"not refused: {statement}")
    assert [rows(store, table) for table in (case_judgement, review_case)] == before
    assert confirmed_cases(store) == []
    # and what is as it should be passes
    raw(judgement_row(once, judged_by="bram", first_id=ids[once]))
    raw(f"UPDATE review_case SET state = 'closed', outcome = 'bevestigd_afwijking', {DECIDED} WHERE case_id = '{once}'")
    assert [one.second_by for one in confirmed_cases(store)] == ["bram"]


def test_neither_a_draw_nor_a_sensitive_case_becomes_another(store: Store, workspace: Workspace) -> None:
    """Of both a signal may not leave, or not without a third person: one UPDATE would be the way around that."""
    publish(store, workspace, whole_night([1, 2], sensitive=[2], drawn=[3, 4]))
    sync_cases(store, now=NOW)
    drawn, read_one = (case_of(store, n).case_id for n in (3, 4))
    read(store, ANNA, read_one)
    flagged_too = f"UPDATE review_case SET run_id = '{later_run(store, workspace)}', arm = 'flag' WHERE case_id = "
    raw = _ours(store)
    for statement in (
        "UPDATE review_case SET arm = 'flag' WHERE arm = 'sample'",
        "UPDATE review_case SET sensitive = (1 = 0) WHERE sensitive",
        f"{flagged_too}'{read_one}'",  # somebody read it as what it was
    ):
        with pytest.raises(REFUSED):
            raw(statement)
    raw(f"{flagged_too}'{drawn}'")  # what a run may do: nobody has read it, and it is flagged now


def later_run(store: Store, workspace: Workspace) -> str:
    """A night later, both drawn addresses are flagged. Its id."""
    night = whole_night([1, 2, 3, 4], sensitive=[2], as_of=DAY + timedelta(days=1))
    publish(store, workspace, night)
    return night.run_id


@pytest.mark.goal("S5", reached="raw SQL refused")
def test_raw_sql_closes_no_second_pair_of_eyes(store: Store, workspace: Workspace) -> None:
    the_guards_hold(store, _ours(store), workspace)


def test_neither_does_a_client_of_sqlite_that_asks_for_no_foreign_keys(
    sqlite_store: Store, workspace: Workspace
) -> None:
    with Connection(workspace.database) as client:
        the_guards_hold(sqlite_store, client.execute, workspace)
