"""A signed head: what the last entry was at a moment, in a form that is kept outside and that nobody can make up.

A chain alone shows nothing of a cut tail or of a ledger that was rewritten whole; a head that somebody else keeps does.
Form 1 is signed by the key of this installation, form 2 by a person on their own machine, with a key that is
registered as theirs: over the same content but for the key, as a bare signature or by `ssh-keygen -Y sign -n barrier`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from screening.base.errors import LedgerError
from screening.ledger.entry import moment
from screening.ledger.keys import bytes_of, key_id, text_of
from screening.ledger.ledger import Ledger
from screening.signing.signature import SignatureError, verify_signature

KIND = "barrier-ledger-head"
FORM, PERSONAL_FORM = 1, 2

#: A head is some 400 bytes; what is longer is none, and is not parsed.
MAX_BYTES = 4_096

_FIELDS = {"kind", "form", "ledger", "seq", "hash", "at", "key", "signature"}


class HeadError(LedgerError):
    """Not a head that one of the given keys signed."""


@dataclass(frozen=True)
class SignedHead:
    """A head whose signature holds: of which ledger, its last entry then, when it was signed and by which key."""

    ledger: str
    seq: int
    hash: str
    signed_at: str
    key: str


def sign_head(ledger: Ledger, key: Ed25519PrivateKey, *, now: datetime) -> bytes:
    """Sign the head of the ledger with Ed25519 over its canonical form (RFC 8785), as one line of JSON.

    Nothing in it is about a person. `now` has a zone.
    """
    head = ledger.head()
    content = {
        "kind": KIND,
        "form": FORM,
        "ledger": ledger.ledger_id,
        "seq": head.seq,
        "hash": head.hash,
        "at": moment(now),
        "key": key_id(key.public_key()),
    }
    return rfc8785.dumps({**content, "signature": text_of(key.sign(rfc8785.dumps(content)))}) + b"\n"


def head_statement(ledger: Ledger, seq: int, *, signed_at: datetime) -> bytes | None:
    """The bytes that a person signs: what the entry of this number was at a moment. None: there is no such entry."""
    written = ledger.entries(after=seq - 1, limit=1) if seq > 0 else []
    if not written or written[0].seq != seq or signed_at < written[0].entry.done_at:
        return None
    content = {"kind": KIND, "form": PERSONAL_FORM, "ledger": ledger.ledger_id, "seq": seq, "hash": written[0].hash}
    return rfc8785.dumps({**content, "at": moment(signed_at)})


def personal_head(statement: bytes, fingerprint: str, signature: str) -> bytes:
    """The head of a person, to keep outside: what they signed, the fingerprint of their key and their signature."""
    return rfc8785.dumps({**json.loads(statement), "key": fingerprint, "signature": signature.strip()}) + b"\n"


def read_head(text: bytes, keys: Iterable[Ed25519PublicKey] | None) -> SignedHead:
    """Read a signed head.

    Args:
        text: the head as it was kept.
        keys: the keys of which one must have signed it. None: no key is known, and what the head says is not proved.

    Raises:
        HeadError: none of the keys signed exactly this.
    """
    try:
        document = json.loads(text) if len(text) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or set(document) != _FIELDS:
        raise HeadError("not a head of a ledger")
    signature = document.pop("signature")
    is_known = document["kind"] == KIND and document["form"] in {FORM, PERSONAL_FORM}
    if not is_known or type(document["seq"]) is not int or not isinstance(signature, str):
        raise HeadError("not a head of a ledger in a form that this version knows")
    head = SignedHead(document["ledger"], document["seq"], document["hash"], document["at"], document["key"])
    is_personal = document["form"] == PERSONAL_FORM
    if is_personal:
        del document["key"]
    try:
        signed, message = b"" if is_personal else bytes_of(signature), rfc8785.dumps(document)
    except (ValueError, TypeError, AttributeError):
        raise HeadError("not a head of a ledger") from None
    if keys is None:
        return head
    for key in keys:
        try:
            if is_personal:
                verify_signature(key, message, signature)
            else:
                key.verify(signed, message)
        except (InvalidSignature, SignatureError):
            continue
        return head
    raise HeadError("signed by none of the given keys, or changed since")
