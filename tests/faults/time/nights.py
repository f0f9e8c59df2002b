"""Which moments a schedule of Prefect plans as the clock goes by, as its scheduler asks: again and again, from now on.

Run by `run_under_clock`: schedules (a cron line and its time zone), and the first moments of some spans of 36 hours.
Prints the moments at which a run of each begins, in UTC; one moment is planned once, however often it is named.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta

from prefect.server.schemas.schedules import CronSchedule

from tests.faults.time.clock import set_clock

SPAN = timedelta(hours=36)
STEP = timedelta(minutes=20)


def begun(cron: str, zone: str, starts: list[str]) -> list[str]:
    """The moments at which a run begins."""
    schedule = CronSchedule(cron=cron, timezone=zone)
    moments: list[str] = []
    for start in map(datetime.fromisoformat, starts):
        planned: set[datetime] = set()
        now = start
        while now <= start + SPAN:
            set_clock(now)
            due = sorted(moment for moment in planned if moment <= now)
            moments += [moment.isoformat() for moment in due]
            planned -= set(due)
            planned |= {moment.astimezone(UTC) for moment in asyncio.run(schedule.get_dates(n=3)) if moment > now}
            now += STEP
    return moments


if __name__ == "__main__":
    schedules, spans = map(json.loads, sys.argv[1:])
    print(json.dumps([begun(cron, zone, spans) for cron, zone in schedules]))
