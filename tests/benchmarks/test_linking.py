"""The linking benchmark: the same seed makes the same persons, its lock names no host, its table keeps every number."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import polars as pl
import pytest

from benchmarks.linking import __main__ as benchmark
from benchmarks.linking import dutch_messy, measure
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


def test_the_messy_set_makes_other_errors_and_up_to_forty_records_a_person() -> None:
    records = dutch_messy.generate(20_000, seed=3)
    assert records.equals(dutch_messy.generate(20_000, seed=3))
    sizes = records.group_by("party").len()["len"]
    assert sizes.max() == dutch_messy.MOST_RECORDS
    assert 2 < sizes.mean() < 3.5
    twice = records.join(records, on="party").filter(pl.col("id") < pl.col("id_right"))
    exchanged = (twice["given"] == twice["core_right"]) & (twice["core"] == twice["given_right"])
    double = twice["core"].str.contains("-") != twice["core_right"].str.contains("-")
    assert 0.005 < exchanged.mean() < 0.1
    assert 0.03 < double.mean() < 0.3
    keyed = twice.drop_nulls(["customer", "customer_right"])
    assert 0.9 < (keyed["customer"] == keyed["customer_right"]).mean() < 1
    owners = records.drop_nulls("customer").group_by("customer").agg(pl.col("party").n_unique())
    assert (owners["party"] == 1).mean() > 0.999


@pytest.mark.parametrize(
    ("slip", "text", "place", "written"),
    [
        (dutch_messy.beside_key, "jansen", 0.2, "jsnsen"),
        (dutch_messy.misread, "hoorn", 0.0, "hoom"),
        (dutch_messy.misread, "boer", 0.6, "b0er"),
        (dutch_messy.doubled, "mulder", 0.0, "mmulder"),
        (dutch_messy.doubled, "bakkker", 0.0, "bakker"),
        (dutch_messy.misread_digit, "1381", 0.3, "1881"),
        (dutch_messy.exchanged_digits, "1381", 0.0, "3181"),
    ],
)
def test_a_slip_is_what_its_name_says(slip: dutch_messy.Slip, text: str, place: float, written: str) -> None:
    assert slip(text, place) == written


def test_the_table_shows_both_sides_and_their_ratio() -> None:
    row = {"f1": 0.9, "precision": 0.95, "recall": 0.85, "log_odds": 1.0}
    ours, theirs = (
        measure.Result(
            side=measure.Side(who, "dutch-same"),
            work_seconds=work,
            run=measure.Run(2.0, 1.5, 100.0),
            best=row,
            at_zero=row,
            clusters={4.25: 0.8, 0.0: 0.7, 8.0: 0.75},
            error=0.01,
            brier=0.02,
        )
        for who, work in (("engine", 0.5), ("splink", 4.0))
    )
    assert "0.8000/0.7000/0.7500  0.010 0.0200" in benchmark.line(ours)
    assert "8.0 x in CPU seconds" in benchmark.ratio("the same levels", ours, theirs)


def test_of_two_files_only_pairs_across_are_real() -> None:
    records = pl.DataFrame({"id": range(5), "party": [1, 1, 1, 2, 2], "source": ["a", "a", "b", "a", "a"]})
    assert measure.count_real(records) == 2
    assert measure.count_real(records.drop("source")) == 4


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
    run = measure.run([sys.executable, "-c", "x = bytearray(60_000_000); sum(range(2_000_000))"], tmp_path / "log")
    assert run.peak_mib > 55
    assert 0 < run.processor_seconds < run.seconds + 1
    with pytest.raises(SystemExit, match="no such job"):
        measure.run([sys.executable, "-c", "raise SystemExit('no such job')"], tmp_path / "log")
