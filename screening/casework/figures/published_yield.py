"""What is told of a year: every count in tens, and exactly what the municipality publishes and two people signed.

Five things keep a small count from being computed from what is told (docs/decisions/0068):

- **A closed month never moves**, so a report of a year is the same whenever it is made, and a later one adds months.
- **No total says much of its parts.** Ten rules of "fewer than ten" and 90 in the town would give each of them away: a
  count of the town is left out where it comes near the most that its rules, or its months, can add up to. The margin
  is wide, so that a count that is left out says nothing of one part either.
- **Nor of what the overview tells of five years**: the totals of several years together, or that of this one beside
  what its rules grew since the last, are looked at in the same way.
- **What is exact is part of no count in tens.** Closures and withdrawals are counted apart.
- **Tips are told by quarter**, as on their own page, and not by year.

A test attacks a year of successive reports, those of the overview and the exact acts with an integer programme.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.base.vocabulary import Barrier
from screening.casework.figures.small_counts import TensRange, is_near_least, is_near_most, rounded_to_tens
from screening.casework.figures.statistics import Group
from screening.casework.figures.tip_figures import TipQuarter
from screening.casework.figures.yearly_yield import OF_RULES, YearlyYield


@dataclass(frozen=True)
class PublishedRule:
    """What a rule yielded, in tens. `is_small`: of none of its counts there are ten."""

    code: str
    names: tuple[str, str]
    barrier: Barrier | None
    counts: Mapping[str, TensRange]

    @property
    def is_small(self) -> bool:
        """Whether there are fewer than ten of everything."""
        return all(count.is_small for count in self.counts.values())


@dataclass(frozen=True)
class PublishedYield:
    """A year as it is told. `town`: None where a count is left out. `acts`: exact where `is_signed`.

    `hours`: the lead's estimate; None where there is none. `digest`: names the exact acts of a whole year, for who
    signs that they are told; None of a year that goes on.
    """

    year: int
    since: str | None
    until: str | None
    town: Mapping[str, TensRange | None]
    acts: Mapping[str, TensRange | int]
    rules: tuple[PublishedRule, ...]
    tips: Sequence[TipQuarter]
    sample: Group
    indicators: list[Group]
    is_signed: bool
    digest: str | None
    hours: int | None


def acts_digest(gathered: YearlyYield) -> str | None:
    """The sha256 of the exact acts of a year that is over: two people sign under the same numbers, and no other."""
    if not gathered.is_whole:
        return None
    numbers = json.dumps({"year": gathered.year, **gathered.acts}, sort_keys=True)
    return hashlib.sha256(numbers.encode()).hexdigest()


def publish_yield(gathered: YearlyYield, *, is_signed: bool, hours: int | None) -> PublishedYield:
    """Make of the counts of a year what may be told. `is_signed`: by two people, under the digest of its acts."""
    is_exact = is_signed and gathered.is_whole
    return PublishedYield(
        year=gathered.year,
        since=gathered.since,
        until=gathered.until,
        town=_of_town(gathered),
        acts=gathered.acts if is_exact else _in_tens(gathered.acts),
        rules=tuple(
            PublishedRule(code, gathered.names[code], gathered.barriers[code], _in_tens(counts))
            for code, counts in gathered.rules.items()
        ),
        tips=gathered.tips,
        sample=gathered.sample,
        indicators=gathered.indicators,
        is_signed=is_exact,
        digest=acts_digest(gathered),
        hours=hours,
    )


def _of_town(gathered: YearlyYield) -> dict[str, TensRange | None]:
    """The counts of the town in tens; None for one that its parts, told in tens too, could hardly add up to."""
    parts: dict[str, list[list[int]]] = {name: [list(counts)] for name, counts in gathered.by_month.items()}
    for name in OF_RULES:
        parts.setdefault(name, []).append([counts[name] for counts in gathered.rules.values()])
    published: dict[str, TensRange | None] = {}
    for name, count in gathered.town.items():
        is_near = any(is_near_most(count, counts) for counts in parts.get(name, []))
        for told_before, steps in gathered.earlier.get(name, ()):
            is_near |= is_near_most(told_before + rounded_to_tens(count).low, [after for _, after in steps])
            is_near |= is_near_least(count, steps)
        published[name] = None if is_near else rounded_to_tens(count)
    return published


def _in_tens(counts: Mapping[str, int]) -> dict[str, TensRange]:
    return {name: rounded_to_tens(count) for name, count in counts.items()}
