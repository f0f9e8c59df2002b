"""The most memory that this process held."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from pathlib import Path

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_memory_bytes() -> int:
    """Peak resident memory of this process in bytes, its children aside.

    Not `ru_maxrss` where Linux says better: of a child that holds what its parent held when it was started.
    """
    with suppress(OSError):
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1 << 10)


def begin_peak_anew() -> None:
    """Let the peak be that from here on; elsewhere than on Linux it stays that of the process so far."""
    with suppress(OSError):
        _RESET.write_text("5")
