"""Tips of colleagues in figures, for the whole town by quarter: in tens, of quarters that are over.

The report of a year tells the same quarters and no sum of them: four quarters of "fewer than ten" and 36 in the year
would say of each that it is not nought.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from screening.base.civil_time import day_of, midnight
from screening.casework.figures.monthly_counts import ALL, counts_by_month
from screening.casework.figures.small_counts import TensRange, rounded_to_tens
from screening.casework.tips.person_route import person_route_counts, quarter_of
from screening.casework.tips.tips import DECISIONS
from screening.casework.viewer import Viewer
from screening.store.store import Store

#: How many quarters are shown, the newest first.
MOST_QUARTERS = 8
_FORWARDED = f"{ALL}|tip|forwarded|"


@dataclass(frozen=True)
class TipQuarter:
    """The tips of a quarter. `decided`: by decision; `forwarded`: times, by who got any; `texts_removed`: of tips.

    `called_back`: times, from a partner. `person_route`: how often colleagues used the route for a person who may be a
    victim.
    """

    year: int
    number: int
    received: TensRange
    decided: Mapping[str, TensRange]
    forwarded: Mapping[str, TensRange]
    called_back: TensRange
    texts_removed: TensRange
    person_route: TensRange

    def forwarded_to(self, receiver: str) -> TensRange:
        """How often tips went to inspectors or to a kind of partner; none and a few are told alike."""
        return self.forwarded.get(receiver, rounded_to_tens(0))


def tip_quarters(store: Store, viewer: Viewer, *, now: datetime) -> list[TipQuarter]:
    """Return the quarters that are over, newest first, from the first on of which anything is counted."""
    months = counts_by_month(store, viewer, now=now)
    return quarters_of(months, person_route_counts(store), now=now)[:MOST_QUARTERS]


def quarters_of(months: Mapping[str, Counter[str]], of_route: Mapping[str, int], *, now: datetime) -> list[TipQuarter]:
    """Return the quarters that are over, newest first. `of_route`: quarter -> how often the route was used in it.

    A quarter without any use of the route is told as one with a few, from the first year on in which anything is
    counted: that it is there says nothing of it.
    """
    quarters: dict[str, Counter[str]] = {}
    for month, cells in months.items():
        quarters.setdefault(quarter_of(midnight(date.fromisoformat(f"{month}-01"))), Counter()).update(cells)
    # not of the running quarter: that rows appear would say that the route was used in it
    first = min([*quarters, *(quarter for quarter in of_route if quarter < quarter_of(now))], default=None)
    years = range(int(first[:4]), day_of(now).year + 1) if first else range(0)
    all_quarters = [f"{year}-Q{number}" for year in years for number in range(1, 5)]
    return [
        TipQuarter(
            year=int(quarter[:4]),
            number=int(quarter[-1]),
            received=rounded_to_tens(cells[f"{ALL}|tip"]),
            decided={decision: rounded_to_tens(cells[f"{ALL}|tip|{decision}"]) for decision in DECISIONS},
            forwarded={
                cell.removeprefix(_FORWARDED): rounded_to_tens(count)
                for cell, count in cells.items()
                if cell.startswith(_FORWARDED)
            },
            called_back=rounded_to_tens(cells[f"{ALL}|tip|called_back"]),
            texts_removed=rounded_to_tens(cells[f"{ALL}|tip|text_removed"]),
            person_route=rounded_to_tens(of_route.get(quarter, 0)),
        )
        for quarter, cells in ((quarter, quarters.get(quarter, Counter())) for quarter in reversed(all_quarters))
        if quarter < quarter_of(now)
    ]
