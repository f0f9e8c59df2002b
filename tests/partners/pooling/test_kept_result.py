"""A result is kept when the agreed processor signed it, and never in place of a later one."""

from __future__ import annotations

from pathlib import Path

import pytest

from screening.partners.pooling.counts import PoolError
from screening.partners.pooling.kept_result import FOLDER, keep_result, kept_result
from screening.partners.pooling.result import PooledResult
from tests.partners.signing import Signer


def test_a_result_is_kept_until_a_later_one_comes(tmp_path: Path) -> None:
    signer = Signer(tmp_path / "keys")

    def keep(quarter: str, processor: str = "De Verwerker", more: bytes = b"") -> PooledResult:
        content = PooledResult(processor=processor, quarter=quarter, rules=()).content() + more
        signature = signer.sign(content).decode()
        return keep_result(tmp_path, content, signature, signer=signer.public, processor="De Verwerker")

    assert kept_result(tmp_path) is None
    assert keep("2026-Q4") == kept_result(tmp_path)
    for odd, why in (
        (("2026-Q3",), "is older"),
        (("2027-Q1", "Een ander"), "another processor"),
        (("2027-Q1", "De Verwerker", b" "), "not written as"),
    ):
        with pytest.raises(PoolError, match=why):
            keep(*odd)
    assert keep("2027-Q1") == kept_result(tmp_path)
    (tmp_path / FOLDER / "result.json").write_bytes(b"{}")
    with pytest.raises(PoolError, match="no result"):
        kept_result(tmp_path)
