"""Backups: nobody who makes one can read it, no name lies open in it, and what comes back is whole."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.backup import backup
from flows.backup.databases import SqliteCopy, at_one_moment
from flows.backup.restore import restore
from screening.base.errors import ConfigurationError, DamagedStoreError, StoreError
from screening.base.vocabulary import LedgerAction
from screening.ledger import SIGNING_KEY, Entry, open_ledger, retire, sign_head, signing_key, verify_ledger
from screening.ledger.notary import note_decisions
from screening.ledger.schema import deletable
from screening.partners.desk.disclosures import batches
from screening.store import Workspace, open_store
from screening.store.access.accounts import accounts, admit
from screening.store.schema.cases import review_case
from screening.store.sqlite_driver import Connection
from tests.conftest import barrier
from tests.flows.rights.at_desk import erase, plan
from tests.flows.rights.test_erase import CONFIGURATION
from tests.partners.desk.disclosed import HOLDER, confirmed_town, sent
from tests.store.bit_flips import damage, read_everything

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace to be copied."""
    folder = tmp_path_factory.mktemp("town") / "var"
    with open_store(Workspace(folder)) as store:
        confirmed_town(store, Workspace(folder), (1,))
    return folder


@pytest.fixture
def config(template: Path, tmp_path: Path) -> Path:
    file = tmp_path / "screening.toml"
    file.write_text(CONFIGURATION)
    shutil.copytree(template, tmp_path / "var")
    return file


def key_pair(folder: Path, name: str) -> tuple[str, Path]:
    """A key as a person makes it with Debian's age-keygen: the public key, and the file of the secret one."""
    file = folder / name
    subprocess.run(["age-keygen", "-o", str(file)], check=True, capture_output=True)
    made = subprocess.run(["age-keygen", "-y", str(file)], check=True, capture_output=True, text=True)
    return made.stdout.strip(), file


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, tuple[str, Path]]:
    return {name: key_pair(tmp_path, name) for name in ("data.key", "keys.key")}


@pytest.fixture
def made(config: Path, keys: dict) -> dict[str, Path]:
    done = backup.back_up(config, recipient=keys["data.key"][0], keys_recipient=keys["keys.key"][0], by="rita", now=NOW)
    return {name: Path(file) for name, file in done.items()}


def test_no_name_and_no_key_lies_open_and_only_the_owner_can_read_the_files(config: Path, made: dict) -> None:
    secrets = [path.read_bytes() for path in (config.parent / "var" / "keys").rglob("*") if path.is_file()]
    for file in made.values():
        content = file.read_bytes()
        assert content.startswith(b"age-encryption.org/v1")
        assert HOLDER.encode() not in content
        assert not any(secret in content for secret in secrets)
        assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in made["data"].parent.iterdir() if one.suffix == ".part"] == []
    with open_ledger(Workspace(config.parent / "var")) as ledger:
        assert [one.entry.actor for one in ledger.entries(action=LedgerAction.BACKUP)] == ["rita"]


def test_what_comes_back_is_whole(config: Path, keys: dict, made: dict, tmp_path: Path) -> None:
    into = tmp_path / "back"
    done = restore(
        made["data"], identity=keys["data.key"][1], into=into, keys=made["keys"], keys_identity=keys["keys.key"][1]
    )
    assert (done["runs"], done["has_keys"]) == (1, True)
    assert Workspace(into).reporter_key() == Workspace(config.parent / "var").reporter_key()
    with open_store(Workspace(config.parent / "var")) as before, open_store(Workspace(into)) as after:
        assert [one.run_id for one in before.runs()] == [one.run_id for one in after.runs()]
        run_id = before.runs()[0].run_id
        assert before.flags(run_id).equals(after.flags(run_id))
    assert all(path.stat().st_mode & 0o077 == 0 for path in into.rglob("*"))


def test_a_ledger_of_which_entries_went_for_their_term_comes_back_too(config: Path, keys: dict, tmp_path: Path) -> None:
    """From its fifth year on every ledger is one: its first entry follows a signed head, whose key is elsewhere."""
    now, workspace = datetime.now(UTC), Workspace(config.parent / "var")
    old = now - timedelta(days=2000)
    with open_ledger(workspace) as ledger:
        ledger.write(Entry(old, "anna", LedgerAction.READ_AUDIT, "list:audit", origin="host:a"))
        key = signing_key(workspace.keys / SIGNING_KEY)
        head = sign_head(ledger, key, now=old)
        assert retire(ledger, head, [key.public_key()], by="anna", now=now, origin="host:a") == 1
    (data, data_key), (secret, _) = keys["data.key"], keys["keys.key"]
    files = backup.back_up(config, recipient=data, keys_recipient=secret, by="beheer")
    back = restore(Path(files["data"]), identity=data_key, into=tmp_path / "back")  # type: ignore[index]
    assert back["entries"] == 2  # of the erasure and of the backup


