"""A person's public Ed25519 key: read from the form of this programme or of OpenSSH, written as one line, and named.

The private key never comes here: it stays on the machine of the person. What could be one is refused unread.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_public_key

from screening.base.errors import BarrierError

_PREFIX, _SSH_PREFIX = "ed25519:", "ssh-ed25519 "
#: The coordinates of points are counted modulo this prime (RFC 8032, 5.1).
_FIELD = 2**255 - 19
#: A line of either form is some 100 characters; a comment behind it may be as long as a name.
_MAX_CHARACTERS = 1_000


class PublicKeyError(BarrierError):
    """A text is no public key that can be used. `reason` is the key of the text that says why, on a page."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def holds_private_key(text: str) -> bool:
    """Whether a text names itself a private key, in any of the forms in which programmes write one."""
    return "PRIVATE" in text.upper() or "AGE-SECRET-KEY-" in text.upper()


def read_public(text: str) -> Ed25519PublicKey:
    """Read the key of a line: `ed25519:…`, or `ssh-ed25519 AAAA…` as in a file of `ssh-keygen` that ends in `.pub`.

    Raises:
        PublicKeyError: it is none, or it holds a private key.
    """
    line = text.strip()
    if holds_private_key(line):
        raise PublicKeyError(
            "private",
            "This is a private key. It was not kept, and may be known to others now: make another one, and give the "
            "public half, the file whose name ends in .pub.",
        )
    try:
        if len(line) > _MAX_CHARACTERS or "\n" in line:
            raise ValueError
        if line.startswith(_PREFIX):
            raw = base64.b64decode(line.removeprefix(_PREFIX) + "=", altchars=b"-_", validate=True)
            key: object = Ed25519PublicKey.from_public_bytes(raw)
        else:
            key = load_ssh_public_key(line.encode()) if line.startswith(_SSH_PREFIX) else None
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey) or _is_of_everybody(key):
        raise PublicKeyError(
            "form", "This is no public Ed25519 key: one line that begins with ed25519: or with ssh-ed25519 AAAA."
        )
    return key


def _is_of_everybody(key: Ed25519PublicKey) -> bool:
    """Whether a key is one of the eight points whose order divides 8: with those anybody signs anything.

    Their y is 0, 1 or -1, or that of a point whose double has y = 0: d·y⁴ + 2·y² = 1, with d = -121665/121666.
    """
    y = int.from_bytes(key.public_bytes_raw(), "little") % 2**255 % _FIELD
    return y in {0, 1, _FIELD - 1} or (121666 * (2 * y**2 - 1) - 121665 * y**4) % _FIELD == 0


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as one line, in the form of this programme."""
    return _PREFIX + base64.urlsafe_b64encode(key.public_bytes_raw()).decode().rstrip("=")


def ssh_text(key: Ed25519PublicKey) -> str:
    """A public key as one line of OpenSSH, for a file of allowed signers."""
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def key_fingerprint(key: Ed25519PublicKey) -> str:
    """Return the fingerprint of a key: 64 hexadecimal digits."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def ssh_fingerprint(key: Ed25519PublicKey) -> str:
    """The fingerprint of a key as `ssh-keygen -l` shows it, for people to compare."""
    blob = base64.b64decode(ssh_text(key).split()[1])
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
