"""Who prepares or sends works alone; what is kept of batches that are not prepared any more goes with the lock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from screening.casework.case_errors import NotReadyError
from screening.partners.desk.kept_files import keep_files
from screening.partners.desk.outbox import Outbox
from screening.partners.desk.outbox_lock import export_lock, locked
from screening.store import Workspace, open_store
from tests.partners.desk.disclosed import NOW, policy


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    workspace = Workspace(tmp_path / "var")
    with open_store(workspace) as store:
        yield Outbox(store, workspace, policy(out=tmp_path / "uit"), NOW)


def test_two_processes_do_not_send_at_once(outbox: Outbox) -> None:
    with locked(outbox), pytest.raises(NotReadyError, match="under way"), locked(outbox):
        pass


def test_files_of_a_batch_that_is_not_prepared_go_and_a_disk_that_refuses_stops_nobody(outbox: Outbox) -> None:
    prepared = outbox.workspace.path / "prepared"
    with locked(outbox):
        keep_files(outbox.workspace, "L-1", {"index.csv": b""})
        assert list(prepared.iterdir())
    assert list(prepared.iterdir()) == []
    prepared.rmdir()
    prepared.write_bytes(b"")  # no folder can be made here, and none can be looked into
    with locked(outbox):
        keep_files(outbox.workspace, "L-2", {"index.csv": b""})


def test_an_erasure_waits_for_who_prepares(outbox: Outbox) -> None:
    done: list[str] = []

    def erase() -> None:
        with export_lock(outbox.workspace, waits=True):
            done.append("erased")

    erasing = Thread(target=erase)
    with locked(outbox):
        erasing.start()
        erasing.join(0.1)
        done.append("prepared")
    erasing.join(60)
    assert done == ["prepared", "erased"]
