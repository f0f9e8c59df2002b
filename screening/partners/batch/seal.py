"""Encrypt a signed batch to the one key it is for, and check such a key."""

from __future__ import annotations

import io
import typing
from collections.abc import Iterator, Mapping
from types import ModuleType

import pyrage

from screening.partners.batch.container import tar, tar_chunks
from screening.partners.signal.errors import SealError

if typing.TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_NOT_PUBLIC = (
    "This is a secret key. Nothing of it is kept. Ask the receiver for the public one, and have this one replaced."
)
_NO_OPENPGP = "OpenPGP is not installed. Install the extra: pip install 'barrier-screening[openpgp]', or agree on age."


def seal(files: Mapping[str, bytes], key: str) -> bytes:
    """The sealed batch: signed files in a deterministic tar, encrypted with age to the recipient's key.

    The payload is the same for the same files; the ciphertext never is. Raises SealError for a recipient that is no
    age key. `age -d -i KEY batch.age | tar -x` opens it.
    """
    return bytes(pyrage.encrypt(tar(files), [_age(key)]))


def seal_to(file: typing.BinaryIO, files: Mapping[str, bytes], key: str) -> None:
    """Seal a large batch into an open file, without a second copy in memory."""
    pyrage.encrypt_io(_Stream(tar_chunks(files)), file, [_age(key)])


def seal_openpgp(files: Mapping[str, bytes], certificate: str) -> bytes:
    """Seal a batch for a receiver that has OpenPGP only: encrypted to this certificate.

    The sender's proof stays the signature of the manifest. Needs the extra "openpgp". The form follows what the
    certificate says it can read: for one that GnuPG made, a form that GnuPG opens. Raises SealError.
    """
    pysequoia = _openpgp()
    try:
        read = pysequoia.Cert.from_bytes(certificate.encode())
    except Exception:
        raise SealError("The recipient's OpenPGP certificate cannot be read. Ask for it again.") from None
    return bytes(pysequoia.encrypt(tar(files), [read], armor=False))


def checked_certificate(text: str) -> str:
    """An armoured OpenPGP certificate. Raises SealError when it is none, or holds a secret key."""
    if "PRIVATE KEY" in text.upper():
        raise SealError(_NOT_PUBLIC)
    pysequoia = _openpgp()
    try:
        pysequoia.Cert.from_bytes(text.encode())
    except Exception:
        raise SealError("This is no OpenPGP certificate. Ask for the armoured file again.") from None
    return text.strip()


def _openpgp() -> ModuleType:
    """The library of OpenPGP. Raises SealError: it is not installed."""
    try:
        import pysequoia  # an extra that few install  # noqa: PLC0415
    except ImportError:
        raise SealError(_NO_OPENPGP) from None
    return pysequoia


def checked_recipient(key: str) -> str:
    """An age recipient, tidied. Raises SealError when it is none: a secret key pasted by mistake included."""
    if "AGE-SECRET-KEY-" in key.upper() or "PRIVATE KEY" in key.upper():
        raise SealError(_NOT_PUBLIC)
    text = "\n".join(line.strip() for line in key.splitlines() if line.strip() and not line.startswith("#"))
    try:
        return str(pyrage.x25519.Recipient.from_str(text))
    except pyrage.RecipientError:
        raise SealError("This is no recipient of age. It begins with age1 and is copied whole.") from None


def _age(key: str) -> pyrage.x25519.Recipient:
    return pyrage.x25519.Recipient.from_str(checked_recipient(key))


class _Stream(io.RawIOBase):
    """Pieces of bytes as a file to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        room = memoryview(buffer)
        taken, self._left = self._left[: len(room)], self._left[len(room) :]
        room[: len(taken)] = taken
        return len(taken)
