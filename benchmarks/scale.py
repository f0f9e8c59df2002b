"""A night at the size of a city: make a municipality once, screen it as a whole process, say where the time went.

    python -m benchmarks.scale [--addresses 100000] [--seed 1] [--messy] [--folder var/scale] [--repeat 1]

The municipality is kept in the folder and made only when it is not there. The command runs as a child process, so that
wall-clock time and peak memory are those of a night, imports included. Exit code 1 when a limit is exceeded.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AS_OF = date(2026, 11, 1)
#: What a run of 100,000 addresses with all registers may take on two cores.
LIMIT_SECONDS = 60.0
LIMIT_GIB = 3.0


@dataclass(frozen=True)
class Measurement:
    """One run: seconds by the clock and of the processor, peak memory of the process (MiB), what run.json says of it.

    On a machine that does other work too, the processor time tells what the run itself costs.
    """

    seconds: float
    processor_seconds: float
    peak_mib: float
    run: dict[str, object]


def municipality(folder: Path, *, addresses: int, seed: int, messy: bool) -> Path:
    """The configuration of the municipality in this folder, made if it is not there or is another."""
    wanted = {"seed": seed, "addresses": addresses, "regime": "messy" if messy else "clean", "as_of": AS_OF.isoformat()}
    meta = folder / "truth" / "meta.json"
    if meta.is_file() and wanted.items() <= json.loads(meta.read_text(encoding="utf-8")).items():
        return folder / "screening.toml"
    from screening.synthetic import generate, write_municipality  # noqa: PLC0415 - not needed for a municipality that is there

    started = time.perf_counter()
    made = generate(seed, addresses, regime="messy" if messy else "clean", as_of=AS_OF)
    generated = time.perf_counter()
    configuration = write_municipality(made, folder)
    print(f"made in {generated - started:.1f} s, written in {time.perf_counter() - generated:.1f} s: {made.rows}")
    return configuration


def measure(configuration: Path) -> Measurement:
    """One run in an empty workspace; its output goes to a file beside the workspace.

    The peak is the largest that any child of this process had, so with `--repeat` it is that of the hungriest run.
    """
    folder = configuration.parent
    shutil.rmtree(folder / "var", ignore_errors=True)
    command = [str(ROOT / ".venv" / "bin" / "barrier"), "run", "--config", str(configuration), "--json"]
    output = folder / "run.out"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with output.open("wb") as stream:
        code = subprocess.run(command, stdout=stream, stderr=subprocess.STDOUT, check=False, cwd=ROOT).returncode  # noqa: S603
    seconds = time.perf_counter() - started
    if code != 0:
        tail = output.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise SystemExit(f"barrier run ended with exit code {code}:\n{tail}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor_seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    peak = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    runs = sorted((folder / "var" / "runs").glob("*/run.json"))
    if len(runs) != 1:
        raise SystemExit(f"{folder}: {len(runs)} runs published, one expected")
    return Measurement(seconds, processor_seconds, peak, json.loads(runs[0].read_text(encoding="utf-8")))


def table(measured: Measurement) -> str:
    """Seconds per stage, then the whole, as a table for a terminal or a note."""
    timings = {str(stage): float(seconds) for stage, seconds in dict(measured.run.get("timings", {})).items()}
    rest = measured.seconds - sum(timings.values())
    rows = [*timings.items(), ("start, publish and the rest", rest), ("whole process", measured.seconds)]
    rows.append(("of which processor time", measured.processor_seconds))
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {seconds:8.2f} s" for name, seconds in rows]
    return "\n".join([*lines, f"{'peak memory':<{width}}  {measured.peak_mib:8.0f} MiB"])


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit code is 1 when a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--addresses", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messy", action="store_true")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "scale")
    parser.add_argument("--repeat", type=int, default=1, help="runs after each other; the fastest is judged")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    configuration = municipality(folder, addresses=options.addresses, seed=options.seed, messy=options.messy)
    measured = [measure(configuration) for _ in range(max(1, options.repeat))]
    best = min(measured, key=lambda m: m.seconds)
    print(f"{options.addresses:,} addresses, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(table(best))
    counts = {name: n for name, n in dict(best.run.get("counts", {})).items() if isinstance(n, int)}
    print(json.dumps({"seconds": round(best.seconds, 2), "peak_mib": round(best.peak_mib), "counts": counts}))
    return int(best.seconds > LIMIT_SECONDS or best.peak_mib > LIMIT_GIB * 1024)


if __name__ == "__main__":
    raise SystemExit(main())
