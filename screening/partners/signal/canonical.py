"""One form of bytes for one content: JSON by RFC 8785, so that hashes and signatures mean the same everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import rfc8785
from pydantic import BaseModel


def canonical(content: BaseModel | Mapping[str, object] | Sequence[object]) -> bytes:
    """The RFC 8785 bytes of a model or of plain JSON data. What is unknown (None) in a model is left out."""
    plain = content.model_dump(mode="json", exclude_none=True) if isinstance(content, BaseModel) else content
    return rfc8785.dumps(plain)  # type: ignore[arg-type]  # no other than JSON types, which the checker cannot see


def signal_hash(content: BaseModel) -> str:
    """Return the hash of the canonical bytes of a signal, which the register of disclosures keeps."""
    return hashlib.sha256(canonical(content)).hexdigest()
