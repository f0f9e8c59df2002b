"""Time stamps of an authority on heads of the ledger (RFC 3161): somebody else says since when a head has been there.

A head alone says when it was signed, by the clock of who signed it. Whoever has the signing key and owns the machine
could sign an older time; an authority cannot be made to.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from time import monotonic

import httpx
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

#: The ending of a time stamp beside its head.
STAMP = ".tsr"

#: Seconds for an authority: a run does not wait longer for it.
TIMEOUT_S = 15
MAX_BYTES = 65_536
_QUERY = {"Content-Type": "application/timestamp-query"}


class TimeStampError(Exception):
    """There is no time stamp, or it is not of this head or this authority."""


def time_stamp(head: bytes, url: str, certificate: Path | None = None) -> bytes:
    """Ask an authority for a time stamp over the sha256 of a head. TimeStampError: it gave none that is of it.

    `certificate`: what the authority rests on; its answer is held against it at once, and not at the next check alone.
    """
    asked = TimestampRequestBuilder().data(head).hash_algorithm(HashAlgorithm.SHA256).build()
    stamp = _answer(asked.as_bytes(), url)
    response = _decoded(stamp)
    stamped, asked_for = response.tst_info.message_imprint, asked.message_imprint
    if (response.tst_info.nonce, stamped.message) != (asked.nonce, asked_for.message):
        raise TimeStampError("its answer is to another question")
    if certificate is not None:
        check_time_stamp(stamp, head, certificate)
    return stamp


def _answer(question: bytes, url: str) -> bytes:
    """What an authority answers, within TIMEOUT_S for all of it: one that drips bytes may not hold up a night."""
    ends_at, answer = monotonic() + TIMEOUT_S, b""
    try:
        with httpx.stream("POST", url, content=question, headers=_QUERY, timeout=TIMEOUT_S) as answered:
            if not answered.is_success:
                raise TimeStampError(f"it answered {answered.status_code}")
            for part in answered.iter_bytes():
                answer += part
                if len(answer) > MAX_BYTES or monotonic() > ends_at:
                    raise TimeStampError("its answer does not come to an end")
    except (httpx.HTTPError, httpx.InvalidURL):
        raise TimeStampError("it cannot be reached") from None
    return answer


def check_time_stamp(stamp: bytes, head: bytes, certificate: Path) -> datetime:
    """When an authority saw a head. TimeStampError: not this head, or not this authority."""
    try:
        root = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError):
        raise TimeStampError("the certificate of the authority cannot be read") from None
    response = _decoded(stamp)
    try:
        VerifierBuilder(roots=[root]).build().verify_message(response, head)
    except (VerificationError, ValueError):
        raise TimeStampError(
            "not of this head, or not of the authority whose certificate is configured, or that had expired"
        ) from None
    return response.tst_info.gen_time


def _decoded(stamp: bytes) -> TimeStampResponse:
    try:
        response = decode_timestamp_response(stamp) if len(stamp) <= MAX_BYTES else None
    except ValueError:
        response = None
    if response is None or response.status != PKIStatus.GRANTED:
        raise TimeStampError("its answer is no time stamp")
    return response
