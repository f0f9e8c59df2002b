"""The files of a prepared batch, kept until it is approved: whoever approves it does not wait while they are made anew.

They lie in the workspace (`prepared/`, 0700, files 0600) and hold what the store holds of these signals. No backup has
them; they go when their batch leaves or is dropped (`outbox_lock`), and all of them with every erasure, each night.
Where they are gone they are made again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from screening.partners.batch.container import tar_chunks
from screening.partners.receiver.verify_batch import BatchError, unpacked
from screening.store import Workspace
from screening.store.files import FILE_MODE, make_directory, sha256_of


def keep_files(workspace: Workspace, batch_id: str, files: Mapping[str, bytes]) -> None:
    """Keep the files of a batch that is prepared. Where the disk refuses them, they are made again when it leaves."""
    path = _file(workspace, batch_id)
    try:
        make_directory(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(tar_chunks(files))
    except OSError:
        with suppress(OSError):
            path.unlink()


def kept_files(workspace: Workspace, batch_id: str, listing: bytes) -> dict[str, bytes] | None:
    """Return what is kept of a batch, where it is what its manifest lists to the byte; None otherwise."""
    listed = {file["path"]: file["sha256"] for file in json.loads(listing)["files"]}
    try:
        files = unpacked(_file(workspace, batch_id).read_bytes())
    except (OSError, BatchError):
        return None
    return files if {name: sha256_of(content) for name, content in files.items()} == listed else None


def forget_files(workspace: Workspace, *, but: Collection[str] = ()) -> None:
    """Take away what is kept of every batch but these."""
    stays = {_file(workspace, batch_id) for batch_id in but}
    with suppress(FileNotFoundError):
        for path in _folder(workspace).iterdir():
            if path not in stays:
                path.unlink(missing_ok=True)


def _file(workspace: Workspace, batch_id: str) -> Path:
    return _folder(workspace) / f"{batch_id}.tar"


def _folder(workspace: Workspace) -> Path:
    return workspace.path / "prepared"
