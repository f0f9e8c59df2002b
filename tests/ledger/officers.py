"""A month of entries: officers at their work, and now and then one who looks where there is no work.

Each curious pattern draws how often and when, from clearly seen down to what a reviewer should just still see. Normal
work has what looks like it: a late dossier, a case begun and handed over, a look at a colleague's case on request.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

from screening.base.civil_time import TOWN
from screening.base.vocabulary import LedgerAction
from screening.ledger import Entry, StoredEntry

MONTH = "2026-11"
OFFICERS = tuple(f"officer{number}" for number in range(1, 13))
CURIOUS = "curious"

_DAYS = [date(2026, 11, day) for day in range(1, 31)]
_WORKDAYS = [day for day in _DAYS if day.weekday() < 5]
_WEEKEND = [day for day in _DAYS if day.weekday() >= 5]


class Month:
    """Entries of one month, drawn from a seed."""

    def __init__(self, seed: object) -> None:
        self.draw = random.Random(f"month {seed}")
        self.entries: list[Entry] = []
        self.cases: list[tuple[str, str, datetime]] = []  # case, assignee, since when
        self._number = self.draw.randrange(1 << 40)

    def new_case(self) -> str:
        """The id of another case."""
        self._number += self.draw.randrange(1, 1 << 16)
        return f"{self._number:016x}"

    def at(self, day: date, hour: float) -> datetime:
        """A moment in the Netherlands, some seconds after the hour."""
        start = datetime(day.year, day.month, day.day, tzinfo=TOWN)
        return start + timedelta(hours=hour, seconds=self.draw.randrange(60))

    def add(self, actor: str, action: LedgerAction, case: str, at: datetime, **more: object) -> None:
        """An entry of an officer on a case."""
        given = {"object": f"case:{case}", "origin": "session:0123456789ab", "case": case, "purpose": "P-WON"}
        self.entries.append(Entry(done_at=at, actor=actor, action=action, **(given | more)))

    def read(self, actor: str, case: str, at: datetime) -> None:
        """One opening of a dossier: the page and, a moment later, what it loads."""
        for number in range(self.draw.randint(1, 3)):
            self.add(actor, LedgerAction.READ_DOSSIER, case, at + timedelta(seconds=20 * number))

    def work(self, actor: str, case: str, at: datetime) -> None:
        """A dossier from beginning to end."""
        self.add(actor, LedgerAction.ASSIGN, case, at)
        self.cases.append((case, actor, at))
        self.read(actor, case, at + timedelta(seconds=5))
        self.add(actor, LedgerAction.OWN_READING, case, at + timedelta(minutes=4))
        self.add(actor, LedgerAction.OPEN_EVIDENCE, case, at + timedelta(minutes=5))
        self.add(actor, LedgerAction.JUDGEMENT, case, at + timedelta(minutes=12))

    def written(self) -> list[StoredEntry]:
        """The entries in their order, as the ledger gives them."""
        ordered = sorted(self.entries, key=lambda one: one.done_at)
        return [StoredEntry(seq, one, "", "") for seq, one in enumerate(ordered, start=1)]


def normal(seed: object) -> Month:
    """Twelve officers for a month, without anybody curious."""
    month = Month(seed)
    for officer in OFFICERS:
        for day in _WORKDAYS:
            if month.draw.random() < 0.15:
                continue  # free, ill, at a course
            hour = 8.5
            for _ in range(month.draw.randint(4, 9)):
                hour += month.draw.uniform(0.4, 1.0)
                month.work(officer, month.new_case(), month.at(day, hour))
            _odd_moments(month, officer, day)
    _second_officers(month)
    return month


def _odd_moments(month: Month, officer: str, day: date) -> None:
    if month.draw.random() < 0.06:  # begun, handed over the next day without a reading
        case = month.new_case()
        month.add(officer, LedgerAction.ASSIGN, case, month.at(day, 16))
        month.read(officer, case, month.at(day, 16.1))
        month.add(officer, LedgerAction.RELEASE, case, month.at(day, 16.5))
    if month.draw.random() < 0.03:  # a case that must be done today
        month.work(officer, month.new_case(), month.at(day, month.draw.uniform(19.2, 20.6)))
    if month.draw.random() < 0.03 and month.cases:  # "could you have a look?"
        case, owner, _ = month.draw.choice(month.cases[-40:])
        if owner != officer:
            month.read(officer, case, month.at(day, 15))


def _second_officers(month: Month) -> None:
    """One case in six is judged by a second officer, days after the first."""
    for case, owner, at in list(month.cases):
        if month.draw.random() < 1 / 6:
            second = month.draw.choice([one for one in OFFICERS if one != owner])
            later = at + timedelta(days=month.draw.randint(0, 2), minutes=40)
            if later.weekday() >= 5:
                later += timedelta(days=2)
            month.read(second, case, later)
            month.add(second, LedgerAction.OWN_READING, case, later + timedelta(minutes=6))
            month.add(second, LedgerAction.JUDGEMENT, case, later + timedelta(minutes=15))


def _own_work(month: Month) -> None:
    """Who is curious works as well: what stands out stands among it."""
    for day in _WORKDAYS:
        for number in range(month.draw.randint(3, 7)):
            month.work(CURIOUS, month.new_case(), month.at(day, 9 + number))


def at_night(month: Month) -> None:
    """Reads at night or in the weekend, on several days."""
    for _ in range(month.draw.randint(3, 9)):
        if month.draw.random() < 0.5:
            moment = month.at(month.draw.choice(_WEEKEND), month.draw.uniform(10, 22))
        else:
            moment = month.at(month.draw.choice(_WORKDAYS), month.draw.choice([20.2, 21.5, 22.7, 23.4, 5.3]))
        month.read(CURIOUS, month.new_case(), moment)


def without_work(month: Month) -> None:
    """Dossier after dossier, spread over the month, without a reading of one's own."""
    own = {case for case, owner, _ in month.cases if owner == CURIOUS}
    for _ in range(len(own) + month.draw.randint(5, 40)):
        month.read(CURIOUS, month.new_case(), month.at(month.draw.choice(_WORKDAYS), month.draw.uniform(9, 17)))


def one_address(month: Month) -> None:
    """Back again and again to one dossier that is nobody's work."""
    case, days = month.new_case(), month.draw.sample(_WORKDAYS, month.draw.randint(4, 9))
    for day in days:
        month.read(CURIOUS, case, month.at(day, month.draw.uniform(9, 16)))


def of_others(month: Month) -> None:
    """Dossiers that colleagues have in hand."""
    theirs = [one for one in month.cases if one[1] != CURIOUS]
    for case, _, since in month.draw.sample(theirs, month.draw.randint(3, 12)):
        month.read(CURIOUS, case, since + timedelta(minutes=month.draw.randint(10, 50)))


def burst(month: Month) -> None:
    """Leafing through dossiers within minutes."""
    start = month.at(month.draw.choice(_WORKDAYS), month.draw.uniform(9, 16))
    for number in range(month.draw.randint(11, 30)):
        month.add(CURIOUS, LedgerAction.READ_DOSSIER, month.new_case(), start + timedelta(seconds=18 * number))


CURIOSITIES: dict[str, Callable[[Month], None]] = {
    "outside_hours": at_night,
    "without_work": without_work,
    "repeated": one_address,
    "assigned_to_others": of_others,
    "burst": burst,
}


def curious(pattern: str, seed: object) -> Month:
    """A normal month in which one officer more does their work and looks around as well."""
    month = normal(f"{pattern} {seed}")
    _own_work(month)
    CURIOSITIES[pattern](month)
    return month
