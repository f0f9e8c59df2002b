"""Killed anywhere, a run is visible whole or not at all, and the next attempt puts all right."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from datetime import date
from pathlib import Path

import pytest

from screening.store import Store, Workspace, open_store, publish
from screening.store.crashpoints import CRASHPOINTS
from tests.store.bundles import make_bundle
from tests.store.children import Driver, assert_nothing_left_over, visible_runs

ADDRESSES = 90
EARLIER = date(2026, 10, 31)
AS_OF = date(2026, 11, 1)


def order_for(url: str, workspace: Workspace, **more: object) -> dict:
    order = {"do": "publish", "url": url, "workspace": str(workspace.path), "addresses": ADDRESSES}
    return order | {"as_of": AS_OF.isoformat(), "report": str(workspace.path / "report")} | more


def assert_whole_or_nothing_and_heals(store: Store, workspace: Workspace, earlier: str) -> bool:
    """Whether the killed run was visible. Then publishes it again and checks that all is as if nothing had happened."""
    bundle = make_bundle(ADDRESSES, AS_OF)
    seen = visible_runs(store, workspace)
    assert earlier in seen, "the run before it is still served"
    assert seen <= {earlier, bundle.run_id}
    again = publish(store, workspace, bundle)
    assert again.already == (bundle.run_id in seen)
    assert visible_runs(store, workspace) == {earlier, bundle.run_id}
    assert_nothing_left_over(store, workspace)
    return again.already


@pytest.mark.parametrize("point", CRASHPOINTS)
def test_killed_at_a_named_point(point: str, url: str, workspace: Workspace, driver: Driver) -> None:
    with open_store(url) as store:
        earlier = publish(store, workspace, make_bundle(ADDRESSES, EARLIER)).run_id
        [answer] = driver.run(order_for(url, workspace, crashpoint=point))
        assert answer["code"] == -signal.SIGKILL, "the point is reached, and it kills"
        was_visible = assert_whole_or_nothing_and_heals(store, workspace, earlier)
        assert was_visible == (point == "after_commit")


@pytest.mark.parametrize("point", CRASHPOINTS[:-1])
def test_another_run_clears_up_what_the_killed_one_left(
    point: str, workspace: Workspace, sqlite_store: Store, driver: Driver
) -> None:
    [answer] = driver.run(order_for(f"sqlite:///{workspace.database}", workspace, crashpoint=point))
    assert answer["code"] == -signal.SIGKILL
    other = publish(sqlite_store, workspace, make_bundle(9, EARLIER))
    assert visible_runs(sqlite_store, workspace) == {other.run_id}
    assert_nothing_left_over(sqlite_store, workspace)


def kill_at_random(url: str, tmp_path: Path, driver: Driver, kills: int, seed: int) -> tuple[int, int]:
    """Kills so often, each in a workspace that has seen the kills before. Killed on the way, visible when killed."""
    chance = random.Random(seed)
    workspace = Workspace(tmp_path / "var")
    killed = visible = 0
    with open_store(url) as store:
        earlier = publish(store, workspace, make_bundle(ADDRESSES, EARLIER)).run_id
    started = time.monotonic()
    with_store = order_for(url, workspace)
    [answer] = driver.run(with_store | {"as_of": date(2026, 10, 30).isoformat()})
    assert answer["code"] == 0
    span = time.monotonic() - started
    for number in range(kills):
        day = date(2027, 1, 1).toordinal() + number
        as_of = date.fromordinal(day)
        bundle = make_bundle(ADDRESSES, as_of)
        [answer] = driver.run(with_store | {"as_of": as_of.isoformat(), "kill_after_s": chance.uniform(0, span)})
        assert answer["code"] in {0, -signal.SIGKILL}
        killed += answer["code"] != 0
        span *= 0.8 if answer["code"] == 0 else 1.1  # follows a machine that gets faster or slower: most kills hit
        with open_store(url) as store:
            seen = visible_runs_of(store, workspace, earlier, bundle.run_id)
            visible += bundle.run_id in seen
            assert bundle.run_id in seen or answer["code"] != 0, "acknowledged and not there"
            again = publish(store, workspace, bundle)
            assert again.already == (bundle.run_id in seen)
            visible_runs_of(store, workspace, earlier, bundle.run_id)
            assert_nothing_left_over(store, workspace)
    return killed, visible


def visible_runs_of(store: Store, workspace: Workspace, *expected: str) -> set[str]:
    """The oracle for these runs only: all runs of a long series would be checked again after each kill."""
    from screening.store import verify_run

    seen = {published.run_id for published in store.runs()} & set(expected)
    for run_id in seen:
        verify_run(store, workspace, run_id)
    sequence = [published.published_seq for published in store.runs()]
    assert sequence == list(range(1, len(sequence) + 1)), "a run was published twice, or one is gone"
    return seen


def test_killed_at_random(url: str, tmp_path: Path, driver: Driver) -> None:
    seed = 20261101
    kills = 30 if url.startswith("sqlite") else 15
    killed, visible = kill_at_random(url, tmp_path, driver, kills, seed)
    print(f"seed {seed}: {killed} of {kills} killed, {visible} visible")
    assert killed >= 5, "the kills come too late to prove anything"


@pytest.mark.long
def test_killed_at_random_many_times(url: str, tmp_path: Path, driver: Driver) -> None:
    seed = random.SystemRandom().randrange(10**9)
    killed, visible = kill_at_random(url, tmp_path, driver, 200, seed)
    print(f"seed {seed}: {killed} of 200 killed, {visible} visible")
    assert killed >= 40


def test_the_harness_sees_a_planted_bug(url: str, workspace: Workspace, driver: Driver) -> None:
    """Publishing in several commits, visible first: some kill must be caught, or the tests above prove nothing."""
    with open_store(url) as store:
        publish(store, workspace, make_bundle(ADDRESSES, EARLIER))
        [answer] = driver.run(order_for(url, workspace, bug=True))
        assert answer["code"] == 0
        assert len(visible_runs(store, workspace)) == 2, "left alone, the bug shows nowhere"
        # at a named place and not at a random moment: the proof must not depend on how busy the machine is
        driver.run(order_for(url, workspace, bug=True, as_of="2027-01-01", crashpoint="between_commits"))
        with pytest.raises(AssertionError, match="not whole"):
            visible_runs(store, workspace)


def test_a_run_that_finds_the_disk_full_leaves_nothing_and_the_earlier_run_is_served(
    url: str, workspace: Workspace, driver: Driver
) -> None:
    with open_store(url) as store:
        earlier = publish(store, workspace, make_bundle(ADDRESSES, EARLIER)).run_id
        for limit in (2_000, 5_000):  # bytes a file: one Parquet file, the largest one
            [answer] = driver.run(order_for(url, workspace, file_size_limit=limit))
            assert answer["code"] == 40, (limit, answer)
            assert "DiskError: " in (workspace.path / "report").read_text()
            assert visible_runs(store, workspace) == {earlier}
        assert_whole_or_nothing_and_heals(store, workspace, earlier)


def test_a_store_that_finds_the_disk_full_leaves_nothing(workspace: Workspace, driver: Driver) -> None:
    url = f"sqlite:///{workspace.database}"
    with open_store(url) as store:
        earlier = publish(store, workspace, make_bundle(ADDRESSES, EARLIER)).run_id
    # Room for each Parquet file, none for the journal of the rows.
    [answer] = driver.run(order_for(url, workspace, file_size_limit=60_000))
    assert answer["code"] == 40
    assert "DiskError: The store, while loading run" in (workspace.path / "report").read_text()
    with open_store(url) as store:
        assert visible_runs(store, workspace) == {earlier}
        assert_whole_or_nothing_and_heals(store, workspace, earlier)


def test_a_file_system_without_room_leaves_nothing(tmp_path: Path, driver: Driver) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here; the file size limit above proves the same")
    try:
        workspace = Workspace(place / "var")
        url = f"sqlite:///{workspace.database}"
        published = set()
        refused = 0
        for number in range(40):
            as_of = date.fromordinal(AS_OF.toordinal() + number)
            order = order_for(url, workspace, as_of=as_of.isoformat(), report=str(tmp_path / "report"))
            [answer] = driver.run(order)
            if answer["code"] == 0:
                published.add(make_bundle(ADDRESSES, as_of).run_id)
            else:
                assert answer["code"] == 40
                refused += 1
            with open_store(url) as store:
                assert visible_runs(store, workspace) == published
            if refused == 2:
                break
        assert published
        assert refused == 2, "the disk was never full"
    finally:
        subprocess.run(["umount", str(place)], check=True)
