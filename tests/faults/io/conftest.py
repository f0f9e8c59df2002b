"""The process whose children meet failing calls of the system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.children import Driver


@pytest.fixture(scope="session")
def failing() -> Iterator[Driver]:
    """The driver under libfiu; without its named pipes, which need a thread."""
    started = Driver(["fiu-run", "-x", "-f", ""])
    if not started.answers(within_s=120):  # libfiu can hang where a thread begins while a module is loaded
        started.kill()
        started = Driver(["fiu-run", "-x", "-f", ""])
    yield started
    started.close()
