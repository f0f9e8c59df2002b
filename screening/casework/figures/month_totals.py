"""How much work there was in each closed month, all cases together, in tens: what the overview tells beside its rules.

The overview and the report of a year tell what each rule and the sample have so far. A total of the month beside them
could give a small one away: ten rules of "fewer than ten" and 90 cases, or nine rules that step over their ten in a
month of fewer than ten cases. So a total is left out where it comes near the most, or the least, that its parts can
have: since the beginning of its year, as the report of the year tells them, and since each of the four years before it,
as the overview does or will. Months that no report tells (`months_without_events`) count for the overview alone. That
is decided from what is told of them alone, and of a month once: months after it change nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from screening.base.vocabulary import ReviewOutcome
from screening.casework.figures.monthly_counts import ALL
from screening.casework.figures.small_counts import FEW_PARTS, TensRange, is_near_least, is_near_most, rounded_to_tens

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


def month_totals(months: Mapping[str, Counter[str]], unreported: Collection[str] = ()) -> list[Month]:
    """The totals of every month, oldest first.

    Args:
        months: Month -> cell -> count, oldest first.
        unreported: The months that the overview tells and no report of a year (`months_without_events`).
    """
    years: dict[str, dict[str, Counter[str]]] = {}
    for month, cells in months.items():
        years.setdefault(month[:4], {})[month] = cells
    totals: list[Month] = []
    for year, of_year in years.items():
        earlier = [[*of_other.values()] for other, of_other in years.items() if -FEW_PARTS < int(other) - int(year) < 0]
        totals += _of_year(of_year, [sum(counts, Counter[str]()) for counts in earlier], unreported)
    return totals


@dataclass
class _Window:
    """What is told since a day: the counts up to a month, and what the totals told are together at least."""

    counts: Counter[str]
    totals: dict[str, int]

    def gives_away(self, name: str, cells: Counter[str], total: TensRange) -> bool:
        """Whether the total of the next month would, with these counts of it."""
        steps = _steps(self.counts, self.counts + cells, _PARTS[name])
        # nothing is told of before the first month: from that on no step over a ten shows
        is_near = bool(self.counts) and is_near_least(total.low, steps)
        return is_near or is_near_most(self.totals[name] + total.low, [count for _, count in steps])

    def add(self, month: Month, cells: Counter[str]) -> None:
        """Take a month in, as it is told."""
        self.counts = self.counts + cells
        for name in _PARTS:
            total: TensRange | None = getattr(month, name)
            self.totals[name] += total.low if total else 0


def _of_year(
    months: Mapping[str, Counter[str]], earlier: Sequence[Counter[str]], unreported: Collection[str]
) -> Iterator[Month]:
    """The totals of the months of a year. `earlier`: the counts of each year of the four before it, oldest first."""
    # since each of these years began, and this one, as the overview tells it; and as the report of this year does
    overview = [_window_of(earlier[n:]) for n in range(len(earlier) + 1)]
    report = _window_of([])
    for name_of_month, cells in months.items():
        windows = overview if name_of_month in unreported else [*overview, report]
        totals: dict[str, TensRange | None] = {}
        for name in _PARTS:
            total = rounded_to_tens(cells[f"{ALL}|{name}"])
            totals[name] = None if any(window.gives_away(name, cells, total) for window in windows) else total
        month = Month(name_of_month, **totals)
        for window in windows:
            window.add(month, cells)
        yield month


def _window_of(years: Sequence[Counter[str]]) -> _Window:
    """Since the first of these years: of each the report tells its totals at least in tens, or its months together."""
    totals = {name: sum(rounded_to_tens(year[f"{ALL}|{name}"]).low for year in years) for name in _PARTS}
    return _Window(sum(years, Counter[str]()), totals)


def _steps(before: Counter[str], after: Counter[str], parts: tuple[str, ...]) -> list[tuple[int, int]]:
    """The count of each rule and of the sample, before and after a month."""
    groups = sorted({cell.partition("|")[0] for cell in after} - {ALL})
    return [(_sum(before, group, parts), _sum(after, group, parts)) for group in groups]


def _sum(cells: Counter[str], group: str, parts: tuple[str, ...]) -> int:
    return sum(cells[f"{group}|{part}"] for part in parts)
