"""Nights of towns of several sizes: seconds, processor seconds and memory by stage, how they grow, and the floor.

    python -m benchmarks.scale [--addresses 10000 100000 1000000] [--form csv] [--seed 1] [--messy]
                               [--folder var/scale] [--repeat 1] [--without-floor] [--picture FILE.svg]

Each town is kept in the folder and made only when it is not there. Each night is a process of its own, with its
imports, in an empty workspace; beside it runs the least that Polars alone needs for the same files and joins (`floor`).
Growth is that of processor seconds between two sizes, less those of a town of 2,500 addresses: 1.00 is linear. With
one size the exit code is 1 where a limit of that size is exceeded.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scale.picture import picture
from benchmarks.scale.towns import FORMS, ROOT, town
from benchmarks.stages import Used

#: The town whose seconds are what a night takes whatever its size.
FIXED_ADDRESSES = 2_500
#: Addresses -> what a night may take on two quiet cores: seconds by the clock, and memory (GiB).
LIMITS = {1_000_000: (40.0, 3.0), 10_000_000: (600.0, 16.0)}
WHOLE = "whole"


@dataclass(frozen=True)
class Measurement:
    """One process: what it took by stage and as a whole (`WHOLE`), and what `run.json` says of a night."""

    stages: dict[str, Used]
    run: dict[str, object]

    @property
    def pairs(self) -> str:
        """The candidate pairs that were compared, by kind."""
        counts = self.run.get("counts")
        pairs = counts.get("pairs_compared", {}) if isinstance(counts, dict) else {}
        return ", ".join(f"{kind} {count:,}" for kind, count in pairs.items())

    @property
    def cuts(self) -> list[str]:
        """What the bounds on large blocks left out, as `run.json` says it."""
        counts = self.run.get("counts")
        notes = counts.get("party_notes", []) if isinstance(counts, dict) else []
        return [note["en"] for note in notes]


def measure(module: str, arguments: Sequence[str]) -> Measurement:
    """One run of a module that says on its last line what its stages took."""
    before = _of_children()
    started = time.perf_counter()
    command = [sys.executable, "-m", f"benchmarks.scale.{module}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603 - ourselves
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{module} ended with exit code {done.returncode}:\n{done.stderr[-2000:]}")
    document = json.loads(done.stdout.splitlines()[-1])
    stages = {name: Used(**used) for name, used in document["stages"].items()}
    processor_seconds, inside = _of_children() - before, list(stages.values())
    stages["start and end"] = Used(
        max(0.0, seconds - sum(used.seconds for used in inside)),
        max(0.0, processor_seconds - sum(used.processor_seconds for used in inside)),
        0.0,
    )
    stages[WHOLE] = Used(seconds, processor_seconds, max(used.peak_mib for used in inside))
    return Measurement(stages, document.get("run", {}))


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure_night(configuration: Path, repeat: int) -> Measurement:
    """The fastest of some nights, each in an empty workspace."""
    nights = []
    for _ in range(repeat):
        for workspace in configuration.parent.glob("var*"):
            shutil.rmtree(workspace)
        nights.append(measure("metered_night", [str(configuration)]))
    return min(nights, key=lambda night: night.stages[WHOLE].seconds)


def growth(smaller: float, larger: float, fixed: float, times: float) -> float | None:
    """By which power of the size something grows, less what is fixed; None where hardly more than that is left."""
    least, most = smaller - fixed, larger - fixed
    return None if least < 0.05 or most <= 0 else math.log(most / least) / math.log(times)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table that reads well in a terminal and is Markdown."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    lines = [
        "| " + " | ".join(cell.ljust(w) if not place else cell.rjust(w) for place, (cell, w) in enumerate(cells)) + " |"
        for cells in (list(zip(row, widths, strict=True)) for row in (heads, *rows))
    ]
    ruled = "|" + "|".join("-" * (w + 2) if not place else "-" * (w + 1) + ":" for place, w in enumerate(widths)) + "|"
    return "\n".join([lines[0], ruled, *lines[1:]])


def stage_table(night: Measurement, floor: Measurement | None) -> str:
    """One row a stage: what it took, and the floor beside it."""
    rows = []
    for name, used in night.stages.items():
        row = [name, f"{used.seconds:.2f}", f"{used.processor_seconds:.2f}", f"{used.peak_mib:,.0f}"]
        least = floor.stages.get(name) if floor else None
        row += [f"{least.processor_seconds:.2f}", f"{_ratio(used, least)}"] if least else ["", ""]
        rows.append(row)
    return table(["stage", "seconds", "CPU s", "peak MiB", "floor CPU s", "ratio"], rows)


def _ratio(used: Used, least: Used) -> str:
    return f"{used.processor_seconds / least.processor_seconds:.1f}" if least.processor_seconds > 0.01 else ""


def growth_table(sizes: Sequence[int], nights: Sequence[Measurement], fixed: Measurement) -> str:
    """One row a stage: the exponent from each size to the next."""
    steps = list(zip(sizes, sizes[1:], nights, nights[1:], strict=False))
    heads = ["growth exponent", *(f"{small:,} to {large:,}" for small, large, _, _ in steps)]
    rows = []
    for name in nights[0].stages:
        least = fixed.stages[name].processor_seconds
        exponents = [
            growth(a.stages[name].processor_seconds, b.stages[name].processor_seconds, least, large / small)
            for small, large, a, b in steps
        ]
        rows.append([name, *("–" if exponent is None else f"{exponent:.2f}" for exponent in exponents)])
    return table(heads, rows)


def main(arguments: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--addresses", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--form", choices=FORMS, default="csv", help="what the deliveries are")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messy", action="store_true")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "scale")
    parser.add_argument("--repeat", type=int, default=1, help="nights after each other; the fastest is told")
    parser.add_argument("--without-floor", action="store_true")
    parser.add_argument("--picture", type=Path, help="where to draw the processor seconds as SVG")
    options = parser.parse_args(arguments)
    nights: dict[int, Measurement] = {}
    sizes = sorted(options.addresses)
    for addresses in sizes if len(sizes) == 1 else [FIXED_ADDRESSES, *sizes]:
        name = f"{addresses}-{options.seed}{'-messy' if options.messy else ''}"
        configuration = town(
            options.folder.resolve() / name,
            addresses=addresses,
            form=options.form,
            seed=options.seed,
            messy=options.messy,
        )
        # the first night on a machine reads everything from disk: what is fixed is that of the second
        repeat = max(options.repeat, 1 if addresses in sizes else 2)
        nights[addresses] = measure_night(configuration, repeat)
        if addresses not in sizes:
            continue
        has_floor = not options.without_floor and not options.messy
        floor = measure("floor", [str(configuration.parent), options.form]) if has_floor else None
        form = "forms of their own" if options.messy else options.form
        print(f"\n{addresses:,} addresses as {form}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
        print(stage_table(nights[addresses], floor))
        print(f"\nCandidate pairs compared: {nights[addresses].pairs}", *nights[addresses].cuts, sep="\n", flush=True)
    if len(sizes) > 1:
        print("\n" + growth_table(sizes, [nights[size] for size in sizes], nights[FIXED_ADDRESSES]))
    if options.picture:
        lines = {
            name: [nights[size].stages[name].processor_seconds for size in sizes] for name in nights[sizes[0]].stages
        }
        options.picture.write_text(picture("Processor seconds of a night, by stage", sizes, lines), encoding="utf-8")
    return _beyond_limits(sizes, nights) if len(sizes) == 1 else 0


def _beyond_limits(sizes: Sequence[int], nights: dict[int, Measurement]) -> int:
    whole = nights[sizes[0]].stages[WHOLE]
    seconds, gib = LIMITS.get(sizes[0], (math.inf, math.inf))
    return int(whole.seconds > seconds or whole.peak_mib > gib * 1024)


if __name__ == "__main__":
    raise SystemExit(main())
