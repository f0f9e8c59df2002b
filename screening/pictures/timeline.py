"""Periods and events on one axis of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from screening.pictures.picture import PartialDate


class LaneKind(StrEnum):
    """What a bar or a mark is about; the drawing groups by it, in this order. A mark without a kind is an EVENT."""

    LICENCE = "licence"
    ESTABLISHMENT = "establishment"
    OFFICE = "office"
    OTHER = "other"
    DECISION = "decision"
    INSPECTION = "inspection"
    REPORT = "report"
    EVENT = "event"


@dataclass(frozen=True)
class Bar:
    """A period. `start` None: the register has no begin. `end` None: it goes on, drawn as an open end.

    `name`: "Exploitatievergunning horeca". `note`: who or which ("L. Kuipers"), written after the name.
    """

    kind: LaneKind
    name: str
    start: PartialDate | None
    end: PartialDate | None
    note: str = ""


@dataclass(frozen=True)
class Mark:
    """An event on one day. `name`: "Melding: geluid"."""

    kind: LaneKind
    name: str
    day: PartialDate


@dataclass(frozen=True)
class TimeLine:
    """What is drawn. `as_of`: the day of the data, a line across the axis; what lies after it is drawn as to come."""

    as_of: date
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()
