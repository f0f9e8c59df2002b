"""Delivered files: which ones a path means, and reading each exactly once, whole and unchanged."""

from __future__ import annotations

import datetime as dt
import glob
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from screening.errors import SourceError, SourceMissingError

#: A delivery is held in memory once. More than this is not a register of one municipality.
MAX_FILE_BYTES = 2 << 30
#: What stands beside deliveries and is none.
MANIFEST = ".manifest.json"


@dataclass(frozen=True)
class Content:
    """The bytes of one delivery, what they hash to, and the day on which the file was last written."""

    path: str
    name: str
    data: bytes
    sha256: str
    modified: str


def find_deliveries(path: str) -> list[Path]:
    """The files that `path` means, oldest first by name. `path` may be a glob; a file of that very name goes first.

    Raises SourceMissingError where there is none.
    """
    if os.path.lexists(path):
        return [Path(path)]
    names = sorted(name for name in glob.glob(path) if not name.endswith(MANIFEST)) if glob.has_magic(path) else []
    files = [Path(name) for name in names if not os.path.isdir(name)]
    if not files:
        raise SourceMissingError(
            f"{Path(path).name}: no such file. Deliver it, or correct `path` of this source in the configuration."
        )
    return files


class Delivery:
    """An opened delivery: `read` it, then `verify` that nobody wrote to it meanwhile. A context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name

    def __enter__(self) -> Self:
        try:
            # Non-blocking, so that a pipe with no writer does not hold up the night: it is refused below.
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            raise SourceMissingError(f"{self.name}: the file is not there (any more). Deliver it again.") from None
        except OSError as error:
            raise SourceError(f"{self.name}: the file cannot be opened ({error.strerror}).") from None
        self._before = os.fstat(descriptor)
        if not stat.S_ISREG(self._before.st_mode):
            os.close(descriptor)
            raise SourceError(f"{self.name}: is no ordinary file. Deliver a CSV, XLSX or Parquet file.")
        if self._before.st_size > MAX_FILE_BYTES:
            os.close(descriptor)
            raise SourceError(f"{self.name}: input too large ({self._before.st_size} bytes). Split the delivery.")
        self._file: BinaryIO = os.fdopen(descriptor, "rb")
        return self

    def read(self) -> bytes:
        """The whole content, in one go."""
        return self._file.read()

    def verify(self, length: int) -> None:
        """Raise SourceError unless the file is still the one that was opened, of `length` bytes and not written to."""
        try:
            now = os.stat(self.path)
        except OSError:
            now = None
        before = self._before
        if (
            now is None
            or (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns)
            != (before.st_dev, before.st_ino, before.st_size, before.st_mtime_ns)
            or length != before.st_size
        ):
            raise SourceError(
                f"{self.name}: the file changed while it was being read. Let the delivery finish, then start again; "
                "best deliver under another name and rename at the end."
            )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def read_delivery(path: Path) -> Content:
    """Bytes, SHA-256 and day of last writing (UTC) of a file.

    Raises SourceMissingError (gone) or SourceError (not an ordinary file, too large, changed while being read).
    """
    with Delivery(path) as delivery:
        data = delivery.read()
        delivery.verify(len(data))
        written = dt.datetime.fromtimestamp(delivery._before.st_mtime, tz=dt.UTC)
    return Content(
        path=str(path),
        name=path.name,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        modified=written.date().isoformat(),
    )
