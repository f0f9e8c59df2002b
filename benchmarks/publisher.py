"""One process that makes a very large run and publishes it, beside whatever else uses the store.

    python -m benchmarks.publisher WORKSPACE [--flags 1000000] [--as-of 2026-11-01] [--cases] [--verify]

Prints one JSON object: `stages` with their seconds, processor seconds and peak of memory (`benchmarks.stages`), and
`ended`, the moment (Unix time) at which each thing was done. It imports no more than publishing needs, so that the
memory is that of publishing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time as clock

from benchmarks.large_run import AS_OF, run_in
from benchmarks.stages import Stages, Used
from screening.store import RunBundle, Workspace, open_store, publish, verify_run
from screening.store.runs import publish as publishing

#: A place named in the code for tests that kill -> the stage of publishing that ends there.
ENDS = {"run_row_loaded": "files of the run", "rows_loaded": "rows and digests", "after_commit": "made visible"}


#: What readers meet one after the other.
MADE, PUBLISHED, CASES, VERIFIED = "the run is made", "it is published", "cases are renewed", "it is verified"


def measure(
    workspace: Workspace, run: RunBundle, *, has_cases: bool, is_verified: bool
) -> tuple[dict[str, Used], dict[str, float]]:
    """Publish the run; what each stage cost, and when each thing was done."""
    stages, ended = Stages(), {MADE: clock()}

    def note(place: str) -> None:
        if place in ENDS:
            stages.end(ENDS[place])

    publishing.crashpoint = note
    with open_store(workspace) as store:
        stages.begin()
        publish(store, workspace, run)
        ended[PUBLISHED] = clock()
        stages.begin()
        if has_cases:
            from screening.casework.cases.sync import sync_cases  # noqa: PLC0415 - publishing does not need it

            sync_cases(store, now=datetime.combine(run.as_of + timedelta(days=1), time(9), UTC))
            stages.end("cases brought up to the run")
            ended[CASES] = clock()
        if is_verified:
            verify_run(store, workspace, run.run_id)
            stages.end("verifying the run")
            ended[VERIFIED] = clock()
    return stages.used, ended


def main() -> None:
    """Make, publish, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--flags", type=int, default=1_000_000)
    parser.add_argument("--as-of", type=date.fromisoformat, default=AS_OF)
    parser.add_argument("--cases", action="store_true", help="also open and renew the cases")
    parser.add_argument("--verify", action="store_true", help="also verify the run")
    given = parser.parse_args()
    workspace = Workspace(given.workspace)
    with TemporaryDirectory(dir=workspace.path) as folder:
        command = [sys.executable, "-m", "benchmarks.large_run", folder]
        subprocess.run([*command, "--flags", str(given.flags), "--as-of", str(given.as_of)], check=True)  # noqa: S603 - our own module
        run = run_in(Path(folder), given.flags, given.as_of)
        stages, ended = measure(workspace, run, has_cases=given.cases, is_verified=given.verify)
    print(json.dumps({"stages": {name: vars(used) for name, used in stages.items()}, "ended": ended}))


if __name__ == "__main__":
    main()
