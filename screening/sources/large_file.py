"""A file that is not held in memory: it is read in pieces, as often as need be, and must stay as it is meanwhile."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from screening.base.errors import SourceError

_PIECE_BYTES = 1 << 20


class LargeFile:
    """An opened file that answers what is asked of bytes: its length, slices, how it begins and ends, what it holds."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._file = os.fdopen(os.dup(descriptor), "rb")
        self._before = self._identity()

    def __len__(self) -> int:
        return self._before[2]

    def __getitem__(self, place: slice) -> bytes:
        start, stop, _step = place.indices(len(self))
        return os.pread(self._file.fileno(), max(0, stop - start), start)

    def __contains__(self, byte: bytes) -> bool:
        return any(byte in piece for piece in self.pieces())

    def startswith(self, mark: bytes | tuple[bytes, ...]) -> bool:
        """Whether it begins so."""
        return self[:_PIECE_BYTES].startswith(mark)

    def endswith(self, end: tuple[bytes, ...]) -> bool:
        """Whether it ends so."""
        return self[max(0, len(self) - _PIECE_BYTES) :].endswith(end)

    def pieces(self) -> Iterator[bytes]:
        """All of it, piece by piece."""
        for start in range(0, len(self), _PIECE_BYTES):
            yield self[start : start + _PIECE_BYTES]

    def sha256(self) -> str:
        """Its SHA-256, in hexadecimals."""
        digest = hashlib.sha256()
        for piece in self.pieces():
            digest.update(piece)
        return digest.hexdigest()

    def verify(self) -> None:
        """Raise SourceError where it was written to since it was opened: what is read is then not what was hashed."""
        if self._identity() != self._before:
            raise SourceError(
                f"{self.path.name}: the file changed while it was being read. Let the delivery finish, then start "
                "again."
            )

    def _identity(self) -> tuple[int, int, int, int, int]:
        now = os.fstat(self._file.fileno())
        # unlike the time of writing, the time of the last change of any kind cannot be set back
        return now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns


class _Stream(io.RawIOBase):
    """A position of its own in a file that others read too."""

    def __init__(self, file: LargeFile) -> None:
        self._source, self._place = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: len(self._source)}[whence]
        self._place = start + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io calls it with
        piece = self._source[self._place : self._place + len(buffer)]
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)


def opened(data: bytes | LargeFile) -> BinaryIO:
    """A stream over the content, at its beginning."""
    return io.BytesIO(data) if isinstance(data, bytes) else io.BufferedReader(_Stream(data), _PIECE_BYTES)
