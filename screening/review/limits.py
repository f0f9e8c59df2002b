"""How often one address may try to sign in: a bucket that fills again with time, kept in memory and bounded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

MAX_KEYS = 10_000


class RateLimit:
    """`allows(key)`: `burst` times at once, after that one each `seconds`. The oldest keys make room for new ones.

    A town hall comes from one address, and each who signs in there asks twice: thirty can begin their day together.
    """

    def __init__(self, clock: Callable[[], datetime], *, burst: int = 60, seconds: float = 1.0) -> None:
        self._clock, self._burst, self._seconds = clock, burst, seconds
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._turn = threading.Lock()

    def allows(self, key: str) -> bool:
        """Whether this try may go on; it is counted either way."""
        now = self._clock()
        with self._turn:
            left, last = self._buckets.pop(key, (float(self._burst), now))
            left = min(float(self._burst), left + max(0.0, (now - last).total_seconds()) / self._seconds)
            allowed = left >= 1
            self._buckets[key] = (left - 1 if allowed else left, now)
            while len(self._buckets) > MAX_KEYS:
                self._buckets.popitem(last=False)
        return allowed
