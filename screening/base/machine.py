"""The machine under a run: a disk that cannot be written, named as what it is, and the peak of memory."""

from __future__ import annotations

import errno
import re
import resource
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from screening.base.errors import DiskError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_SQLITE = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_READONLY: errno.EROFS, sqlite3.SQLITE_IOERR: errno.EIO}
#: The file that the connections share could not be made large enough: what a full disk is when a database is opened.
_NO_ROOM = sqlite3.SQLITE_IOERR_SHMSIZE
#: As Polars ends the text of an error of the system.
_IN_TEXT = re.compile(r"\(os error ([0-9]{1,4})\)")


def disk_fault(error: BaseException, what: str) -> DiskError | None:
    """The error that says so, where `error` is one of the disk; None of another. `what` could not be written."""
    number = _error_number(error)
    if number in _FULL:
        return DiskError(f"{what}: the disk is full. Make room and run again; nothing was published.")
    if number == errno.EROFS:
        return DiskError(
            f"{what}: the disk or folder is read-only. Name one that can be written under [run] workspace; nothing was "
            "published."
        )
    if number == errno.EIO:
        return DiskError(f"{what}: the disk fails. Mend it and run again; nothing was published.")
    return None


@contextmanager
def disk_faults_told(what: str) -> Iterator[None]:
    """DiskError where the block, which writes `what`, fails for the disk; no text of a library, which can hold a value.

    Any other failure of the system to write is a DiskError with its reason.
    """
    try:
        yield
    except Exception as error:
        if fault := disk_fault(error, what):
            raise fault from None
        if not isinstance(error, OSError):
            raise
        raise DiskError(
            f"{what}: cannot be written ({error.strerror}). Name a folder that you own under [run] workspace; nothing "
            "was published."
        ) from None


def _error_number(error: BaseException) -> int | None:
    """The number of the system's error, also where SQLite or Polars tells it."""
    original = getattr(error, "orig", None) or error
    if isinstance(original, sqlite3.Error):
        code = getattr(original, "sqlite_errorcode", 0)
        return errno.ENOSPC if code == _NO_ROOM else _SQLITE.get(code & 0xFF)
    if isinstance(original, OSError) and original.errno is not None:
        return original.errno
    number = _IN_TEXT.search(str(original))
    return int(number[1]) if number else None


_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_memory_bytes() -> int:
    """Peak resident memory of this process in bytes, its children aside.

    Not `ru_maxrss` where Linux says better: of a child that holds what its parent held when it was started.
    """
    with suppress(OSError):
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1 << 10)


def begin_peak_anew() -> None:
    """Let the peak be that from here on; elsewhere than on Linux it stays that of the process so far."""
    with suppress(OSError):
        _RESET.write_text("5")
