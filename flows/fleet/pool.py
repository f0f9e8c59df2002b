"""A pool of processes that run nights: each has imported once and is made anew after a crash."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Self

from flows.cluster.scheduler import SCHEDULER
from flows.configuration import load_configuration
from flows.environment import LEDGER_URL, STORE_URL, secret
from flows.fleet.fleet_file import MemberTable
from flows.night.guard import stripped
from flows.notify.night import tell
from screening.base.errors import BarrierError, ConfigurationError
from screening.base.vocabulary import ExitCode, NightKind
from screening.store import Workspace
from screening.store.night_reports import NightReport, keep_night_report, report_of_json, take_dead_nights


@dataclass(frozen=True)
class FleetNight:
    """The night of one municipality. `processor_seconds`: what it took, its readers included; 0.0 after a crash."""

    member: MemberTable
    report: NightReport
    review_address: str | None
    processor_seconds: float


class NightPool:
    """So many processes at most; several threads may ask for nights at the same time.

    Args:
        size: How many nights run at the same time.
        most_minutes: After which a night is ended.
    """

    def __init__(self, size: int, most_minutes: int) -> None:
        self._free: queue.LifoQueue[_NightProcess | None] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(None)  # made when it is first needed
        self._most_seconds = most_minutes * 60.0

    def night(self, member: MemberTable, as_of: date | None) -> FleetNight:
        """Run the night of a municipality; waits for a free process. A process that dies is a night that failed."""
        began = datetime.now(UTC)
        process = self._free.get()
        try:
            question = _question(member, as_of)
            if process and process.has_ended:  # it died after the night before: that is no fault of this one
                process.end()
                process = None
            process = process or _NightProcess()
            return _night_of(member, process.ask(question, self._most_seconds))
        except ConfigurationError as error:
            return failed_night(member, as_of, began, error)
        except Exception as error:  # also a process that cannot be started: one night of many
            if process:
                process.end()
                process = None
            why = error if isinstance(error, BarrierError) else stripped(error, "The process of this night")
            return failed_night(member, as_of, began, why)
        finally:
            self._free.put(process)

    def close(self) -> None:
        """End every process that is free."""
        while not self._free.empty():
            process = self._free.get()
            if process:
                process.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


class _ProcessEndedError(BarrierError):
    """A process of nights ended without an answer."""


class _NightProcess:
    """One process of nights. It knows no cluster: workers that all wait for a worker would do so for ever."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flows.fleet.night_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={name: value for name, value in os.environ.items() if name not in {STORE_URL, LEDGER_URL, SCHEDULER}},
        )

    def ask(self, question: Mapping[str, str | None], most_seconds: float) -> Mapping[str, object]:
        """Ask for a night and wait for it. Raises _ProcessEndedError: the process died, or was ended for its time."""
        is_late = threading.Event()

        def end_late() -> None:
            is_late.set()
            self._process.kill()

        timer = threading.Timer(most_seconds, end_late)
        timer.daemon = True
        timer.start()
        try:
            if self._process.stdin is None or self._process.stdout is None:
                raise _ProcessEndedError("The process of this night did not start.")
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if not line.endswith("\n"):  # nothing, or the beginning of an answer
            raise _ProcessEndedError(self._ending(most_seconds if is_late.is_set() else None))
        answer: Mapping[str, object] = json.loads(line)
        return answer

    def _ending(self, most_seconds: float | None) -> str:
        status = self._process.wait()
        if most_seconds is not None:
            return f"The night took longer than {most_seconds / 60:.0f} minutes ([fleet] most_minutes) and was ended."
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit code {status}"
        return f"The process of this night ended ({how}). The machine may have too little memory for this many at once."

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def end(self) -> None:
        """End the process, and wait until it is gone."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(BrokenPipeError):  # what a process that is gone did not take
                    pipe.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _night_of(member: MemberTable, answer: Mapping[str, object]) -> FleetNight:
    return FleetNight(
        member,
        report_of_json(str(answer["report"])),
        None if answer["review_address"] is None else str(answer["review_address"]),
        float(str(answer["processor_seconds"])),
    )


def _question(member: MemberTable, as_of: date | None) -> dict[str, str | None]:
    for variable in (member.store_url_env, member.ledger_url_env):
        if variable and not secret(variable):
            raise ConfigurationError(f"The environment has no {variable}, which names a database of this municipality.")
    return {
        "configuration": str(member.configuration),
        "as_of": as_of.isoformat() if as_of else None,
        STORE_URL: member.store_url_env,
        LEDGER_URL: member.ledger_url_env,
    }


def failed_night(member: MemberTable, as_of: date | None, began: datetime, error: BarrierError) -> FleetNight:
    """The night of a municipality whose process could not tell of it: kept in its workspace, and told to its people."""
    try:
        settings = load_configuration(member.configuration, as_of=as_of)
    except BarrierError:
        settings = None
    report = NightReport(
        municipality=settings.municipality.name if settings else member.configuration.parent.name,
        municipality_code=settings.municipality.code if settings else "",
        kind=NightKind.REFUSED if error.exit_code == ExitCode.CONFIGURATION else NightKind.FAILED,
        exit_code=int(error.exit_code),
        as_of=settings.as_of if settings else as_of or began.date(),
        began=began,
        ended=datetime.now(UTC),
        reason=str(error),
    )
    if settings:
        with suppress(BarrierError):  # a full disk: the fleet's own overview and digest tell of it
            workspace = Workspace(settings.workspace)
            for dead in take_dead_nights(workspace):
                if dead.began < began:  # of this night the report says more
                    keep_night_report(workspace, replace(dead, is_told=False))
            keep_night_report(workspace, report)
        with suppress(Exception):  # a full disk, or a library of a channel
            tell(settings, report)
    return FleetNight(member, report, settings.review.base_url if settings else None, 0.0)
