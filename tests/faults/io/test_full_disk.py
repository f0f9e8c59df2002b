"""A disk without room: the run is refused, nothing of it is left, and the run before it is served."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from screening.base.vocabulary import ExitCode
from screening.store import Workspace, open_store, publish
from tests.conftest import barrier
from tests.faults.children import ADDRESSES, AS_OF, EARLIER, Driver, publish_order
from tests.faults.oracle import PublishedState, assert_whole_or_nothing_and_heals, published_runs
from tests.store.bundles import make_bundle


def test_a_run_that_finds_the_disk_full_leaves_nothing_and_the_earlier_run_is_served(
    url: str, workspace: Workspace, driver: Driver, published_state: PublishedState
) -> None:
    with open_store(url) as store:
        earlier = publish(store, workspace, make_bundle(ADDRESSES, EARLIER)).run_id
        for limit in (2_000, 5_000):  # bytes a file: one Parquet file, the largest one
            [answer] = driver.run(publish_order(url, workspace, file_size_limit=limit))
            assert answer["code"] == ExitCode.CANNOT_WRITE, (limit, answer)
            assert "DiskError: " in (workspace.path / "report").read_text()
            assert published_state(store) == {earlier}
        assert_whole_or_nothing_and_heals(store, workspace, earlier)


def test_a_store_that_finds_the_disk_full_leaves_nothing(
    workspace: Workspace, driver: Driver, published_state: PublishedState
) -> None:
    url = f"sqlite:///{workspace.database}"
    with open_store(url) as store:
        earlier = publish(store, workspace, make_bundle(ADDRESSES, EARLIER)).run_id
    # Room for each Parquet file, none for the journal of the rows.
    [answer] = driver.run(publish_order(url, workspace, file_size_limit=60_000))
    assert answer["code"] == ExitCode.CANNOT_WRITE
    assert "DiskError: The store, while loading run" in (workspace.path / "report").read_text()
    with open_store(url) as store:
        assert published_state(store) == {earlier}
        assert_whole_or_nothing_and_heals(store, workspace, earlier)


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[None]:
    """A file system of its own, in memory, at this place; only root may mount one."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    mounted = subprocess.run(mount, check=False, capture_output=True, text=True)
    assert mounted.returncode == 0, f"run as root, who may mount a file system: {mounted.stderr}"
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_file_system_without_room_leaves_nothing(tmp_path: Path, driver: Driver) -> None:
    place = tmp_path / "small"
    with small_disk(place, "4m"):
        workspace = Workspace(place / "var")
        url = f"sqlite:///{workspace.database}"
        published = set()
        refused = 0
        for number in range(40):
            as_of = date.fromordinal(AS_OF.toordinal() + number)
            order = publish_order(url, workspace, as_of=as_of.isoformat(), report=str(tmp_path / "report"))
            [answer] = driver.run(order)
            if answer["code"] == 0:
                published.add(make_bundle(ADDRESSES, as_of).run_id)
            else:
                assert answer["code"] == ExitCode.CANNOT_WRITE
                refused += 1
            with open_store(url) as store:
                assert published_runs(store, workspace) == published
            if refused == 2:
                break
        assert published
        assert refused == 2, "the disk was never full"


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.goal(
    "R6", reached="nights by the real command on a disk with 0 to 8 MiB left: told, 0 partial, old run served"
)
def test_a_night_that_finds_the_disk_full(town: Path) -> None:
    with small_disk(town / "var", "200m"):
        run = ("run", "--config", town / "screening.toml", "--json")
        earlier = barrier(*run)
        assert earlier.code == 0, earlier.out + earlier.err
        refused = 0
        for free_kib in (0, 32, 256, 1024, 2048, 4096, 8192):
            filler = town / "var" / "filler"
            fill(filler, free_kib)
            ran = barrier(*run, "--as-of", "2026-11-02")
            filler.unlink(missing_ok=True)
            workspace = Workspace(town / "var")
            with open_store(workspace) as store:
                seen = published_runs(store, workspace)
            assert earlier.json["run_id"] in seen
            assert "Traceback" not in ran.out + ran.err
            if ran.code == 0:
                break
            refused += 1
            assert ran.code == ExitCode.CANNOT_WRITE, (free_kib, ran)
            assert "the disk is full" in ran.out + ran.err, (free_kib, ran)
            assert seen == {earlier.json["run_id"]}
        assert refused >= 3


def fill(filler: Path, free_kib: int) -> None:
    """Leave so much of the file system of this file."""
    status = os.statvfs(filler.parent)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, status.f_bavail * status.f_frsize - free_kib * 1024 or 1)
