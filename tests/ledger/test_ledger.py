"""The ledger only grows, one entry after another without gaps, whoever writes, and says so when it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.base.errors import DamagedStoreError, LedgerError
from screening.base.vocabulary import LedgerAction
from screening.ledger import Ledger, SubjectKind, open_ledger, verify_ledger
from screening.ledger import ledger as ledger_module
from screening.ledger.entry import entry_hash
from screening.ledger.schema import WRITER_ROLE, ledger_entry
from screening.store.engine import driver_connection
from tests.ledger.entries import CASE, NOW, entry

ROOT = Path(__file__).resolve().parents[2]


def chain(ledger: Ledger) -> list[str]:
    """What a check finds without heads, as words."""
    return [one.kind for one in verify_ledger(ledger, [], []).findings]


def test_entries_come_back_as_they_were_written_in_their_order(ledger: Ledger) -> None:
    made = [entry(number) for number in range(7)]
    assert [ledger.write(one) for one in made] == list(range(1, 8))
    found = ledger.entries()
    assert [one.entry for one in found] == made
    assert found[0].previous == ledger.genesis
    assert [one.previous for one in found[1:]] == [one.hash for one in found[:-1]]
    head = ledger.head()
    assert (head.seq, head.hash, head.done_at) == (7, found[-1].hash, made[-1].done_at)


def test_an_empty_ledger_has_a_head_too(ledger: Ledger) -> None:
    assert (ledger.head().seq, ledger.head().hash, ledger.head().done_at) == (0, ledger.genesis, None)
    assert ledger.entries() == []
    assert ledger.write_all([]) == []


def test_entries_are_found_by_each_of_their_fields(ledger: Ledger) -> None:
    made = [entry(number) for number in range(12)]
    ledger.write_all(made)

    def numbers(**wanted: object) -> list[int]:
        return [one.seq for one in ledger.entries(**wanted)]

    assert numbers(actor="j.jansen") == [1, 4, 7, 10]
    assert numbers(action=LedgerAction.JUDGEMENT) == [3, 8]
    assert numbers(object=made[4].object) == numbers(case=made[4].case) == [5]
    assert numbers(since=made[2].done_at, until=made[5].done_at) == [3, 4, 5]
    assert numbers(after=10) == [11, 12]
    assert numbers(is_newest_first=True, limit=2) == [12, 11]
    assert numbers(actor="j.jansen", since=made[5].done_at, limit=1) == [7]


def test_a_ledger_opened_again_is_the_same_and_goes_on(ledger: Ledger, url: str) -> None:
    ledger.write(entry(1))
    with open_ledger(url) as again:
        assert again.ledger_id == ledger.ledger_id
        assert again.write(entry(2)) == 2
        assert again.logboek is None  # no folder of keys was named
    assert ledger.write(entry(3)) == 3
    assert chain(ledger) == []


def test_eight_threads_write_one_whole_chain(ledger: Ledger) -> None:
    numbers: list[int] = []

    def work(thread: int) -> None:
        numbers.extend(ledger.write(entry(1_000 * thread + number)) for number in range(100))

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(numbers) == list(range(1, 801))
    assert len({one.entry.object for one in ledger.entries()}) == 800
    assert chain(ledger) == []


_WRITER = """
import sys
from screening.ledger import open_ledger
from tests.ledger.entries import entry
with open_ledger(sys.argv[1]) as ledger:
    for number in range(40):
        ledger.write(entry(number))
"""


def test_processes_that_open_and_write_at_once_make_one_whole_chain(url: str) -> None:
    """Three processes find no ledger there, so the making of it is raced too."""
    started = [subprocess.Popen([sys.executable, "-c", _WRITER, url], cwd=ROOT) for _ in range(3)]
    assert [one.wait(timeout=120) for one in started] == [0, 0, 0]
    with open_ledger(url) as ledger:
        assert ledger.head().seq == 120
        assert chain(ledger) == []


_KILLED = """
import sys
from screening.ledger import open_ledger
from tests.ledger.entries import entry
with open_ledger(sys.argv[1]) as ledger:
    while True:
        print(ledger.write(entry(1)), flush=True)
