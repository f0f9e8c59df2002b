"""What Prefect adds to a night: the plain command and the flow on a standing server, one after the other.

    python -m benchmarks.under_prefect [--addresses 10000] [--pairs 5] [--folder var/scale]

The server is a process of its own whose work is not counted. Every night begins in an empty workspace.
Exit code 1: the median of what the flow takes more of the processor is over the limit.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.scale.towns import ROOT, town
from tests.prefect_server import standing_server

#: What the flow may take more than the plain command (processor seconds).
LIMIT_SECONDS = 2.0


def night(configuration: Path, env: Mapping[str, str], *options: str) -> float:
    """The processor seconds of a night in an empty workspace."""
    shutil.rmtree(configuration.parent / "var", ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "flows.cli", "run", "--config", str(configuration), *options]
    subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own command
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the pairs, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--addresses", type=int, default=10_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "scale")
    asked = parser.parse_args(arguments)
    configuration = town(asked.folder.resolve() / f"{asked.addresses}-1", addresses=asked.addresses)
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    more = []
    with TemporaryDirectory() as home, standing_server(Path(home)) as server:
        for number in range(asked.pairs + 1):
            plain, flow = night(configuration, alone), night(configuration, server.env, "--prefect")
            if number:  # the first pair reads a cold disk
                more.append(flow - plain)
                print(f"plain {plain:.2f} s, as a flow {flow:.2f} s of processor: {flow - plain:+.2f}", flush=True)
    print(f"Prefect adds {median(more):.2f} s of processor (median of {len(more)})")
    return int(median(more) > LIMIT_SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
