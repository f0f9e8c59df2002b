"""The engine and Splink on the same records, in turn, each run in a process of its own.

    python -m benchmarks.linking [--records 50000] [--febrl] [--repeat 3] [--only same documented saved]

Prints, per job and side, the medians of seconds, processor seconds and peak memory, F1 (and precision, recall) at
the threshold that suits each side best, and the ratios. `benchmarks/linking/setup.sh` makes the peers' environment.
What is judged on a busy machine is processor seconds: they are those of the process and its threads.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.linking.dutch import generate
from screening.linking.metrics import best, threshold_table, true_pairs

ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / "build" / "peers" / ".venv" / "bin" / "python"
HERE = ROOT / "benchmarks" / "linking"
#: job -> (the engine's job, Splink's job, whether both use the model of an earlier run)
JOBS = {
    "same": ("dutch-same", "dutch-same", False),
    "documented": ("dutch-own", "dutch-documented", False),
    "saved": ("dutch-same", "dutch-same", True),
}


@dataclass(frozen=True)
class Run:
    """One process: seconds by the clock, processor seconds of all its threads, peak memory (MiB)."""

    seconds: float
    processor_seconds: float
    peak_mib: float


def run(command: list[str], log: Path) -> Run:
    """Run a command to its end; its output goes to a file that is shown when it fails."""
    started = time.perf_counter()
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, cwd=ROOT)  # noqa: S603
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")
    per_mib = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Run(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / per_mib)


def quality(records: pl.DataFrame, out: Path) -> dict[str, float]:
    """The best row of the threshold table of a side's pairs."""
    truth = records.select("id", "party")
    of = true_pairs(truth)
    if "source" in records.columns and records["source"].n_unique() > 1:
        sides = records.group_by("party", "source").len().group_by("party").agg(pl.col("len").cast(pl.Int64))
        of = int(sides.filter(pl.col("len").list.len() > 1)["len"].list.eval(pl.element().product()).list.first().sum())
    return best(
        threshold_table(pl.read_parquet(out).with_columns(pl.col("left", "right").cast(pl.Int64)), truth, of=of)
    )


def compare(name: str, data: Path, jobs: tuple[str, str, bool], *, repeat: int, folder: Path) -> list[str]:
    """Lines of the table for one job: the engine, Splink, and Splink divided by the engine."""
    ours, theirs, is_saved = jobs
    out = {side: folder / f"{side}.parquet" for side in ("engine", "splink")}
    model = {"engine": folder / "model", "splink": folder / "splink.json"}
    commands = {
        "engine": [sys.executable, "-m", "benchmarks.linking.engine_run", ours, str(data), str(out["engine"])],
        "splink": [str(PEER), str(HERE / "splink_run.py"), theirs, str(data), str(out["splink"])],
    }
    if is_saved:
        for side, command in commands.items():
            if not model[side].exists():
                run([*command, "--save", str(model[side])], folder / f"{side}.log")
            command += ["--model", str(model[side])]
    runs: dict[str, list[Run]] = {side: [] for side in commands}
    for _ in range(repeat):
        for side, command in commands.items():
            runs[side].append(run(command, folder / f"{side}.log"))
    records = pl.read_parquet(data)
    lines, medians = [], {}
    for side, found in runs.items():
        medians[side] = [
            statistics.median(getattr(r, what) for r in found) for what in ("seconds", "processor_seconds", "peak_mib")
        ]
        seconds, processor, peak = medians[side]
        row = quality(records, out[side])
        medians[side].append(row["f1"])
        lines.append(
            f"{name:<24} {side:<8} {seconds:8.2f} {processor:8.2f} {peak:8.0f}"
            f"   {row['f1']:.4f}  {row['precision']:.4f}  {row['recall']:.4f}  {row['log_odds']:8.2f}"
        )
    a, b = medians["splink"], medians["engine"]
    lines.append(
        f"{'':<24} {'ratio':<8} {a[0] / b[0]:8.2f} {a[1] / b[1]:8.2f} {b[2] / a[2]:7.0%}   {b[3] - a[3]:+.4f}"
        "   (Splink : engine; MiB engine : Splink; F1 engine - Splink)"
    )
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="*", default=[50_000], help="sizes of the Dutch set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--febrl", action="store_true", help="FEBRL 3 and 4 too")
    parser.add_argument("--only", nargs="*", choices=sorted(JOBS), default=list(JOBS))
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "linking")
    options = parser.parse_args(arguments)
    if not PEER.exists():
        print("the peers are not there: bash benchmarks/linking/setup.sh makes them once", file=sys.stderr)
        return 2
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, medians of {options.repeat}", flush=True)
    head = f"{'job':<24} {'side':<8} {'seconds':>8} {'CPU s':>8} {'MiB':>8}"
    print(f"{head}   {'F1':<6}  {'P':<6}  {'R':<6}  {'at bits':>8}")
    jobs: list[tuple[str, Path, tuple[str, str, bool], Path]] = []
    if options.febrl:
        for number in ("3", "4"):
            folder = options.folder / f"febrl{number}"
            folder.mkdir(parents=True, exist_ok=True)
            data = folder / "records.parquet"
            if not data.exists():
                run([str(PEER), str(HERE / "febrl.py"), number, str(data)], folder / "data.log")
            jobs.append((f"FEBRL {number}", data, (f"febrl{number}", f"febrl{number}", False), folder))
    for size in options.records:
        folder = options.folder / f"dutch-{size}-{options.seed}"
        folder.mkdir(parents=True, exist_ok=True)
        data = folder / "records.parquet"
        if not data.exists():
            generate(size, options.seed).write_parquet(data)
        jobs += [(f"Dutch {size:,} {name}", data, JOBS[name], folder) for name in JOBS if name in options.only]
    for name, data, job, folder in jobs:
        print("\n".join(compare(name, data, job, repeat=options.repeat, folder=folder)), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
