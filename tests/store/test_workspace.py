"""One run at a time in a workspace, nothing in it that others can read, nothing left in it by the dead."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from screening.base.errors import AlreadyRunningError, StoreError
from screening.base.vocabulary import ExitCode
from screening.casework.links.judgements import record_judgement
from screening.store import Store, Workspace, publish
from screening.store.files import make_directory
from screening.store.workspace import LockHolder
from tests.faults.children import Driver, lock_order
from tests.store.bundles import make_bundle


def modes(root: Path) -> dict[str, int]:
    return {str(path.relative_to(root)): stat.S_IMODE(path.lstat().st_mode) for path in [root, *root.rglob("*")]}


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_nobody_else_can_read_anything(tmp_path: Path, umask: int) -> None:
    # A process of its own, since the umask is the whole process's.
    code = f"""
import os; os.umask({umask})
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from bundles import make_bundle
from screening.store import Workspace, open_store, publish
workspace = Workspace({str(tmp_path / "var")!r})
workspace.reporter_key()
store = open_store(workspace)  # left open: its journal is part of the test
with workspace.lock(), workspace.staging("t") as folder:
    publish(store, workspace, make_bundle(9))
    assert os.stat(folder).st_mode & 0o777 == 0o700
os.kill(os.getpid(), 9)
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    found = modes(tmp_path / "var")
    assert {"store.sqlite", "store.sqlite-wal", "keys/reporter.key", "lock"} <= set(found)
    for name, mode in found.items():
        is_directory = (tmp_path / "var" / name).is_dir()
        assert mode == (0o700 if is_directory else 0o600), name


def test_a_folder_that_is_too_open_is_tightened(tmp_path: Path) -> None:
    (tmp_path / "var" / "runs").mkdir(parents=True)
    (tmp_path / "var").chmod(0o755)
    (tmp_path / "var" / "runs").chmod(0o777)
    assert set(modes(Workspace(tmp_path / "var").path).values()) == {0o700}


def test_a_workspace_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file/var: the workspace cannot be made"):
        Workspace(tmp_path / "file" / "var")


def test_the_reporter_key_is_made_once(tmp_path: Path) -> None:
    key = Workspace(tmp_path / "var").reporter_key()
    assert len(key) == 32
    assert Workspace(tmp_path / "var").reporter_key() == key
    assert Workspace(tmp_path / "elsewhere").reporter_key() != key
    assert [path.name for path in (tmp_path / "var" / "keys").iterdir()] == ["reporter.key"]


def test_threads_that_ask_at_once_get_one_reporter_key(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "var")
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(workspace.reporter_key())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_damaged_reporter_key_is_not_replaced(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "var")
    workspace.reporter_key()
    (workspace.keys / "reporter.key").write_bytes(b"short")
    with pytest.raises(StoreError, match="the key is 5 bytes"):
        workspace.reporter_key()


def test_the_lock_is_one_for_this_process_too(workspace: Workspace) -> None:
    with workspace.lock():
        with pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}"), Workspace(workspace.path).lock():
            pass
        assert workspace.is_held, "the refused attempt did not let go of the lock"
        assert Workspace(workspace.path).is_held
        with Workspace(workspace.path).holding():
            pass
        assert workspace.is_held
    assert not workspace.is_held
    with workspace.lock():
        pass


def test_the_lock_opens_after_an_error(workspace: Workspace) -> None:
    with pytest.raises(ZeroDivisionError), workspace.lock():
        raise ZeroDivisionError
    with workspace.lock():
        pass


def test_two_workspaces_do_not_hinder_each_other(tmp_path: Path) -> None:
    with Workspace(tmp_path / "a").lock(), Workspace(tmp_path / "b").lock():
        pass


def test_another_process_is_refused_with_the_holder_named(workspace: Workspace, driver: Driver, tmp_path: Path) -> None:
    with workspace.lock():
        [answer] = driver.run(lock_order(workspace, patience_s=0))
    assert answer["code"] == ExitCode.ALREADY_RUNNING
    message = (tmp_path / "busy").read_text()
    assert f"process {os.getpid()}, since 20" in message
    assert str(workspace.path) in message


def test_staging_is_fresh_and_gone_afterwards(workspace: Workspace) -> None:
    with workspace.lock():
        with workspace.staging("t1") as folder:
            assert folder.stat().st_mode & 0o777 == 0o700
            (folder / "frame.parquet").write_bytes(b"x")
        assert not folder.exists()

        def fail_half_way() -> None:
            with workspace.staging("t1") as folder:
                (folder / "deep").mkdir()
                (folder / "deep" / "frame.parquet").write_bytes(b"x")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_half_way()
        assert not folder.exists()
        with workspace.staging("t1") as folder:
            assert list(folder.iterdir()) == []


def test_what_a_dead_run_left_in_staging_is_swept_with_the_lock(workspace: Workspace) -> None:
    make_directory(workspace.staging_root / "dead")
    (workspace.staging_root / "dead" / "names.parquet").write_bytes(b"x")
    (workspace.staging_root / "stray").write_bytes(b"x")
    with workspace.lock():
        assert list(workspace.staging_root.iterdir()) == []


def test_staging_needs_the_lock(workspace: Workspace) -> None:
    with pytest.raises(StoreError, match="take `lock"), workspace.staging("t"):
        pass


@pytest.mark.parametrize("token", ["", "..", "../x", "a/b", ".x", "x" * 101])
def test_a_staging_name_cannot_leave_its_folder(workspace: Workspace, token: str) -> None:
    with workspace.lock(), pytest.raises(StoreError, match="named by letters"), workspace.staging(token):
        pass


def test_a_leftover_link_is_removed_and_not_followed(workspace: Workspace, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "keep").write_bytes(b"x")
    (workspace.staging_root / "link").symlink_to(outside)
    with workspace.lock():
        assert list(workspace.staging_root.iterdir()) == []
    assert (outside / "keep").exists()


def test_readers_and_judges_need_no_lock(sqlite_store: Store, workspace: Workspace) -> None:
    from datetime import UTC, datetime

    published = publish(sqlite_store, workspace, make_bundle(9))
    with workspace.lock():
        assert sqlite_store.runs() == [published]
        now = datetime.now(UTC)
        told = {"by": "officer", "judged_at": now, "reason": "same file"}
        assert record_judgement(sqlite_store, "a", "b", "positive", **told) == 1


def test_who_looks_at_the_lock_takes_and_drops_none(workspace: Workspace, driver: Driver) -> None:
    assert workspace.holder() is None
    with workspace.lock():
        assert workspace.holder() == LockHolder(os.getpid(), None)
        [answer] = driver.run(lock_order(workspace, patience_s=0))
        assert answer["code"] == ExitCode.ALREADY_RUNNING, "it is held still"
    assert workspace.holder() is None
