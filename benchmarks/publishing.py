"""Publishing a very large run while the review is read: seconds, processor time and memory of each stage.

    python -m benchmarks.publishing [--flags 1000000] [--folder var/publishing] [--alone]

Three processes, as on a night: one publishes (`benchmarks.publisher`), one serves the review over HTTP
(`benchmarks.reading`), and this one asks it for pages as an officer who is signed in. The store holds a run of as many
flags from the day before, with its cases. `--alone`: no earlier run, no cases, and nobody reads.

The exit code is 1 when a limit is exceeded. On a machine that does other work too, the processor time says more than
the clock.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from benchmarks.large_run import AS_OF, NOW
from benchmarks.publisher import ENDS, PUBLISHED
from benchmarks.reading import Spread, reader_of
from benchmarks.stages import Used, is_within, print_table, together
from screening.casework.cases.sync import sync_cases
from screening.store import Workspace, open_store

LIMIT_SECONDS, LIMIT_MB, LIMIT_PAGE_MS = 30.0, 1500.0, 100.0
_MB_OF_A_MIB = (1 << 20) / 1_000_000
#: Pages of each kind that are asked for before anything is published.
_BEFORE = 100


def publisher(workspace: Path, flags: int, as_of: date, *options: str) -> subprocess.Popen[str]:
    """A process that publishes so many flags as of a date into a workspace; `stages_of` waits for it."""
    command = ["nice", sys.executable, "-m", "benchmarks.publisher", str(workspace)]  # as the units of a night have it
    command += ["--flags", str(flags), "--as-of", as_of.isoformat(), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module


def stages_of(process: subprocess.Popen[str]) -> tuple[dict[str, Used], dict[str, float]]:
    """What each stage of a publisher cost, and when each thing was done."""
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"publishing ended with exit code {process.returncode}")
    answer = json.loads(output)
    return {name: Used(**used) for name, used in answer["stages"].items()}, answer["ended"]


def publish_read(workspace: Path, flags: int) -> tuple[dict[str, Used], dict[str, dict[str, Spread]]]:
    """Publish into a store with a run of the day before, while an officer reads: the stages, and the pages by when."""
    stages_of(publisher(workspace, flags, AS_OF))
    with open_store(Workspace(workspace)) as store:
        sync_cases(store, now=NOW)
    with reader_of(workspace) as reader:
        for _ in range(_BEFORE):
            reader.read()
        pages = {"before": reader.spreads()}
        process = publisher(workspace, flags, AS_OF + timedelta(days=1), "--cases", "--verify")
        while process.poll() is None:
            reader.read()
        stages, ended = stages_of(process)
        pages |= {f"while {done}": reader.spreads(until) for done, until in ended.items()}
    return stages, pages


def tell(flags: int, stages: dict[str, Used], pages: dict[str, dict[str, Spread]]) -> bool:
    """Print the stages and the pages. Whether all limits are kept."""
    of_publishing = {name: used for name, used in stages.items() if name in ENDS.values()}
    whole = together(of_publishing.values())
    after = {name: used for name, used in stages.items() if name not in of_publishing}
    print_table({**of_publishing, f"publishing {flags:,} flags": whole, **after})
    for when, kinds in pages.items():
        for kind, found in kinds.items():
            spread = f"median {found.median:6.1f}  p95 {found.p95:6.1f}  longest {found.longest:7.1f} ms"
            print(f"{f'{kind}, {when}':36} {spread} of {found.calls:,}")
    kept = [
        is_within("publishing", whole.seconds, LIMIT_SECONDS, "s"),
        is_within("memory of publishing", whole.peak_mib * _MB_OF_A_MIB, LIMIT_MB, "MB"),
        *(
            is_within(f"{kind}, p95 while {PUBLISHED}", found.p95, LIMIT_PAGE_MS, "ms")
            for kind, found in pages.get(f"while {PUBLISHED}", {}).items()
        ),
    ]
    return all(kept)


def main() -> int:
    """Publish and read, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flags", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("var/publishing"))
    parser.add_argument("--alone", action="store_true", help="no earlier run, no cases, and nobody reads")
    given = parser.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    if given.alone:
        is_kept = tell(given.flags, stages_of(publisher(given.folder, given.flags, AS_OF, "--verify"))[0], {})
    else:
        is_kept = tell(given.flags, *publish_read(given.folder, given.flags))
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
