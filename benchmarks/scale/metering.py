"""What each stage of a process takes: seconds by the clock and of the processor, and memory at its height."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

_STATUS, _FORGET_PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Used:
    """Seconds, processor seconds of this process and its children, and their memory together at its height (MiB)."""

    seconds: float
    processor_seconds: float
    peak_mib: float


class Meter:
    """The stages of this process, as they end. Memory is told by Linux alone."""

    def __init__(self) -> None:
        self.stages: dict[str, Used] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens meanwhile; a stage that comes again is added to what it took before."""
        if _FORGET_PEAK.exists():
            _FORGET_PEAK.write_text("5")
        own, children = _processor_seconds()
        started = time.perf_counter()
        yield
        seconds = time.perf_counter() - started
        own_after, children_after = _processor_seconds()
        peak = _resident_peak_mib()
        if children_after > children:  # the largest of all children so far, which a night has in one stage
            peak += resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        before = self.stages.get(name, Used(0, 0, 0))
        self.stages[name] = Used(
            before.seconds + seconds,
            before.processor_seconds + own_after - own + children_after - children,
            max(before.peak_mib, peak),
        )

    def document(self) -> dict[str, dict[str, float]]:
        """Stage -> what it took, in plain values."""
        return {name: asdict(used) for name, used in self.stages.items()}


def _processor_seconds() -> tuple[float, float]:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    own, children = (usage.ru_utime + usage.ru_stime for usage in used)
    return own, children


def _resident_peak_mib() -> float:
    if not _STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)
    lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
