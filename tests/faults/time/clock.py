"""A clock that a test sets, in a process under libfaketime; monotonic time goes on as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import ROOT

#: Where the process reads which time it is.
CLOCK = "FAKETIME_TIMESTAMP_FILE"


def run_under_clock(module: str, folder: Path, *arguments: str) -> object:
    """Run a module of the tests under a clock that it sets by `set_clock`; the JSON that it prints."""
    [library] = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    environment = {
        "LD_PRELOAD": str(library),
        CLOCK: str(folder / "clock"),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "UTC",
        "PYTHONPATH": str(ROOT),
    }
    (folder / "clock").write_text("2026-10-01 00:00:00")
    ran = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def set_clock(moment: datetime) -> None:
    """In such a process: it is this moment now, and stays so."""
    clock = Path(os.environ[CLOCK])
    partial = clock.with_suffix(".new")  # another thread may look at the clock at any time
    partial.write_text(f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}")
    os.replace(partial, clock)
    now = datetime.now(UTC)
    assert abs((now - moment).total_seconds()) < 1, f"the clock says {now} and not {moment}: is libfaketime there?"
