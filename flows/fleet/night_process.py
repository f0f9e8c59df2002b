"""The process in which nights of a fleet run one after another: what they need is imported once.

It takes a line of JSON (configuration, date, and which variables name the databases) and answers with one: the report
of that night and the processor seconds that it took. Nothing but JSON passes between the processes.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TextIO

from flows.environment import LEDGER_URL, STORE_URL, secret, silence_telemetry
from flows.night.attempt import attempt_night
from screening.store.night_reports import report_json


def run_asked_nights() -> None:
    """Run the nights that are asked for on standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks, which then closes the input
    silence_telemetry()
    is_running = threading.Event()
    threading.Thread(target=_end_with_who_asked, args=(is_running,), daemon=True).start()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is no answer
    for line in sys.stdin:
        is_running.set()
        _answer(json.loads(line), answers)
        is_running.clear()


def _end_with_who_asked(is_running: threading.Event) -> None:
    """End a night that nobody waits for any more: who asked died, and another may be asked for the same night."""
    asking = select.poll()
    asking.register(0, 0)  # the end of the other side alone, not what it writes
    asking.poll()
    if is_running.is_set():
        os.kill(os.getpid(), signal.SIGKILL)


def _answer(asked: Mapping[str, str | None], answers: TextIO) -> None:
    before = _processor_seconds()
    with _databases(asked):
        day = asked["as_of"]
        attempt = attempt_night(Path(str(asked["configuration"])), as_of=date.fromisoformat(day) if day else None)
    answer = {
        "report": report_json(attempt.report),
        "review_address": attempt.review_address,
        "processor_seconds": round(_processor_seconds() - before, 2),
    }
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


@contextmanager
def _databases(asked: Mapping[str, str | None]) -> Iterator[None]:
    """The store and the ledger of this municipality in the environment, and of no other."""
    for name in (STORE_URL, LEDGER_URL):
        variable = asked[name]
        os.environ.pop(name, None)
        if variable:
            os.environ[name] = secret(variable) or ""
    try:
        yield
    finally:
        for name in (STORE_URL, LEDGER_URL):
            os.environ.pop(name, None)


def _processor_seconds() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


if __name__ == "__main__":
    run_asked_nights()
