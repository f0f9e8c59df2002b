"""The engine and Splink on the same records, in turn, each run in a process of its own.

    python -m benchmarks.linking [--records 50000] [--sets dutch messy febrl3 febrl4] [--repeat 3]

Prints for every job of both sides the medians of: processor seconds without imports and files, clusters included;
those of the whole process, its seconds by the clock and its peak memory; F1 of pairs at the threshold that suits each
best (its precision, recall and bits) and at 0 bits; F1 of clusters at three cuts; calibration: the largest distance of
expected and real precision at 0, 2, … 20 bits, and the Brier score. Then the ratios: with the same levels on both
sides, and of the engine's own levels to the best of Splink's lists. `benchmarks/linking/setup.sh` makes the peers'
environment.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.linking import dutch, dutch_messy
from benchmarks.linking.jobs import CUTS
from benchmarks.linking.measure import HERE, PEER, ROOT, Result, Side, measure, run


@dataclass(frozen=True)
class Set:
    """A labelled set: what makes it (None: FEBRL's wheel), and the jobs of both sides, the same levels first."""

    generate: Callable[[int, int], pl.DataFrame] | None
    engine: tuple[str, ...]
    splink: tuple[str, ...]


SETS = {
    "dutch": Set(dutch.generate, ("dutch-same", "dutch-own"), ("dutch-same", "dutch-documented")),
    "messy": Set(
        dutch_messy.generate, ("messy-same", "messy-own"), ("messy-same", "messy-documented", "messy-every-field")
    ),
    "febrl3": Set(None, ("febrl3",), ("febrl3",)),
    "febrl4": Set(None, ("febrl4",), ("febrl4",)),
}


def line(result: Result) -> str:
    """A side's row of the table."""
    clusters = "/".join(f"{result.clusters[cut]:.4f}" for cut in CUTS)
    best = result.best
    return (
        f"{result.side.who:<7} {result.side.job:<18} {result.work_seconds:7.2f} {result.run.processor_seconds:7.2f} "
        f"{result.run.seconds:7.2f} {result.run.peak_mib:6.0f}  {best['f1']:.4f} ({best['precision']:.3f} "
        f"{best['recall']:.3f} {best['log_odds']:5.1f}) {result.at_zero['f1']:.4f}  {clusters}  "
        f"{result.error:.3f} {result.brier:.4f}"
    )


def ratio(text: str, engine: Result, splink: Result) -> str:
    """Splink divided by the engine: seconds and memory; the engine's F1 less Splink's."""
    timed = CUTS[0]
    return (
        f"  {text}: {splink.work_seconds / engine.work_seconds:.1f} x in CPU seconds, "
        f"{splink.run.processor_seconds / engine.run.processor_seconds:.1f} x of whole processes, memory "
        f"{engine.run.peak_mib / splink.run.peak_mib:.0%}; F1 of pairs {engine.best['f1'] - splink.best['f1']:+.4f}, "
        f"of clusters at {timed:g} bits {engine.clusters[timed] - splink.clusters[timed]:+.4f}, "
        f"at each best cut {max(engine.clusters.values()) - max(splink.clusters.values()):+.4f}"
    )


def compare(name: str, labelled: Set, data: Path, folder: Path, repeat: int) -> list[str]:
    """The table of one set: every job of both sides, in turn, and the ratios."""
    sides = [Side("engine", job) for job in labelled.engine] + [Side("splink", job) for job in labelled.splink]
    results = measure(sides, data, folder, repeat)
    ours = [result for result in results if result.side.who == "engine"]
    theirs = [result for result in results if result.side.who == "splink"]
    lines = [name, *map(line, results), ratio("the same levels", ours[0], theirs[0])]
    if len(ours) > 1:
        strongest = max(theirs, key=lambda result: result.best["f1"])
        lines.append(ratio(f"own levels to the best list of Splink ({strongest.side.job})", ours[1], strongest))
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="*", default=[50_000], help="sizes of the generated sets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--sets", nargs="*", choices=sorted(SETS), default=list(SETS))
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "linking")
    options = parser.parse_args(arguments)
    if not PEER.exists():
        print("the peers are not there: bash benchmarks/linking/setup.sh makes them once", file=sys.stderr)
        return 2
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, medians of {options.repeat}", flush=True)
    print(
        f"{'side':<7} {'job':<18} {'CPU s':>7} {'whole':>7} {'clock':>7} {'MiB':>6}  {'F1':<6} (P     R      bits) "
        f"at 0    clusters at {'/'.join(f'{cut:g}' for cut in CUTS)}  error Brier"
    )
    for name in options.sets:
        labelled = SETS[name]
        for size in options.records if labelled.generate else [0]:
            folder = options.folder / (f"{name}-{size}-{options.seed}" if size else name)
            folder.mkdir(parents=True, exist_ok=True)
            data = folder / "records.parquet"
            if not data.exists():
                if labelled.generate:
                    labelled.generate(size, options.seed).write_parquet(data)
                else:
                    run([str(PEER), str(HERE / "febrl.py"), name[-1], str(data)], folder / "data.log")
            title = f"{name} {size:,}" if size else name
            lines = compare(title, labelled, data, folder, options.repeat)
            print("\n".join(lines), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
