"""How much work there was in each closed month, all cases together, in tens: what the overview tells beside its rules.

The overview and the report of a year tell what each rule and the sample have so far. A total of the month beside them
could give a small one away: ten rules of "fewer than ten" and 90 cases, or nine rules that step over their ten in a
month of fewer than ten cases. So a total is left out where it comes near the most, or the least, that its parts can
have. That is decided from what is told of them alone, and of a month once: months after it change nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from screening.casework.figures.monthly_counts import ALL
from screening.casework.figures.small_counts import TensRange, is_near_least, is_near_most, rounded_to_tens
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
    return [totals for year in years.values() for totals in _of_year(year)]


def _of_year(months: Mapping[str, Counter[str]]) -> Iterator[Month]:
    """The totals of the months of a year, beside what its rules have since its beginning."""
    so_far: Counter[str] = Counter()
    shown_so_far = dict.fromkeys(_PARTS, 0)
    for month, cells in months.items():
        before, so_far = so_far, so_far + cells
        groups = sorted({cell.partition("|")[0] for cell in so_far} - {ALL})
        totals: dict[str, TensRange | None] = {}
        for name, parts in _PARTS.items():
            counts = [(_sum(before, group, parts), _sum(so_far, group, parts)) for group in groups]
            total = rounded_to_tens(cells[f"{ALL}|{name}"])
            is_near = is_near_most(shown_so_far[name] + total.low, [count for _, count in counts])
            # nothing is told of before the first month: from that on no step over a ten shows
            is_near |= bool(before) and is_near_least(total.low, counts)
            totals[name] = None if is_near else total
            shown_so_far[name] += 0 if is_near else total.low
        yield Month(month, **totals)


def _sum(cells: Counter[str], group: str, parts: tuple[str, ...]) -> int:
    return sum(cells[f"{group}|{part}"] for part in parts)
