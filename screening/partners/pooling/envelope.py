"""A file that a person signed, sealed to the processor; and the processor's result, signed and open."""

from __future__ import annotations

from pathlib import Path

from screening.partners.batch.seal import seal
from screening.partners.pooling.counts import PoolError, TownCounts, read_counts
from screening.partners.receiver.verify_batch import BatchError, decrypt, fingerprint, read_identity, unpacked
from screening.signing.public_keys import read_public
from screening.signing.signature import SignatureError, verify_signature

COUNTS, SIGNATURE = "counts.json", "counts.json.sig"
#: Sealed counts are some kilobytes; what is far larger is not opened.
_MOST_BYTES = 8_000_000


def sealed_counts(counts: TownCounts, signature: str, *, signer: str, receiver: str) -> bytes:
    """Seal counts to the processor: the file and its signature in a tar, encrypted with age.

    Args:
        counts: What was signed.
        signature: As `ssh-keygen -Y sign -n barrier` wrote it over `counts.content()`.
        signer: The public key of the person who signs for this municipality.
        receiver: The public age key of the processor.

    Raises:
        SignatureError: it is none of this person over these counts.
        SealError: the receiver is no age key.
    """
    verify_signature(read_public(signer), counts.content(), signature)
    return seal({COUNTS: counts.content(), SIGNATURE: signature.strip().encode() + b"\n"}, receiver)


def opened_counts(sealed: bytes, identity: Path) -> tuple[TownCounts, str]:
    """Open a sealed file: the counts, and the signature that stands beside them. Who signed is not checked here.

    Raises:
        PoolError: it is damaged, for another processor, or holds anything else.
    """
    try:
        if len(sealed) > _MOST_BYTES:
            raise PoolError("The file is far too large for counts.")
        secret, recipient = read_identity(identity)
        files = unpacked(decrypt(sealed, secret))
    except BatchError as error:
        raise PoolError(error.why) from None
    if set(files) != {COUNTS, SIGNATURE}:
        raise PoolError("The file holds something else than counts and their signature.")
    counts = read_counts(files[COUNTS])
    if counts.processor != fingerprint(recipient.encode()):
        raise PoolError("These counts were made for another processor.")
    return counts, files[SIGNATURE].decode("ascii", "replace")


def require_signed(content: bytes, signature: str, signer: str, who: str) -> None:
    """PoolError where a person did not sign exactly these bytes. `signer`: their public key; `who`: of whom it is."""
    try:
        verify_signature(read_public(signer), content, signature)
    except SignatureError as error:
        raise PoolError(f"Not signed by {who}: {error}") from None
