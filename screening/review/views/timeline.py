"""Everything that the registers date at an address, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from screening.review.views.dates import Moment
from screening.review.views.facts import Fact
from screening.review.views.words import known, word

#: The date of a decision says what was decided where the status of today can only come from that decision.
_DECIDED = ("verleend", "geweigerd")


@dataclass(frozen=True)
class Event:
    """One date of one record. `what`: in words. `is_ahead`: after today. `fact`: the record that says so."""

    when: Moment
    what: str
    is_ahead: bool
    fact: Fact


def timeline(shown: Iterable[Fact], *, today: date, language: str) -> list[tuple[int, list[Event]]]:
    """(year, its events), oldest first; on one day in the order of the facts."""
    events = [_event(fact, column, when, today, language) for fact in shown for column, when in fact.dates]
    years: dict[int, list[Event]] = {}
    for event in sorted(events, key=lambda one: one.when.order):
        years.setdefault(event.when.year, []).append(event)
    return list(years.items())


def undated(shown: Iterable[Fact]) -> list[Fact]:
    """The facts that no date places: a timeline that left them out in silence would seem complete."""
    return [fact for fact in shown if not fact.dates]


def _event(fact: Fact, column: str, when: Moment, today: date, language: str) -> Event:
    own = f"{fact.dataset}.{column}"
    what = word("events", own if own in known("events") else column, language)
    if column == "datum_besluit" and fact.values.get("status") in _DECIDED:
        what = word("events", f"status.{fact.values['status']}", language)
    return Event(when=when, what=what, is_ahead=when.order[:10] > today.isoformat(), fact=fact)
