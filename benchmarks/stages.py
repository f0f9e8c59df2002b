"""What each stage of a process takes: seconds by the clock and of the processor, and memory at its height."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from screening.base.machine import begin_peak_anew, peak_memory_bytes


@dataclass(frozen=True)
class Used:
    """What a stage took: seconds, processor seconds of the process and its children, peak of resident memory in MiB.

    The memory is that of the process, children aside, where the stage told of no other.
    """

    seconds: float
    processor_seconds: float
    peak_mib: float


class Stages:
    """The stages of this process as they end: a stage begins where the one before it ended."""

    def __init__(self) -> None:
        self.used: dict[str, Used] = {}
        self.begin()

    def begin(self) -> None:
        """Measure from here on."""
        begin_peak_anew()
        self._clock, self._processor = time.perf_counter(), processor_seconds()

    def end(self, name: str, *, peak_mib: float = 0.0) -> None:
        """What was done since the last stage ended is the stage of this name; it is added to what it took before.

        `peak_mib`: the memory of this process and its children together, where the stage knows it.
        """
        before = self.used.get(name, Used(0, 0, 0))
        self.used[name] = Used(
            before.seconds + time.perf_counter() - self._clock,
            before.processor_seconds + processor_seconds() - self._processor,
            max(before.peak_mib, peak_mib, peak_memory_bytes() / (1 << 20)),
        )
        self.begin()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens meanwhile."""
        self.begin()
        yield
        self.end(name)

    def document(self) -> dict[str, dict[str, float]]:
        """Stage -> what it took, in plain values."""
        return {name: asdict(used) for name, used in self.used.items()}


def together(stages: Iterable[Used]) -> Used:
    """Several stages as one."""
    every = list(stages)
    return Used(
        sum(used.seconds for used in every),
        sum(used.processor_seconds for used in every),
        max(used.peak_mib for used in every),
    )


def processor_seconds() -> float:
    """Processor time of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(times.ru_utime + times.ru_stime for times in used)


def print_table(stages: Mapping[str, Used]) -> None:
    """One line a stage."""
    print(f"{'stage':36} {'seconds':>9} {'CPU s':>9} {'peak MiB':>9}")
    for name, used in stages.items():
        print(f"{name:36} {used.seconds:9.1f} {used.processor_seconds:9.1f} {used.peak_mib:9,.0f}", flush=True)


def is_within(name: str, value: float, limit: float, unit: str) -> bool:
    """Print a figure beside its limit. Whether it is within."""
    is_kept = value <= limit
    verdict = "kept" if is_kept else "NOT KEPT"
    print(f"{name:36} {value:9,.1f} {unit:5} limit {limit:,.0f} {unit}: {verdict}", flush=True)
    return is_kept
