"""Sign a batch and encrypt it to the one key it is for; open one again."""

from __future__ import annotations

import datetime as dt
import io
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from screening.partners.batch.container import tar, tar_chunks
from screening.partners.batch.manifest import BatchMeta, signed
from screening.partners.receiver import verify_batch
from screening.partners.signal.errors import SealError


@dataclass(frozen=True)
class Opened:
    """A batch that was accepted: its manifest and its files by name, manifest and signature included."""

    manifest: dict[str, typing.Any]
    files: dict[str, bytes]


def seal(files: Mapping[str, bytes], meta: BatchMeta, *, signing_key: Ed25519PrivateKey) -> bytes:
    """The sealed batch: `files` with a signed manifest, in a deterministic tar, encrypted with age to the recipient.

    The payload is the same for the same files; the ciphertext never is. Raises SealError for a recipient that is no
    age key. `age -d -i KEY batch.age | tar -x` opens it.
    """
    return bytes(pyrage.encrypt(tar(signed(files, meta, signing_key)), [_age(meta)]))


def seal_to(
    file: typing.BinaryIO, files: Mapping[str, bytes], meta: BatchMeta, *, signing_key: Ed25519PrivateKey
) -> None:
    """Seal a large batch into an open file, without a second copy in memory."""
    recipient = _age(meta)
    pyrage.encrypt_io(_Stream(tar_chunks(signed(files, meta, signing_key))), file, [recipient])


def seal_openpgp(files: Mapping[str, bytes], meta: BatchMeta, *, signing_key: Ed25519PrivateKey) -> bytes:
    """Seal a batch for a receiver that has OpenPGP only: encrypted to the certificate in `meta.recipient.key`.

    The sender's proof stays the Ed25519 signature of the manifest. Needs the extra "openpgp". The form follows what
    the certificate says it can read: for one that GnuPG made, a form that GnuPG opens. Raises SealError.
    """
    try:
        import pysequoia  # an extra that few install  # noqa: PLC0415
    except ImportError:
        raise SealError(
            "OpenPGP is not installed. Install the extra: pip install 'barrier-screening[openpgp]', or agree on age."
        ) from None
    try:
        certificate = pysequoia.Cert.from_bytes(meta.recipient.key.encode())
    except Exception:
        raise SealError("The recipient's OpenPGP certificate cannot be read. Ask for it again.") from None
    payload = tar(signed(files, meta, signing_key))
    return bytes(pysequoia.encrypt(payload, [certificate], armor=False))


def open_sealed(sealed: bytes, *, identity: str, sender: str, last_sequence: int = 0, now: dt.datetime) -> Opened:
    """Open a sealed batch as the receiver's script does, in memory. Raises verify_batch.BatchError (`code`, `why`)."""
    manifest, files = verify_batch.verify_tar(
        verify_batch.decrypt(sealed, identity),
        recipient=verify_batch.fingerprint(verify_batch.recipient_of(identity).encode()),
        sender=verify_batch.plain_fingerprint(sender),
        last_sequence=last_sequence,
        now=now,
    )
    return Opened(manifest, files)


def load_signing_key(pem: bytes, *, password: bytes | None = None) -> Ed25519PrivateKey:
    """The municipality's signing key from PEM. Raises SealError when it is no Ed25519 key or the password is wrong."""
    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError):
        raise SealError("The signing key cannot be read, or its password is missing or wrong.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SealError("The signing key is no Ed25519 key. Make one with: openssl genpkey -algorithm ed25519")
    return key


def checked_recipient(key: str) -> str:
    """An age recipient, tidied. Raises SealError when it is none: a secret key pasted by mistake included."""
    text = key.strip()
    if text.upper().startswith("AGE-SECRET-KEY-"):
        raise SealError(
            "This is a secret key. Ask the receiver for the public one (age1…), and have this one replaced."
        )
    try:
        return str(pyrage.x25519.Recipient.from_str(text))
    except pyrage.RecipientError:
        raise SealError("This is no recipient of age. It begins with age1 and is copied whole.") from None


def _age(meta: BatchMeta) -> pyrage.x25519.Recipient:
    return pyrage.x25519.Recipient.from_str(checked_recipient(meta.recipient.key))


class _Stream(io.RawIOBase):
    """Pieces of bytes as a file to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return bytes(self._left) + b"".join(self._pieces)
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._left = memoryview(piece)
        taken, self._left = self._left[:size], self._left[size:]
        return bytes(taken)
