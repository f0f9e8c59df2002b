"""While code from outside runs its thread reaches nothing; afterwards, and in other threads, all is as it was."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from screening.base.errors import RuleDefinitionError
from screening.base.foreign.confinement import confined, confining

REACHING: dict[str, Callable[[], object]] = {
    "open": lambda: Path(__file__).read_text(encoding="utf-8"),
    "socket": lambda: socket.create_connection(("127.0.0.1", 9)),
    "subprocess": lambda: subprocess.run(["true"], check=False),
    "os": lambda: os.listdir("/"),
    "import": lambda: __import__("screening.no_such_module"),
    "compile": lambda: compile("1", "x", "eval"),
}


@pytest.mark.parametrize("reach", REACHING.values(), ids=REACHING.keys())
def test_reaching_out_is_refused(reach: Callable[[], object]):
    with pytest.raises(RuleDefinitionError, match=r"^ZOM\.LOC-01: reached for"):
        confining("ZOM.LOC-01", RuleDefinitionError, reach)()


def test_it_holds_for_this_thread_and_this_block():
    read: list[str] = []
    other = threading.Thread(target=lambda: read.append(Path(__file__).read_text(encoding="utf-8")))
    with confined("ZOM.LOC-01", RuleDefinitionError):
        other.start()
        other.join()
    read.append(Path(__file__).read_text(encoding="utf-8"))
    assert len(read) == 2
