"""What a year yielded, gathered from the counts of its closed months: from tips and flags to results, and errors.

Exact counts, for `published_yield.py` alone: nothing here is shown. What is sensitive is in none of them: no such case
or signal, no link and no request about such a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from screening.base.vocabulary import Barrier, BatchKind, ReviewOutcome
from screening.casework.figures.monthly_counts import ALL, counts_by_month, cumulative, months_without_events
from screening.casework.figures.small_counts import FEW_PARTS, rounded_to_tens
from screening.casework.figures.statistics import Group, groups_of, last_years
from screening.casework.figures.tip_figures import TipQuarter, quarters_of
from screening.casework.tips.person_route import person_route_counts
from screening.casework.viewer import Viewer
from screening.store.store import Store

#: Of a case, by rule and for the town: name of a count -> the cells of a month that it adds up. Each count of the town
#: stands beside the same one of the rules and no other: a sum of several would be a total that nobody looked at.
_OF_CASES: Mapping[str, tuple[str, ...]] = {
    "opened": ("opened",),
    "confirmed": (f"outcome|{ReviewOutcome.BEVESTIGD_AFWIJKING}",),
    "passed_on": (f"outcome|{ReviewOutcome.DOORGEZET}",),
    "explained": (f"outcome|{ReviewOutcome.VERKLAARD}", f"outcome|{ReviewOutcome.NIET_TE_BEOORDELEN}"),
    "wrong_link": (f"outcome|{ReviewOutcome.ONJUISTE_KOPPELING}",),
    "data_error": (f"outcome|{ReviewOutcome.DATA_FOUT}",),
    "lapsed": ("lapsed",),
    "result_measure": ("result|maatregel",),  # withdrawals may be told exactly
    "result_put_right": ("result|hersteld",),
    "result_passed_on": ("result|doorgegeven",),
    "nothing": ("result|niets_gevonden",),
    "sent": (f"batch|{BatchKind.SIGNALS}",),
    "sheets": ("sheet",),
    "calls": ("call",),
    "case_files": ("case_file",),
    "called_back": (
        f"batch|{BatchKind.WITHDRAWAL}",
        f"batch|{BatchKind.CORRECTION}",
        "sheet|called_back",
        "call|called_back",
        "case_file|taken_back",
    ),
}
OF_RULES: Mapping[str, tuple[str, ...]] = {**_OF_CASES, "opened": ("opened|home", "opened|other")}
#: Of the whole town. No count of it is the sum of others: a total beside its parts gives a small part away. Tips are
#: told by quarter: the same figures as those of tips.
OF_TOWN: Mapping[str, tuple[str, ...]] = {
    **_OF_CASES,
    "differs": ("differs",),
    "visits": ("visit",),
    "visits_in_vain": ("visit|geen_medewerking", "visit|niemand_aanwezig"),
    "resumed": ("resumed",),
    "links_confirmed": ("link|positive",),
    "links_rejected": ("link|negative",),
    "upheld": ("upheld",),
    "care_asked": ("care|asked",),
    "care_reached": ("care|reached",),
    "care_gave_up": ("care|gave_up",),
}
#: Acts that the municipality publishes itself: exact where two people sign that.
PUBLISHED_ACTS: Mapping[str, tuple[str, ...]] = {
    "closures": ("measure|sluiten",),
    "withdrawals": ("result|vergunning_ingetrokken",),
}
#: What the overview for the lead tells of each month.
_TOLD_BY_MONTH = ("opened", "lapsed")
#: What it tells of each rule and of the sample, over five years.
_TOLD_OF_FIVE_YEARS = ("opened", "confirmed", "passed_on", "explained", "wrong_link", "data_error", "lapsed")
#: Whose counts are seen: nobody's who may see what is sensitive, whoever looks.
_VIEWER = Viewer("system", frozenset())


@dataclass(frozen=True)
class YearlyYield:
    """The exact counts of a year. `since`, `until`: its first and last month that is counted; None without one.

    `town`, `acts`: name -> count. `earlier`: name of those that the overview tells over five years -> since each of the
    four years before: what the reports told of the years before this one together, and the count of each rule and of
    the sample before this year and now. `by_month`: name of those that it tells by month -> its counts. `rules`:
    code -> name -> count, of every rule of the last night and of every other one that has a count. `tips`: the quarters
    that are over, oldest first, as they are told everywhere. `sample`, `indicators`: over the year and the four before.
    """

    year: int
    since: str | None
    until: str | None
    town: Mapping[str, int]
    acts: Mapping[str, int]
    earlier: Mapping[str, Sequence[tuple[int, list[tuple[int, int]]]]]
    by_month: Mapping[str, tuple[int, ...]]
    rules: Mapping[str, Mapping[str, int]]
    names: Mapping[str, tuple[str, str]]
    barriers: Mapping[str, Barrier | None]
    tips: Sequence[TipQuarter]
    sample: Group
    indicators: list[Group]

    @property
    def is_whole(self) -> bool:
        """Whether the year is over and its last month is counted."""
        return self.until == f"{self.year}-12"


class CountedYears:
    """The years of which a month is closed, gathered once. StoreError on database errors.

    Args:
        store: The store.
        now: The moment, with a zone.
    """

    def __init__(self, store: Store, *, now: datetime) -> None:
        self._months = counts_by_month(store, _VIEWER, now=now)
        self._uncounted = months_without_events(store)
        self._declared = _declared(store)
        self._tips = quarters_of(self._months, person_route_counts(store), now=now)

    @property
    def years(self) -> list[int]:
        """The newest first."""
        return sorted({int(month[:4]) for month in self._months}, reverse=True)

    def yield_of(self, year: int) -> YearlyYield:
        """Gather the counts of a year, of its months that are over."""
        months = {
            month: cells
            for month, cells in self._months.items()
            if month.startswith(f"{year}-") and month not in self._uncounted
        }
        cells, declared = cumulative(months), self._declared
        names = {code: rule[0] for code, rule in declared.items()}
        sample, indicators = groups_of(last_years(self._months, f"{year}-12"), names)
        codes = sorted({*declared, *(group.code for group in indicators)})
        return YearlyYield(
            year=year,
            since=min(months, default=None),
            until=max(months, default=None),
            town={name: _sum(cells, ALL, parts) for name, parts in OF_TOWN.items()},
            acts={name: _sum(cells, ALL, parts) for name, parts in PUBLISHED_ACTS.items()},
            earlier=self._earlier(year),
            by_month={
                name: tuple(_sum(counts, ALL, OF_TOWN[name]) for counts in months.values()) for name in _TOLD_BY_MONTH
            },
            rules={code: {name: _sum(cells, code, parts) for name, parts in OF_RULES.items()} for code in codes},
            names={code: names.get(code, (code, code)) for code in codes},
            barriers={code: declared[code][1] if code in declared else None for code in codes},
            tips=[quarter for quarter in reversed(self._tips) if quarter.year == year],
            sample=sample,
            indicators=indicators,
        )

    def _earlier(self, year: int) -> dict[str, list[tuple[int, list[tuple[int, int]]]]]:
        """`YearlyYield.earlier`: also of months that no report of a year counted, since the overview does."""
        years = {
            number: cumulative({month: cells for month, cells in self._months.items() if int(month[:4]) == number})
            for number in range(year - FEW_PARTS + 1, year + 1)
        }
        now = years.pop(year)
        since: dict[str, list[tuple[int, list[tuple[int, int]]]]] = {name: [] for name in _TOLD_OF_FIVE_YEARS}
        for first in years:
            window = [cells for number, cells in years.items() if number >= first]
            before = sum(window, Counter[str]())
            groups = sorted({cell.partition("|")[0] for cell in before + now} - {ALL})
            for name, windows in since.items():
                total = sum(rounded_to_tens(_sum(cells, ALL, OF_TOWN[name])).low for cells in window)
                counts = [(_sum(before, group, OF_RULES[name]), _sum(now, group, OF_RULES[name])) for group in groups]
                windows.append((total, [(count, count + added) for count, added in counts] if before else []))
        return since


def _sum(cells: Counter[str], group: str, parts: tuple[str, ...]) -> int:
    return sum(cells[f"{group}|{part}"] for part in parts)


def _declared(store: Store) -> dict[str, tuple[tuple[str, str], Barrier | None]]:
    """Code -> names and barrier of the rules of the last published run that flag, and are not sensitive."""
    last = store.last_published()
    declared = {} if last is None else store.declarations(last.run_id)
    return {
        code: (
            (str(rule.get("name_nl", code)), str(rule.get("name_en", code))),
            Barrier(str(rule["barrier"])) if rule.get("barrier") in set(Barrier) else None,
        )
        for code, rule in declared.items()
        if not rule.get("sensitive") and not rule.get("is_finding")
    }