"""


def killed(url: str, trials: int) -> None:
    """A writer that is killed after it said so many numbers leaves at least these, and a whole chain."""
    for trial in range(trials):
        with subprocess.Popen([sys.executable, "-c", _KILLED, url], cwd=ROOT, stdout=subprocess.PIPE) as child:
            said = [int(child.stdout.readline()) for _ in range(1 + 13 * trial % 50)]
            child.kill()
            said += [int(line) for line in child.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
        with open_ledger(url) as ledger:
            assert ledger.head().seq >= said[-1]
            assert ledger.write(entry(2)) == ledger.head().seq
            assert chain(ledger) == []


def test_a_writer_that_is_killed_loses_nothing_that_it_acknowledged(url: str) -> None:
    killed(url, 4)


@pytest.mark.long
def test_a_hundred_writers_that_are_killed_lose_nothing(url: str) -> None:
    killed(url, 100)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET result = 'refused' WHERE seq = 2",
        "UPDATE ledger_entry SET seq = 9 WHERE seq = 3",
        "DELETE FROM ledger_entry WHERE seq = 3",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_identity SET genesis = 'x'",
        "DELETE FROM ledger_identity",
        "INSERT INTO ledger_identity VALUES ('x', 'y', 1)",
        "UPDATE processing_line SET name = 'x'",
        "UPDATE processing_block SET number = 1",
        # after a gap, in front, and on the right place with the wrong hash before it
        "INSERT INTO ledger_entry SELECT 9, at, actor, action, object, result, origin, \"case\", purpose, hash, 'x', "
        "NULL, NULL, NULL, NULL FROM ledger_entry WHERE seq = 3",
        "INSERT INTO ledger_entry SELECT -1, at, actor, action, object, result, origin, \"case\", purpose, hash, 'x', "
        "NULL, NULL, NULL, NULL FROM ledger_entry WHERE seq = 3",
        'INSERT INTO ledger_entry SELECT 4, at, actor, action, object, result, origin, "case", purpose, previous, '
        "'x', NULL, NULL, NULL, NULL FROM ledger_entry WHERE seq = 3",
    ],
)
def test_no_row_is_changed_removed_or_put_in_by_raw_sql(ledger: Ledger, tmp_path: Path, statement: str) -> None:
    ledger.write_all([entry(number) for number in range(3)])
    ledger.logboek.log_processing(
        "urn:barrier-screening:verwerking", [], name=LedgerAction.READ_DOSSIER, start=NOW, end=NOW
    )
    ledger.logboek.log_entry_of_many(entry(9), {SubjectKind.PARTY: ["P-1"]}, end=NOW)
    as_owner(ledger, statement, refused=True)
    assert len(ledger.entries()) == 3
    assert chain(ledger) == []


def test_no_row_is_replaced_or_emptied_by_the_ways_round_a_trigger(ledger: Ledger) -> None:
    ledger.write_all([entry(number) for number in range(3)])
    copy = (
        "SELECT seq, at, 'x', action, object, result, origin, \"case\", purpose, previous, hash, content, os_user, "
        "host, session FROM ledger_entry"
    )
    if ledger.engine.dialect.name == "sqlite":
        tricks = [
            f"INSERT OR REPLACE INTO ledger_entry {copy}",
            f"REPLACE INTO ledger_entry {copy} WHERE seq = 3",
            "UPDATE OR REPLACE ledger_entry SET seq = 1 WHERE seq = 2",
        ]
    else:
        tricks = [
            "TRUNCATE ledger_entry",
            "TRUNCATE ledger_identity, ledger_entry",
            f"INSERT INTO ledger_entry {copy} ON CONFLICT (seq) DO UPDATE SET actor = 'x'",
        ]
    for trick in tricks:
        as_owner(ledger, trick, refused=True)
    assert chain(ledger) == []


def test_raw_sql_can_add_what_follows(ledger: Ledger) -> None:
    """The refusals above are about these rows and not about the harness: the same way in takes a right row."""
    ledger.write(entry(0))
    before, fields = ledger.head(), entry(1).fields()
    with ledger.engine.begin() as connection:
        digest = entry_hash(2, fields, before.hash)
        connection.execute(ledger_entry.insert().values(seq=2, **fields, previous=before.hash, hash=digest))
    assert chain(ledger) == []


def as_owner(ledger: Ledger, statement: str, *, refused: bool = False) -> None:
    """Run a statement as the login that owns the tables, triggers in force."""
    with ledger.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("RESET ROLE")
        if refused:
            with pytest.raises(sa.exc.DBAPIError, match=r"only grows|follows the last|one row|UNIQUE|unique"):
                connection.exec_driver_sql(statement)
            connection.rollback()
            return
        connection.exec_driver_sql(statement)
        connection.commit()


def test_an_owner_is_not_refused_what_is_allowed(ledger: Ledger) -> None:
    as_owner(ledger, "SELECT * FROM ledger_entry")


def test_the_sqlite_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.write(entry())
        for file in tmp_path.glob("ledger.sqlite*"):
            assert file.stat().st_mode & 0o777 == 0o600, file.name
        assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_an_acknowledged_entry_is_on_the_disk(sqlite_ledger: Ledger) -> None:
    with sqlite_ledger.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert driver_connection(connection).patience_ms == ledger_module.WAIT_MS


@pytest.mark.parametrize("setting", ["synchronous_commit=off"])
def test_a_server_that_may_lose_entries_is_refused(postgres: str, setting: str) -> None:
    careless = sa.make_url(postgres).update_query_dict({"options": f"-c{setting}"})
    with pytest.raises(LedgerError, match=r"cannot be opened.*synchronous_commit"):
        open_ledger(careless.render_as_string(hide_password=False))


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger, ledger.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_identity_refuse_update")
        connection.exec_driver_sql("UPDATE ledger_identity SET schema_version = 99")
    with pytest.raises(LedgerError, match="schema 99"):
        open_ledger(tmp_path)


def test_a_ledger_that_cannot_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process holds it: what had to be logged may not be shown (assurance G1)."""
    monkeypatch.setattr("screening.ledger.open.WAIT_MS", 50)
    with open_ledger(tmp_path) as ledger, open_ledger(tmp_path) as other, other.engine.connect() as holding:
        ledger.write(entry(0))
        holding.execution_options(is_writing=True).execute(sa.text("SELECT 1"))
        with pytest.raises(LedgerError, match="ledger failed while adding an entry"):
            ledger.write(entry(1))
        holding.rollback()
        assert ledger.write(entry(1)) == 2


