"""The time line of a case."""

from datetime import date

from screening.pictures.picture import PartialDate
from screening.pictures.timeline import Bar, LaneKind, TimeLine


def test_a_bar_without_an_end_goes_on() -> None:
    bar = Bar(LaneKind.LICENCE, "Exploitatievergunning", PartialDate(2021, 3), None)
    assert TimeLine(date(2026, 11, 1), (bar,)).bars[0].end is None
