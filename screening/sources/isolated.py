"""Reading foreign files in a child process, so that a hostile or giant one cannot take the night down with it."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import screening
from screening.errors import BarrierError, SourceError
from screening.sources.handover import HandedOver, SourceRequest, error_from_json, request_to_json

#: Address space of the child. The libraries alone take about half a gigabyte of it.
MEMORY_BYTES = 4 << 30
SECONDS_PER_SOURCE = 300.0
_START_SECONDS = 60.0
_THREADS = "2"


@dataclass
class Reading:
    """What came of a set of sources: a table whose rows were handed over, or the error that refused it."""

    tables: dict[str, HandedOver] = field(default_factory=dict)
    errors: dict[str, BarrierError] = field(default_factory=dict)


def read_sources_isolated(
    requests: Sequence[SourceRequest],
    *,
    reporter_key: bytes,
    out_dir: Path,
    memory_bytes: int = MEMORY_BYTES,
    seconds_per_source: float = SECONDS_PER_SOURCE,
) -> Reading:
    """`read_source` for each request, in one child process under a limit of memory and of time for each source.

    The rows are handed over as Parquet files in `out_dir` (made 0700; files 0600): see HandedOver. An error
    of one source stands in `errors` and does not keep the others from being read; a child that dies or hangs becomes a
    SourceError of the source it was reading, and a new child reads the rest. Raises BarrierError where no child starts.
    """
    out_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    reading = Reading()
    left = list(requests)
    while left:
        job = {
            "parent": os.getpid(),
            "memory_bytes": memory_bytes,
            "directory": str(out_dir),
            "reporter_key": reporter_key.hex(),
            "requests": [request_to_json(request) for request in left],
        }
        with _Child(job) as child:
            _collect(child, reading, out_dir, memory_bytes, seconds_per_source)
        done = reading.tables.keys() | reading.errors.keys()
        left = [request for request in left if request.spec.dataset not in done]
    return reading


def _collect(child: _Child, reading: Reading, out_dir: Path, memory_bytes: int, seconds: float) -> None:
    """Take the answers of one child until it is done or has failed at a source."""
    current: str | None = None
    while True:
        try:
            words = child.answer(seconds if current else _START_SECONDS)
        except TimeoutError:
            if current is None:
                raise BarrierError(
                    "The process that reads sources did not start in time. Is this machine overloaded?"
                ) from None
            reading.errors[current] = SourceError(
                f"{current}: input too large: reading it took more than {seconds:.0f} seconds. Split the delivery."
            )
            return
        if words is None:
            status = child.wait()
            if current is not None and current not in reading.tables and current not in reading.errors:
                reading.errors[current] = SourceError(
                    f"{current}: input too large or damaged: the process that read it ended ({_ending(status)}); it "
                    f"may take {memory_bytes >> 20} MiB. Nothing of it is used. Split the delivery, or deliver CSV."
                )
            elif current is None:
                raise BarrierError(f"The process that reads sources did not start ({_ending(status)}).")
            return
        if "begin" in words:
            current = words["begin"]
        elif "table" in words:
            table = HandedOver.of(words["table"], out_dir)
            reading.tables[table.dataset] = table
        elif current is not None:
            reading.errors[current] = error_from_json(words)


def _ending(status: int) -> str:
    if status >= 0:
        return f"exit code {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


class _Child:
    """The reading process and its lines of JSON. A context manager that leaves no process behind."""

    def __init__(self, job: dict[str, object]) -> None:
        self._job = json.dumps(job).encode()
        self._rest = b""

    def __enter__(self) -> _Child:
        # A small environment: the night's own holds secrets, among them the addresses of databases.
        environment = {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path(screening.__file__).parents[1]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "POLARS_MAX_THREADS": _THREADS,
            "OMP_NUM_THREADS": _THREADS,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "screening.sources.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        jobs, answers = self._process.stdin, self._process.stdout
        if jobs is None or answers is None:
            raise OSError("the reading process has no pipes")
        self._answers = answers
        try:
            jobs.write(self._job)
            jobs.close()
        except BrokenPipeError:  # it died at once: the missing answer will tell
            pass
        return self

    def answer(self, seconds: float) -> dict[str, Any] | None:
        """The next line, None at the end. Raises TimeoutError after `seconds` without one."""
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise TimeoutError
                piece = os.read(self._answers.fileno(), 1 << 16)
                if not piece:
                    return None
                self._rest += piece
        line, self._rest = self._rest.split(b"\n", 1)
        answer: dict[str, object] = json.loads(line)
        return answer

    def wait(self) -> int:
        """Its exit status, negative for a signal."""
        return self._process.wait()

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._answers.close()
