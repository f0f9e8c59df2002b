"""What a rule would bring a team before it is switched on, in tens, beside what the team can do in a week.

A count of addresses under ten can point at one (docs/decisions/0014), so rates and shares come from the tens alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from screening.base.frames import Row
from screening.casework.case_policy import CasePolicy
from screening.casework.cases.line import most_flagged
from screening.casework.figures.small_counts import STEP, Share, TensRange, rounded_to_tens, share
from screening.rules.load import LoadCounts

#: Under this name the counts stand among those of a back-test that are kept with a version.
LOAD = "load"
#: A rate a week is told of so many nights at least, over so many days.
LEAST_NIGHTS, LEAST_DAYS = 4, 28
#: Of so many addresses at least a share of dwellings is told.
LEAST_FOR_SHARE = 2 * STEP
WORKING_DAYS = 5


class WeekFit(StrEnum):
    """How the new cases of a week lie to what the team can do. `unknown`: too few nights, or no number of officers."""

    FITS = "fits"
    PERHAPS = "perhaps"
    TOO_MUCH = "too_much"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Span:
    """A number that lies between two, both included."""

    low: int
    high: int

    def __str__(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)


@dataclass(frozen=True)
class RuleLoad:
    """The load of a version of a rule. `nights`, `first`, `last`: it rests on these; `left_out`: these say nothing.

    `at_once`: cases on the first night. `weekly`: new cases a week after it, and `weekly_now`: as it was without the
    rule, both with the draw; None where the nights are too few (`is_long_enough`). `dwellings`: their share of all that
    come; None where nothing comes or the BAG is not known. `capacity`: cases that the team can do in a week; None:
    nobody said how many officers there are. `nights_in_line`: so many nights at most until those of the first night
    came in under the cap; None without one.
    """

    nights: int
    first: date | None
    last: date | None
    left_out: int
    at_once: TensRange
    weekly: Span | None
    weekly_now: Span | None
    dwellings: Share | None
    capacity: int | None
    nights_in_line: int | None

    @property
    def is_long_enough(self) -> bool:
        """Whether there were nights enough to tell a rate."""
        return self.weekly is not None

    @property
    def fit(self) -> WeekFit:
        """How what comes a week, with the rule, lies to the capacity."""
        if self.weekly is None or self.weekly_now is None or self.capacity is None:
            return WeekFit.UNKNOWN
        both = self.weekly + self.weekly_now
        if both.high <= self.capacity:
            return WeekFit.FITS
        return WeekFit.TOO_MUCH if both.low > self.capacity else WeekFit.PERHAPS


def kept_load(counts: LoadCounts) -> Row:
    """Return the counts as they are kept with a version: days as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(counts).items()}


def load_of_kept(kept: Mapping[str, object]) -> LoadCounts:
    """Return the counts that `kept_load` made."""
    days = {name: None if kept[name] is None else date.fromisoformat(str(kept[name])) for name in ("first", "last")}
    return LoadCounts(**{**kept, **days})  # type: ignore[arg-type] # as kept_load made it


def capacity_of(policy: CasePolicy) -> int | None:
    """How many cases the team can do in a week; None: nobody said how many officers there are."""
    return None if policy.officers is None else policy.officers * policy.capacity_per_day * WORKING_DAYS


def rule_load(counts: LoadCounts, policy: CasePolicy) -> RuleLoad:
    """Tell these counts in tens, beside what the policy says the team can do."""
    days = (counts.last - counts.first).days if counts.first and counts.last else 0
    is_enough = counts.nights >= LEAST_NIGHTS and days >= LEAST_DAYS
    at_once, all_new = rounded_to_tens(counts.at_once), counts.at_once + counts.later
    most = policy.new_cases_per_night
    a_night = None if most is None else most_flagged(most, policy.sample_share)
    return RuleLoad(
        nights=counts.nights,
        first=counts.first,
        last=counts.last,
        left_out=counts.left_out,
        at_once=at_once,
        weekly=_weekly(counts.later, days, policy) if is_enough else None,
        weekly_now=_weekly(counts.now, days, policy) if is_enough else None,
        dwellings=share(counts.dwellings, counts.of, needed=LEAST_FOR_SHARE) if counts.of and all_new else None,
        capacity=capacity_of(policy),
        nights_in_line=None if a_night is None else math.ceil((at_once.low + STEP - 1) / a_night),
    )


def _weekly(count: int, days: int, policy: CasePolicy) -> Span:
    """What a count comes to in a week, with the draw: the least and the most of its ten, rounded outwards."""
    low = rounded_to_tens(count).low
    of_all = 7 / days / (1 - policy.sample_share)
    return Span(math.floor(low * of_all), math.ceil((low + STEP - 1) * of_all))
