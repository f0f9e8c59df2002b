"""One night in a process of its own; its last line says what each stage took: `metered_night CONFIGURATION`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.scale.metering import Meter
from flows.night.run import night


def main(configuration: Path) -> None:
    """Run the night and print its stages and what `run.json` says of it."""
    meter = Meter()

    def metered(name: str, stage: object, folder: str) -> None:
        with meter.stage(name):
            stage(folder)  # type: ignore[operator]

    outcome = night(configuration, call=metered)
    document = {name: outcome.document.get(name) for name in ("run_id", "counts", "linking")}
    print(json.dumps({"stages": meter.document(), "run": document}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
