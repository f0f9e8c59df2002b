"""Named places at which a test may kill the process, to prove that a run is published whole or not at all."""

from __future__ import annotations

import os
import signal

#: Every place, in the order in which `publish` passes them.
CRASHPOINTS: tuple[str, ...] = (
    "start",
    "directory_made",
    "file_written",
    "run_row_loaded",
    "batch_loaded",
    "directory_written",
    "rows_loaded",
    "renamed",
    "parent_synced",
    "before_commit",
    "after_commit",
)

#: Where to die. Set by a test's driver process and by nothing else: no configuration and no environment reaches it.
CRASHPOINT: str | None = None


def crashpoint(name: str) -> None:
    """Die here by SIGKILL (no handler, no cleaning up) when a test asked for this place."""
    if name == CRASHPOINT:
        os.kill(os.getpid(), signal.SIGKILL)
