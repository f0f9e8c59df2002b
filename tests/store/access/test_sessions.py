"""Sessions in the store: found by their id alone, ended by time, by hand and with the account; purposes by case."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from screening.base.vocabulary import Purpose, Role
from screening.store import Store, Workspace
from screening.store.access.accounts import admit, disable
from screening.store.access.sessions import (
    begin_session,
    delete_expired_sessions,
    end_session,
    end_sessions,
    find_session,
    purpose_of,
    session_key,
    state_purpose,
    touch_session,
)
from screening.store.engine import driver_connection
from screening.store.schema.accounts import review_session, session_purpose
from screening.store.sqlite_driver import BUSY_TIMEOUT_MS, Connection
from tests.databases import on_sqlite

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
IDLE, ABSOLUTE = timedelta(minutes=15), timedelta(hours=8)
CASE = "0123456789abcdef"


@pytest.fixture
def anna(store: Store) -> str:
    return admit(store, account="a.jansen", issuer="i", subject="s", name="Anna", now=NOW).account


def start(store: Store, who: str, now: datetime = NOW):
    return begin_session(store, who, {Role.OFFICER}, now=now, absolute=ABSOLUTE)


def test_a_session_is_found_by_its_id_and_holds_the_roles_of_the_sign_in(store: Store, anna: str) -> None:
    session_id, made = start(store, anna)
    assert find_session(store, session_id, now=NOW, idle=IDLE) == made
    assert made.roles == {Role.OFFICER, Role.COLLEAGUE}
    assert (made.account, made.name, made.ends_at) == ("a.jansen", "Anna", NOW + ABSOLUTE)
    assert len(session_id) >= 43
    assert start(store, anna)[0] != session_id
    for wrong in ("", session_id[:-1], session_id + "a", made.key):
        assert find_session(store, wrong, now=NOW, idle=IDLE) is None


def test_the_store_holds_a_hash_and_not_the_id(store: Store, anna: str) -> None:
    session_id, made = start(store, anna)
    with store.engine.connect() as connection:
        (row,) = connection.execute(review_session.select()).all()
    assert row.session_hash == made.key == session_key(session_id)
    assert session_id not in str(row)


@pytest.mark.parametrize(
    ("used", "looked", "holds"),
    [
        (timedelta(0), IDLE - timedelta(seconds=1), True),
        (timedelta(0), IDLE, False),
        (timedelta(minutes=10), IDLE + timedelta(minutes=9), True),
        (ABSOLUTE - timedelta(minutes=1), ABSOLUTE - timedelta(seconds=1), True),
        (ABSOLUTE - timedelta(minutes=1), ABSOLUTE, False),
    ],
)
@on_sqlite
def test_both_ends_of_both_terms(store: Store, anna: str, used: timedelta, looked: timedelta, holds: bool) -> None:
    session_id, made = start(store, anna)
    assert touch_session(store, made.key, now=NOW + used)
    assert (find_session(store, session_id, now=NOW + looked, idle=IDLE) is not None) == holds


def test_use_never_makes_a_session_older_when_clocks_differ(store: Store, anna: str) -> None:
    session_id, made = start(store, anna)
    touch_session(store, made.key, now=NOW + timedelta(minutes=10))
    touch_session(store, made.key, now=NOW + timedelta(minutes=1))
    assert find_session(store, session_id, now=NOW + timedelta(minutes=20), idle=IDLE) is not None


def test_ended_is_ended_and_all_of_an_account_end_together(store: Store, anna: str) -> None:
    (one, first), (two, _), (three, _) = (start(store, anna) for _ in range(3))
    end_session(store, first.key, now=NOW)
    assert find_session(store, one, now=NOW, idle=IDLE) is None
    assert find_session(store, two, now=NOW, idle=IDLE) is not None
    assert end_sessions(store, anna, now=NOW) == 2
    for session_id in (two, three):
        assert find_session(store, session_id, now=NOW, idle=IDLE) is None


def test_an_account_that_is_off_takes_its_sessions_along(store: Store, anna: str) -> None:
    session_id, _ = start(store, anna)
    disable(store, anna, by="b.beheer", now=NOW)
    assert find_session(store, session_id, now=NOW, idle=IDLE) is None


def test_a_busy_database_is_not_waited_for_to_note_that_somebody_is_there(
    workspace: Workspace, sqlite_store: Store
) -> None:
    admit(sqlite_store, account="a.jansen", issuer="i", subject="s", name="Anna", now=NOW)
    session_id, made = start(sqlite_store, "a.jansen")
    with Connection(workspace.database) as publisher:
        publisher.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        assert touch_session(sqlite_store, made.key, now=NOW + timedelta(minutes=1)) is False
        assert time.monotonic() - begun < 15  # other work has a patience of 30
        publisher.execute("ROLLBACK")
    with sqlite_store.engine.connect() as connection:  # and the patience of other work is as it was
        assert driver_connection(connection).patience_ms == BUSY_TIMEOUT_MS
    assert touch_session(sqlite_store, made.key, now=NOW + timedelta(minutes=1)) is True
    assert find_session(sqlite_store, session_id, now=NOW, idle=IDLE) is not None


def test_a_purpose_belongs_to_one_case_of_one_session(store: Store, anna: str) -> None:
    (one_id, one), (_, other) = start(store, anna), start(store, anna)
    state_purpose(store, one.key, Purpose.WON, case_id=CASE, now=NOW)
    assert purpose_of(store, one.key, CASE) is Purpose.WON
    assert purpose_of(store, one.key, CASE[::-1]) is None
    assert purpose_of(store, other.key, CASE) is None
    state_purpose(store, one.key, Purpose.OO, case_id=CASE, now=NOW)
    assert purpose_of(store, one.key, CASE) is Purpose.OO
    assert find_session(store, one_id, now=NOW, idle=IDLE).purpose is None
    state_purpose(store, one.key, Purpose.VERG, case_id=None, now=NOW)
    assert find_session(store, one_id, now=NOW, idle=IDLE).purpose is Purpose.VERG


def test_sessions_of_long_ago_are_forgotten_with_their_purposes(store: Store, anna: str) -> None:
    _, old = start(store, anna, NOW - timedelta(days=400))
    state_purpose(store, old.key, Purpose.WON, case_id=CASE, now=NOW)
    new_id, _ = start(store, anna)
    assert delete_expired_sessions(store, before=NOW - timedelta(days=365)) == 1
    with store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(session_purpose)) == 0
    assert find_session(store, new_id, now=NOW, idle=IDLE) is not None
