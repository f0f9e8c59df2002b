"""Reading foreign files in a child process, so that a hostile or giant one cannot take the night down with it."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import screening
from screening.base.errors import BarrierError, ConfigurationError, ReaderError, SourceError, SourceMissingError
from screening.base.frames import Row, SourceSpec, SourceTable
from screening.sources.delivery import find_deliveries
from screening.sources.handover import HandedOver, SourceRequest, error_from_json, request_to_json
from screening.sources.limits import LEAST_MB, ReadLimits, size_to_read

_START_SECONDS = 60.0
#: How many times as long as its processor time a file may take by the clock: a slow disk, a busy machine.
_PATIENCE = 10
_THREADS = "2"
#: Pieces of memory up to this, and as much of it that is free, stay with a child: the most that the C library takes.
_KEPT_BYTES = 32 << 20
#: So many bytes are read in about the time in which another child starts, and some more.
_WORTH_A_CHILD = 32 << 20
#: What the child wrote before it read anything: the last of it says why it did not start.
_REASON_BYTES = 2_000


@dataclass
class Reading:
    """What came of a set of sources: a table whose rows were handed over, a profile, or the error that refused it.

    `profiles`: documents of FileProfile. `peak_bytes`: the most memory that the children held together, those that were
    killed aside.
    """

    tables: dict[str, HandedOver] = field(default_factory=dict)
    profiles: dict[str, Row] = field(default_factory=dict)
    errors: dict[str, BarrierError] = field(default_factory=dict)
    peak_bytes: int = 0

    def in_order(self, datasets: Sequence[str]) -> Reading:
        """The same, each kind in the order of these names."""
        by_kind = (self.tables, self.profiles, self.errors)
        tables, profiles, errors = ({name: kind[name] for name in datasets if name in kind} for kind in by_kind)
        return Reading(tables, profiles, errors, self.peak_bytes)  # type: ignore[arg-type]

    def table(self, dataset: str) -> SourceTable:
        """The table of a source with its rows. Raises the error that refused it."""
        if dataset in self.errors:
            raise self.errors[dataset]
        return self.tables[dataset].load()


@dataclass(frozen=True)
class _Asked:
    """A source and the seconds of processor time that it may take."""

    spec: SourceSpec
    seconds: float

    def too_long(self) -> SourceError:
        """The error of one that takes more."""
        return self.refusal(
            f"input too large: reading it took more than {self.seconds:.0f} seconds. Split the delivery, or raise "
            "[run] read_seconds."
        )

    def refusal(self, why: str) -> SourceError:
        """The error of one that was not read to its end: of the reader where an extension has it."""
        return (ReaderError if self.spec.reader else SourceError)(f"{self.spec.called}: {why}")


@contextmanager
def reading_apart(
    requests: Sequence[SourceRequest], *, reporter_key: bytes, limits: ReadLimits | None = None
) -> Iterator[Reading]:
    """`read_sources_isolated` for who keeps nothing: the rows lie in a folder of its own (0700) until the block ends.

    Not in the workspace: the night that takes it sweeps what it finds there.
    """
    with tempfile.TemporaryDirectory(prefix="barrier-") as folder:
        yield read_sources_isolated(requests, reporter_key=reporter_key, out_dir=Path(folder), limits=limits)


def profile_files_apart(files: Mapping[str, Path], *, limits: ReadLimits | None = None) -> Reading:
    """Each of these files measured in the child (name -> path): profiles, and the errors of those that it refused."""
    requests = [SourceRequest(SourceSpec(name, str(path)), {}, is_profile=True) for name, path in files.items()]
    with reading_apart(requests, reporter_key=b"profile".ljust(32, b"\0"), limits=limits) as reading:
        return reading


def read_sources_isolated(
    requests: Sequence[SourceRequest], *, reporter_key: bytes, out_dir: Path, limits: ReadLimits | None = None
) -> Reading:
    """`read_source` for each request, in a child process under `limits` of memory and processor time for each file.

    Where much is delivered a second child reads half of it at the same time, each with half of the memory. What half of
    it was too little for, or is damaged, is read again by one child that has all of it.

    The rows are handed over as Parquet files in `out_dir` (made 0700; files 0600): see HandedOver. An error
    of one source stands in `errors` and does not keep the others from being read; a child that dies or hangs becomes a
    SourceError of the source it was reading, and a new child reads the rest. Raises
    BarrierError where no child starts, ConfigurationError where it would have too little memory.
    """
    limits = limits or ReadLimits()
    memory_bytes = limits.given_bytes
    if memory_bytes < LEAST_MB << 20:
        raise ConfigurationError(
            f"Registers cannot be read: {memory_bytes >> 20} MiB of address space may be used, the least of [run] "
            f"read_memory_mb, the memory of this machine and its `ulimit -v` (LimitAS of a service), and "
            f"{LEAST_MB} MiB are needed. Raise the lowest of the three."
        )
    out_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    reading = Reading()
    seconds = {request.spec.dataset: limits.seconds_for(_files(request)) for request in requests}
    asked = {request.spec.dataset: _Asked(request.spec, seconds[request.spec.dataset]) for request in requests}
    left = list(requests)
    is_shared = memory_bytes // 2 >= LEAST_MB << 20
    while left:
        shares = _shares(left) if is_shared else [left]
        bytes_each = memory_bytes // len(shares)
        with ExitStack() as stack:
            children = [
                stack.enter_context(
                    _Child(
                        {
                            "parent": os.getpid(),
                            "memory_bytes": bytes_each,
                            "directory": str(out_dir),
                            "reporter_key": reporter_key.hex(),
                            "seconds": seconds,
                            "requests": [request_to_json(request) for request in share],
                        }
                    )
                )
                for share in shares
            ]
            # the answers of the others wait in their pipes
            ended = [_collect(child, reading, asked, out_dir, bytes_each) for child in children]
        reading.peak_bytes = max(reading.peak_bytes, sum(child.peak_bytes for child in children))
        if len(shares) > 1:
            for dataset in filter(None, ended):
                del reading.errors[dataset]
                is_shared = False
        done = reading.tables.keys() | reading.profiles.keys() | reading.errors.keys()
        left = [request for request in left if request.spec.dataset not in done]
    return reading.in_order([request.spec.dataset for request in requests])


def _shares(requests: Sequence[SourceRequest]) -> list[list[SourceRequest]]:
    """The requests for each child, so that they have about as much to read; one share where a child costs more."""
    sizes = {request.spec.dataset: sum(size_to_read(path) for path in _files(request)) for request in requests}
    if sum(sizes.values()) < _WORTH_A_CHILD:
        return [list(requests)]
    shares: list[list[SourceRequest]] = [[], []]
    read = [0, 0]
    for request in sorted(requests, key=lambda request: -sizes[request.spec.dataset]):
        lighter = read.index(min(read))
        shares[lighter].append(request)
        read[lighter] += sizes[request.spec.dataset]
    return [share for share in shares if share]


def _files(request: SourceRequest) -> list[Path]:
    try:
        return find_deliveries(request.spec.path) if request.spec.path else []
    except (SourceError, SourceMissingError):
        return []


def _collect(
    child: _Child, reading: Reading, asked: Mapping[str, _Asked], out_dir: Path, memory_bytes: int
) -> str | None:
    """Take the answers of one child until it is done or has failed at a source; the source that it ended at, if any."""
    ended_at: str | None = None
    current: str | None = None
    while True:
        try:
            words = child.answer(asked[current].seconds * _PATIENCE if current else _START_SECONDS)
        except TimeoutError:
            if current is None:
                raise BarrierError(
                    "The process that reads sources did not start in time. Is this machine overloaded?"
                ) from None
            reading.errors[current] = asked[current].too_long()
            return None
        if words is None:
            status = child.wait()
            done = {*reading.tables, *reading.profiles, *reading.errors}
            if current is not None and current not in done and status == -signal.SIGPROF:
                reading.errors[current] = asked[current].too_long()
            elif current is not None and current not in done:
                reading.errors[current] = asked[current].refusal(
                    f"input too large or damaged: the process that read it ended ({_ending(status)}); it may take "
                    f"{memory_bytes >> 20} MiB. Nothing of it is used. Split the delivery, or deliver CSV."
                )
                ended_at = current
            elif current is None:
                raise BarrierError(
                    f"The process that reads sources did not start ({_ending(status)}{child.reason()}). It may take "
                    f"{memory_bytes >> 20} MiB."
                )
            return ended_at
        child.peak_bytes = max(child.peak_bytes, words["peak_bytes"])
        if "begin" in words:
            current = words["begin"]
        elif "table" in words:
            table = HandedOver.of(words["table"], out_dir)
            reading.tables[table.dataset] = table
        elif "profile" in words and current is not None:
            reading.profiles[current] = words["profile"]
        elif current is not None:
            reading.errors[current] = error_from_json(words)
            ended_at = current if words.get("ended") else ended_at


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
        self.peak_bytes = 0
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child

    def __enter__(self) -> _Child:
        # A small environment: the night's own holds secrets, among them the addresses of databases.
        environment = {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path(screening.__file__).parents[1]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "POLARS_MAX_THREADS": _THREADS,
            # Arrow's own pools take a gigabyte of address space before they hold anything.
            "ARROW_DEFAULT_MEMORY_POOL": "system",
            "OMP_NUM_THREADS": _THREADS,
            # Each block takes the memory that the last one gave back; else it goes to the system and comes again.
            "_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1",
            "MALLOC_MMAP_THRESHOLD_": str(_KEPT_BYTES),
            "MALLOC_TRIM_THRESHOLD_": str(_KEPT_BYTES),
            # Polars asks the processor by code that it writes into memory, which a hardened service may not run; the
            # processor of the parent is the same.
            "POLARS_SKIP_CPU_CHECK": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "screening.sources.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
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

    def reason(self) -> str:
        """The last line that it wrote before it took its job; it had read nothing of any source by then."""
        self._complaints.seek(max(0, os.fstat(self._complaints.fileno()).st_size - _REASON_BYTES))
        lines = self._complaints.read().decode("utf-8", "replace").splitlines()
        return f": {lines[-1]}" if lines else ""

    def wait(self) -> int:
        """Its exit status, negative for a signal."""
        return self._process.wait()

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._answers.close()
        self._complaints.close()
