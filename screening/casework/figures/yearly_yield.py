"""What a year yielded, gathered from the counts of its closed months: from tips and flags to results, and errors.

Exact counts, for `published_yield.py` alone: nothing here is shown. Sensitive cases are in none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from screening.casework.figures.monthly_counts import ALL, counts_by_month, cumulative, months_without_events
from screening.casework.figures.statistics import Group, groups_of
from screening.casework.tips.person_route import person_route_counts, quarter_of
from screening.casework.viewer import Viewer
from screening.store.store import Store
from screening.vocabulary import Barrier, BatchKind, ReviewOutcome

#: Of a case, by rule and for the town: name of a count -> the cells of a month that it adds up.
_OF_CASES: Mapping[str, tuple[str, ...]] = {
    "confirmed": (f"outcome|{ReviewOutcome.BEVESTIGD_AFWIJKING}",),
    "passed_on": (f"outcome|{ReviewOutcome.DOORGEZET}",),
    "explained": (f"outcome|{ReviewOutcome.VERKLAARD}", f"outcome|{ReviewOutcome.NIET_TE_BEOORDELEN}"),
    "wrong_link": (f"outcome|{ReviewOutcome.ONJUISTE_KOPPELING}",),
    "data_error": (f"outcome|{ReviewOutcome.DATA_FOUT}",),
    "lapsed": ("lapsed",),
    "nothing": ("result|niets_gevonden",),
    "sent": (f"batch|{BatchKind.SIGNALS}",),
    "called_back": (f"batch|{BatchKind.WITHDRAWAL}", f"batch|{BatchKind.CORRECTION}"),
}
#: Of a rule alone. A count of the town of the same name is made up of those of the rules and of the sample.
OF_RULES: Mapping[str, tuple[str, ...]] = {
    "opened": ("opened|home", "opened|other"),
    **_OF_CASES,
    "results": ("result|maatregel", "result|hersteld", "result|doorgegeven"),  # withdrawals may be told exactly
}
#: Of the whole town. No count of it is the sum of others: a total beside its parts gives a small part away.
OF_TOWN: Mapping[str, tuple[str, ...]] = {
    "tips": ("tip",),
    "tips_used": ("tip|for_address", "tip|forwarded"),
    "tips_not_used": ("tip|not_used",),
    "opened": ("opened",),
    **_OF_CASES,
    "differs": ("differs",),
    "visits": ("visit",),
    "visits_in_vain": ("visit|geen_medewerking", "visit|niemand_aanwezig"),
    "result_measure": ("result|maatregel",),
    "result_put_right": ("result|hersteld",),
    "result_passed_on": ("result|doorgegeven",),
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
#: Whose counts are seen: nobody's who may see what is sensitive, whoever looks.
_VIEWER = Viewer("system", frozenset())


@dataclass(frozen=True)
class YearlyYield:
    """The exact counts of a year. `since`, `until`: its first and last month that is counted; None without one.

    `town`, `acts`: name -> count. `by_month`: name of those that the overview tells by month -> its counts. `rules`:
    code -> name -> count, of every rule of the last night and of every other one that has a count. `person_route`:
    quarter that is over -> how often. `sample`, `indicators`: over all months up to `until`.
    """

    year: int
    since: str | None
    until: str | None
    town: Mapping[str, int]
    acts: Mapping[str, int]
    by_month: Mapping[str, tuple[int, ...]]
    rules: Mapping[str, Mapping[str, int]]
    names: Mapping[str, tuple[str, str]]
    barriers: Mapping[str, Barrier | None]
    person_route: Mapping[str, int]
    sample: Group
    indicators: list[Group]

    @property
    def is_whole(self) -> bool:
        """Whether the year is over and its last month is counted."""
        return self.until == f"{self.year}-12"


def years_counted(store: Store, *, now: datetime) -> list[int]:
    """The years of which a month is closed, the newest first."""
    return sorted({int(month[:4]) for month in counts_by_month(store, _VIEWER, now=now)}, reverse=True)


def yield_of_year(store: Store, year: int, *, now: datetime) -> YearlyYield:
    """Gather the counts of a year, of its months that are over. StoreError on database errors."""
    all_months = counts_by_month(store, _VIEWER, now=now)
    uncounted = months_without_events(store)
    months = [month for month in all_months if month.startswith(f"{year}-") and month not in uncounted]
    cells = cumulative({month: all_months[month] for month in months})
    declared = _declared(store)
    so_far = cumulative({month: counts for month, counts in all_months.items() if month <= f"{year}-12"})
    names = {code: rule[0] for code, rule in declared.items()}
    sample, indicators = groups_of(so_far, names)
    codes = sorted({*declared, *(group.code for group in indicators)})
    return YearlyYield(
        year=year,
        since=min(months, default=None),
        until=max(months, default=None),
        town={name: _sum(cells, ALL, parts) for name, parts in OF_TOWN.items()},
        acts={name: _sum(cells, ALL, parts) for name, parts in PUBLISHED_ACTS.items()},
        by_month={
            name: tuple(_sum(all_months[month], ALL, OF_TOWN[name]) for month in months) for name in _TOLD_BY_MONTH
        },
        rules={code: {name: _sum(cells, code, parts) for name, parts in OF_RULES.items()} for code in codes},
        names={code: names.get(code, (code, code)) for code in codes},
        barriers={code: declared[code][1] if code in declared else None for code in codes},
        person_route=_of_person_route(store, year, now=now) if months else {},
        sample=sample,
        indicators=indicators,
    )


def _of_person_route(store: Store, year: int, *, now: datetime) -> dict[str, int]:
    """How often that route was used in each quarter of the year that is over: of a running one a use would show."""
    counts, running = person_route_counts(store), quarter_of(now)
    quarters = [f"{year}-Q{number}" for number in range(1, 5)]
    return {quarter: counts.get(quarter, 0) for quarter in quarters if quarter < running}


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