def test_a_batch_that_was_not_brought_over_comes_back(config: Path, keys: dict, tmp_path: Path) -> None:
    """Also one that a crash left without its name; of one that was brought over the store knows."""
    (data, data_key), (secret, _) = keys["data.key"], keys["keys.key"]
    out = tmp_path / "out"
    with open_store(Workspace(config.parent / "var")) as store:
        with store.engine.connect() as connection:
            case_id = connection.scalar(sa.select(review_case.c.case_id))
        sent(store, case_id, out)
        (batch,) = batches(store)
    out.mkdir()
    for name in (batch.file_name, f".{batch.file_name}.part"):
        (out / name).write_bytes(b"age-encryption.org/v1 sealed")
        files = backup.back_up(config, recipient=data, keys_recipient=secret, by="rita")
        (out / name).unlink()
        back = restore(Path(files["data"]), identity=data_key, into=tmp_path / name)
        assert back["batches"] == 1
        assert (tmp_path / name / "export" / name).read_bytes() == b"age-encryption.org/v1 sealed"
    files = backup.back_up(config, recipient=data, keys_recipient=secret, by="rita")
    assert restore(Path(files["data"]), identity=data_key, into=tmp_path / "none")["batches"] == 0


def test_a_restore_that_fails_can_be_tried_again(config: Path, keys: dict, tmp_path: Path) -> None:
    (data, data_key), (secret, _) = keys["data.key"], keys["keys.key"]
    with open_ledger(Workspace(config.parent / "var")) as ledger:
        ledger.write_all([Entry(NOW, "anna", LedgerAction.READ_AUDIT, "list:audit", origin="host:a") for _ in range(3)])
        with ledger.engine.begin() as connection, deletable(connection):
            connection.exec_driver_sql("DELETE FROM ledger_entry WHERE seq = 2")
    files = backup.back_up(config, recipient=data, keys_recipient=secret, by="rita")
    for _ in range(2):
        with pytest.raises(StoreError, match="the chain of the ledger in this backup is broken"):
            restore(Path(files["data"]), identity=data_key, into=tmp_path / "back")
    assert not any(name.lstrip(".").startswith("back") for name in os.listdir(tmp_path))


def test_debians_age_opens_it_too(keys: dict, made: dict) -> None:
    opened = subprocess.run(
        ["age", "-d", "-i", str(keys["data.key"][1]), str(made["data"])], check=True, capture_output=True
    )
    assert b"store.sqlite" in opened.stdout
    assert b"reporter.key" not in opened.stdout


