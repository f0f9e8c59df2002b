"""From a published run to the cases that officers judge: the hand-over."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.configuration import Configuration
from screening.base.errors import StoreError
from screening.casework.cases.sync import sync_cases
from screening.casework.figures.monthly_counts import close_months
from screening.store import Store


def open_cases_of_run(store: Store, settings: Configuration) -> tuple[dict[str, int], str | None]:
    """Bring the cases up to the run that was just published: numbers of cases, and what went wrong, if anything did.

    The months that are over are counted first, every night. The run is out whatever happens here. The application
    does what is left undone, at its start and once a minute.
    """
    now = datetime.now(UTC)
    try:
        close_months(store, now=now)  # before a case becomes sensitive, which would take it out of a month that is over
        done = sync_cases(store, now=now, policy=settings.case_policy)
    except StoreError as error:
        return {}, f"The run is published; its cases are not opened yet: {error} The review opens them at its start."
    return dict(vars(done)), None
