"""The driver of SQLite gives SQLAlchemy what PEP 249 promises, and errors those of `sqlite3`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from screening.store import sqlite_driver
from screening.store.sqlite_driver import BUSY_TIMEOUT_MS, Connection


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with Connection(tmp_path / "x.sqlite") as opened:
        opened.execute("PRAGMA journal_mode=WAL").fetchall()
        opened.execute("CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL)")
        yield opened


def test_rows_come_by_one_some_and_all_with_the_names_of_their_columns(connection: Connection) -> None:
    added = connection.cursor().executemany("INSERT INTO town (name) VALUES (?)", [(letter,) for letter in "abcd"])
    assert (added.rowcount, added.lastrowid, added.description) == (4, 4, None)
    cursor = connection.execute("SELECT id, name FROM town ORDER BY id")
    assert [column[0] for column in cursor.description or ()] == ["id", "name"]
    assert cursor.fetchone() == (1, "a")
    assert cursor.fetchmany(2) == [(2, "b"), (3, "c")]
    assert (cursor.fetchall(), cursor.fetchone()) == ([(4, "d")], None)


def test_a_question_without_an_answer_has_columns_too(connection: Connection) -> None:
    cursor = connection.execute("SELECT id FROM town WHERE name = ?", ("nowhere",))
    assert [column[0] for column in cursor.description or ()] == ["id"]
    assert cursor.fetchall() == []
    assert connection.execute("DELETE FROM town").description is None


@pytest.mark.parametrize(
    ("statement", "kind", "name"),
    [
        ("INSERT INTO town (name) VALUES (NULL)", sqlite3.IntegrityError, "SQLITE_CONSTRAINT_NOTNULL"),
        ("SELECT * FROM village", sqlite3.OperationalError, "SQLITE_ERROR"),
        ("INSERT INTO town (name) VALUES (?)", sqlite3.ProgrammingError, "SQLITE_ERROR"),
    ],
)
def test_errors_are_those_of_the_standard_library(
    connection: Connection, statement: str, kind: type[sqlite3.Error], name: str
) -> None:
    with pytest.raises(kind) as refused:
        connection.execute(statement)
    assert refused.value.sqlite_errorname == name


def test_text_that_is_no_text_is_an_error_of_the_database(connection: Connection) -> None:
    connection.execute("INSERT INTO town (name) VALUES (CAST(x'ff' AS TEXT))")
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT name FROM town").fetchall()


def test_a_transaction_is_ended_by_commit_and_by_rollback_and_nothing_without_one(connection: Connection) -> None:
    for end, count in ((connection.rollback, 0), (connection.commit, 1)):
        connection.execute("BEGIN")
        connection.execute("INSERT INTO town (name) VALUES ('a')")
        end()
        end()
        assert connection.execute("SELECT count(*) FROM town").fetchall() == [(count,)]


def test_the_journal_is_empty_after_a_commit_unless_somebody_reads(connection: Connection) -> None:
    journal = connection.path.with_name("x.sqlite-wal")
    connection.execute("INSERT INTO town (name) VALUES ('a'), ('b')")
    assert journal.stat().st_size == 0
    with Connection(connection.path) as reader:
        rows = reader.execute("SELECT name FROM town")
        assert rows.fetchone() == ("a",)
        connection.execute("INSERT INTO town (name) VALUES ('c')")
        assert journal.stat().st_size > 0
        rows.close()
    connection.execute("INSERT INTO town (name) VALUES ('d')")
    assert journal.stat().st_size == 0
    assert connection.patience_ms == BUSY_TIMEOUT_MS


def test_a_statement_waits_for_another_connection_as_long_as_it_has_patience(connection: Connection) -> None:
    with Connection(connection.path) as other:
        other.execute("BEGIN IMMEDIATE")
        with connection.patience(20), pytest.raises(sqlite3.OperationalError) as refused:
            connection.execute("INSERT INTO town (name) VALUES ('a')")
        assert refused.value.sqlite_errorname == "SQLITE_BUSY"
        with ThreadPoolExecutor(1) as another:
            added = another.submit(connection.execute, "INSERT INTO town (name) VALUES ('a')")
            with pytest.raises(TimeoutError):
                added.result(timeout=0.05)
            other.execute("COMMIT")
            assert added.result(timeout=30).rowcount == 1


def test_a_journal_that_was_left_is_shortened_unless_another_connection_is_at_it(connection: Connection) -> None:
    told: list[int] = []
    with Connection(connection.path) as writer, Connection(connection.path) as reader:
        writer.leave_journal(told.append)
        rows = reader.execute("SELECT name FROM town UNION ALL SELECT name FROM sqlite_schema")
        rows.fetchone()
        for letter in "abc":
            writer.execute("INSERT INTO town (name) VALUES (?)", (letter,))
        assert told == sorted(told)
        assert told[0] > 0
        with ThreadPoolExecutor(1) as another:
            # RESTART waits for the reader, and nobody else may move anything out of the journal meanwhile
            waiting = another.submit(connection.execute, "PRAGMA wal_checkpoint(RESTART)")
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.05)
            writer.shorten_journal()
            rows.close()
            waiting.result(timeout=30)
        writer.shorten_journal()
        assert writer.execute("PRAGMA synchronous").fetchall() == [(1,)]
        assert connection.execute("PRAGMA synchronous").fetchall() == [(2,)]
    with pytest.raises(sqlite3.OperationalError):
        writer.shorten_journal()  # closed by now


def test_a_journal_that_another_made_long_is_left_to_it_unless_it_stays_long(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = connection.path.with_name(f"{connection.path.name}-wal")
    with Connection(connection.path) as loader:
        loader.leave_journal(lambda _pages: None)
        loader.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
            "INSERT INTO town (name) SELECT printf('%04d%4000s', i, '') FROM n"
        )
        connection.execute("INSERT INTO town (name) VALUES ('a')")
        assert journal.stat().st_size > 400 * 4096
        monkeypatch.setattr(sqlite_driver, "_LEFT_TO_OTHERS_S", 0.0)
        connection.execute("INSERT INTO town (name) VALUES ('b')")
        assert journal.stat().st_size == 0


def test_what_a_connection_wrote_itself_it_empties_as_soon_as_nobody_reads_there(connection: Connection) -> None:
    journal = connection.path.with_name(f"{connection.path.name}-wal")
    with Connection(connection.path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT name FROM town").fetchall()
        for number in range(300):
            connection.execute("INSERT INTO town (name) VALUES (?)", (str(number),))
        assert journal.stat().st_size > 300 * 4096
        reader.execute("COMMIT")
        connection.execute("INSERT INTO town (name) VALUES ('last')")
        assert journal.stat().st_size == 0


def test_a_database_that_is_only_read_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as refused:
        Connection(tmp_path / "none.sqlite", read_only=True).execute("SELECT 1")
    assert refused.value.sqlite_errorname == "SQLITE_CANTOPEN"
    assert not (tmp_path / "none.sqlite").exists()


@pytest.mark.parametrize(
    ("call", "modules"),
    [
        ("sqlite3.connect(", set()),
        ("import apsw", {"screening/store/sqlite_driver.py"}),
        # sources are of others, and a restore looks whether a database of PostgreSQL is empty
        ("create_engine(", {"screening/store/engine.py", "screening/sources/query.py", "flows/backup/restore.py"}),
    ],
)
def test_the_product_opens_a_database_by_no_other_driver(call: str, modules: set[str]) -> None:
    """Whoever went past it would read pages that nobody compares, and write some that are damaged to all others."""
    root = Path(__file__).resolve().parents[2]
    paths = [path for folder in ("screening", "flows", "indicators") for path in (root / folder).rglob("*.py")]
    assert {path.relative_to(root).as_posix() for path in paths if call in path.read_text(encoding="utf-8")} == modules