def test_another_key_a_flipped_byte_and_a_used_folder_are_refused(keys: dict, made: dict, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        restore(made["data"], identity=keys["keys.key"][1], into=tmp_path / "a")
    damaged = tmp_path / "damaged.age"
    content = bytearray(made["data"].read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(bytes(content))
    with pytest.raises(StoreError, match="damaged"):
        restore(damaged, identity=keys["data.key"][1], into=tmp_path / "b")
    assert not any(name in {"a", "b", ".a.part", ".b.part"} for name in os.listdir(tmp_path))
    used = tmp_path / "used"
    used.mkdir()
    (used / "x").touch()
    with pytest.raises(StoreError, match="not empty"):
        restore(made["data"], identity=keys["data.key"][1], into=used)


def test_data_and_keys_go_to_two_recipients(config: Path, keys: dict) -> None:
    public = keys["data.key"][0]
    with pytest.raises(ConfigurationError, match="two public keys"):
        backup.back_up(config, recipient=public, keys_recipient=public, by="rita")
    with pytest.raises(ConfigurationError, match="age1"):
        backup.back_up(config, recipient="AGE-SECRET-KEY-1X", keys_recipient=public, by="rita")


def test_a_backup_past_its_term_is_listed_and_removed(config: Path, made: dict) -> None:
    assert "backups" not in {one["kind"] for one in plan(config, now=NOW + timedelta(days=35))["kinds"] if one["count"]}
    late = NOW + timedelta(days=36)
    listed = next(one for one in plan(config, now=late)["kinds"] if one["kind"] == "backups")
    assert listed["ids"] == [f"backup:{made[name].name}" for name in ("data", "keys")]
    erase(config, by="rita", now=late)
    assert not any(file.exists() for file in made.values())


def test_store_and_ledger_are_of_one_moment_with_a_writer_at_work(
    config: Path, keys: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before either database is copied somebody decides; what is in the one copy is in the other, and nothing else."""
    workspace, copy_into, acts = Workspace(config.parent / "var"), Connection.copy_into, []

    def act() -> None:
        name = f"a.{len(acts)}"
        with open_store(workspace) as store, open_ledger(workspace) as ledger:
            note_decisions(store, lambda: ledger, actor=lambda: name, now=lambda: NOW)
            admit(store, account=name, issuer="https://id.example", subject=name, name="Iemand", now=NOW)
        acts.append(name)

    def act_and_copy(source: Connection, path: Path) -> None:
        act()
        copy_into(source, path)

    act()
    monkeypatch.setattr(Connection, "copy_into", act_and_copy)
    (data, data_key), (secret, keys_key) = keys["data.key"], keys["keys.key"]
    files = backup.back_up(config, recipient=data, keys_recipient=secret, by="rita", now=NOW)
    assert len(acts) == 3
    restore(
        Path(files["data"]), identity=data_key, into=tmp_path / "back", keys=Path(files["keys"]), keys_identity=keys_key
    )
    back = tmp_path / "back"
    with open_store(Workspace(back)) as store, open_ledger(back) as ledger:
        assert [person.account for person in accounts(store)] == acts[:1]
        assert verify_ledger(ledger, [], [], now=NOW, store=store).findings == []
    assert list(back.rglob("*.sqlite-*")) == []
    with open_store(workspace) as store, open_ledger(workspace) as ledger:
        assert len(accounts(store)) == 3
        assert verify_ledger(ledger, [], [], now=NOW, store=store).findings == []


def test_while_somebody_writes_the_moment_is_waited_for(config: Path) -> None:
    """Between the rows of an act and their entries no reading begins."""
    path = config.parent / "var" / "store.sqlite"
    with Connection(path) as writer, ThreadPoolExecutor(1) as other:
        writer.execute("BEGIN IMMEDIATE")

        def moment() -> bool:
            with at_one_moment([SqliteCopy("store", path, path.parent)]):
                return writer.database.in_transaction

        waiting = other.submit(moment)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.2)
        writer.execute("COMMIT")
        assert waiting.result(timeout=60) is False


def test_by_the_commands_a_backup_is_made_and_comes_back(config: Path, keys: dict, tmp_path: Path) -> None:
    made = barrier(
        "backup",
        "--to",
        keys["data.key"][0],
        "--keys-to",
        keys["keys.key"][0],
        "--by",
        "rita",
        "--config",
        config,
        "--json",
    )
    assert made.code == 0, made.out + made.err
    back = barrier(
        "restore", made.json["files"]["data"], "--identity", keys["data.key"][1], "--into", tmp_path / "back", "--json"
    )
    assert back.code == 0, back.out + back.err
    assert back.json["runs"] == 1


@pytest.mark.goal("R14", reached="commands refuse a damaged store with its last backup, which brings all back")
def test_a_damaged_store_is_told_with_the_backup_that_brings_all_back(
    config: Path, keys: dict, made: dict[str, Path], tmp_path: Path
) -> None:
    workspace = Workspace(config.parent / "var")
    before = read_everything(workspace)
    damage(workspace.database, "evidence")
    recipients = ("--to", keys["data.key"][0], "--keys-to", keys["keys.key"][0], "--by", "rita")
    for command in (("runs",), ("verify",), ("backup", *recipients)):
        refused = barrier(*command, "--config", config)
        words = " ".join(refused.err.split())
        assert (refused.code, "Traceback" in words) == (1, False), command
        assert "is damaged (in evidence), and nothing of it is shown." in words
        assert f"The last backup is {made['data']}, of 2026-11-03 02:00 UTC." in words
    restore(made["data"], identity=keys["data.key"][1], into=tmp_path / "back")
    after = read_everything(Workspace(tmp_path / "back"))
    assert after == before


def test_a_damaged_file_of_a_run_is_told_and_an_emptied_store_is_no_backup(
    config: Path, keys: dict, made: dict[str, Path]
) -> None:
    workspace = Workspace(config.parent / "var")
    recipients = {"recipient": keys["data.key"][0], "keys_recipient": keys["keys.key"][0], "by": "rita"}
    file = next(workspace.runs.glob("*/flags.parquet"))
    whole = file.read_bytes()
    file.write_bytes(whole[:-9] + b"!" + whole[-8:])
    with pytest.raises(StoreError, match=r"flags\.parquet: damaged.*The backup is made") as told:
        backup.back_up(config, **recipients)
    assert str(max(made["data"].parent.glob("barrier-data-*"))) in str(told.value)
    file.write_bytes(whole)
    workspace.database.write_bytes(b"")
    before = set(made["data"].parent.iterdir())
    with pytest.raises(DamagedStoreError, match="is damaged"):
        backup.back_up(config, **recipients)
    assert set(made["data"].parent.iterdir()) == before
