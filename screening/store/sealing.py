"""Seal what is kept under a key of the workspace: AES-GCM, bound to its place, so that moved elsewhere it opens not."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


def sealed(key: bytes, content: bytes, place: str) -> bytes:
    """Return the content sealed: a fresh nonce, then what it is sealed as. `place`: what it is bound to."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unsealed(key: bytes, content: bytes, place: str) -> bytes | None:
    """Return what was sealed; None where the key or the place is another one, or a byte was changed."""
    try:
        return AESGCM(key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError):  # ValueError: cut off
        return None
