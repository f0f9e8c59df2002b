"""Entries and cases of a workspace while its clock is right, a day ahead, a day behind and right again.

Run by `run_under_clock` with the folder of the workspace. Prints what became of them.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from screening.base.vocabulary import LedgerAction
from screening.casework.case_policy import DEFAULT_POLICY
from screening.casework.cases.sync import sync_cases
from screening.casework.cases.unseen import reopen_unseen, unseen_cases
from screening.ledger import Entry, open_ledger, verify_ledger
from screening.store import Workspace, open_store, publish
from tests.casework.caseload import LEAD, NOW, cases, night
from tests.faults.time.clock import set_clock

DAY = timedelta(days=1)


def seen(folder: Path) -> dict[str, object]:
    """What becomes of the ledger and of a case on the last day of its term."""
    workspace = Workspace(folder)
    last_day = NOW + timedelta(days=DEFAULT_POLICY.expiry_days)
    shown: dict[str, object] = {}
    with open_ledger(workspace) as ledger, open_store(workspace) as store:

        def come_back(moment: datetime) -> int:
            """The night of this moment, noted in the ledger. How many cases lapsed."""
            set_clock(moment)
            now = datetime.now(UTC)
            publish(store, workspace, night(now.date(), flags=[1]))
            ledger.write(Entry(now, "system:run", LedgerAction.READ_AUDIT, "list:audit", origin="host:a"))
            return sync_cases(store, now=now).lapsed

        shown["lapsed"] = [come_back(moment) for moment in (NOW, last_day, last_day - DAY)]
        shown["open"] = len(cases(store, now=datetime.now(UTC)))
        shown["lapsed_ahead"] = come_back(last_day + DAY)
        set_clock(last_day)
        waiting = unseen_cases(store, LEAD)
        shown["waiting"] = len(waiting)
        for case in waiting:
            reopen_unseen(store, LEAD, case.case_id, now=datetime.now(UTC), policy=DEFAULT_POLICY)
        shown["lapsed_after"] = come_back(last_day)
        shown["open_again"] = len(cases(store, now=datetime.now(UTC)))
        shown["runs"] = [run.published_seq for run in store.runs()]
        shown["entries"] = [[entry.seq, entry.entry.done_at.isoformat()] for entry in ledger.entries()]
        verified = verify_ledger(ledger, [], None, now=datetime.now(UTC))
        shown["findings"] = [finding.kind for finding in verified.findings]
        shown["notes"] = verified.notes
    return shown


if __name__ == "__main__":
    print(json.dumps(seen(Path(sys.argv[1]))))
