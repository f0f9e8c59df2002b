"""The keys of the ledger: made once, 0600, in a folder of their own; none of them is ever in a database."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from screening.base.errors import LedgerError
from screening.store.files import make_directory, remove, sync_directory, write_file

SIGNING_KEY = "ledger-signing.key"
LOGBOEK_KEY = "logboek.key"
#: AES-SIV takes two keys of 256 bits.
LOGBOEK_KEY_BYTES = 64


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Read the key that signs heads from a PEM file; make it and the public key beside it (.pub) the first time.

    Give the public key to the person who checks the ledger, and keep it where those who run this programme cannot
    change it.

    Raises:
        LedgerError: the file is no Ed25519 key, or others may read it.
    """
    if not path.exists():
        generated = Ed25519PrivateKey.generate()
        _make_once(path, generated.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    try:
        key = load_pem_private_key(_secret(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise LedgerError(f"{path}: not an Ed25519 private key in PEM. Restore it from a backup, or name another file.")
    public = path.with_suffix(".pub")
    if not public.exists():
        _make_once(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The public key of this PEM file. LedgerError when it is not there or no Ed25519 key."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise LedgerError(f"{path}: the public key cannot be read ({error.strerror}).") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise LedgerError(f"{path}: not an Ed25519 public key in PEM.")
    return key


def logboek_key(path: Path) -> bytes:
    """Read the 64 bytes under which data subjects are encrypted in the Logboek; make them once.

    Without this key no line can be found for a person who asks.

    Raises:
        LedgerError: another length, or others may read it.
    """
    if not path.exists():
        _make_once(path, secrets.token_bytes(LOGBOEK_KEY_BYTES))
    key = _secret(path)
    if len(key) != LOGBOEK_KEY_BYTES:
        raise LedgerError(f"{path}: {len(key)} bytes instead of {LOGBOEK_KEY_BYTES}. Restore the key from a backup.")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    """16 hexadecimal digits that name a public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def text_of(signature: bytes) -> str:
    """A signature as text, without padding."""
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """The signature of a text. ValueError when it is none."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _secret(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise LedgerError(f"{path}: others than its owner may read this key. Make it 0600, and consider a new one.")
        return path.read_bytes()
    except OSError as error:
        raise LedgerError(f"{path}: the key cannot be read ({error.strerror}).") from None


def _make_once(path: Path, content: bytes) -> None:
    """A file that is whole or not there, and never takes the place of one that another process just made."""
    partial = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        if not path.parent.exists():
            make_directory(path.parent)
        try:
            write_file(partial, content)
            os.link(partial, path)
        finally:
            remove(partial)
        sync_directory(path.parent)
    except FileExistsError:
        pass
    except OSError as error:
        raise LedgerError(f"{path}: the key cannot be written ({error.strerror}).") from None