def test_a_damaged_ledger_says_so_and_shows_no_value(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.write(entry(0))
    file = tmp_path / "ledger.sqlite"
    file.write_bytes(b"not a database at all" + file.read_bytes()[21:])
    with pytest.raises(DamagedStoreError, match="is damaged, and nothing of it is shown") as refused:
        open_ledger(tmp_path)
    assert "jansen" not in str(refused.value)


def test_a_row_that_is_no_entry_is_not_read_as_one(sqlite_ledger: Ledger) -> None:
    sqlite_ledger.write(entry(0))
    with sqlite_ledger.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO ledger_entry SELECT 2, at, 'Jan de Vries', action, object, result, origin, \"case\", purpose, "
            "hash, 'x', NULL, NULL, NULL, NULL FROM ledger_entry"
        )
    with pytest.raises(LedgerError, match="actor") as refused:
        sqlite_ledger.entries()
    assert "Vries" not in str(refused.value)


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_the_writer_of_postgresql_may_add_and_read_and_nothing_else(ledger: Ledger) -> None:
    ledger.write(entry(0))
    with ledger.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT current_user")) == WRITER_ROLE
    for statement in (
        "UPDATE ledger_entry SET result = 'refused'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "DELETE FROM processing_line",
        "DELETE FROM processing_block",
        "INSERT INTO ledger_identity VALUES ('x', 'y', 1)",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "DROP TABLE ledger_entry",
        "DROP TRIGGER ledger_entry_refuse_change ON ledger_entry",
        "CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
    ):
        with ledger.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as refused:
            connection.exec_driver_sql(statement)
        assert refused.value.orig.sqlstate == "42501", statement  # insufficient privilege


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_a_login_that_owns_nothing_can_do_all_the_work(ledger: Ledger, url: str) -> None:
    """The set-up that is advised: an administrator made the tables, the programme connects as a member of the role."""
    name = "app_" + sa.make_url(url).query["options"].rpartition("=")[2]
    as_owner(ledger, f"CREATE ROLE {name} LOGIN PASSWORD 'x' IN ROLE {WRITER_ROLE}")
    try:
        with open_ledger(sa.make_url(url).set(username=name, password="x").render_as_string(False)) as plain:
            assert plain.write(entry(0)) == 1
            assert [one.entry for one in plain.entries()] == [entry(0)]
            assert not verify_ledger(plain, [], []).notes
            with plain.engine.connect() as connection:
                connection.exec_driver_sql("RESET ROLE")
                with pytest.raises(sa.exc.DBAPIError, match="denied"):
                    connection.exec_driver_sql("DELETE FROM ledger_entry")
        assert "owns the ledger" in " ".join(
            verify_ledger(ledger, [], []).notes
        )  # the administrator's own login is told
    finally:
        as_owner(ledger, f"DROP ROLE {name}")


