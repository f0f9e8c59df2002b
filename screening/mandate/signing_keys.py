"""Ed25519 keys of people who sign a configuration: making one and reading one."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from screening.errors import ConfigurationError
from screening.store.files import make_directory, write_file

_MAX_BYTES = 16 * 1024


def make_key(file: Path, *, password: str | None, forbidden: Iterable[Path] = ()) -> Ed25519PublicKey:
    """A new private key in a file of its own (PEM, 0600), encrypted when there is a password. Its public half.

    ConfigurationError: the file is there already, or it would lie in one of the `forbidden` folders.
    """
    for folder in forbidden:
        if file.resolve().is_relative_to(folder.resolve()):
            raise ConfigurationError(f"{file}: a private key does not belong in {folder}, beside what it signs.")
    lock = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    try:
        if not file.parent.exists():
            make_directory(file.parent)
        write_file(file, pem)
    except FileExistsError:
        raise ConfigurationError(f"{file}: there is a key already. Use it, or name another file.") from None
    except OSError as error:
        raise ConfigurationError(f"{file}: the key cannot be written ({error.strerror}).") from None
    return key.public_key()


def load_key(file: Path, *, password: str | None) -> Ed25519PrivateKey:
    """The private key of a file. ConfigurationError: absent, readable for others, locked, or no Ed25519 key."""
    try:
        with file.open("rb") as opened:
            if os.fstat(opened.fileno()).st_mode & 0o077:
                raise ConfigurationError(f"{file}: others can read this key. Make it 0600, and think of a new one.")
            pem = opened.read(_MAX_BYTES)
    except OSError as error:
        raise ConfigurationError(f"{file}: the key cannot be read ({error.strerror}).") from None
    try:
        key = serialization.load_pem_private_key(pem, password.encode() if password else None)
    except TypeError:
        raise ConfigurationError(f"{file}: this key has a passphrase, or has none and you gave one.") from None
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{file}: no Ed25519 key in PEM, or the passphrase is another.")
    return key
