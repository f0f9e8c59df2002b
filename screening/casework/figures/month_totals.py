"""How much work there was in each closed month, all cases together, in tens: what the overview tells beside its rules.

The overview and the report of a year tell what each rule and the sample have so far. A total of the month beside them
could give a small one away: ten rules of "fewer than ten" and 90 cases, or nine rules that step over their ten in a
month of fewer than ten cases. So a total is left out where it comes near the most, or the least, that its parts can
have: since the beginning of its year, as the report of the year tells them, and since each of the four years before it,
as the overview does or will. That is decided from what is told of them alone, and of a month once: months after it
change nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from screening.casework.figures.monthly_counts import ALL
from screening.casework.figures.small_counts import (
    FEW_PARTS,
    TensRange,
    is_near_least,
    is_near_most,
    rounded_to_tens,
)
from screening.vocabulary import ReviewOutcome

#: Name of a total -> the cells of a group that count in it.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "opened": ("opened|home", "opened|other"),
    "closed": tuple(f"outcome|{outcome}" for outcome in ReviewOutcome),
    "lapsed": ("lapsed",),
}


@dataclass(frozen=True)
class Month:
    """How much work there was in a closed month, all cases together, in tens. None: left out."""

    month: str
    opened: TensRange | None
    closed: TensRange | None
    lapsed: TensRange | None


def month_totals(months: Mapping[str, Counter[str]]) -> list[Month]:
    """The totals of every month, oldest first. `months`: month -> cell -> count, oldest first."""
    years: dict[str, dict[str, Counter[str]]] = {}
    for month, cells in months.items():
        years.setdefault(month[:4], {})[month] = cells
    totals: list[Month] = []
    for year, of_year in years.items():
        earlier = [[*of_other.values()] for other, of_other in years.items() if -FEW_PARTS < int(other) - int(year) < 0]
        totals += _of_year(of_year, [sum(counts, Counter[str]()) for counts in earlier])
    return totals


def _of_year(months: Mapping[str, Counter[str]], earlier: Sequence[Counter[str]]) -> Iterator[Month]:
    """The totals of the months of a year. `earlier`: the counts of each year of the four before it, oldest first."""
    # since each of these years began, and this one: the counts before this one, and the totals told of them
    since = [
        (sum(earlier[n:], Counter[str]()), {name: sum(_told(year, name) for year in earlier[n:]) for name in _PARTS})
        for n in range(len(earlier) + 1)
    ]
    so_far: Counter[str] = Counter()
    shown_so_far = dict.fromkeys(_PARTS, 0)
    for month, cells in months.items():
        before, so_far = so_far, so_far + cells
        totals: dict[str, TensRange | None] = {}
        for name, parts in _PARTS.items():
            total = rounded_to_tens(cells[f"{ALL}|{name}"])
            is_near = False
            for counts_before, told_before in since:
                steps = _steps(counts_before + before, counts_before + so_far, parts)
                told = told_before[name] + shown_so_far[name] + total.low
                is_near |= is_near_most(told, [count for _, count in steps])
                # nothing is told of before the first month: from that on no step over a ten shows
                is_near |= bool(counts_before or before) and is_near_least(total.low, steps)
            totals[name] = None if is_near else total
            shown_so_far[name] += 0 if is_near else total.low
        yield Month(month, **totals)


def _told(year: Counter[str], name: str) -> int:
    """What the report of a year tells at least of a total, or its months together."""
    return rounded_to_tens(year[f"{ALL}|{name}"]).low


def _steps(before: Counter[str], after: Counter[str], parts: tuple[str, ...]) -> list[tuple[int, int]]:
    """The count of each rule and of the sample, before and after a month."""
    groups = sorted({cell.partition("|")[0] for cell in after} - {ALL})
    return [(_sum(before, group, parts), _sum(after, group, parts)) for group in groups]


def _sum(cells: Counter[str], group: str, parts: tuple[str, ...]) -> int:
    return sum(cells[f"{group}|{part}"] for part in parts)
