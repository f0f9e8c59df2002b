"""The linking benchmark: the same seed makes the same persons, its lock names no host, its table keeps every number."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import polars as pl
import pytest

from benchmarks.linking import __main__ as benchmark
from benchmarks.linking.dutch import generate

ROOT = Path(__file__).resolve().parents[2]


def test_a_seed_makes_the_same_persons_and_another_seed_others() -> None:
    one = generate(2_000, seed=3)
    assert one.equals(generate(2_000, seed=3))
    assert not one.equals(generate(2_000, seed=4))
    assert len(one) == 2_000
    assert one["id"].n_unique() == 2_000


def test_persons_recur_with_slips_moves_and_gaps() -> None:
    records = generate(20_000, seed=3)
    sizes = records.group_by("party").len()["len"]
    assert 1.2 < sizes.mean() < 1.8
    twice = records.join(records, on="party").filter(pl.col("id") < pl.col("id_right"))
    shares = {c: (twice[c] == twice[f"{c}_right"]).mean() for c in ("given", "core", "birth_date", "postcode")}
    assert all(0.4 < share < 0.95 for share in shares.values()), shares
    assert all(records[c].null_count() > 0 for c in ("given", "birth_date", "postcode", "house_number"))


def test_the_peers_are_locked_by_hash_and_name_no_host() -> None:
    lock = (ROOT / "benchmarks" / "linking" / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9-]+)==", lock, flags=re.MULTILINE)
    assert {"splink", "duckdb", "recordlinkage"} <= set(pinned)
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert "://" not in lock


def test_without_the_peers_the_benchmark_says_how_to_make_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(benchmark, "PEER", tmp_path / "absent")
    assert benchmark.main(["--records", "100"]) == 2
    assert "setup.sh" in capsys.readouterr().err


def test_a_run_measures_its_process_and_shows_what_a_failing_one_said(tmp_path: Path) -> None:
    run = benchmark.run([sys.executable, "-c", "x = bytearray(60_000_000); sum(range(2_000_000))"], tmp_path / "log")
    assert run.peak_mib > 55
    assert 0 < run.processor_seconds < run.seconds + 1
    with pytest.raises(SystemExit, match="no such job"):
        benchmark.run([sys.executable, "-c", "raise SystemExit('no such job')"], tmp_path / "log")
