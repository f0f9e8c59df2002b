"""What each stage of a process costs: seconds by the clock and of the processor, and the most memory it held."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Stage:
    """One stage. `peak_mb`: resident memory of this process, children aside, in units of 1,000,000 bytes."""

    name: str
    seconds: float
    processor_seconds: float
    peak_mb: float


class Stages:
    """The stages of this process, measured one after the other: a stage begins where the one before it ended."""

    def __init__(self) -> None:
        self.measured: list[Stage] = []
        self.begin()

    def begin(self) -> None:
        """Measure from here on."""
        with suppress(OSError):  # elsewhere than on Linux the peak is that of the process so far
            _RESET.write_text("5")
        self._clock, self._processor = time.perf_counter(), processor_seconds()

    def end(self, name: str) -> None:
        """What was done since the last stage ended is the stage of this name."""
        seconds, used = time.perf_counter() - self._clock, processor_seconds() - self._processor
        self.measured.append(Stage(name, seconds, used, peak_mb()))
        self.begin()


def together(name: str, stages: Sequence[Stage]) -> Stage:
    """Several stages as one."""
    return Stage(
        name,
        sum(stage.seconds for stage in stages),
        sum(stage.processor_seconds for stage in stages),
        max(stage.peak_mb for stage in stages),
    )


def processor_seconds() -> float:
    """Processor time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(times.ru_utime + times.ru_stime for times in used)


def peak_mb() -> float:
    """The most resident memory since a stage began, in units of 1,000,000 bytes."""
    with suppress(OSError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def print_table(stages: Sequence[Stage]) -> None:
    """One line a stage."""
    print(f"{'stage':36} {'seconds':>9} {'CPU s':>9} {'peak MB':>9}")
    for stage in stages:
        print(f"{stage.name:36} {stage.seconds:9.1f} {stage.processor_seconds:9.1f} {stage.peak_mb:9,.0f}", flush=True)


def is_within(name: str, value: float, limit: float, unit: str) -> bool:
    """Print a figure beside its limit. Whether it is within."""
    is_kept = value <= limit
    verdict = "kept" if is_kept else "NOT KEPT"
    print(f"{name:36} {value:9,.1f} {unit:5} limit {limit:,.0f} {unit}: {verdict}", flush=True)
    return is_kept
