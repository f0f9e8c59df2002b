"""Checking what a person signed with their own Ed25519 key: the bare signature, or that of `ssh-keygen -Y sign`.

The second form is SSHSIG (PROTOCOL.sshsig of OpenSSH): a blob in armour with the public key, a namespace, the name of a
hash and the signature over these and the hash of the message. A signature of another namespace (an e-mail, a commit)
is none of ours. The bare form is the 64 bytes in base64, over the message itself.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from screening.base.errors import BarrierError
from screening.signing.public_keys import holds_private_key

#: The namespace of every SSH signature that this programme takes.
NAMESPACE = "barrier"
#: A signature in either form is far shorter; what is longer is not looked at.
MAX_CHARACTERS = 4_096
_ARMOUR = re.compile(r"-----BEGIN SSH SIGNATURE-----\s([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----")
_MAGIC, _VERSION, _KEY_TYPE = b"SSHSIG", 1, b"ssh-ed25519"
#: PROTOCOL.sshsig allows these two and no other.
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_BARE_BYTES = 64


class SignatureError(BarrierError):
    """A text is no signature of this key over this message. `reason`: the key of the text that says why, on a page."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def verify_signature(key: Ed25519PublicKey, message: bytes, text: str, namespace: str = NAMESPACE) -> None:
    """Check a signature in either form.

    Args:
        key: The public key of the person.
        message: The exact bytes that were signed.
        text: The signature: in armour as `ssh-keygen -Y sign` writes it, or 64 bytes in base64.
        namespace: The namespace that an SSH signature must be of.

    Raises:
        SignatureError: it has neither form, is of another key or namespace, is over other bytes, or is a private key.
    """
    signature = text.strip()
    if holds_private_key(signature):
        raise SignatureError(
            "private", "This is a private key. It was not kept, and may be known to others now: withdraw it."
        )
    if len(signature) > MAX_CHARACTERS:
        raise SignatureError("form", "This is no signature: it is too long.")
    armour = _ARMOUR.fullmatch(signature)
    try:
        raw = base64.b64decode("".join((armour.group(1) if armour else signature).split()), validate=True)
        if not armour and len(raw) != _BARE_BYTES:
            raise ValueError
        bare, signed = _unpacked(raw, key, message, namespace) if armour else (raw, message)
    except (ValueError, struct.error):
        raise SignatureError(
            "form", "This is no signature in a form that is known: that of `ssh-keygen -Y sign`, or 64 bytes in base64."
        ) from None
    try:
        key.verify(bare, signed)
    except InvalidSignature:
        raise SignatureError("other", "This key did not sign exactly these bytes.") from None


def _unpacked(blob: bytes, key: Ed25519PublicKey, message: bytes, namespace: str) -> tuple[bytes, bytes]:
    """The Ed25519 signature of an SSHSIG blob, and the bytes that it is over. ValueError: the blob is none."""
    version = struct.unpack_from(">I", blob, len(_MAGIC))[0]
    if not blob.startswith(_MAGIC) or version != _VERSION:
        raise ValueError
    public, space, reserved, algorithm, signature = _strings(blob[len(_MAGIC) + 4 :], 5)
    key_type, raw_key = _strings(public, 2)
    signature_type, bare = _strings(signature, 2)
    if key_type != _KEY_TYPE or signature_type != _KEY_TYPE or algorithm not in _HASHES:
        raise ValueError
    if raw_key != key.public_bytes_raw():
        raise SignatureError("key", "This signature is of another key than the one that is registered.")
    if space != namespace.encode():
        raise SignatureError(
            "namespace", f"This signature is not of the namespace {namespace}: sign with -n {namespace}."
        )
    parts = (space, reserved, algorithm, _HASHES[algorithm](message).digest())
    return bare, _MAGIC + b"".join(struct.pack(">I", len(part)) + part for part in parts)


def _strings(blob: bytes, count: int) -> list[bytes]:
    """The strings of which a blob consists, each with its length before it. ValueError: others, or more follows."""
    parts: list[bytes] = []
    for _ in range(count):
        length = struct.unpack_from(">I", blob)[0]
        if len(blob) < 4 + length:
            raise ValueError
        parts.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    if blob:
        raise ValueError
    return parts
