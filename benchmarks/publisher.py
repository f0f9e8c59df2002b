"""One process that makes a very large run and publishes it, beside whatever else uses the store.

    python -m benchmarks.publisher WORKSPACE [--flags 1000000] [--as-of 2026-11-01] [--cases] [--verify]

Prints one JSON object: the stages with their seconds, processor seconds and peak of memory (`benchmarks.stages`). It
imports no more than publishing needs, so that the memory is that of publishing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.large_run import AS_OF, run_in
from benchmarks.stages import Stages, Used
from screening.store import RunBundle, Workspace, open_store, publish, verify_run
from screening.store.runs import publish as publishing

#: A place named in the code for tests that kill -> the stage of publishing that ends there.
ENDS = {"run_row_loaded": "files of the run", "rows_loaded": "rows and digests", "after_commit": "made visible"}


def measure(workspace: Workspace, run: RunBundle, *, has_cases: bool, is_verified: bool) -> dict[str, Used]:
    """Publish the run; what each stage cost."""
    stages = Stages()

    def note(place: str) -> None:
        if place in ENDS:
            stages.end(ENDS[place])

    publishing.crashpoint = note
    with open_store(workspace) as store:
        stages.begin()
        publish(store, workspace, run)
        stages.begin()
        if has_cases:
            from screening.casework.cases.sync import sync_cases  # noqa: PLC0415 - publishing does not need it

            sync_cases(store, now=datetime.combine(run.as_of + timedelta(days=1), time(9), UTC))
            stages.end("cases brought up to the run")
        if is_verified:
            verify_run(store, workspace, run.run_id)
            stages.end("verifying the run")
    return stages.used


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
        stages = measure(workspace, run, has_cases=given.cases, is_verified=given.verify)
    print(json.dumps({name: vars(used) for name, used in stages.items()}))


if __name__ == "__main__":
    main()
