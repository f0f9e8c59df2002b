"""Which process writes an entry: its account of the operating system, its machine and its session."""

from __future__ import annotations

import os
import pwd
import re
import socket
import sys
from functools import cache

from screening.ledger.entry import HOST, OS_USER

_TTY = re.compile(r"[a-z]{1,8}[0-9/]{0,8}")
_SESSION = "session:"


@cache
def os_user() -> str:
    """The account at work, as the system knows it: not what the environment says, which anyone can set."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # a container may run under a number without a name
        name = ""
    return name if OS_USER.fullmatch(name) else str(number)


@cache
def host() -> str:
    """The name of this machine."""
    name = socket.gethostname()
    return name if HOST.fullmatch(name) else "unnamed"


def terminal_origin() -> str:
    """The machine and the terminal that this command runs on, as an entry names its origin."""
    try:
        terminal = os.ttyname(sys.stdin.fileno()).removeprefix("/dev/")
    except (OSError, ValueError, AttributeError):
        terminal = ""  # a scheduler has none
    return f"host:{host()}/{terminal}" if _TTY.fullmatch(terminal) else f"host:{host()}"


def of_process(origin: str) -> dict[str, str]:
    """`os_user`, `host` and `session` of an entry: that of the review in `origin`, or of the terminal."""
    session = origin.removeprefix(_SESSION) if origin.startswith(_SESSION) else str(os.getsid(0))
    return {"os_user": os_user(), "host": host(), "session": session}
