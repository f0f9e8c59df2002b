"""What is kept of deliveries for some days: hashes of rows, and where that is configured what was read of good ones.

What was read is encrypted with age to a key of the workspace. Both go `deliveries_days` after the last night in which
the delivery itself was there.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyrage

from screening.base.errors import StoreError
from screening.store.deliveries import delivery_key
from screening.store.files import make_directory, parquet_bytes, remove, sync_directory, write_file
from screening.store.workspace import Workspace

FOLDER = "deliveries"
_DAY_SECONDS = 86_400
_KEY, _DOCUMENT = "deliveries.age", "document.json"


def keep_row_hashes(workspace: Workspace, register: str, digest: str, hashes: pl.DataFrame) -> None:
    """Keep the hashes of the rows of a delivery (0600), or keep them from now on again."""
    path = _hashes(workspace, register, digest)
    make_directory(path.parent)
    content = parquet_bytes(hashes)
    if path.exists() and path.read_bytes() == content:
        os.utime(path)
        return
    remove(path)
    write_file(path, content)
    sync_directory(path.parent)


def read_row_hashes(workspace: Workspace, register: str, digest: str) -> pl.DataFrame | None:
    """The hashes of the rows of a delivery; None where they were erased."""
    path = _hashes(workspace, register, digest)
    return pl.read_parquet(path) if path.exists() else None


def keep_delivery(
    workspace: Workspace, register: str, digest: str, files: Mapping[str, Path], document: Mapping[str, Any]
) -> None:
    """Keep a delivery as it was read, encrypted; what was kept of it before, read otherwise perhaps, goes.

    Args:
        workspace: Where.
        register: Of which register.
        digest: The hash of the delivery.
        files: Part -> file of its rows.
        document: What is said of it beside its rows.
    """
    folder = _sealed(workspace, register, digest)
    partial = folder.with_name(f".partial-{folder.name}")
    remove(partial)
    make_directory(folder.parent)
    make_directory(partial)
    recipient = _identity(workspace).to_public()
    for name, path in files.items():
        sealed = partial / f"{name}.age"
        sealed.touch(mode=0o600)
        pyrage.encrypt_file(str(path), str(sealed), [recipient])
    write_file(partial / f"{_DOCUMENT}.age", pyrage.encrypt(json.dumps(document).encode(), [recipient]))
    remove(folder)
    os.replace(partial, folder)
    sync_directory(folder.parent)


def kept_delivery(
    workspace: Workspace, register: str, digest: str, files: Mapping[str, Path], days: int
) -> dict[str, Any] | None:
    """Write the parts of a kept delivery into `files`; what is said of it. None: it was erased, or is past its term.

    Raises:
        StoreError: it is damaged, or was encrypted to another key.
    """
    folder = _sealed(workspace, register, digest)
    if not folder.is_dir() or _is_past(folder, days):
        return None
    identity = _identity(workspace)
    try:
        document: dict[str, Any] = json.loads(pyrage.decrypt((folder / f"{_DOCUMENT}.age").read_bytes(), [identity]))
        for name, path in files.items():
            path.touch(mode=0o600)
            pyrage.decrypt_file(str(folder / f"{name}.age"), str(path), [identity])
    except (pyrage.DecryptError, OSError, ValueError):
        raise StoreError(
            f"{folder.name}: the last good delivery that was kept is damaged. Take this folder away: the rules that "
            "need the register are then off."
        ) from None
    return document


def erase_old_deliveries(workspace: Workspace, days: Mapping[str, int], most_days: int) -> int:
    """Erase what is past its term; how many.

    Args:
        workspace: Where.
        days: Register -> days for which its last good delivery is kept.
        most_days: The term of hashes, and of registers that are not named.
    """
    folder = workspace.path / FOLDER
    old = [
        path
        for path in (sorted(folder.iterdir()) if folder.is_dir() else ())
        if path.name.startswith(".")
        or _is_past(path, min(most_days, days.get(path.name.rpartition("-")[0], 0) if path.is_dir() else most_days))
    ]
    for path in old:
        remove(path)
    if old:
        sync_directory(folder)
    return len(old)


def _is_past(path: Path, days: int) -> bool:
    return path.stat().st_mtime < time.time() - days * _DAY_SECONDS


def _hashes(workspace: Workspace, register: str, digest: str) -> Path:
    # under another key, as after a restore without the keys, every row would look like another
    key = hashlib.blake2b(b"name of a key, by CMAC", key=workspace.reporter_key(), digest_size=4).hexdigest()
    return workspace.path / FOLDER / f"{delivery_key(register, digest)}-{key}.parquet"


def _sealed(workspace: Workspace, register: str, digest: str) -> Path:
    return workspace.path / FOLDER / delivery_key(register, digest)


def _identity(workspace: Workspace) -> pyrage.x25519.Identity:
    """The key under which deliveries are kept: made once, in `keys/`."""
    path = workspace.keys / _KEY
    if not path.exists():
        write_file(path, str(pyrage.x25519.Identity.generate()).encode())
        sync_directory(workspace.keys)
    return pyrage.x25519.Identity.from_str(path.read_text(encoding="ascii"))
