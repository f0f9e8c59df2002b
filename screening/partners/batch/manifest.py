"""The list of a batch that a person signs: its sender, its recipient, its expiry and the hash of every file."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from screening.base.vocabulary import BatchKind
from screening.partners.receiver.verify_batch import CONFIDENTIALITY, FORMAT, MANIFEST, SIGNATURE, fingerprint
from screening.partners.signal.canonical import canonical
from screening.partners.signal.errors import SealError


@dataclass(frozen=True)
class Recipient:
    """The recipient of a batch. `key`: the pinned age recipient ("age1…"), or an armoured OpenPGP certificate.

    `kind`: the code of its kind of partner; `article`: on what it receives.
    """

    name: str
    key: str
    kind: str = "riec"
    article: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key as text: what two people confirm and what the manifest names."""
        return fingerprint(self.key.strip().encode())


@dataclass(frozen=True)
class BatchMeta:
    """The description of a batch. Times in UTC, with a zone.

    `sequence`: 1, 2, 3 … for each recipient, never twice; batches of sensitive signals are numbered by themselves.
    `answers_to`: the public key of age to which the receiver seals an answer.
    `repeats`: the id of the batch that this one repeats; the README names it, the manifest does not.
    """

    batch_id: str
    sequence: int
    kind: BatchKind
    municipality: str
    municipality_code: str
    recipient: Recipient
    made_at: dt.datetime
    expires_at: dt.datetime
    answers_to: str
    sensitive: bool = False
    repeats: str | None = None

    def __post_init__(self) -> None:
        for moment in (self.made_at, self.expires_at):
            if moment.tzinfo is None:
                raise SealError("a time of a batch has no zone; give it in UTC")
        if self.sequence < 1 or self.made_at >= self.expires_at:
            raise SealError("a batch has a sequence from 1 on and expires after it was made")


def new_batch_id() -> str:
    """A random id of a batch."""
    return f"L-{secrets.token_hex(8)}"


def manifest(files: Mapping[str, bytes], meta: BatchMeta) -> bytes:
    """The canonical bytes of the manifest of `files` (without itself): what a person signs."""
    return canonical(
        {
            "format": FORMAT,
            "batch_id": meta.batch_id,
            "sequence": meta.sequence,
            "kind": str(meta.kind),
            "confidentiality": CONFIDENTIALITY[meta.sensitive],
            "sender": {"municipality": meta.municipality, "code": meta.municipality_code},
            "recipient": {"name": meta.recipient.name, "fingerprint": meta.recipient.fingerprint},
            "made_at": _utc(meta.made_at),
            "expires_at": _utc(meta.expires_at),
            "files": [
                {"path": name, "sha256": hashlib.sha256(files[name]).hexdigest(), "bytes": len(files[name])}
                for name in sorted(files)
            ],
        }
    )


def signed(files: Mapping[str, bytes], listing: bytes, signature: bytes) -> dict[str, bytes]:
    """`files` with their manifest and its signature, as `ssh-keygen -Y sign -n barrier` wrote it."""
    if {MANIFEST, SIGNATURE} & set(files):
        raise SealError("a file of the batch has the name of its manifest or signature")
    return {**files, MANIFEST: listing, SIGNATURE: signature}


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
