"""One night in a process of its own; its last line says what each stage took: `metered_night CONFIGURATION`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.stages import Stages
from flows.night.run import night
from flows.night.stage_runner import Stage
from flows.night.staging import Night


def main(configuration: Path) -> None:
    """Run the night and print its stages and what `run.json` says of it."""
    stages = Stages()

    def metered(name: str, stage: Stage, folder: str) -> None:
        stages.begin()
        stage(folder)
        with_readers = Night(Path(folder)).get("measured")["peak_memory_mb"] if name == "intake" else 0
        stages.end(name, peak_mib=with_readers * 1_000_000 / (1 << 20))

    outcome = night(configuration, call=metered)
    document = {name: outcome.document.get(name) for name in ("run_id", "counts", "linking")}
    print(json.dumps({"stages": stages.document(), "run": document}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
