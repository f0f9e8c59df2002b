"""The benchmark of a cluster runs, all its sides give the same pairs, and a small job proves nothing."""

from __future__ import annotations

import pytest

from benchmarks.cluster import main


@pytest.mark.long
def test_every_side_gives_the_same_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--records", "3000"]) == 0
    printed = capsys.readouterr().out
    assert "one process, its threads" in printed
    assert "too small a job" in printed
