"""Delivered files: which ones a path means, and reading each exactly once, whole and unchanged."""

from __future__ import annotations

import glob
import hashlib
import itertools
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from screening.base.errors import SourceError, SourceMissingError
from screening.sources.drop_folder import is_delivery, settled_files
from screening.sources.invisible import has_invisible
from screening.sources.large_file import LargeFile

#: More than this is not a register of one municipality.
MAX_FILE_BYTES = 16 << 30
#: The largest file of a kind that is held in memory.
MAX_WHOLE_BYTES = 2 << 30
#: A larger file of a kind that can be read in pieces is not held in memory.
LARGE_BYTES = 64 << 20


@dataclass(frozen=True)
class Content:
    """The bytes of one delivery, and what they hash to."""

    path: str
    name: str
    data: bytes | LargeFile
    sha256: str


def find_deliveries(path: str) -> list[Path]:
    """The files that `path` means, oldest first by name: a file, those of a drop folder, or those that fit a glob.

    Raises SourceMissingError where there is none, SourceError for a link that leads out of the folder that is named.
    """
    if os.path.lexists(path):
        _real_path(Path(path), Path(path).parent)
        if not os.path.isdir(path):
            return [Path(path)]
        files = settled_files(Path(path))
        for file in files:
            _real_path(file, Path(path))
        return files
    names = sorted(glob.glob(path)) if glob.has_magic(path) else []
    files = [Path(name) for name in names if is_delivery(os.path.basename(name)) and not os.path.isdir(name)]
    named = Path(*itertools.takewhile(lambda part: not glob.has_magic(part), Path(path).parts[:-1]))
    for file in files:
        _real_path(file, named)
    if not files:
        raise SourceMissingError(
            f"{Path(path).name}: no such file. Deliver it, or correct `path` of this source in the configuration."
        )
    return files


def _real_path(file: Path, folder: Path) -> Path:
    """Where a file really lies. Raises SourceError where a link leads out of `folder`, which may be one itself.

    Who delivers into a folder may not have other files of this machine read by a link to them, nor write into the
    messages of this program by what a file is called.
    """
    if has_invisible(file.name):
        raise SourceError(
            f"{file.name!a}: a delivery whose name holds characters that nobody sees is not read. Give it another name."
        )
    real = Path(os.path.realpath(file))
    if not real.is_relative_to(os.path.realpath(folder)):
        raise SourceError(
            f"{file.name}: is a link to a place outside the folder of the delivery, and is not followed. Deliver the "
            "file itself, or name its own place under `path` in the configuration."
        )
    return real


class Delivery:
    """An opened delivery: `read` it, then `verify` that nobody wrote to it meanwhile. A context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name

    def __enter__(self) -> Self:
        try:
            # Non-blocking, so that a pipe with no writer does not hold up the night: it is refused below. No link is
            # followed any more, whoever puts one there after the look at where the file lies.
            real = _real_path(self.path, self.path.parent)
            descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
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

    def large(self) -> LargeFile | None:
        """The file where it is large and of a kind that is read in pieces: Parquet, or text that is no JSON."""
        if self._before.st_size <= LARGE_BYTES:
            return None
        file = LargeFile(self.path, self._file.fileno())
        is_whole = file.startswith(b"PK") or file[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
        return None if is_whole else file

    def read(self) -> bytes:
        """The whole content, in one go."""
        if self._before.st_size > MAX_WHOLE_BYTES:
            raise SourceError(f"{self.name}: input too large ({self._before.st_size} bytes). Split the delivery.")
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
    """Bytes and SHA-256 of a file.

    Raises SourceMissingError (gone) or SourceError (not an ordinary file, too large, changed while being read).
    """
    with Delivery(path) as delivery:
        large = delivery.large()
        if large is not None:
            return Content(str(path), path.name, large, large.sha256())
        data = delivery.read()
        delivery.verify(len(data))
    return Content(str(path), path.name, data, hashlib.sha256(data).hexdigest())
