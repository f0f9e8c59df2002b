"""One file out of many: a tar whose every byte follows from the names and contents, so that nothing can hide in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from screening.partners.receiver.verify_batch import NAME, header
from screening.partners.signal.errors import SealError

#: The first byte count that the eleven octal digits of a header cannot hold.
_TOO_LARGE = 8**11
_BLOCK = 512


def tar_chunks(files: Mapping[str, bytes]) -> Iterator[bytes]:
    """The bytes of a ustar archive of `files`, sorted by name, in pieces. Raises SealError for a bad name."""
    for name in sorted(files):
        data = files[name]
        if not NAME.fullmatch(name) or len(name) > 100 or len(data) >= _TOO_LARGE:
            raise SealError("a file of the batch has a name or a size that the receiver would refuse")
        yield header(name, len(data))
        yield data
        yield bytes(-len(data) % _BLOCK)
    yield bytes(2 * _BLOCK)


def tar(files: Mapping[str, bytes]) -> bytes:
    """The same in one piece. The same files give the same bytes."""
    return b"".join(tar_chunks(files))
