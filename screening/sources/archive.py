"""Zip files, also in one another: the members asked for, one at a time, within limits that no register reaches."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from screening.base.errors import SourceError

_MARK = b"PK\x03\x04"
#: Levels of zip in zip; the extract of a register has three.
_MAX_LEVELS = 3
_MAX_MEMBERS = 20_000
_MAX_MEMBER_BYTES = 1 << 30
_MAX_TOTAL_BYTES = 64 << 30
_MAX_RATIO = 300
#: What opening a zip ends with that is damaged, or of a version that does not exist.
_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, ValueError, OSError)


@dataclass(frozen=True)
class Member:
    """A file in a zip: its name without folders, and its content."""

    name: str
    data: bytes


def member_names(data: bytes) -> list[str]:
    """The names of what is in a zip, without folders; none where it is no zip that can be read."""
    if not data.startswith(_MARK):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [_base(entry) for entry in archive.infolist() if not _is_litter(entry)]
    except _UNREADABLE:
        return []


def members(data: bytes, name: str, pattern: re.Pattern[str]) -> Iterator[Member]:
    """Every member whose name fits, at any level, in the order of the names. Its checksum is verified.

    Raises SourceError for a zip that is damaged, has a password, or is larger than any register.
    """
    room = [_MAX_TOTAL_BYTES]
    yield from _members(data, name, pattern, _MAX_LEVELS, room)


def _members(data: bytes, name: str, pattern: re.Pattern[str], levels: int, room: list[int]) -> Iterator[Member]:
    if levels == 0:
        raise SourceError(f"{name}: holds more than {_MAX_LEVELS} levels of zip files in one another. It is refused.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [entry for entry in archive.infolist() if not _is_litter(entry)]
    except _UNREADABLE:
        raise SourceError(f"{name}: is damaged, or no zip file. Deliver it again.") from None
    with archive:
        if len(entries) > _MAX_MEMBERS:
            raise SourceError(f"{name}: input too large ({len(entries)} files in one zip, at most {_MAX_MEMBERS}).")
        for entry in sorted(entries, key=lambda entry: entry.filename):
            if not pattern.fullmatch(_base(entry)):
                continue
            content = _content(archive, entry, name, room)
            if content.startswith(_MARK):
                yield from _members(content, name, pattern, levels - 1, room)
            else:
                yield Member(_base(entry), content)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, room: list[int]) -> bytes:
    room[0] -= entry.file_size
    if entry.file_size > _MAX_MEMBER_BYTES or room[0] < 0:
        raise SourceError(f"{name}: input too large (unpacked). Deliver it in parts.")
    if entry.file_size > _MAX_RATIO * max(entry.compress_size, 1) and entry.file_size > _MAX_MEMBER_BYTES >> 10:
        raise SourceError(f"{name}: a file in it unpacks to more than {_MAX_RATIO} times its size. It is refused.")
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise SourceError(f"{name}: a file in it is damaged or has a password. Deliver it again.") from None


def _base(entry: zipfile.ZipInfo) -> str:
    return entry.filename.rsplit("/", 1)[-1]


def _is_litter(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what a Macintosh leaves in every zip."""
    return entry.is_dir() or entry.filename.startswith("__MACOSX/") or _base(entry).startswith(".")
