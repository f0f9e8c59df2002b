"""What a worker of a cluster does for a fleet: run one night. It is handed a path and a number and gives a path back.

The night runs in a process of its own beside the worker, as on one machine: it has a time limit, and a night that takes
the memory of its process is one failed night and no dead worker.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from flows.fleet.fleet_file import FleetTables, MemberTable
from flows.fleet.pool import FleetNight, NightPool, failed_night
from screening.base.errors import BarrierError
from screening.store.files import make_directory, write_file
from screening.store.night_reports import NightReport, report_json, report_of_json

#: Seconds after which the process of a worker that died is gone, and its lock on the workspace with it.
SECONDS_TO_END = 5.0
_running = threading.Lock()
#: The process of nights of this worker, by the minutes that a night may take.
_pools: dict[int, NightPool] = {}


@dataclass(frozen=True)
class NightFiles:
    """A job of nights in a folder: which nights go in, what became of each comes out, all as JSON with counts only."""

    folder: Path

    def write(self, tables: FleetTables, members: Sequence[MemberTable], as_of: date | None) -> None:
        """Write a job to a new folder."""
        make_directory(self.folder)
        rows = [{**vars(member), "configuration": str(member.configuration.resolve())} for member in members]
        job = {
            "members": rows,
            "as_of": as_of.isoformat() if as_of else None,
            "most_minutes": tables.fleet.most_minutes,
            "asked": datetime.now(UTC).isoformat(),
        }
        write_file(self.folder / "nights.json", json.dumps(job).encode())

    def run(self, number: int) -> None:
        """Run a night of the job, unless its answer is there."""
        if self.answer(number).exists():
            return
        begun = self.folder / f"begun-{number}"
        if begun.exists():
            time.sleep(SECONDS_TO_END)
        begun.touch(mode=0o600)
        job = json.loads((self.folder / "nights.json").read_text(encoding="utf-8"))
        member = MemberTable.model_validate(job["members"][number])
        day = date.fromisoformat(job["as_of"]) if job["as_of"] else None
        with _running:
            pool = _pools.setdefault(job["most_minutes"], NightPool(1, job["most_minutes"]))
            night = pool.night(member, day)
        answer = {
            "report": report_json(night.report),
            "review_address": night.review_address,
            "processor_seconds": night.processor_seconds,
        }
        partial = self.folder / f".partial-{number}-{secrets.token_hex(4)}"
        write_file(partial, json.dumps(answer).encode())
        os.replace(partial, self.answer(number))

    def night(self, member: MemberTable, as_of: date | None, number: int, error: BaseException | None) -> FleetNight:
        """What became of a night; one that left no answer failed, by the error of its worker."""
        if not self.answer(number).exists():
            job = json.loads((self.folder / "nights.json").read_text(encoding="utf-8"))
            failure = error if isinstance(error, BarrierError) else BarrierError("The worker of this night failed.")
            return failed_night(member, as_of, datetime.fromisoformat(job["asked"]), failure)
        answer = json.loads(self.answer(number).read_text(encoding="utf-8"))
        return FleetNight(member, self.report(number), answer["review_address"], float(answer["processor_seconds"]))

    def report(self, number: int) -> NightReport:
        """The report of a night that has an answer."""
        return report_of_json(json.loads(self.answer(number).read_text(encoding="utf-8"))["report"])

    def answer(self, number: int) -> Path:
        """Where stands what became of a night, once it has ended."""
        return self.folder / f"night-{number}.json"


def night_of(folder: str, number: int) -> str:
    """Run a night of the job in a folder; return the file that says what became of it."""
    files = NightFiles(Path(folder))
    files.run(number)
    return str(files.answer(number))


def end_night_process() -> None:
    """End the process of nights that this worker keeps, if no night runs in it."""
    if _running.acquire(blocking=False):
        try:
            while _pools:
                _pools.popitem()[1].close()
        finally:
            _running.release()
