"""One side of the benchmark: run its process, and judge what it made."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from screening.linking.metrics import (
    at,
    best,
    brier_score,
    calibration_table,
    cluster_f1,
    mark_right,
    threshold_table,
    true_pairs,
)

ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / "build" / "peers" / ".venv" / "bin" / "python"
HERE = ROOT / "benchmarks" / "linking"
#: Bits at which calibration is looked at: above zero, as far as pairs go.
CALIBRATED_AT = tuple(float(bits) for bits in range(0, 21, 2))


@dataclass(frozen=True)
class Run:
    """One process: seconds by the clock, processor seconds of all its threads, peak memory (MiB)."""

    seconds: float
    processor_seconds: float
    peak_mib: float


def run(command: Sequence[str], log: Path) -> Run:
    """Run a command to its end; its output goes to a file that is shown when it fails."""
    started = time.perf_counter()
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, cwd=ROOT)  # noqa: S603
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")
    per_mib = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Run(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / per_mib)


@dataclass(frozen=True)
class Side:
    """One side's job on a set: who runs it, under which name."""

    who: str
    job: str

    def command(self, data: Path, out: Path) -> list[str]:
        """What runs it."""
        program = (
            [sys.executable, "-m", "benchmarks.linking.engine_run"]
            if self.who == "engine"
            else [str(PEER), str(HERE / "splink_run.py")]
        )
        return [*program, self.job, str(data), str(out)]


@dataclass(frozen=True)
class Result:
    """Medians of the runs of a side, and how good its pairs and clusters are.

    `work_seconds`: processor seconds without imports and files. `best`: the row of the threshold table with the highest
    F1. `at_zero`: the row at 0 bits. `clusters`: F1 by cut. `error`: the largest distance of expected and real
    precision at CALIBRATED_AT, `brier`: of all pairs kept.
    """

    side: Side
    work_seconds: float
    run: Run
    best: dict[str, float]
    at_zero: dict[str, float]
    clusters: dict[float, float]
    error: float
    brier: float


def measure(sides: Sequence[Side], data: Path, folder: Path, repeat: int) -> list[Result]:
    """Run the sides in turn, so many times, and judge each."""
    runs: dict[Side, list[tuple[Run, float]]] = {side: [] for side in sides}
    for _ in range(repeat):
        for side in sides:
            out = folder / f"{side.who}-{side.job}"
            whole = run(side.command(data, out), folder / f"{side.who}.log")
            work = json.loads(Path(f"{out}.json").read_text(encoding="utf-8"))["work_seconds"]
            runs[side].append((whole, work))
    records = pl.read_parquet(data)
    return [judge(side, runs[side], records, folder / f"{side.who}-{side.job}") for side in sides]


def count_real(records: pl.DataFrame) -> int:
    """True pairs of a set; of two files: those across."""
    if "source" not in records.columns or records["source"].n_unique() < 2:
        return true_pairs(records)
    sides = records.group_by("party", "source").len().group_by("party").agg(pl.col("len").cast(pl.Int64))
    return int(sides.filter(pl.col("len").list.len() > 1)["len"].list.eval(pl.element().product()).list.first().sum())


def judge(side: Side, runs: Sequence[tuple[Run, float]], records: pl.DataFrame, out: Path) -> Result:
    """The medians of a side's runs and the quality of what the last one wrote."""
    truth = records.select("id", "party")
    pairs = pl.read_parquet(f"{out}.pairs.parquet").with_columns(pl.col("left", "right").cast(pl.Int64))
    table = threshold_table(pairs, truth, of=count_real(records))
    marked = mark_right(pairs, truth)
    clusters = pl.read_parquet(f"{out}.clusters.parquet").with_columns(pl.col("id").cast(pl.Int64))
    whole = Run(
        statistics.median(r.seconds for r, _ in runs),
        statistics.median(r.processor_seconds for r, _ in runs),
        statistics.median(r.peak_mib for r, _ in runs),
    )
    return Result(
        side=side,
        work_seconds=statistics.median(work for _, work in runs),
        run=whole,
        best=best(table),
        at_zero=at(table, 0.0),
        clusters={cut: cluster_f1(part, truth) for (cut,), part in clusters.partition_by("cut", as_dict=True).items()},
        error=max(calibration_table(marked, CALIBRATED_AT)["error"].to_list(), default=0.0),
        brier=brier_score(marked),
    )
