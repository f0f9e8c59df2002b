"""Everything that the registers date at an address, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from screening.review.views.dates import RegisterDate
from screening.review.views.facts import DossierFact
from screening.wording.register_names import columns_of


@dataclass(frozen=True)
class Event:
    """One date of one record. `what`: in words. `is_ahead`: after today. `fact`: the record that says so."""

    when: RegisterDate
    what: str
    is_ahead: bool
    fact: DossierFact


def events_by_year(facts: Iterable[DossierFact], *, today: date, language: str) -> list[tuple[int, list[Event]]]:
    """(year, its events), oldest first; on one day in the order of the facts."""
    events = [_event(fact, column, when, today, language) for fact in facts for column, when in fact.dates]
    years: dict[int, list[Event]] = {}
    for event in sorted(events, key=lambda event: event.when.order):
        years.setdefault(event.when.year, []).append(event)
    return list(years.items())


def undated(facts: Iterable[DossierFact]) -> list[DossierFact]:
    """The facts without any date. The page names them, or the timeline would seem complete."""
    return [fact for fact in facts if not fact.dates]


def _event(fact: DossierFact, column: str, when: RegisterDate, today: date, language: str) -> Event:
    about = columns_of(fact.dataset)[column]
    # the date of a decision says what was decided where the status of today can only come from that decision
    words = about.event_of_status.get(fact.values.get("status", "")) or about.event
    what = words[language] if words else about.label[language]
    return Event(when=when, what=what, is_ahead=when.order[:10] > today.isoformat(), fact=fact)
