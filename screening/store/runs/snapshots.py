"""Snapshots of nights: tables by the hash of their content, each kept once, erased after the configured term."""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from screening.base.civil_time import day_of
from screening.base.errors import StoreError
from screening.store.files import make_directory, parquet_bytes, remove, sha256_of, sync_directory, write_file
from screening.store.store import PublishedRun, Store
from screening.store.workspace import Workspace

#: Key of `run.json` under which a run names its snapshots: table -> sha256. Measured, since another workspace has
#: another key and so other hashes.
SNAPSHOTS = "snapshots"

_FILE = re.compile(r"[0-9a-f]{64}\.parquet")


def snapshot_key(workspace: Workspace) -> bytes:
    """The key under which snapshots hide names: made from that of the workspace, and of no use for reporters."""
    return hashlib.blake2b(b"names in snapshots", key=workspace.reporter_key(), digest_size=32).digest()


def keep_table(workspace: Workspace, frame: pl.DataFrame) -> str:
    """Keep a table, on the disk when this returns; one that is kept already is not written again. Its sha256."""
    folder = _folder(workspace)
    content = parquet_bytes(frame)
    digest = sha256_of(content)
    path = folder / f"{digest}.parquet"
    if not path.exists():
        partial = folder / f".partial-{digest}-{secrets.token_hex(4)}"  # of two tables alike, one takes the place
        try:
            write_file(partial, content)
            os.replace(partial, path)
            sync_directory(folder)
        except OSError as error:
            raise StoreError(f"{folder}: a snapshot cannot be written ({error.strerror}).") from None
    return digest


def read_table(workspace: Workspace, digest: str) -> pl.DataFrame:
    """A kept table. StoreError: erased, or damaged."""
    path = _folder(workspace) / f"{digest}.parquet"
    try:
        content = path.read_bytes()
    except OSError:
        raise StoreError(f"{path}: this snapshot is gone.") from None
    if sha256_of(content) != digest:
        raise StoreError(f"{path}: damaged, its content is not what was kept. Restore it from a backup.")
    return pl.read_parquet(io.BytesIO(content))


def kept_until(run: PublishedRun, days: int) -> date:
    """The last day on which the snapshots of a run are kept."""
    return day_of(run.published_at) + timedelta(days=days)


def missing_tables(workspace: Workspace, named: dict[str, str]) -> list[str]:
    """The tables of a run whose snapshots are not there any more."""
    folder = _folder(workspace)
    return sorted(table for table, digest in named.items() if not (folder / f"{digest}.parquet").exists())


def erase_snapshots(store: Store, workspace: Workspace, *, today: date, days: int) -> int:
    """Erase every snapshot that no published run within the term names. How many. Needs the workspace's lock.

    `days`: 0 keeps none. What a killed run left half-written goes as well.
    """
    if not workspace.is_held:
        raise StoreError("Erasing snapshots needs the workspace's lock: a run may be writing them.")
    needed: set[str] = set()
    for run in store.runs():
        if days > 0 and today <= kept_until(run, days):
            needed.update(store.summary(run.run_id).get(SNAPSHOTS, {}).values())
    folder = _folder(workspace)
    doomed = [path for path in folder.iterdir() if not _FILE.fullmatch(path.name) or path.stem not in needed]
    for path in doomed:
        remove(path)
    if doomed:
        sync_directory(folder)
    return len(doomed)


def _folder(workspace: Workspace) -> Path:
    folder = workspace.path / "snapshots"
    make_directory(folder)
    return folder
