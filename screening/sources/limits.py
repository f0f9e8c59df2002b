"""How much memory and time reading a foreign file may take: never more than the machine or its `ulimit` gives."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

#: With less the libraries alone do not fit.
LEAST_MB = 1_280
#: A file up to this size is of ordinary size; a larger one has the time of as many files as it is parts of this size.
_ORDINARY_BYTES = 32 << 20
#: By how much columns are packed, about.
_PACKED = 16
#: How many ordinary files a query may last: how much it will give is not known before.
_QUERY_FILES = 10


@dataclass(frozen=True)
class ReadLimits:
    """What reading may take: address space of the child in bytes, and seconds for a file of ordinary size.

    The seconds are of processor time: a machine that is busy with other things refuses no good delivery.
    """

    memory_bytes: int = 4 << 30
    seconds: float = 30.0

    @property
    def given_bytes(self) -> int:
        """The least of what is configured, what `ulimit -v` (or LimitAS of a service) leaves, and what there is."""
        limits = [limit for limit in resource.getrlimit(resource.RLIMIT_AS) if limit != resource.RLIM_INFINITY]
        return min(self.memory_bytes, _machine_bytes(), *limits)

    def seconds_for(self, files: Iterable[Path]) -> float:
        """The time of these files together; without any, that of a query."""
        shares = [-(-size_to_read(file) // _ORDINARY_BYTES) or 1 for file in files]
        return self.seconds * (sum(shares) or _QUERY_FILES)


def _machine_bytes() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def size_to_read(file: Path) -> int:
    """Bytes of a file; of Parquet about what it unpacks to, since that is what takes the time."""
    try:
        if not file.is_file():  # opening a pipe would wait for who writes to it, for ever
            return 0
        with file.open("rb") as opened:
            return file.stat().st_size * (_PACKED if opened.read(4) == b"PAR1" else 1)
    except OSError:
        return 0