def test_an_entry_of_another_case_leaves_no_trace_of_a_name(sqlite_ledger: Ledger) -> None:
    """What a copy of the file shows: accounts, ids and words, and not a letter more."""
    sqlite_ledger.write(entry(case=CASE, object=f"case:{CASE}"))
    with sqlite_ledger.engine.connect() as connection:
        row = connection.execute(ledger_entry.select()).one()
    assert all(isinstance(value, int) or value is None or " " not in value for value in row)


def test_a_thread_that_waits_too_long_says_that_nothing_was_logged(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "WAIT_MS", 10)
    with sqlite_ledger._one_at_a_time(), pytest.raises(LedgerError, match=r"was busy.*Nothing was logged"):
        sqlite_ledger.write(entry(0))
    assert sqlite_ledger.write(entry(1)) == 1


def test_a_ledger_whose_key_is_broken_does_not_open_and_holds_nothing_open(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    key = tmp_path / "keys" / "logboek.key"
    whole = key.read_bytes()
    key.write_bytes(whole[:10])
    with pytest.raises(LedgerError, match="10 bytes instead of 64"):
        open_ledger(tmp_path)
    opened = [os.readlink(file) for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
    assert str(tmp_path / "ledger.sqlite") not in opened
    key.write_bytes(whole)
    with open_ledger(tmp_path) as again:
        assert again.write(entry(0)) == 1


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_a_server_without_the_role_that_only_adds_keeps_a_ledger_and_says_what_to_do(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("open", "protect", "schema"):
        monkeypatch.setattr(f"screening.ledger.{module}.WRITER_ROLE", "barrier_absent")
    with open_ledger(url) as ledger:
        assert ledger.write(entry(0)) == 1
        checked = verify_ledger(ledger, [], [])
    assert checked.findings == []
    assert "The role barrier_absent is not there. An administrator makes it" in checked.notes[0]


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_a_login_that_may_not_join_the_role_keeps_a_ledger_and_says_what_to_do(ledger: Ledger, url: str) -> None:
    """Its own schema, and no right to become a member: the triggers hold, and an administrator is told."""
    name = "owner_" + sa.make_url(url).query["options"].rpartition("=")[2]
    as_owner(ledger, f"CREATE ROLE {name} LOGIN PASSWORD 'x'")
    as_owner(ledger, f"CREATE SCHEMA {name} AUTHORIZATION {name}")
    plain = sa.make_url(url).set(username=name, password="x").update_query_dict({"options": f"-csearch_path={name}"})
    try:
        with open_ledger(plain.render_as_string(hide_password=False)) as own:
            assert own.write(entry(0)) == 1
            checked = verify_ledger(own, [], [])
        assert checked.findings == []
        assert f"no member of {WRITER_ROLE}" in checked.notes[0]
        assert "owns the ledger" in checked.notes[1]
    finally:
        as_owner(ledger, f"DROP OWNED BY {name} CASCADE")
        as_owner(ledger, f"DROP ROLE {name}")
