"""A folder into which a supplier delivers: which of its files are whole."""

from __future__ import annotations

import time
from pathlib import Path

from screening.base.errors import SourceMissingError, UnsettledSourceError

#: An empty file of this ending beside a delivery says that it is whole.
READY = ".ready"
#: What stands beside deliveries and is none, and the endings of files that are being sent.
_BESIDE = (READY, ".manifest.json", ".part", ".partial", ".tmp", ".filepart", ".crdownload")
#: A file written so recently is looked at twice.
_RECENT_SECONDS = 60.0
_BETWEEN_SECONDS = 2.0


def settled_files(folder: Path) -> list[Path]:
    """The deliveries in a folder, oldest first by name.

    Where any file has a `.ready` beside it, those that have one; else every file, and a recent one only if its size
    stays as it is.

    Raises SourceMissingError where there is none, UnsettledSourceError where one is still being written.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file() and is_delivery(path.name))
    ready = [path for path in files if path.with_name(path.name + READY).exists()]
    if not (ready or files):
        raise SourceMissingError(f"{folder.name}: no delivery in this folder. Deliver it, or correct `path`.")
    if not ready:
        _refuse_growing(files)
    return ready or files


def is_delivery(name: str) -> bool:
    """Whether a file of this name is a delivery: not hidden, not being sent, and nothing that stands beside one."""
    return not name.startswith((".", "~")) and not name.lower().endswith(_BESIDE)


def _refuse_growing(files: list[Path]) -> None:
    """Look at all recent files twice, with one pause. Raises UnsettledSourceError: one was written to meanwhile."""
    before = {path: path.stat() for path in files}
    recent = [path for path, state in before.items() if time.time() - state.st_mtime < _RECENT_SECONDS]
    if recent:
        time.sleep(_BETWEEN_SECONDS)
    for path in recent:
        now = path.stat()
        if (before[path].st_size, before[path].st_mtime_ns) != (now.st_size, now.st_mtime_ns):
            raise UnsettledSourceError(
                f"{path.name}: is still being delivered. Start again when it is whole, or have the supplier put an "
                f"empty {path.name}{READY} beside it when it is."
            )
