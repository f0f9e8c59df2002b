"""Tips of colleagues in figures, for the whole town by quarter: in tens, of quarters that are over."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from screening.casework.figures.monthly_counts import ALL, counts_by_month
from screening.casework.figures.small_counts import TensRange, rounded_to_tens
from screening.casework.tips.forwarding import RECEIVERS
from screening.casework.tips.person_route import person_route_counts, quarter_of
from screening.casework.tips.tips import DECISIONS
from screening.casework.viewer import Viewer
from screening.civil_time import midnight
from screening.store.store import Store

#: How many quarters are shown, the newest first.
MOST_QUARTERS = 8


@dataclass(frozen=True)
class TipQuarter:
    """The tips of a quarter. `decided`: by decision; `forwarded`: times, by receiver; `texts_removed`: of tips.

    `person_route`: how often colleagues used the route for a person who may be a victim.
    """

    year: int
    number: int
    received: TensRange
    decided: dict[str, TensRange]
    forwarded: dict[str, TensRange]
    texts_removed: TensRange
    person_route: TensRange


def tip_quarters(store: Store, viewer: Viewer, *, now: datetime) -> list[TipQuarter]:
    """Return the quarters that are over, newest first, from the first on of which anything is counted."""
    of_route = person_route_counts(store)
    quarters: dict[str, Counter[str]] = {quarter: Counter() for quarter in of_route}
    for month, cells in counts_by_month(store, viewer, now=now).items():
        quarters.setdefault(quarter_of(midnight(date.fromisoformat(f"{month}-01"))), Counter()).update(cells)
    return [
        TipQuarter(
            year=int(quarter[:4]),
            number=int(quarter[-1]),
            received=rounded_to_tens(cells[f"{ALL}|tip"]),
            decided={decision: rounded_to_tens(cells[f"{ALL}|tip|{decision}"]) for decision in DECISIONS},
            forwarded={receiver: rounded_to_tens(cells[f"{ALL}|tip|forwarded|{receiver}"]) for receiver in RECEIVERS},
            texts_removed=rounded_to_tens(cells[f"{ALL}|tip|text_removed"]),
            person_route=rounded_to_tens(of_route.get(quarter, 0)),
        )
        for quarter, cells in sorted(quarters.items(), reverse=True)
        if quarter < quarter_of(now)
    ][:MOST_QUARTERS]
