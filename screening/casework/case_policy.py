"""The terms of case work: how long a case, a lock and a snooze last, and how many cases a day."""

from __future__ import annotations

from dataclasses import dataclass

from screening.base.errors import StoreError

#: Fewer new cases a night would leave no place for a flagged address beside a drawn one.
LEAST_A_NIGHT = 2


@dataclass(frozen=True)
class CasePolicy:
    """The terms of case work in days and minutes, the share of the sample, and the cases that one officer does a day.

    `expiry_days`: a case that nobody handled lapses after them. `due_days`: a case should be judged within them.
    `snooze_days`: how long an explained address stays out of the queue unless the officer names a day.
    `searches_per_day`: how often one account may search for a case.
    `officers`: how many judge cases in an ordinary week; None: nobody said.
    `sample_share`: the share of the queue that the run draws at random. `new_cases_per_night`: so many open at most,
    flagged and drawn together, and the others wait; None: all of them open.
    """

    expiry_days: int = 60
    due_days: int = 14
    snooze_days: int = 180
    lock_minutes: int = 30
    sample_share: float = 0.10
    capacity_per_day: int = 8
    searches_per_day: int = 20
    new_cases_per_night: int | None = None
    officers: int | None = None

    def __post_init__(self) -> None:
        """Raise StoreError for terms under which no case could be handled."""
        terms = (self.expiry_days, self.due_days, self.snooze_days, self.lock_minutes, self.capacity_per_day)
        if min(*terms, self.searches_per_day) < 1:
            raise StoreError("The terms of case work are whole days and minutes, at least 1.")
        if self.due_days > self.expiry_days:
            raise StoreError("due_days cannot be more than expiry_days: a case would lapse before it is due.")
        if self.new_cases_per_night is not None and self.new_cases_per_night < LEAST_A_NIGHT:
            raise StoreError(f"new_cases_per_night is {LEAST_A_NIGHT} at least: a flagged address and a drawn one.")
        if not 0 <= self.sample_share < 1:
            raise StoreError("sample_share is a share of the queue: from 0 up to, not including, 1.")


#: The terms where nothing is configured.
DEFAULT_POLICY = CasePolicy()
