"""The rules of the database are read from one file and hold in it, also for a client that sets nothing."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from screening.store import Store, Workspace
from screening.store import guards as guards_module
from screening.store.guards import GUARDS, drop_guards, guards
from screening.store.migrate import alembic_config
from screening.store.schema import metadata
from screening.store.schema.base import word_lists
from screening.store.schema.partners import riec_draft, riec_draft_event, riec_key
from screening.store.schema.retention import erasure_plan, erasure_plan_decided
from screening.store.sqlite_driver import Connection

WORD_COLUMNS = [
    (table.name, column.name, words.name)
    for words in word_lists()
    for table in metadata.sorted_tables
    for column in table.columns
    if column.references(words.c.word)
]


def test_every_rule_is_of_a_table_that_is_there() -> None:
    assert {guard.table for guard in guards()} <= set(metadata.tables)
    names = [(guard.name, moment) for guard in guards() for moment in guard.moments]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "text",
    [
        "DROP TABLE run;",
        "CREATE TRIGGER x BEFORE DELETE ON run;",
        "CREATE TRIGGER x BEFORE DELETE ON run REFUSE 'it''s'; DELETE FROM run;",
    ],
)
def test_a_text_that_is_no_rule_is_refused(text: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "guards.sql"
    file.write_text(GUARDS.read_text(encoding="utf-8") + text, encoding="utf-8")
    monkeypatch.setattr(guards_module, "GUARDS", file)
    with pytest.raises(ValueError, match="not a rule"):
        guards()


def test_what_two_people_decide_at_once_is_decided_as_the_first_did(store: Store) -> None:
    """Guards look at what is committed; where two commit at once, the index has one of them wait and refuses it."""
    now = datetime(2026, 11, 27, tzinfo=UTC)
    plan = {"plan_id": "p", "digest": "d", "terms": {}, "counted": {}, "prepared_by": "ivo", "prepared_at": now}
    decided = {"plan_id": "p", "digest": "d", "put_forward_by": "anna", "decided_by": "bram", "decided_at": now}
    draft = {
        "batch_id": "b",
        "recipient": "riec",
        "fingerprint": "f",
        "sensitive": False,
        "number": 1,
        "kind": "signals",
        "made_by": "anna",
        "made_at": now,
        "expires_at": now + timedelta(days=7),
        "manifest_sha256": "0" * 64,
    }
    key = {
        "fingerprint": "f",
        "recipient": "riec",
        "kind": "age",
        "key": "k",
        "reason": "r",
        "proposed_by": "anna",
        "proposed_at": now,
    }
    ended = {"batch_id": "b", "manifest_sha256": "0" * 64, "actor": "bram", "at": now}
    with store.engine.begin() as connection:
        drop_guards(connection)
        connection.execute(erasure_plan.insert(), plan)
        connection.execute(erasure_plan_decided.insert(), decided | {"decision": "approved"})
        connection.execute(riec_key.insert(), key)
        connection.execute(riec_draft.insert(), draft)
        connection.execute(riec_draft_event.insert(), ended | {"action": "approved", "signed_by": "anna"})
    for table, row in (
        (erasure_plan_decided, decided | {"decision": "turned_down"}),
        (riec_draft_event, ended | {"action": "dropped", "signed_by": None}),
    ):
        with pytest.raises(sa.exc.IntegrityError, match=r"(?i)unique"), store.engine.begin() as connection:
            connection.execute(table.insert(), row)


def test_the_words_in_the_store_are_those_of_the_lists(store: Store) -> None:
    with store.engine.connect() as connection:
        for words in word_lists():
            assert set(connection.scalars(sa.select(words.c.word))) == set(words.info["words"])


@pytest.mark.parametrize(("table", "column", "words"), WORD_COLUMNS)
def test_an_unknown_word_is_refused_without_foreign_keys_too(
    table: str, column: str, words: str, workspace: Workspace, sqlite_template: Path
) -> None:
    shutil.copy(sqlite_template, workspace.database)
    raw = Connection(workspace.database)
    assert raw.execute("PRAGMA foreign_keys").fetchone() == (0,)
    with pytest.raises(sqlite3.IntegrityError, match=f"^{column} is a word of a closed list$"):
        raw.execute(f"INSERT INTO {table} ({column}) VALUES ('onbekend')")
    with pytest.raises(sqlite3.IntegrityError, match="comes with a migration"):
        raw.execute(f"INSERT INTO {words} VALUES ('onbekend')")
    raw.close()


def test_every_closed_list_has_its_foreign_keys(store: Store) -> None:
    inspector = sa.inspect(store.engine)
    for table, column, words in WORD_COLUMNS:
        keys = [(key["constrained_columns"], key["referred_table"]) for key in inspector.get_foreign_keys(table)]
        assert ([column], words) in keys


def test_no_row_takes_the_place_of_another_of_the_same_key(sqlite_store: Store) -> None:
    """Where SQLite takes the old row away, no guard of DELETE is asked."""
    tip = {
        "signal_id": "'t1'",
        "reporter": "'bram'",
        "received_at": "'2026-11-27'",
        "received_on": "'2026-11-27'",
        "number_of_day": "1",
        "seen_on": "'2026-11-26'",
        "postcode": "'1234AB'",
        "house_number": "1",
        "addition": "''",
        "place": "'X'",
        "observations": "'[]'",
        "text": "'x'",
        "delete_after": "'2027-05-27'",
    }

    def insert(**other: str) -> None:
        row = tip | other
        with sqlite_store.engine.begin() as connection:
            connection.exec_driver_sql(
                f"INSERT OR REPLACE INTO colleague_signal ({', '.join(row)}) VALUES ({', '.join(row.values())})"
            )

    insert()
    with pytest.raises(sa.exc.IntegrityError, match="never changes"):
        insert(signal_id="'t2'")
    insert(signal_id="'t2'", number_of_day="2")


def test_another_guard_comes_with_a_migration() -> None:
    """A store that is there makes its guards again after a migration, and at no other time."""
    script = ScriptDirectory.from_config(alembic_config())
    newest = script.get_revision(script.get_current_head()).module
    assert newest.guards == hashlib.sha256(GUARDS.read_bytes()).hexdigest(), (
        "guards.sql changed: before the release put its sha256 into 0001; afterwards write the next migration "
        "(docs/decisions/0022)"
    )
