"""A snapshot is kept once, under the hash of what it holds, for the term and not a day longer."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from screening.base.errors import StoreError
from screening.store import Store, Workspace, publish
from screening.store.runs.snapshots import (
    SNAPSHOTS,
    erase_snapshots,
    keep_table,
    kept_until,
    missing_tables,
    read_table,
    snapshot_key,
)
from tests.store.bundles import make_bundle

TABLE = pl.DataFrame({"a": [1, 2, 3], "b": ["x", None, "z"]})


def files(workspace: Workspace) -> set[str]:
    return {path.name for path in (workspace.path / "snapshots").iterdir()}


def published(store: Store, workspace: Workspace, day: date, **named: str):
    bundle = make_bundle(9, as_of=day, measured={SNAPSHOTS: named})
    return publish(store, workspace, bundle)


def test_the_same_rows_are_kept_once(workspace: Workspace) -> None:
    first = keep_table(workspace, TABLE)
    before = (workspace.path / "snapshots" / f"{first}.parquet").stat().st_mtime_ns
    assert keep_table(workspace, TABLE.clone()) == first
    assert keep_table(workspace, TABLE.reverse()) != first
    assert (workspace.path / "snapshots" / f"{first}.parquet").stat().st_mtime_ns == before
    assert len(files(workspace)) == 2


def test_it_reads_back_equal_and_only_its_owner_can(workspace: Workspace) -> None:
    digest = keep_table(workspace, TABLE)
    assert read_table(workspace, digest).equals(TABLE)
    folder = workspace.path / "snapshots"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / f"{digest}.parquet").stat().st_mode) == 0o600


def test_a_flipped_bit_is_found(workspace: Workspace) -> None:
    digest = keep_table(workspace, TABLE)
    path = workspace.path / "snapshots" / f"{digest}.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        read_table(workspace, digest)


def test_one_that_is_gone_is_named(workspace: Workspace) -> None:
    digest = keep_table(workspace, TABLE)
    (workspace.path / "snapshots" / f"{digest}.parquet").unlink()
    with pytest.raises(StoreError, match="is gone"):
        read_table(workspace, digest)
    assert missing_tables(workspace, {"meldingen": digest}) == ["meldingen"]


def test_what_no_run_within_the_term_names_is_erased(sqlite_store: Store, workspace: Workspace) -> None:
    shared, old, new = (keep_table(workspace, TABLE.head(n)) for n in (1, 2, 3))
    orphan = keep_table(workspace, TABLE.reverse())
    run = published(sqlite_store, workspace, date(2026, 11, 1), bag=shared, meldingen=old)
    published(sqlite_store, workspace, date(2026, 11, 2), bag=shared, meldingen=new)
    last = kept_until(run, 90)
    with workspace.lock():
        assert erase_snapshots(sqlite_store, workspace, today=last, days=90) == 1
        assert f"{orphan}.parquet" not in files(workspace)
        assert files(workspace) == {f"{digest}.parquet" for digest in (shared, old, new)}
        assert erase_snapshots(sqlite_store, workspace, today=last + timedelta(days=1), days=90) == 3
    assert files(workspace) == set()


def test_the_term_of_a_run_begins_on_the_day_of_the_town_hall(sqlite_store: Store, workspace: Workspace) -> None:
    run = published(sqlite_store, workspace, date(2026, 11, 1), bag=keep_table(workspace, TABLE))
    evening = replace(run, published_at=datetime(2026, 11, 1, 23, 30, tzinfo=UTC))
    assert kept_until(evening, 90) == date(2026, 11, 2) + timedelta(days=90)


def test_zero_days_keep_nothing(sqlite_store: Store, workspace: Workspace) -> None:
    digest = keep_table(workspace, TABLE)
    run = published(sqlite_store, workspace, date(2026, 11, 1), bag=digest)
    with workspace.lock():
        assert erase_snapshots(sqlite_store, workspace, today=run.published_at.date(), days=0) == 1


def test_what_a_killed_run_left_half_written_is_swept(sqlite_store: Store, workspace: Workspace) -> None:
    digest = keep_table(workspace, TABLE)
    run = published(sqlite_store, workspace, date(2026, 11, 1), bag=digest)
    (workspace.path / "snapshots" / ".partial-x").write_bytes(b"half")
    with workspace.lock():
        erase_snapshots(sqlite_store, workspace, today=run.published_at.date(), days=90)
    assert files(workspace) == {f"{digest}.parquet"}


def test_erasing_without_the_lock_is_refused(sqlite_store: Store, workspace: Workspace) -> None:
    with pytest.raises(StoreError, match="lock"):
        erase_snapshots(sqlite_store, workspace, today=date(2026, 11, 1), days=90)


def test_the_key_of_snapshots_is_of_the_workspace_and_not_that_of_the_reporters(tmp_path) -> None:
    one, other = Workspace(tmp_path / "one"), Workspace(tmp_path / "other")
    assert snapshot_key(one) == snapshot_key(one)
    assert snapshot_key(one) != snapshot_key(other)
    assert snapshot_key(one) != one.reporter_key()


def test_one_that_cannot_be_written_is_told_and_is_not_there(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        with pytest.raises(StoreError, match=r"a snapshot cannot be written \(No space left"):
            keep_table(workspace, TABLE)
    assert all(name.startswith(".partial-") for name in files(workspace))
    assert read_table(workspace, keep_table(workspace, TABLE)).equals(TABLE)


def test_what_is_named_and_within_its_term_stays(sqlite_store: Store, workspace: Workspace) -> None:
    digest = keep_table(workspace, TABLE)
    run = published(sqlite_store, workspace, date(2026, 11, 1), bag=digest)
    with workspace.lock():
        assert erase_snapshots(sqlite_store, workspace, today=kept_until(run, 90), days=90) == 0
    assert files(workspace) == {f"{digest}.parquet"}
