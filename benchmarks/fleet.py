"""The nights of many municipalities on one machine: what each takes of the processor.

    python -m benchmarks.fleet [--towns 30] [--addresses 20000] [--at-once 2] [--folder var/fleet]

The towns differ by their seed and are kept in the folder. `barrier fleet run` runs the first night of each, in an empty
workspace, by processes that import what they need once. Exit code 1: a night was not good, or the median of processor
seconds is over the limit.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.scale.towns import ROOT, town

#: What a night of 20,000 addresses may take (processor seconds).
LIMIT_SECONDS = 8.0


def fleet_file(folder: Path, configurations: Sequence[Path], at_once: int) -> Path:
    """Write the file that lists these municipalities."""
    head = f'[fleet]\nname = "Benchmark"\nfolder = "overview"\nat_once = {at_once}\n'
    members = "".join(f'\n[[municipality]]\nconfiguration = "{each}"\n' for each in configurations)
    file = folder / "fleet.toml"
    file.write_text(head + members, encoding="utf-8")
    return file


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the towns, run their nights, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--towns", type=int, default=30)
    parser.add_argument("--addresses", type=int, default=20_000)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "fleet")
    asked = parser.parse_args(arguments)
    folder = asked.folder.resolve()
    configurations = [
        town(folder / f"{asked.addresses}-{seed}", addresses=asked.addresses, seed=seed)
        for seed in range(1, asked.towns + 1)
    ]
    for configuration in configurations:
        shutil.rmtree(configuration.parent / "var", ignore_errors=True)
    command = [sys.executable, "-m", "flows.cli", "fleet", "run", "--json", "--fleet"]
    started, before = time.perf_counter(), _of_children()
    ran = subprocess.run(  # noqa: S603 - our own command
        [*command, str(fleet_file(folder, configurations, asked.at_once))],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    seconds, whole = time.perf_counter() - started, _of_children() - before
    if not ran.stdout:
        raise SystemExit(ran.stderr)
    nights = json.loads(ran.stdout)["nights"]
    used = sorted(night["processor_seconds"] for night in nights)
    print(f"{len(nights)} municipalities of {asked.addresses:,} addresses, {asked.at_once} at once")
    print(f"processor seconds of a night: least {used[0]:.2f}, median {median(used):.2f}, most {used[-1]:.2f}")
    print(f"all together: {seconds:.0f} s by the clock, {whole:.0f} s of processor, exit code {ran.returncode}")
    return int(ran.returncode != 0 or median(used) > LIMIT_SECONDS)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
