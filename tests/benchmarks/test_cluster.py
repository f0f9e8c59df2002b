"""The benchmark of a cluster runs, all its sides give the same pairs, and a small job proves nothing."""

from __future__ import annotations

import pytest
from dask import config

from benchmarks.cluster import main
from flows.cluster.scheduler import SCHEDULER
from flows.night.ranges.on_dask import LEAST


@pytest.mark.long
def test_every_side_gives_the_same_pairs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (SCHEDULER, LEAST):
        monkeypatch.setenv(name, "")  # what the benchmark sets ends with the test
    with config.set({}):
        assert main(["--records", "3000"]) == 0
    printed = capsys.readouterr().out
    assert "one process, its threads" in printed
    assert "too small a job" in printed
