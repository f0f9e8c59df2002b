"""Failing calls of the system, by libfiu, in a process that `fiu-run -x` started."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

#: What writes, by libfiu's names; reading is another goal's.
WRITES = ("posix/io/rw/write", "posix/io/rw/pwrite", "posix/io/rw/ftruncate")
SYNCS = ("posix/io/sync/fsync", "posix/io/sync/fdatasync")

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_char_p,
    ctypes.POINTER(ctypes.c_int),
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.POINTER(ctypes.c_uint),
)


class Faults:
    """The faults of this process. `calls`: how many calls were counted, `failed`: how many of them failed.

    Args:
        points: libfiu's names of the calls that are counted.
        fails: whether the call of this number, from 1 on, fails.
        error: the number of the system's error that it fails with.
        by: count what this module calls, and nothing else.
    """

    def __init__(self, points: tuple[str, ...], fails: Callable[[int], bool], error: int, by: str | None) -> None:
        self.calls = self.failed = 0
        self._points = points
        self._fails = fails
        self._error = error
        self._by = by
        self._library = ctypes.CDLL("libfiu.so.0")
        self._callback = _Callback(self._decide)  # kept: the library calls it as long as it is enabled

    def __enter__(self) -> Faults:
        error = ctypes.c_void_p(self._error)
        for point in self._points:
            done = self._library.fiu_enable_external(point.encode(), 1, error, 0, self._callback)
            assert done == 0, "libfiu is not there: start the process by fiu-run -x"
        return self

    def __exit__(self, *_error: object) -> None:
        for point in self._points:
            self._library.fiu_disable(point.encode())

    def _decide(self, _name: bytes, _number: object, _error: object, _flags: object) -> int:
        # Polars and its threads, which have no frame of Python, wake each other by a write: no disk is in that.
        caller = sys._getframe(0).f_back
        if caller is None or caller.f_globals["__name__"].startswith("polars."):
            return 0
        if self._by not in {None, caller.f_globals["__name__"]}:
            return 0
        self.calls += 1
        is_failing = self._fails(self.calls)
        self.failed += is_failing
        return int(is_failing)
