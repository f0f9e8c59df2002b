"""A disk without room: the run is refused, nothing of it is left, and the run before it is served."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

from screening.store import Workspace, open_store, publish
from screening.vocabulary import ExitCode
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


def test_a_file_system_without_room_leaves_nothing(tmp_path: Path, driver: Driver) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(place)]
    mounted = subprocess.run(mount, check=False, capture_output=True, text=True)
    assert mounted.returncode == 0, f"run as root, who may mount a file system: {mounted.stderr}"
    try:
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
    finally:
        subprocess.run(["umount", str(place)], check=True)
