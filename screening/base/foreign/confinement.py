"""While code from outside runs, this thread opens no file, reaches no network or process, and imports nothing.

`screening.base.foreign.source_check` refuses such code before it runs; this is the second lock. A hook of the
interpreter cannot be taken away again: it is set when the first such code runs, and looks only at a confined thread.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from screening.base.errors import BarrierError

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

_EVENTS = frozenset({"open", "import", "exec", "compile", "code.__new__", "cpython.run_command", "cpython.run_file"})
_FAMILIES = (
    "socket.",
    "subprocess.",
    "os.",
    "shutil.",
    "ctypes.",
    "urllib.",
    "http.",
    "ftplib.",
    "smtplib.",
    "imaplib.",
    "poplib.",
    "nntplib.",
    "telnetlib.",
    "sqlite3.",
    "winreg.",
    "webbrowser.",
    "pty.",
    "mmap.",
    "tempfile.",
    "glob.",
    "pathlib.",
    "marshal.",
    "pickle.",
    "signal.",
    "sys._",
    "sys.set",
    "sys.add",
)


class _Confined(threading.local):
    owner: str | None = None
    refusal: type[BarrierError] = BarrierError


_confined = _Confined()
_hook_lock = threading.Lock()
_hooks: list[str] = []


@contextmanager
def confined(owner: str, refusal: type[BarrierError]) -> Iterator[None]:
    """Within the block this thread reaches nothing outside its memory.

    Args:
        owner: Whose code runs, for the message.
        refusal: The error that says that it reached for something.

    Raises:
        BarrierError: `refusal`, with what the code reached for.
    """
    with _hook_lock:
        if not _hooks:
            sys.addaudithook(_watch)
            _hooks.append("set")
    before = _confined.owner, _confined.refusal
    _confined.owner, _confined.refusal = owner, refusal
    try:
        yield
    finally:
        _confined.owner, _confined.refusal = before


def confining(owner: str, refusal: type[BarrierError], function: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """The same function, confined whenever it is called."""

    @wraps(function)
    def run(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        with confined(owner, refusal):
            return function(*args, **kwargs)

    return run


def _watch(event: str, _args: tuple[object, ...]) -> None:
    owner = _confined.owner
    if owner is None or not (event in _EVENTS or event.startswith(_FAMILIES)):
        return
    raise _confined.refusal(f"{owner}: reached for {event} while it ran. It computes with what it is handed.")
